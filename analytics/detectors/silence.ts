import { DAY, HOUR, type Millis } from '../../core/index.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import { cadenceOf, type FeatureState } from '../features/featureState.ts'

/** So many readings in a row must be missing. */
const CADENCES = 3

/** Notes that an appliance was heard. @returns whether that ends a silence */
export function hear(sense: FeatureState, ts: Millis, now: Millis, down: Millis, mode: 'wall' | 'telemetry'): boolean {
  // A world whose clock has not begun has no silence.
  if (now === 0) return false
  // By a wall clock when it came; by the readings' own time the newest that was heard, whatever the clock did meanwhile.
  // A clock of its own that runs far ahead is no promise.
  const at = mode === 'wall' || ts - now > DAY ? now : ts
  sense.talkedAt = now
  if (!(at <= sense.heardAt)) {
    sense.heardAt = at
    sense.downAtHeard = down
  }
  const was = sense.silent
  sense.silent = false
  sense.dueAt = -1
  sense.refusedSince = NaN
  return was
}

/** How long nothing must be heard, ms. What speaks on change alone is silent by its heartbeat, or while it is not there. */
export function silentAfterMs(plan: DetectionPlan, sense: FeatureState): Millis {
  const usual = Math.max(plan.kind.silentAfterHours * HOUR, CADENCES * 1000 * cadenceOf(plan, sense))
  if (!sense.onChange) return usual
  if (!Number.isNaN(sense.heartbeatSeconds)) return 1000 * sense.heartbeatSeconds
  return sense.goneSince === -Infinity ? Infinity : usual
}

/**
 * When an appliance becomes silent: so long after it was heard, time off on purpose and time that the product was down
 * aside. Infinity for one that was never heard.
 */
export function silentAt(plan: DetectionPlan, sense: FeatureState, down: Millis): Millis {
  const after = silentAfterMs(plan, sense)
  // Never heard: what it was refused for is all that is known of it.
  if (Number.isNaN(sense.heardAt)) return Number.isNaN(sense.refusedSince) ? Infinity : sense.refusedSince + after
  // Who speaks of so long ago all the time has a clock that is wrong, and is heard no less.
  const heardAt = sense.talkedAt - sense.heardAt > after ? sense.talkedAt : sense.heardAt
  const since = sense.onChange ? Math.max(heardAt, sense.goneSince) : heardAt
  return Math.max(since, sense.offUntil) + after + (down - sense.downAtHeard)
}

/** When anything came of it, also what was refused; NaN: never. */
export const spokeAt = ({ heardAt, refusedAt }: FeatureState): Millis =>
  Math.max(heardAt || refusedAt, refusedAt || heardAt)

/** Has it left out so many turns as its cadence has it speak? */
export const hasMissed = (plan: DetectionPlan, sense: FeatureState, now: Millis, down: Millis): boolean =>
  now - spokeAt(sense) - (down - sense.downAtHeard) > CADENCES * 1000 * cadenceOf(plan, sense)

/** Does it talk, although nothing of it counts? */
export const isRefused = (sense: FeatureState, after: Millis, now: Millis): boolean =>
  !Number.isNaN(sense.refusedSince) && now - sense.refusedAt < after

/**
 * Whose turn it was to speak. Under the readings' own clock one batch of hours moves the time past everybody whose batch
 * is still on its way: nobody is silent before somebody has spoken, others have, and it has spoken again.
 */
export class Rounds {
  #turn = 0
  #speaker = ''
  /** A turn that has come round: whoever has said nothing since it began was left out. */
  #done = -1

  /** Someone says something at the edge of time. */
  speaks(sense: FeatureState): void {
    if (sense.appliance === this.#speaker) return
    this.#speaker = sense.appliance
    this.#turn++
    if (sense.turn > this.#done) this.#done = sense.turn
    sense.turn = this.#turn
  }
  get turn(): number {
    return this.#turn
  }
  isRound(since: number): boolean {
    return this.#done >= since
  }
  snapshot(): [number, string, number] {
    return [this.#turn, this.#speaker, this.#done]
  }
  restore([turn, speaker, done]: [number, string, number]): void {
    this.#turn = turn
    this.#speaker = speaker
    this.#done = done
  }
}
