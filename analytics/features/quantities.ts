import type { DetectionPlan, Quantity, Signal } from './detectionPlan.ts'
import type { FeatureState } from './featureState.ts'
import { clearQuantity } from './featureState.ts'

/** Value of a signal in one reading; NaN where an input is absent. */
export function signalOf(of: Signal, values: Float64Array): number {
  let value = values[of.metric]!
  if (of.minus >= 0) value -= values[of.minus]!
  if (of.without >= 0) {
    const line = values[of.without]!
    value = Math.sqrt(Math.max(0, value * value - line * line))
  }
  if (of.per >= 0) {
    const by = values[of.per]! / of.scale
    value /= of.power === 1 ? by : of.power === 2 ? by * by : by ** of.power
  }
  return value
}

const holds = (list: Int32Array, truth: Uint8Array): boolean => {
  for (let i = 0; i < list.length; i++) if (truth[list[i]!] === 0) return false
  return true
}

/**
 * Adds one reading to one quantity. `acc` of it: mean and spread [Σx·dt, Σdt, Σx²·dt]; sum [Σx, Σdt]; share [Σdt when,
 * Σdt]; max, min [x, Σdt]; minutes and count [Σdt, Σdt all, entries, was held]; slope [ΣΔx, Σdt, last x | NaN].
 * @param dt seconds that the reading stands for @param whole whether the reading before is the one just before it
 */
export function addReading(
  one: Quantity,
  q: number,
  acc: Float64Array,
  values: Float64Array,
  truth: Uint8Array,
  dt: number,
  whole: boolean,
): void {
  const at = 4 * q
  const held = holds(one.while, truth)
  switch (one.aggregate) {
    case 'minutes':
    case 'count': {
      acc[at + 1]! += dt
      if (held) {
        acc[at]! += dt
        if (acc[at + 3] === 0) acc[at + 2]! += 1
      }
      acc[at + 3] = held ? 1 : 0
      return
    }
    case 'share': {
      if (!held) return
      acc[at + 1]! += dt
      if (holds(one.when, truth)) acc[at]! += dt
      return
    }
    case 'slope': {
      const x = held ? signalOf(one.of!, values) : NaN
      const last = acc[at + 2]!
      acc[at + 2] = x
      if (whole && !Number.isNaN(x) && !Number.isNaN(last)) {
        acc[at]! += x - last
        acc[at + 1]! += dt
      }
      return
    }
  }
  if (!held) return
  const x = signalOf(one.of!, values)
  if (Number.isNaN(x)) return
  acc[at + 1]! += dt
  switch (one.aggregate) {
    case 'sum':
      acc[at]! += x
      return
    case 'max':
      if (x > acc[at]!) acc[at] = x
      return
    case 'min':
      if (x < acc[at]!) acc[at] = x
      return
    case 'spread':
      acc[at + 2]! += x * x * dt
      acc[at]! += x * dt
      return
    default:
      acc[at]! += x * dt
  }
}

/** Value of a quantity at the end of its window, in its unit; NaN where too little was heard. Clears it for the next. */
export function takeQuantity(plan: DetectionPlan, sense: FeatureState, q: number, byDay: boolean): number {
  const one = plan.quantities[q]!
  const acc = sense.acc
  const at = 4 * q
  const [a, b, c] = [acc[at]!, acc[at + 1]!, acc[at + 2]!]
  const wasHeld = acc[at + 3]!
  clearQuantity(plan, acc, q)
  if (one.aggregate === 'minutes' || one.aggregate === 'count') acc[at + 3] = byDay ? wasHeld : 0
  for (const metric of one.inputs) if (sense.seen[metric] === 0) return NaN
  const perDay = byDay ? 86_400 / b : 1
  switch (one.aggregate) {
    case 'mean':
      return b > 0 && b >= one.minSeconds ? a / b : NaN
    case 'spread':
      return b > 0 && b >= one.minSeconds ? Math.sqrt(Math.max(0, c / b - (a / b) ** 2)) : NaN
    case 'sum':
      return b > 0 && b >= one.minSeconds ? a * perDay : NaN
    case 'max':
    case 'min':
      return b > 0 && b >= one.minSeconds ? a : NaN
    case 'share':
      return b > 0 && b >= one.minSeconds ? a / b : NaN
    case 'minutes': {
      const entries = c > 0 ? c : a > 0 ? 1 : 0
      return entries > 0 && a >= one.minSeconds ? a / 60 / entries : NaN
    }
    case 'count':
      return b >= one.minSeconds ? c * perDay : NaN
    case 'slope':
      return b > 0 && b >= one.minSeconds ? (a / b) * 3600 : NaN
  }
}
