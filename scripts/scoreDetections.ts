// How detections are scored: docs/prediction.md says the rules. Pure; used by `npm run evaluate` and by training.
import { DAY, type Detection, type Evidence, type Millis, type RemainingLife } from '../core/index.ts'

/** What truly happened to one appliance. */
export interface Truth {
  appliance: string
  kind: string
  from: Millis
  to: Millis
  fault: { failureMode: string; onset: Millis; failsAt: Millis; shape: string; abrupt: boolean; shownAt: Millis } | null
  /** Its model: which sensors it has. */
  sensors: string
  /** Has it a sensor that the fault shows most in? */
  visible: boolean
}

/** One alert as it opened. */
export interface Opening {
  appliance: string
  at: Millis
  until: Millis
  failureMode: string
  remainingLife: RemainingLife | null
  detector: string
  /** What was shown as proof. */
  evidence: readonly Evidence[]
}

const MERGE_MS = 14 * DAY

/** Alerts from detections: open at the first confirmed warning or critical, end at recovery. Within 14 days of one, another is the same. */
export function openingsOf(detections: readonly Detection[]): Opening[] {
  const openings: Opening[] = []
  const open = new Map<string, Opening>()
  for (const one of detections) {
    if (one.hypotheses[0]!.failureMode === 'silent' || one.hypotheses[0]!.failureMode === 'sensor-stuck') continue
    const known = open.get(one.condition)
    if (one.phase === 'recovered') {
      if (known) known.until = one.at
      open.delete(one.condition)
    } else if (one.phase === 'confirmed' && !known && one.severity !== 'info') {
      const opening: Opening = {
        appliance: one.appliance,
        at: one.at,
        until: Infinity,
        failureMode: one.hypotheses[0]!.failureMode,
        remainingLife: one.remainingLife ?? null,
        detector: one.detector.split(' ')[1] ?? '',
        evidence: one.evidence,
      }
      open.set(one.condition, opening)
      openings.push(opening)
    }
  }
  return openings
}

/** One appliance, scored. */
export interface Scored {
  truth: Truth
  predictable: boolean
  found: Opening | null
  /** Share of the course that was left at the opening; 0 for a miss. */
  leadShare: number
  leadDays: number
  delayHours: number
  rightMode: boolean
  falseAlarms: Opening[]
  falseDays: number
  healthyYears: number
  interval: 'inside' | 'below' | 'above' | 'none'
  lifeRatio: number
}

const PREDICTABLE_MS = 5 * DAY

export function scoreAppliance(truth: Truth, openings: readonly Opening[]): Scored {
  const { fault, from, to } = truth
  const sound = fault ? Math.min(to, fault.onset) : to
  const own = asOne(
    openings.filter(({ appliance }) => appliance === truth.appliance),
    fault?.onset ?? Infinity,
  )
  const falseAlarms: Opening[] = []
  let lastFalse = -Infinity
  let falseDays = 0
  for (const one of own) {
    if (one.at >= sound) continue
    falseDays += (Math.min(one.until, sound) - one.at) / DAY
    if (one.at - lastFalse > MERGE_MS) falseAlarms.push(one)
    lastFalse = one.at
  }
  const predictable =
    fault !== null && !fault.abrupt && fault.failsAt - fault.onset >= PREDICTABLE_MS && fault.failsAt <= to
  const deadline = fault ? (fault.abrupt ? fault.onset + 3 * DAY : fault.failsAt - DAY) : 0
  const found = fault
    ? (own.find((one) => one.at >= fault.onset && one.at <= deadline && one.until > deadline) ?? null)
    : null
  const left = found && fault ? fault.failsAt - found.at : 0
  const life = found?.remainingLife ?? null
  const leftHours = left / 3_600_000
  return {
    truth,
    predictable,
    found,
    leadShare: found && fault ? left / (fault.failsAt - fault.onset) : 0,
    leadDays: left / DAY,
    delayHours: found && fault ? Math.max(0, found.at - fault.shownAt) / 3_600_000 : NaN,
    rightMode: found !== null && fault !== null && found.failureMode === fault.failureMode,
    falseAlarms,
    falseDays,
    healthyYears: Math.max(0, sound - from) / (365 * DAY),
    interval: !life
      ? 'none'
      : leftHours < life.p10
        ? 'below'
        : life.p90 !== null && leftHours > life.p90
          ? 'above'
          : 'inside',
    lifeRatio: life ? leftHours / life.p50 : NaN,
  }
}

