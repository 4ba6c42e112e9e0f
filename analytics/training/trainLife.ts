import { LIFE_INPUTS, type LifeModel, lifeBy, standardized } from '../onnx/lifeModel.ts'

/** One row of an appliance under way to failure. */
export interface LifeCase {
  appliance: string
  /** Fault families are left out in turn. */
  mode: string
  /** Fleets made from the same equations. */
  family: string
  inputs: Float64Array
  /** Until its functional failure; or, `censored`, until it was repaired or no longer watched: it lasted at least so long. */
  hours: number
  censored: boolean
  /** The row at which an alert opens: what is said here counts. */
  opens: boolean
}

export interface TrainedLife {
  model: LifeModel
  longestHours: number
  /** At the opening, on modes that did not train: shares inside, below and above the 80 % interval, and its score. */
  heldOut: { cases: number; inside: number; below: number; above: number; intervalScore: number }
}

const STEPS = 500
const RATE = 0.04
/** Held against leaning on an input, in cases. */
const RIDGE_CASES = 20
/** The opening's share of an appliance's weight; its later rows have the rest. */
const OPENING_SHARE = 0.6
const LEAST_APPLIANCES = 60

/** Trains a kind's remaining life. @returns null where too few appliances went to their end */
export function trainLife(cases: LifeCase[]): TrainedLife | null {
  const ended = cases.filter(({ censored }) => !censored)
  if (new Set(ended.map(({ appliance }) => appliance)).size < LEAST_APPLIANCES) return null
  const judged = judgedByOthers(cases)
  const moreBelow = -quantileOfCensored(judged, 0.1, ({ one, said }) => Math.log(one.hours) - said[0])
  const moreAbove = quantileOfCensored(judged, 0.9, ({ one, said }) => Math.log(one.hours) - said[2])
  const tally = { inside: 0, below: 0, above: 0 }
  let score = 0
  const whole = judged.filter(({ one }) => !one.censored)
  for (const { one, said } of whole) {
    const [low, high] = [said[0] - moreBelow, said[2] + moreAbove]
    const y = Math.log(one.hours)
    tally[y < low ? 'below' : y > high ? 'above' : 'inside']++
    // Gneiting and Raftery (2007), on ln(hours) at 80 %.
    score += high - low + 10 * Math.max(0, low - y) + 10 * Math.max(0, y - high)
  }
  const share = (count: number): number => Number((count / whole.length).toPrecision(3))
  return {
    model: { ...fit(cases), moreBelow: Math.fround(moreBelow), moreAbove: Math.fround(moreAbove) },
    longestHours: Math.round(cases.reduce((most, { hours }) => Math.max(most, hours), 0)),
    heldOut: {
      cases: whole.length,
      inside: share(tally.inside),
      below: share(tally.below),
      above: share(tally.above),
      intervalScore: Number((score / whole.length).toPrecision(3)),
    },
  }
}

/**
 * Each mode of each family is judged by what other modes of other families teach, so that intervals hold for faults, and for
 * appliances, that training never met. Where too few of those are known, by other modes alone.
 */
function judgedByOthers(cases: LifeCase[]): { one: LifeCase; said: [number, number, number] }[] {
  const groups = new Map<string, LifeCase[]>()
  for (const one of cases) {
    const key = `${one.family}/${one.mode}`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()].flatMap((group) => {
    const { mode, family } = group[0]!
    const openings = group.filter(({ opens }) => opens)
    if (openings.length === 0) return []
    const others = cases.filter((one) => one.mode !== mode)
    const foreign = others.filter((one) => one.family !== family)
    const isEnough = new Set(foreign.map(({ appliance }) => appliance)).size >= LEAST_APPLIANCES / 2
    const model = fit(isEnough ? foreign : others)
    return openings.map((one) => ({ one, said: lifeBy(model, one.inputs) }))
  })
}

