import type { Catalog } from '../../../catalog/index.ts'
import type { HealthRow, Text } from '../../../core/index.ts'

/** What an owner should know at once, by the limits that are passed now; undefined where none has words for it. */
export function adviceOf(catalog: Catalog, kind: string, health: HealthRow | undefined): Text | undefined {
  const guards = catalog.kinds.get(kind)?.detection?.guards ?? {}
  return (health?.beyond ?? [])
    .map(({ guard }) => (Object.hasOwn(guards, guard) ? guards[guard]?.owner : undefined))
    .find((text) => text !== undefined)
}
