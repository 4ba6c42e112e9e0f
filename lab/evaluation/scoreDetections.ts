// How detections are scored: docs/prediction.md says the rules. Pure; used by `npm run evaluate` and by training.
import {
  DAY,
  type Detection,
  type Evidence,
  type Hypothesis,
  type Millis,
  type RemainingLife,
} from '../../core/index.ts'

/** What truly happened to one appliance. */
export interface Truth {
  appliance: string
  kind: string
  from: Millis
  to: Millis
  fault: {
    failureMode: string
    onset: Millis
    failsAt: Millis
    shape: string
    abrupt: boolean
    affectedAt: Millis
  } | null
  /** Its model: which sensors it has. */
  sensors: string
  /** Has it a sensor that the fault shows most in, and was it used so that it could? */
  visible: boolean
}

/** One alert as it opened. */
export interface Opening {
  appliance: string
  at: Millis
  until: Millis
  failureMode: string
  hypotheses: readonly Hypothesis[]
  remainingLife: RemainingLife | null
  detector: string
  /** What was shown as proof. */
  evidence: readonly Evidence[]
}

const MERGE_MS = 14 * DAY

/** Alerts that make tickets: open at the first confirmed warning or critical, end at recovery. */
export const openingsOf = (detections: readonly Detection[]): Opening[] => openingsFrom(detections, false)
/** Every word that is said to people, information too. */
export const wordsOf = (detections: readonly Detection[]): Opening[] => openingsFrom(detections, true)

function openingsFrom(detections: readonly Detection[], informs: boolean): Opening[] {
  const openings: Opening[] = []
  const open = new Map<string, Opening>()
  for (const one of detections) {
    if (one.hypotheses[0]!.failureMode === 'silent' || one.hypotheses[0]!.failureMode === 'sensor-stuck') continue
    const known = open.get(one.condition)
    if (one.phase === 'recovered') {
      if (known) known.until = one.at
      open.delete(one.condition)
    } else if (one.phase === 'confirmed' && !known && (informs || one.severity !== 'info')) {
      const opening: Opening = {
        appliance: one.appliance,
        at: one.at,
        until: Infinity,
        failureMode: one.hypotheses[0]!.failureMode,
        hypotheses: one.hypotheses,
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

/** What was said of a sensor that had not stopped. @param nuisances of the appliance, those of stuck sensors among them */
export const stuckSaid = (
  detections: readonly Detection[],
  appliance: string,
  until: Millis,
  nuisances: readonly { kind: string; from: Millis; to: Millis; metric?: string }[],
): Detection[] =>
  detections.filter(
    (one) =>
      one.appliance === appliance &&
      one.phase === 'confirmed' &&
      one.at < until &&
      one.hypotheses[0]!.failureMode === 'sensor-stuck' &&
      !nuisances.some(
        ({ kind, from, to, metric }) =>
          kind.startsWith('stuck') && metric === one.evidence[0]?.metric && from <= one.at && one.at <= to + DAY,
      ),
  )

/** Alerts in order as one each, where the next begins within 14 days of the last's beginning or end. */
export function merged(own: readonly Opening[]): Opening[] {
  const out: Opening[] = []
  for (const one of [...own].sort((a, b) => a.at - b.at)) {
    const last = out.at(-1)
    if (last && one.at - Math.min(one.at, last.until) <= MERGE_MS) last.until = Math.max(last.until, one.until)
    else out.push({ ...one })
  }
  return out
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
  /** Of all that was said, information too; and of sensors that had not stopped. Of one appliance within 14 days they are one. */
  falseWords: number
  falseStuck: number
  falseDays: number
  healthyYears: number
  interval: 'inside' | 'below' | 'above' | 'none'
  lifeRatio: number
}

const PREDICTABLE_MS = 5 * DAY

/**
 * One appliance, scored by EVALUATION.md: alerts within 14 days are one (it stands from the first to the last of them),
 * but never across an onset.
 */
export function scoreAppliance(truth: Truth, openings: readonly Opening[]): Scored {
  const { fault, from, to } = truth
  const sound = fault ? Math.min(to, fault.onset) : to
  const own = openings.filter(({ appliance }) => appliance === truth.appliance)
  const falseAlarms = merged(own.filter(({ at }) => at < sound))
  let falseDays = 0
  for (const one of own) if (one.at < sound) falseDays += (Math.min(one.until, sound) - one.at) / DAY
  const predictable =
    fault !== null && !fault.abrupt && fault.failsAt - fault.onset >= PREDICTABLE_MS && fault.failsAt <= to
  const deadline = fault ? (fault.abrupt ? fault.affectedAt + 3 * DAY : fault.failsAt - DAY) : 0
  const found = fault
    ? (merged(own.filter(({ at }) => at >= fault.onset)).find((one) => one.at <= deadline && one.until > deadline) ??
      null)
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
    delayHours: found && fault ? (found.at - fault.affectedAt) / 3_600_000 : NaN,
    rightMode: found !== null && fault !== null && found.failureMode === fault.failureMode,
    falseAlarms,
    falseWords: falseAlarms.length,
    falseStuck: 0,
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

/** All alerts at once, on as many random appliances, at the date that suits best. */
export function oneDateRecall(scored: readonly Scored[], alerts: number): number {
  const predictable = scored.filter((one) => one.predictable)
  let most = 0
  for (const { truth } of predictable) {
    // Windows overlap most where one of them begins.
    const at = truth.fault!.onset
    const open = predictable.filter(({ truth: { fault } }) => fault!.onset <= at && at <= fault!.failsAt - DAY)
    most = Math.max(most, open.length)
  }
  return share(Math.min(1, alerts / Math.max(1, scored.length)) * most, predictable.length)
}

/** Every appliance in turn, at equal intervals. */
export function periodicRecall(scored: readonly Scored[], alertsPerYear: number): number {
  const predictable = scored.filter((one) => one.predictable)
  const chances = predictable.map(({ truth: { fault } }) =>
    Math.min(1, (alertsPerYear * (fault!.failsAt - DAY - fault!.onset)) / (365 * DAY)),
  )
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
