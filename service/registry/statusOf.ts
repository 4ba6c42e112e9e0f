import type { Catalog } from '../../catalog/index.ts'
import type { HealthRow, HealthStatus, Text } from '../../core/index.ts'

/**
 * How an appliance stands, for people. A ticket that is not done makes it a matter of a visit, whatever the score says;
 * of what is silent nobody knows. Pure.
 */
export const statusOf = (health: Pick<HealthRow, 'status'> | undefined, hasTicket: boolean): HealthStatus | 'visit' => {
  const status = health?.status ?? 'learning'
  return hasTicket && status !== 'silent' ? 'visit' : status
}

const words = {
  healthy: 'well',
  learning: 'learning',
  watch: 'watched',
  visit: 'visit',
  silent: 'silent',
} as const

/** The same in a word, for its owner: what has failed, and what is being proved after a repair, comes first. Pure. */
export function wordOf(health: Pick<HealthRow, 'status' | 'failedAt' | 'proving'> | undefined, hasTicket: boolean) {
  if (health?.failedAt !== undefined) return 'failed' as const
  return health?.proving ? ('proving' as const) : words[statusOf(health, hasTicket)]
}

/** What an owner should know at once, by the limits that are passed now; undefined where none has words for it. Pure. */
export function adviceOf(
  catalog: Pick<Catalog, 'kinds'>,
  kind: string,
  health: Pick<HealthRow, 'beyond'> | undefined,
): Text | undefined {
  const guards = catalog.kinds.get(kind)?.detection?.guards ?? {}
  return (health?.beyond ?? [])
    .map(({ guard }) => (Object.hasOwn(guards, guard) ? guards[guard]?.owner : undefined))
    .find((text) => text !== undefined)
}
