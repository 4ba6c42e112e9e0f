// What one simulated fleet with faults teaches: the rows that stood out, with what was truly wrong.
import { createAnalysis, type DiagnosisCase, type LifeCase } from '../../analytics/index.ts'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, HOUR, monotonicMs } from '../../core/index.ts'
import { createFleet } from '../../simulator/index.ts'
import { runFleet } from '../evaluation/runFleet.ts'

export interface WitnessOrders {
  seed: number
  kinds: string[]
  /** Of each kind. */
  appliances: number
  days: number
  /** Priors, thresholds and PCA that stand already. */
  modelsDir: string
  coarse?: number
}
export interface Witnessed {
  /** By kind. */
  diagnosis: Record<string, DiagnosisCase[]>
  life: Record<string, LifeCase[]>
}

/** What the models would read of an appliance that stood out. */
interface Noted {
  at: number
  level: number
  profile: Float64Array
  life: Float64Array
}

const SOUND_DAYS = 28
/** Almost every appliance gets a fault, soon. */
const FAULTS_PER_YEAR = 9
/** Share of a threshold from which a row stands out. */
const STANDS_OUT = 0.6
/** Rows of one appliance: a long course says the same again and again. */
const MOST_ROWS = 14

export async function witnessFleet({
  seed,
  kinds,
  appliances,
  days,
  modelsDir,
  coarse,
}: WitnessOrders): Promise<Witnessed> {
  const catalog = loadCatalog()
  // A third of a year apart, so that every season is seen.
  const start = Date.UTC(2025, 0, 10) + ((seed - 1) % 3) * 120 * DAY
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
  const fleet = createFleet({
    seed,
    catalog,
    kinds: Object.fromEntries(kinds.map((kind) => [kind, appliances])),
    start,
    faults: 'drawn',
    faultsPerYear: FAULTS_PER_YEAR,
    soundDays: SOUND_DAYS,
    nuisances: true,
    prefix: `s${seed}-`,
    ...(coarse ? { coarse } : {}),
  })
  const end = start + days * DAY
  await runFleet(fleet, analysis, catalog, start, end, () => {}, monotonicMs)
  const diagnosis: Witnessed['diagnosis'] = Object.fromEntries(kinds.map((kind) => [kind, []]))
  const life: Witnessed['life'] = Object.fromEntries(kinds.map((kind) => [kind, []]))
  for (const { registration, kind, faults } of fleet.appliances) {
    const { id } = registration
    const fault = faults[0]
    const own = rows.get(id) ?? []
    const sound = own.filter(({ at }) => !fault || at < fault.onset)
    const alarm = sound.findIndex(({ level }) => level >= 1)
    for (const row of thinned(sound, alarm))
      diagnosis[kind]!.push({
        appliance: id,
        fold: seed,
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
        fold: seed,
        mode: fault.failureMode,
        profile: row.profile,
        opens: row === sick[opening],
      })
      if (opening < 0 || row.at < sick[opening]!.at || fault.abrupt) continue
      life[kind]!.push({
        appliance: id,
        mode: fault.failureMode,
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
