import { cell, DAY, nth } from '../../core/index.ts'
import { type Baseline, EXTREMES, type IntradayExtremes, newIntradayExtremes, profileOf } from '../baseline/baseline.ts'
import {
  type ApplianceContext,
  type DetectionContext,
  type Diagnosis,
  decideCondition,
} from '../condition/decideCondition.ts'
import { hypothesesOf, UNKNOWN } from '../condition/hypotheses.ts'
import { lifeInputs } from '../condition/lifeInputs.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import { scaledValue } from '../features/feature.ts'
import type { IntradayItem } from '../features/item.ts'
import type { KindModel } from '../onnx/kindModel.ts'

/** Extremes of health are learned for so long. */
const LEARN_DAYS = 14
/** And on so many days on which the feature was heard: heating is first heard in autumn. */
const LEARN_HEARD = 10
/** Share of a covariate's range by which it may leave what was seen. */
const FAR_SHARE = 0.25
/** Beyond the commissioned range by this share of it, in glances in a row: no luck. */
const MARGIN = 0.5
const IN_A_ROW = 2
/**
 * One feature alone is believed when it is so many ranges out, and by more than a rescaled channel moves; but not where the
 * fault that it speaks for would show in another sensor too, and that one stays where it was: then it is the sensor.
 */
const FAR_OUT = 2
const MOST_RESCALED = 0.2
/** A range is at least so many floors of its feature. */
const LEAST_RANGE = 6
/** What it then stands at, until the day tells. */
const LEVEL = 1.2

/** What a glance saw beyond health, and the profile that this makes with what is known of the days. */
export interface IntradayFinding {
  profile: Float64Array
  /** By feature how far beyond its range, in ranges; NaN where it was not heard. */
  seen: Float64Array
  /** What life is told from. */
  life: Float64Array
  /** Each feature as observed, and the range that it kept in health, in the weather of these hours. */
  out: { f: number; y: number; low: number; high: number }[]
}

/**
 * The last hours against everything that was seen in health: several steady features (of different sensors) beyond it
 * together, twice in a row. Means are compensated by the fleet's slopes, so a hot week is not beyond.
 * @returns null when nothing is proved
 */
export function checkIntraday(
  plan: DetectionPlan,
  model: KindModel | null,
  learned: Baseline,
  item: IntradayItem,
): IntradayFinding | null {
  // An earlier program did not count days: extremes are seen anew.
  const glanced = learned.glanced?.days ? learned.glanced : newIntradayExtremes(plan)
  learned.glanced = glanced
  if (Number.isNaN(glanced.since)) glanced.since = item.at
  const learning = item.at - glanced.since < LEARN_DAYS * DAY || item.settling
  const today = Math.floor(item.at / DAY)
  const scale = nth(plan.scales, 0)
  const out: { f: number; y: number; excess: number; shift: number; explained: number }[] = []
  /** Excess of every feature that is heard and known. */
  const seen = new Float64Array(plan.features.length).fill(NaN)
  for (let f = 0; f < plan.features.length; f++) {
    const feature = nth(plan.features, f)
    if (feature.scale !== 0 || !feature.scored) continue
    const raw = cell(item.y, feature.place)
    if (!Number.isFinite(raw)) continue
    let isBeyondSeen = false
    const plain = scaledValue(feature, raw)
    let y = plain
    for (const [j, place] of feature.compensate.entries()) {
      const name = nth(scale.covariateNames, place)
      const slope = model?.priors[feature.name]?.slopes[name]
      const scaling = model?.covariates[name]
      const x = cell(item.x, place)
      const isNew = learning || nth(glanced.days, f) < LEARN_HEARD
      if (Number.isFinite(x)) isBeyondSeen ||= noteCovariate(glanced, 3 * f + j, x, isNew)
      if (slope && scaling && Number.isFinite(x)) y -= (slope.mean * (x - scaling.centre)) / scaling.scale
    }
    const at = EXTREMES * f
    const [low, high] = [cell(glanced.low, at + EXTREMES - 1), cell(glanced.high, at + EXTREMES - 1)]
    if (learning || nth(glanced.days, f) < LEARN_HEARD || !Number.isFinite(low) || low > high) {
      if (glanced.day[f] !== today) glanced.days[f] = nth(glanced.days, f) + 1
      glanced.day[f] = today
      keep(glanced.low, at, y, -1)
      keep(glanced.high, at, y, 1)
      glanced.out[f] = 0
      continue
    }
    if (isBeyondSeen) {
      glanced.out[f] = 0
      continue
    }
    const range = Math.max(high - low, LEAST_RANGE * feature.floor)
    const shift = y > high ? y - high : y < low ? y - low : 0
    const excess = shift / range
    seen[f] = excess
    const beyond = Math.abs(excess) > MARGIN ? Math.sign(excess) : 0
    glanced.out[f] =
      beyond === 0 ? 0 : Math.sign(nth(glanced.out, f)) === beyond ? nth(glanced.out, f) + beyond : beyond
    if (Math.abs(nth(glanced.out, f)) >= IN_A_ROW) out.push({ f, y: raw, excess, shift, explained: plain - y })
  }
  if (item.muted || learning || out.length === 0) return null
  const proves = out.some(({ f, excess, shift }) => {
    const { madeOf, log } = nth(plan.features, f)
    if (out.some((other) => !nth(plan.features, other.f).madeOf.some((metric) => madeOf.includes(metric)))) return true
    return log && Math.abs(excess) > FAR_OUT && Math.abs(shift) > MOST_RESCALED
  })
  if (!proves) return null
  const profile = profileOf(learned, item.at)
  for (const { f, excess } of out) profile[f] = Math.sign(excess) * Math.min(12, 4 + 4 * Math.abs(excess))
  return {
    profile,
    seen,
    life: lifeInputs(learned.trail, item.at, profile),
    out: out.map(({ f, y, explained }) => {
      const show = (value: number): number => (nth(plan.features, f).log ? Math.exp(value) : value)
      const at = EXTREMES * f + EXTREMES - 1
      return { f, y, low: show(cell(glanced.low, at) + explained), high: show(cell(glanced.high, at) + explained) }
    }),
  }
}

