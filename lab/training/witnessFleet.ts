// What one simulated fleet with faults teaches: the rows that stood out, with what was truly wrong.
import { createAnalysis, type DiagnosisCase, type LifeCase } from '../../analytics/index.ts'
import { loadCatalog } from '../../catalog/index.ts'
import { HOUR, monotonicMs } from '../../core/index.ts'
import { runFleet } from '../evaluation/runFleet.ts'
import { type FleetOrders, type TrainingFleet, trainingFleet } from './trainingFleet.ts'

export interface WitnessOrders extends FleetOrders {
  /** Priors, thresholds and PCA that stand already. */
  modelsDir: string
}
export interface Witnessed {
  /** By kind. */
  diagnosis: Record<string, DiagnosisCase[]>
  life: Record<string, LifeCase[]>
}

/** What the models would read of an appliance that stood out. */
export interface Noted {
  at: number
  level: number
  profile: Float64Array
  life: Float64Array
}

/** Share of a threshold from which a row stands out. */
export const STANDS_OUT = 0.6
/** Rows of one appliance: a long course says the same again and again. */
const MOST_ROWS = 14

export async function witnessFleet({ modelsDir, ...orders }: WitnessOrders): Promise<Witnessed> {
  const catalog = loadCatalog()
  const rows = new Map<string, Noted[]>()
  const note = (appliance: string, row: Noted): void => {
    const list = rows.get(appliance) ?? []
    rows.set(appliance, list)
    list.push(row)
  }
  const analysis = await createAnalysis({
    catalog,
    clock: 'telemetry',
    modelsDir,
    onRow: ({ sense: { appliance }, at, muted }, { profile, life, isHeard }, _pca, level) => {
      if (level >= STANDS_OUT && !muted && isHeard) note(appliance, { at, level, profile, life })
    },
    // What a glance proves opens at once.
    onGlimpse: ({ sense: { appliance }, at }, { profile, life }) => note(appliance, { at, level: 1, profile, life }),
  })
  const { fleet, start, end, faultOf } = trainingFleet(orders, catalog)
  await runFleet(fleet, analysis, catalog, start, end, () => {}, monotonicMs)
  return casesOf(
    rows,
    fleet.appliances.map(({ registration: { id }, kind }) => ({ id, kind })),
    orders,
    end,
    faultOf,
  )
}

/** What stood out, with what was truly wrong. */
export function casesOf(
  rows: ReadonlyMap<string, Noted[]>,
  appliances: readonly { id: string; kind: string }[],
  { family, seed, kinds }: Pick<FleetOrders, 'family' | 'seed' | 'kinds'>,
  end: number,
  faultOf: TrainingFleet['faultOf'],
): Witnessed {
  // Fleets of both families share folds by seed.
  const fold = seed
  const diagnosis: Witnessed['diagnosis'] = Object.fromEntries(kinds.map((kind) => [kind, []]))
  const life: Witnessed['life'] = Object.fromEntries(kinds.map((kind) => [kind, []]))
  for (const { id, kind } of appliances) {
    const fault = faultOf(id)
    const own = rows.get(id) ?? []
    const sound = own.filter(({ at }) => !fault || at < fault.onset)
    const alarm = sound.findIndex(({ level }) => level >= 1)
    for (const row of thinned(sound, alarm))
      diagnosis[kind]!.push({
        appliance: id,
        fold,
        mode: null,
        profile: row.profile,
        opens: row === sound[alarm],
      })
    if (!fault) continue
    const sick = own.filter(({ at }) => at > fault.onset && at < fault.functionalFailureAt)
    const opening = sick.findIndex(({ level }) => level >= 1)
    for (const row of thinned(sick, opening)) {
      diagnosis[kind]!.push({
        appliance: id,
        fold,
        mode: fault.failureMode,
        profile: row.profile,
        opens: row === sick[opening],
      })
      if (opening < 0 || row.at < sick[opening]!.at || fault.abrupt) continue
      life[kind]!.push({
        appliance: id,
        mode: fault.failureMode,
        family,
        inputs: row.life,
        hours: (Math.min(end, fault.functionalFailureAt) - row.at) / HOUR,
        censored: fault.functionalFailureAt > end,
        opens: row === sick[opening],
      })
    }
  }
  return { diagnosis, life }
}

/** Evenly over the course, the one at `kept` among them. */
function thinned<T>(rows: T[], kept: number): T[] {
  if (rows.length <= MOST_ROWS) return rows
  const step = (rows.length - 1) / (MOST_ROWS - 1)
  const places = new Set(Array.from({ length: MOST_ROWS }, (_, i) => Math.round(i * step)))
  if (kept >= 0) places.add(kept)
  return rows.filter((_, i) => places.has(i))
}