/** Three quantile lines by Adam on the pinball loss (Koenker 1978); of what was censored below a quantile nothing is known (Powell 1986). */
function fit(cases: LifeCase[]): LifeModel {
  const I = LIFE_INPUTS.length
  const weights = weigh(cases)
  const means = new Float32Array(I)
  const spreads = new Float32Array(I)
  const total = weights.reduce((a, b) => a + b, 0)
  for (let i = 0; i < I; i++) {
    let sum = 0
    for (const [c, { inputs }] of cases.entries()) sum += weights[c]! * inputs[i]!
    means[i] = sum / total
    let squares = 0
    for (const [c, { inputs }] of cases.entries()) squares += weights[c]! * (inputs[i]! - means[i]!) ** 2
    spreads[i] = Math.sqrt(squares / total) || 1
  }
  const rows = cases.map(({ inputs }) => inputs.map((_, i) => standardized({ means, spreads }, inputs, i)))
  const logs = cases.map(({ hours }) => Math.log(Math.max(1, hours)))
  const width = I + 1
  const at = new Float64Array(3 * width)
  at[I] = logs.reduce((sum, log, c) => sum + weights[c]! * log, 0) / total
  at[width + I] = 1
  at[2 * width + I] = 1
  const gradient = new Float64Array(at.length)
  const first = new Float64Array(at.length)
  const second = new Float64Array(at.length)
  const line = (row: Float64Array, k: number): number => {
    let sum = at[k * width + I]!
    for (let i = 0; i < I; i++) sum += at[k * width + i]! * row[i]!
    return sum
  }
  for (let step = 1; step <= STEPS; step++) {
    gradient.fill(0)
    for (const [c, row] of rows.entries()) {
      const middle = line(row, 0)
      const [rawBelow, rawAbove] = [line(row, 1), line(row, 2)]
      const [below, above] = [Math.log1p(Math.exp(rawBelow)), Math.log1p(Math.exp(rawAbove))]
      // Slope of the pinball loss in a quantile q of level p: 1 − p where the truth is below q, else −p.
      const slope = (q: number, p: number): number =>
        weights[c]! * (logs[c]! < q ? (cases[c]!.censored ? 0 : 1 - p) : -p)
      const [s10, s50, s90] = [slope(middle - below, 0.1), slope(middle, 0.5), slope(middle + above, 0.9)]
      const pulls = [s10 + s50 + s90, -s10 / (1 + Math.exp(-rawBelow)), s90 / (1 + Math.exp(-rawAbove))]
      for (let k = 0; k < 3; k++) {
        gradient[k * width + I]! += pulls[k]!
        for (let i = 0; i < I; i++) gradient[k * width + i]! += pulls[k]! * row[i]!
      }
    }
    for (let p = 0; p < at.length; p++) {
      const held = p % width === I ? 0 : (RIDGE_CASES * at[p]!) / total
      const g = gradient[p]! / total + held
      first[p] = 0.9 * first[p]! + 0.1 * g
      second[p] = 0.999 * second[p]! + 0.001 * g ** 2
      const rate = RATE * Math.min(1, (2 * (STEPS - step)) / STEPS)
      at[p]! -= (rate * (first[p]! / (1 - 0.9 ** step))) / (Math.sqrt(second[p]! / (1 - 0.999 ** step)) + 1e-8)
    }
  }
  return {
    means,
    spreads,
    middle: Float32Array.from(at.subarray(0, width)),
    below: Float32Array.from(at.subarray(width, 2 * width)),
    above: Float32Array.from(at.subarray(2 * width)),
    moreBelow: 0,
    moreAbove: 0,
  }
}

/** Every appliance counts once, most of it at its opening. */
function weigh(cases: LifeCase[]): Float64Array {
  const later = new Map<string, number>()
  for (const { appliance, opens } of cases) if (!opens) later.set(appliance, (later.get(appliance) ?? 0) + 1)
  return Float64Array.from(cases, ({ appliance, opens }) =>
    opens ? OPENING_SHARE : (1 - OPENING_SHARE) / later.get(appliance)!,
  )
}

/** Quantile of values of which some are only known to be at least so much. Source: Kaplan and Meier (1958). */
export function quantileOfCensored<T extends { one: { censored: boolean } }>(
  list: T[],
  p: number,
  value: (of: T) => number,
): number {
  const sorted = list.map((each) => ({ v: value(each), censored: each.one.censored })).sort((a, b) => a.v - b.v)
  let survives = 1
  let last = 0
  for (const [i, { v, censored }] of sorted.entries()) {
    if (censored) continue
    survives *= 1 - 1 / (sorted.length - i)
    last = v
    if (1 - survives >= p) return v
  }
  return last
}
