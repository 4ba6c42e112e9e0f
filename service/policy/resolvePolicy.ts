import type { Location, Millis } from '../../core/index.ts'
import { distanceKm } from '../../core/index.ts'
import type { Policy, Rule } from './policySchema.ts'

/** A rule as it was once decided; never changed afterwards. */
export interface PolicyRow {
  /** Rises by one with every row: the version of the policy that it made. */
  seq: number
  rule: Rule
  /** `everyone`, `zone:ID` or `segment:ID`. */
  scope: string
  value: unknown
  validFrom: Millis
  validUntil?: Millis
  by: string
  why: string
  at: Millis
}

/** Under which rows something was made: all that was known at `version`, valid at `at`, for these scopes. */
export interface PolicyStamp {
  version: number
  at: Millis
  scopes: string[]
}

/** What is particular goes before what is general: a segment before a zone before everyone. */
const precedence = (scope: string): number => (scope.startsWith('segment:') ? 2 : scope.startsWith('zone:') ? 1 : 0)

/** The rows in force, one a rule. Pure. O(rows). */
export function rowsInForce(rows: readonly PolicyRow[], { version, at, scopes }: PolicyStamp): Map<Rule, PolicyRow> {
  const chosen = new Map<Rule, PolicyRow>()
  for (const row of rows) {
    if (row.seq > version || row.validFrom > at || (row.validUntil !== undefined && row.validUntil <= at)) continue
    if (row.scope !== 'everyone' && !scopes.includes(row.scope)) continue
    const known = chosen.get(row.rule)
    const better = known ? precedence(row.scope) - precedence(known.scope) || row.seq - known.seq : 1
    if (better > 0) chosen.set(row.rule, row)
  }
  return chosen
}

export const toPolicy = (inForce: Map<Rule, PolicyRow>): Policy =>
  Object.fromEntries([...inForce].map(([rule, { value }]) => [rule, value])) as unknown as Policy

/** The scopes that a customer falls under. */
export function scopesOf(
  { owner, location }: { owner?: { segment?: string | undefined } | undefined; location?: Location | undefined },
  { zones, segments }: Pick<Policy, 'zones' | 'segments'>,
): string[] {
  const zone = location && zones.find(({ around, withinKm }) => distanceKm(around, location) <= withinKm)
  const segment = segments.find(({ id }) => id === owner?.segment)
  return [...(zone ? [`zone:${zone.id}`] : []), ...(segment ? [`segment:${segment.id}`] : [])]
}
