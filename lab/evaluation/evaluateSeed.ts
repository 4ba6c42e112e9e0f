// One fleet of one seed through the real analysis on the virtual clock, and how each of its appliances was scored.
import { createAnalysis, planDetection } from '../../analytics/index.ts'
import { type Catalog, loadCatalog } from '../../catalog/index.ts'
import { type AnalysisOutput, DAY, type Detection, type Evidence, monotonicMs } from '../../core/index.ts'
import { createFleet, type Fault } from '../../simulator/index.ts'
import { createOtherFleet } from '../otherFamily/otherFleet.ts'
import { createThirdFleet } from '../thirdFamily/thirdFleet.ts'
import { createStructuredFleet } from '../training/structures/fleet.ts'
import { type Hearing, heardAs, type MIXED } from './hearing.ts'
import { runFleet } from './runFleet.ts'
import { merged, openingsOf, type Scored, scoreAppliance, stuckSaid, wordsOf } from './scoreDetections.ts'

interface Asked {
  seed: number
  catalog: Catalog
  kinds: Record<string, number>
  start: number
  days: number
  faultsPerYear: number
  soundDays: number
  prefix: string
}
/** The simulator's own, structures drawn as training draws them, and two that are for scoring alone. */
export const familyNames = ['own', 'drawn', 'other', 'third'] as const
export type Family = (typeof familyNames)[number]
const families = {
  own: (asked: Asked) => createFleet({ ...asked, faults: 'drawn', nuisances: true }),
  drawn: createStructuredFleet,
  other: createOtherFleet,
  third: createThirdFleet,
} as const

export interface SeedOrders {
  seed: number
  family: Family
  /** In all, shared out over the kinds. */
  appliances: number
  kinds: string[]
  days: number
  faultsPerYear: number
  modelsDir: string
  commissioningDays?: number
  /** As another installation hears them; default as they speak. */
  hearing?: Hearing | typeof MIXED
}
export interface SeedResult {
  scored: (Scored & { seed: number })[]
  /** Every false alarm, miss and wrong name, a line each, the false alarms that stood longest first. */
  cases: string[]
  readings: number
  analysisMs: number
}

/** Which features of a row were heard, and which could be judged. */
interface SeenRow {
  to: number
  heard: boolean[]
  judged: boolean[]
}

/** The sound days at the beginning of every fleet. */
const SOUND_DAYS = 28

