import type { Role } from '../accountNames.ts'
import type { Installation } from './installation.ts'

/**
 * What the provider of somebody's company says of organisations beside the first holds there from now on, and what it gave
 * and says no more is taken away. What an administrator gave stays, where the provider says nothing of it; organisations
 * that there are not are nobody's.
 */
export async function followProvider(
  installation: Pick<Installation, 'organisations' | 'people' | 'of'>,
  account: string,
  said: ReadonlyMap<string, readonly Role[]>,
): Promise<void> {
  const { organisations, people } = installation
  const before = new Map((await organisations.of(account)).map((one) => [one.organisation, one]))
  const there = new Set((await organisations.list()).map(({ id }) => id))
  let changed = false
  for (const [organisation, given] of said) {
    if (!there.has(organisation)) continue
    const { engineer, roles: had } = before.get(organisation) ?? {}
    // Whose jobs are an engineer's own, an administrator says there.
    const bound = given.filter((role) => role !== 'engineer' || engineer)
    const roles: Role[] = bound.length > 0 ? bound : ['viewer']
    changed ||= had !== undefined && had.join() !== roles.join()
    await organisations.put({ account, organisation, roles, vouched: true, ...(engineer ? { engineer } : {}) })
  }
  for (const { organisation, vouched } of before.values()) {
    if (!vouched || said.has(organisation)) continue
    await installation.of(organisation).keys.forget(account)
    await organisations.leave(account, organisation)
    changed = true
  }
  if (changed) await people.endSessions(account)
}
