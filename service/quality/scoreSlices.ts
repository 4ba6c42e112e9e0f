import { median } from 'simple-statistics'
import { DAY, type Database, HOUR, type Millis } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import { livesOfConfirmed, predictedOnes } from '../tickets/store/ticketCounts.ts'
import {
  type Counted,
  countTickets,
  type Share,
  savedCents,
  share,
  type TrueFault,
  tally,
  yearsOf,
} from './scoreboard.ts'

/** What the scoreboard is cut by. `version`: of the model that predicted, by kind. */
export const sliceKeys = ['kind', 'model', 'version', 'failureMode'] as const
export type SliceKey = (typeof sliceKeys)[number]

/** One slice of the record; `kind` with `key` is what the list of tickets is narrowed to. */
export interface ScoreSlice {
  kind: string
  key: string
  confirmed: number
  otherCause: number
  refuted: number
  /** Of the refuted: a person said so before anybody went. */
  dismissed: number
  undecided: number
  precision: Share
  /** Over which appliances were watched for it; null where nobody knows how long (versions before this was kept). */
  applianceYears: number | null
  falsePerApplianceYear: number | null
  /** Median remaining life said at the opening of those that were confirmed, days. */
  saidLifeDays: number | null
  /** Median time from the ticket to functional failure, days: known in a simulated world alone. */
  leadDays: number | null
  savedCents: number
}

/** An appliance that was watched, and for how long. */
export interface Exposure {
  appliance: string
  kind: string
  model: string
  from: Millis
  to: Millis
}
/** Which version of a kind's model judged when. */
export interface VersionSpan {
  kind: string
  version: string
  from: Millis
  to: Millis
}

/** The product's record by kind, model, version or failure mode. Counts come from an index; no ticket is read. */
export async function scoreSlices(
  database: Database,
  policy: Policy,
  by: SliceKey,
  exposure: Exposure[],
  versions: VersionSpan[],
  truth?: readonly TrueFault[],
): Promise<ScoreSlice[]> {
  const keyOf = (row: Pick<Counted, SliceKey>): string => `${row.kind}/${row[by]}`
  const [counted, lives, leads] = [
    await countTickets(database),
    await livesSaid(database, keyOf),
    truth ? await leadsOf(database, keyOf, truth) : new Map<string, number[]>(),
  ]
  const years = (kind: string, key: string): number | null => {
    const of = exposure.filter((one) => one.kind === kind)
    if (by === 'model') return yearsOf(of.filter(({ model }) => model === key))
    if (by !== 'version') return yearsOf(of)
    const spans = versions.filter((span) => span.kind === kind && span.version === key)
    return spans.length > 0 ? yearsOf(spans.flatMap((span) => of.map((one) => overlap(one, span)))) : null
  }
  const slices = [...Map.groupBy(counted, keyOf)].flatMap(([group, rows]): ScoreSlice[] => {
    const [first] = rows
    if (!first) return []
    const { kind, [by]: key } = first
    const sums = tally(rows)
    const applianceYears = years(kind, key)
    const slice = {
      kind,
      key,
      ...sums,
      precision: share(sums.confirmed, sums.confirmed + sums.otherCause + sums.refuted),
      applianceYears,
      falsePerApplianceYear: applianceYears ? sums.refuted / applianceYears : null,
      saidLifeDays: medianDays(lives.get(group)),
      leadDays: medianDays(leads.get(group)),
      savedCents: savedCents(sums, policy),
    }
    return [slice]
  })
  return slices.sort((a, b) => a.kind.localeCompare(b.kind) || count(b) - count(a) || a.key.localeCompare(b.key))
}

const count = ({ confirmed, otherCause, refuted, undecided }: ScoreSlice): number =>
  confirmed + otherCause + refuted + undecided
const overlap = (a: { from: Millis; to: Millis }, b: { from: Millis; to: Millis }) => ({
  from: Math.max(a.from, b.from),
  to: Math.min(a.to, b.to),
})
const medianDays = (ms: number[] | undefined): number | null => (ms && ms.length > 0 ? median(ms) / DAY : null)

type Key = (row: Pick<Counted, SliceKey>) => string
const named = (row: { kind: string; model: string | null; version: string | null; failureMode: string | null }) => ({
  kind: row.kind,
  model: row.model ?? '',
  version: row.version ?? '',
  failureMode: row.failureMode ?? 'unknown',
})

/** From the index, of confirmed ones, ms. */
async function livesSaid(database: Database, keyOf: Key): Promise<Map<string, number[]>> {
  const rows = await livesOfConfirmed(database.query)
  return grouped(rows.map((row) => [keyOf(named(row)), (row.lifeHours ?? 0) * HOUR]))
}

/** How long before functional failure the first ticket of each true fault was made, ms. */
async function leadsOf(database: Database, keyOf: Key, truth: readonly TrueFault[]): Promise<Map<string, number[]>> {
  const rows = await predictedOnes(database.query)
  const byAppliance = Map.groupBy(rows, ({ appliance }) => appliance)
  return grouped(
    truth.flatMap((fault): [string, number][] => {
      const first = byAppliance
        .get(fault.appliance)
        ?.find(({ createdAt }) => createdAt >= fault.onset && createdAt < fault.functionalFailureAt)
      return first ? [[keyOf(named(first)), fault.functionalFailureAt - first.createdAt]] : []
    }),
  )
}

function grouped(pairs: [string, number][]): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  for (const [key, value] of pairs) {
    const list = groups.get(key)
    if (list) list.push(value)
    else groups.set(key, [value])
  }
  return groups
}