export async function evaluateSeed(orders: SeedOrders): Promise<SeedResult> {
  const { seed, days, kinds } = orders
  const catalog = loadCatalog()
  const start = Date.UTC(2026, 0, 5) + ((seed - 1) % 3) * 120 * DAY
  const to = start + days * DAY
  const each = Math.ceil(orders.appliances / kinds.length)
  const asked = {
    seed,
    catalog,
    kinds: Object.fromEntries(kinds.map((kind) => [kind, each])),
    start,
    days,
    faultsPerYear: orders.faultsPerYear,
    soundDays: SOUND_DAYS,
    prefix: `s${seed}-`,
  }
  const fleet = families[orders.family](asked)
  const policy = orders.commissioningDays === undefined ? {} : { commissioningDays: orders.commissioningDays }
  const rows = new Map<string, SeenRow[]>()
  const analysis = await createAnalysis({
    catalog,
    clock: 'telemetry',
    modelsDir: orders.modelsDir,
    policy,
    onRow: ({ sense, to }, { observed, z }) => {
      const own = rows.get(sense.appliance) ?? []
      rows.set(sense.appliance, own)
      own.push({ to, heard: Array.from(observed, Number.isFinite), judged: Array.from(z, Number.isFinite) })
    },
  })
  const detections: Detection[] = []
  const hear = (out: AnalysisOutput): void => {
    detections.push(...out.detections)
  }
  const heard = orders.hearing ? heardAs(fleet, catalog, orders.hearing) : fleet
  const { readings, analysisMs, affectedAt } = await runFleet(heard, analysis, catalog, start, to, hear, monotonicMs)
  const openings = openingsOf(detections)
  const words = wordsOf(detections)
  const result: SeedResult = { scored: [], cases: [], readings, analysisMs }
  const day = (at: number): string => ((at - start) / DAY).toFixed(1)
  for (const { registration, kind, model, faults, nuisances } of fleet.appliances) {
    const { id } = registration
    // Only the first fault counts: nobody repairs in this fleet.
    const first = faults[0]
    const one = scoreAppliance(
      {
        appliance: id,
        kind,
        from: start,
        to,
        sensors: model,
        visible: !first || couldBeSeen(catalog, kind, first, rows.get(id) ?? []),
        fault: first
          ? {
              failureMode: first.failureMode,
              onset: first.onset,
              failsAt: first.functionalFailureAt,
              shape: first.shape,
              abrupt: first.abrupt,
              affectedAt: affectedAt.get(id) ?? first.onset,
            }
          : null,
      },
      openings,
    )
    const sound = first ? Math.min(to, first.onset) : to
    const own = words.filter(({ appliance, at }) => appliance === id && at < sound)
    const stuck = stuckSaid(detections, id, sound, nuisances)
    result.scored.push({ ...one, falseWords: merged(own).length, falseStuck: stuck.length, seed })
    for (const alarm of stuck)
      result.cases.push(
        `STUCK ${id} (${model}) day ${day(alarm.at)} ${alarm.evidence[0]?.metric} ${alarm.evidence[0]?.observed.toFixed(1)} h`,
      )
    for (const alarm of own.filter(({ at }) => !openings.some((o) => o.appliance === id && o.at === at)))
      result.cases.push(
        `INFO  ${id} (${model}) day ${day(alarm.at)}–${day(alarm.until)} ${alarm.failureMode} by ${alarm.detector}; ${proofOf(alarm.evidence)}`,
      )
    for (const alarm of one.falseAlarms) {
      const near = nuisances
        .filter((n) => n.from < alarm.at && n.to > alarm.at - 20 * DAY && n.kind !== 'warm-restock')
        .map((n) => `${n.kind}${n.metric ? `:${n.metric}` : ''}@${day(n.from)}-${day(n.to)}`)
      result.cases.push(
        `FALSE ${id} (${model}) day ${day(alarm.at)}–${day(alarm.until)} ${alarm.failureMode} by ${alarm.detector} near ${near.join(', ') || 'nothing'}; ${proofOf(alarm.evidence)}`,
      )
    }
    if (!first) continue
    const course = `${first.failureMode} ${first.shape}${first.abrupt ? ' abrupt' : ''} day ${day(first.onset)}–${day(first.functionalFailureAt)}`
    if ((one.predictable || first.abrupt) && !one.found) {
      const own = openings.filter(({ appliance }) => appliance === id)
      const opened = own.map(({ at, until, failureMode }) => `${day(at)}–${day(until)} ${failureMode}`)
      result.cases.push(`MISS  ${id} (${model}) ${course} opened ${opened.join(', ') || 'nothing'}`)
    } else if (one.found && !one.rightMode) {
      const { failureMode, detector, evidence } = one.found
      result.cases.push(`WRONG ${id} (${model}) ${course} said ${failureMode} by ${detector}; ${proofOf(evidence)}`)
    }
  }
  return result
}

/** The proof of an alert in one line. */
const proofOf = (evidence: readonly Evidence[]): string =>
  evidence
    .map(({ feature, observed, expected: [low, high] }) =>
      [feature, observed.toPrecision(4), `[${low.toPrecision(4)}, ${high.toPrecision(4)}]`].join(' '),
    )
    .join('; ')

/** Rows in which a fault can be seen at least, before its onset and until it must be found. */
const LEAST_SEEN_ROWS = 3

/**
 * Could the fault be seen at all: has the appliance the sensors, and was it used so (an air conditioner cools, a washer heats
 * and spins), that any of the features which the mode moves most was known before the onset and heard until a day before
 * the failure?
 */
function couldBeSeen(
  catalog: Catalog,
  kind: string,
  fault: Pick<Fault, 'failureMode' | 'onset' | 'functionalFailureAt'>,
  rows: readonly SeenRow[],
): boolean {
  const detection = catalog.kind(kind).detection
  const moves = detection?.signatures[fault.failureMode]?.moves ?? {}
  const most = Math.max(...Object.values(moves).map(Math.abs))
  const deadline = fault.functionalFailureAt - DAY
  return planDetection(catalog.kind(kind)).features.some(({ name }, f) => {
    if (Math.abs(moves[name] ?? 0) < MOST_MOVED * most) return false
    const known = rows.filter(({ to, judged }) => to < fault.onset && judged[f]).length
    const heard = rows.filter(({ to, heard }) => to >= fault.onset && to <= deadline && heard[f]).length
    return known >= LEAST_SEEN_ROWS && heard >= LEAST_SEEN_ROWS
  })
}
/** Share of a mode's largest weight from which a feature is one that it moves most. */
const MOST_MOVED = 0.6
