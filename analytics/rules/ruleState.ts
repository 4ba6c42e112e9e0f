import type { Millis, RuleTiming } from '../../core/index.ts'

/** Does the condition hold? `between`: inside the hysteresis; `unknown`: something of it was not said. */
export const ON = 2
export const BETWEEN = 1
export const OFF = 0
export const UNKNOWN = -1
export type Truth = typeof ON | typeof BETWEEN | typeof OFF | typeof UNKNOWN

/** How far one rule has come on one appliance. Times are the readings' own; NaN: not so. */
export interface RuleState {
  /** Since when it holds. */
  onSince: Millis
  /** When it held last, hysteresis included. */
  notOffAt: Millis
  /** Since when it has been over, while its alert stands. */
  calmSince: Millis
  /** When it spoke. */
  firedAt: Millis
  /** Moments of events that still count. */
  moments: Millis[]
}
export const newRuleState = (): RuleState => ({
  onSince: NaN,
  notOffAt: NaN,
  calmSince: NaN,
  firedAt: NaN,
  moments: [],
})

/** Nothing of it needs to be kept. */
export const isIdle = ({ onSince, firedAt, moments }: RuleState): boolean =>
  Number.isNaN(onSince) && Number.isNaN(firedAt) && moments.length === 0

/** What a step brought about; both: the one before ended, and it speaks anew. */
export const NOTHING = 0
export const ENDS = 1
export const FIRES = 2

/**
 * One more thing that was heard, in the order of time. Changes `state`.
 * What lies between two moments at which it held is asked for only by the time between them: so a stretch in which it
 * never held may be left out, if it is at least as long as a hole, and the same is said.
 */
export function stepRule({ holdMs, clearMs, holeMs }: RuleTiming, state: RuleState, at: Millis, truth: Truth): number {
  if (truth === UNKNOWN) return NOTHING
  if (truth === OFF) {
    state.onSince = NaN
    if (Number.isNaN(state.firedAt)) return NOTHING
    if (Number.isNaN(state.calmSince)) state.calmSince = at
    return at - state.calmSince < clearMs ? NOTHING : end(state)
  }
  let what = NOTHING
  if (at - state.notOffAt > holeMs) {
    state.onSince = NaN
    if (!Number.isNaN(state.firedAt)) what = end(state)
  }
  state.notOffAt = at
  state.calmSince = NaN
  if (!Number.isNaN(state.firedAt)) return what
  if (Number.isNaN(state.onSince)) {
    if (truth !== ON) return what
    state.onSince = at
  }
  if (at - state.onSince < holdMs) return what
  state.firedAt = at
  return what | FIRES
}

/** One more event of its kind: it speaks at the last of so many within a time, and is over when none came for that time. */
export function stepMoment(
  { times, withinMs }: { times: number; withinMs: Millis },
  state: RuleState,
  at: Millis,
): number {
  const what = endMoments(withinMs, state, at) ? ENDS : NOTHING
  state.moments.push(at)
  state.moments = state.moments.filter((one) => at - one <= withinMs).slice(-times)
  state.notOffAt = at
  if (!Number.isNaN(state.firedAt) || state.moments.length < times) return what
  state.onSince = state.moments[0] ?? at
  state.firedAt = at
  return what | FIRES
}

/** Time passed without one. @returns whether its alert ends */
export function endMoments(withinMs: Millis, state: RuleState, at: Millis): boolean {
  if (Number.isNaN(state.firedAt) || at - state.notOffAt <= withinMs) return false
  end(state)
  return true
}

function end(state: RuleState): number {
  state.firedAt = NaN
  state.calmSince = NaN
  state.onSince = NaN
  return ENDS
}
