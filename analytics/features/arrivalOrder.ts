import { MINUTE, type Millis } from '../../core/index.ts'
import type { DetectionPlan } from './detectionPlan.ts'
import { cadenceOf, type FeatureState } from './featureState.ts'
import { type Frame, newFrame } from './readingColumns.ts'

/** How long a reading over a gap waits for what may still come, of its appliance's time or of the clock. */
export const HOLD_MS = 15 * MINUTE
/** Readings held of one appliance at most; beyond, the oldest is scored at once. */
export const MOST_HELD = 2_000
const DUE_SPARE = 1_024

export interface Held {
  frame: Frame
  /** The clock when it came. */
  heldAt: Millis
}

/** Readings that wait for a gap to fill: per appliance by ts. Frames are pooled. */
export class ArrivalOrder {
  #lists = new Map<string, Held[]>()
  #pools = new Map<string, Frame[]>()
  #count = 0
  /** Who had something held when, oldest first; some of it may have been scored since. */
  #due: { appliance: string; heldAt: Millis }[] = []
  #firstDue = 0

  get count(): number {
    return this.#count
  }
  /** Has the appliance anything waiting? */
  has(appliance: string): boolean {
    return this.#lists.has(appliance)
  }

  hold(plan: DetectionPlan, sense: FeatureState, frame: Frame, now: Millis): void {
    const pool = this.#pools.get(sense.kind)
    const copy = pool?.pop() ?? newFrame(plan)
    copy.ts = frame.ts
    copy.offset = frame.offset
    copy.anyBad = frame.anyBad
    copy.values.set(frame.values)
    copy.states.set(frame.states)
    copy.bad.set(frame.bad)
    copy.sent.set(frame.sent)
    let list = this.#lists.get(sense.appliance)
    if (!list) {
      list = []
      this.#lists.set(sense.appliance, list)
    }
    let place = list.length
    while (place > 0 && list[place - 1]!.frame.ts > frame.ts) place--
    list.splice(place, 0, { frame: copy, heldAt: now })
    this.#count++
    this.#due.push({ appliance: sense.appliance, heldAt: now })
    if (this.#due.length > 2 * this.#count + DUE_SPARE) this.settleDue()
  }

  /** Scores, in order, what need not wait any longer. */
  release(plan: DetectionPlan, sense: FeatureState, now: Millis, score: (frame: Frame) => void): void {
    const list = this.#lists.get(sense.appliance)
    if (!list) return
    let done = 0
    while (done < list.length) {
      const { frame, heldAt } = list[done]!
      if (frame.ts > sense.lastTs) {
        const near = frame.ts - sense.lastTs <= 1500 * cadenceOf(plan, sense)
        const waited = sense.newestTs - frame.ts >= HOLD_MS || now - heldAt >= HOLD_MS
        if (!near && !waited && list.length - done <= MOST_HELD) break
        score(frame)
      } else sense.late++
      done++
    }
    if (done === 0) return
    let pool = this.#pools.get(sense.kind)
    if (!pool) {
      pool = []
      this.#pools.set(sense.kind, pool)
    }
    for (let i = 0; i < done && pool.length < MOST_HELD; i++) pool.push(list[i]!.frame)
    this.#count -= done
    if (done === list.length) this.#lists.delete(sense.appliance)
    else list.splice(0, done)
  }

  /** The next appliance whose held reading has waited long enough; undefined when there is none. O(1). */
  nextDue(now: Millis): string | undefined {
    for (;;) {
      const next = this.#due[this.#firstDue]
      if (!next || now - next.heldAt < HOLD_MS) return undefined
      this.#firstDue++
      if (this.#lists.has(next.appliance)) return next.appliance
    }
  }
  /** Leaves out what has been scored since. */
  settleDue(): void {
    this.#due = [...this.#lists]
      .flatMap(([appliance, list]) => list.map(({ heldAt }) => ({ appliance, heldAt })))
      .sort((a, b) => a.heldAt - b.heldAt)
    this.#firstDue = 0
  }
  forget(appliance: string): void {
    this.#count -= this.#lists.get(appliance)?.length ?? 0
    this.#lists.delete(appliance)
  }
  heldOf(appliance: string): Held[] {
    return this.#lists.get(appliance) ?? []
  }
  /** Those of an earlier copy; `settleDue` after the last. */
  holdAgain(appliance: string, held: Held[]): void {
    // A copy of an earlier program lacks what was sent.
    for (const { frame } of held) frame.sent ??= new Float64Array(frame.values.length).fill(NaN)
    if (held.length > 0) this.#lists.set(appliance, held)
    this.#count += held.length
  }
}