/** Widens what is known of a covariate while it is learned. @returns whether it lies beyond that */
function noteCovariate({ least, most }: IntradayExtremes, at: number, x: number, isNew: boolean): boolean {
  if (isNew) {
    least[at] = Math.min(cell(least, at), x)
    most[at] = Math.max(cell(most, at), x)
    return false
  }
  const far = FAR_SHARE * (cell(most, at) - cell(least, at))
  return x < cell(least, at) - far || x > cell(most, at) + far
}

/** What a glance proved confirms a condition without waiting for the day, when it is in the direction of a known fault. */
export function emitIntraday(
  bench: DetectionContext,
  subject: ApplianceContext,
  item: IntradayItem,
  { profile, seen, out }: IntradayFinding,
  { beliefs, life }: Diagnosis,
): void {
  const { judged } = subject
  // Under what it was never seen under before hours prove nothing; days do, when they go on.
  if (judged.condition?.phase === 'confirmed' || judged.unseenDays) return
  const mode = nth(hypothesesOf(bench.signatures.declared, beliefs, {}), 0).failureMode
  if (mode === UNKNOWN || (out.length === 1 && isDenied(bench, nth(out, 0).f, mode, seen))) return
  judged.beliefs.set(beliefs)
  judged.life = life
  for (const { f, y, low, high } of out) {
    judged.profile[f] = cell(profile, f)
    judged.observed[f] = y
    judged.byHours ??= new Uint8Array(judged.observed.length)
    judged.byHours[f] = 1
    judged.low[f] = low
    judged.high[f] = high
    judged.seenFrom[f] = item.from
    judged.seenTo[f] = item.at
  }
  judged.levels[0] = Math.max(cell(judged.levels, 0), LEVEL)
  judged.topDetector = 'glance'
  decideCondition(bench, subject, item.at, item.offset, true, false)
}

/** Share of a mode's largest weight from which a feature of another sensor must bear it out. */
const BEARS_OUT = 0.6

function isDenied({ plan, signatures }: DetectionContext, f: number, mode: string, seen: Float64Array): boolean {
  const { madeOf } = nth(plan.features, f)
  return signatures.names.every((name, m) => {
    if (name !== mode) return true
    const weights = nth(signatures.weights, m)
    const most = weights.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
    return seen.some(
      (excess, g) =>
        Math.abs(cell(weights, g)) >= BEARS_OUT * most &&
        excess * cell(weights, g) <= 0 &&
        !nth(plan.features, g).madeOf.some((metric) => madeOf.includes(metric)),
    )
  })
}

/** Keeps the most extreme of one side, in order. @param side 1 for the highest, −1 for the lowest */
function keep(list: Float64Array, at: number, y: number, side: number): void {
  let value = y
  for (let i = at; i < at + EXTREMES; i++) {
    const known = cell(list, i)
    if (side * value <= side * known) continue
    list[i] = value
    value = known
  }
}
