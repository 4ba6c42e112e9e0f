import { FIRST, Problem } from '../../../../core/index.ts'
import type { Installation } from './installation.ts'

/** Somebody comes into an organisation by a link. @throws Problem `already-here` */
export async function join(
  { people, organisations, invitations }: Pick<Installation, 'people' | 'organisations' | 'invitations'>,
  account: string,
  key: string,
): Promise<string | undefined> {
  const invitation = await invitations.take(key)
  if (!invitation) return undefined
  const { organisation, roles, engineer } = invitation
  const now = await people.known(account)
  const isHere =
    organisation === FIRST
      ? now.roles.length > 0
      : (await organisations.of(account)).some((one) => one.organisation === organisation)
  if (isHere)
    throw new Problem({
      code: 'already-here',
      message: 'You are in this organisation already.',
      remedy: 'Its administrators change what you are there.',
      status: 409,
    })
  if (organisation === FIRST) await people.update(account, { role: roles.join(','), engineer: engineer ?? null })
  else await organisations.put({ account, organisation, roles, ...(engineer ? { engineer } : {}) })
  return organisation
}