/** Alerts of one appliance within 14 days are one, which stands as long as the last of them; but never across an onset. */
function asOne(own: readonly Opening[], onset: Millis): Opening[] {
  const joined: Opening[] = []
  for (const one of own.toSorted((a, b) => a.at - b.at)) {
    const last = joined.at(-1)
    const across = last !== undefined && last.at < onset && one.at >= onset
    if (last && !across && one.at - last.until < MERGE_MS) last.until = Math.max(last.until, one.until)
    else joined.push({ ...one })
  }
  return joined
}

export interface Figures {
  appliances: number
  predictable: number
  recall: number
  falsePerYear: number
  falseDaysPerYear: number
  leadShareMedian: number
  leadShareP10: number
  leadDaysLong: number
  diagnosis: number
  abruptHours: number
  abruptFound: string
  coverage: number
}

export const quantileOf = (values: number[], p: number): number => {
  if (values.length === 0) return NaN
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]!
}

const share = (count: number, of: number): number => (of === 0 ? NaN : count / of)

export function figuresOf(scored: readonly Scored[]): Figures {
  const predictable = scored.filter((one) => one.predictable)
  const found = predictable.filter((one) => one.found)
  const years = scored.reduce((sum, one) => sum + one.healthyYears, 0)
  const abrupt = scored.filter((one) => one.truth.fault?.abrupt)
  const leads = predictable.map((one) => one.leadShare)
  return {
    appliances: scored.length,
    predictable: predictable.length,
    recall: share(found.length, predictable.length),
    falsePerYear: share(
      scored.reduce((sum, one) => sum + one.falseAlarms.length, 0),
      years,
    ),
    falseDaysPerYear: share(
      scored.reduce((sum, one) => sum + one.falseDays, 0),
      years,
    ),
    leadShareMedian: quantileOf(leads, 0.5),
    leadShareP10: quantileOf(leads, 0.1),
    leadDaysLong: quantileOf(
      predictable
        .filter(({ truth }) => truth.fault!.failsAt - truth.fault!.onset >= 30 * DAY)
        .map((one) => one.leadDays),
      0.5,
    ),
    diagnosis: share(found.filter((one) => one.rightMode).length, found.length),
    abruptHours: quantileOf(
      abrupt.filter((one) => one.found).map((one) => one.delayHours),
      0.5,
    ),
    abruptFound: `${abrupt.filter((one) => one.found).length}/${abrupt.length}`,
    coverage: share(found.filter((one) => one.interval === 'inside').length, found.length),
  }
}

/** What as many alerts at random times on random appliances would have found: a score below this is void. Seeded by place. */
export function blindRecall(scored: readonly Scored[], alertsPerYear: number): number {
  const predictable = scored.filter((one) => one.predictable)
  const chances = predictable.map(({ truth }) => {
    const window = truth.fault!.failsAt - DAY - truth.fault!.onset
    return 1 - Math.exp((-alertsPerYear * window) / (365 * DAY))
  })
  return share(
    chances.reduce((a, b) => a + b, 0),
    predictable.length,
  )
}

/** 95 % interval of a figure by resampling appliances. `next` draws from [0, 1). */
export function resampled(
  scored: readonly Scored[],
  figure: (part: Scored[]) => number,
  next: () => number,
  rounds = 200,
): [number, number] {
  const values: number[] = []
  for (let round = 0; round < rounds; round++)
    values.push(figure(scored.map(() => scored[Math.floor(next() * scored.length)]!)))
  const finite = values.filter((value) => Number.isFinite(value))
  return [quantileOf(finite, 0.025), quantileOf(finite, 0.975)]
}
