import { distanceKm, type Millis } from '../../core/index.ts'
import { regionOf } from '../calendar/regionOf.ts'
import { type Placed, zoneOf } from '../calendar/workCalendar.ts'
import type { Policy, Rule } from './policySchema.ts'

/** A rule as it was once decided; never changed afterwards. */
export interface PolicyRow {
  /** Rises by one with every row: the version of the policy that it made. */
  seq: number
  rule: Rule
  /** `everyone`, `region:CC` (a country), `zone:ID` or `segment:ID`. */
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

/** What is particular goes before what is general: a segment before a zone before a country before everyone. */
const levels = ['everyone', 'region', 'zone', 'segment']
const precedence = (scope: string): number => levels.indexOf(scope.split(':')[0] ?? '')

/** Whose rows a world begins with. */
export const SHIPPED_BY = 'hearthwatch'

/** The rows in force, one a rule. Pure. O(rows). */
export function rowsInForce(rows: readonly PolicyRow[], { version, at, scopes }: PolicyStamp): Map<Rule, PolicyRow> {
  const chosen = new Map<Rule, PolicyRow>()
  for (const row of rows) {
    // What this version ships holds for what was made before there was such a rule, too.
    const isKnown = row.seq <= version || (row.by === SHIPPED_BY && !chosen.has(row.rule))
    if (!isKnown || row.validFrom > at || (row.validUntil !== undefined && row.validUntil <= at)) continue
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
  { owner, location, timeZone }: Placed & { owner?: { segment?: string | undefined } | undefined },
  { zones, segments, timeZone: otherwise }: Pick<Policy, 'zones' | 'segments' | 'timeZone'>,
): string[] {
  const zone = location && zones.find(({ around, withinKm }) => distanceKm(around, location) <= withinKm)
  const segment = segments.find(({ id }) => id === owner?.segment)
  const region = regionOf(zoneOf({ location, timeZone }, { timeZone: otherwise }))
  return [
    ...(region ? [`region:${region}`] : []),
    ...(zone ? [`zone:${zone.id}`] : []),
    ...(segment ? [`segment:${segment.id}`] : []),
  ]
}
