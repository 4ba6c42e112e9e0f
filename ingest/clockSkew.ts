import { type ApplianceId, HOUR, MINUTE, type Millis, Population, type WrongClock } from '../core/index.ts'

/** A verdict rests on so long a span, and on so many readings in it. */
const SPAN_MS = 6 * HOUR
const LEAST_MESSAGES = 5
/** Ahead by more than this at arrival: no reading is made after it came. */
const AHEAD_MS = 2 * MINUTE
/** Behind by more than this, at best, over whole spans: messages are not late all the time. */
const BEHIND_MS = 10 * MINUTE
/** What is said of a clock is said anew when it changed by more. */
const NEWS_MS = MINUTE

/** Of two spans, the one under way and the one before it, a reading’s time minus its arrival, at most. */
export interface ClockSpan {
  from: Millis
  messages: number
  most: number
  formerMost: number
  said: number | null
}

/**
 * Notices appliances whose clock is wrong, from when their readings arrive: a delay on the way only ever makes a reading
 * look older, so the largest difference over hours is the clock's own. O(1) a reading, five numbers an appliance.
 */
export class ClockWatch {
  readonly population = new Population<ClockSpan>('clock')
  #news = new Map<ApplianceId, WrongClock>()

  /** @param ts of a reading @param arrivedAt of its message, by our clock */
  hear(appliance: ApplianceId, ts: Millis, arrivedAt: Millis): void {
    let span = this.population.get(appliance)
    if (!span) {
      span = { from: arrivedAt, messages: 0, most: -Infinity, formerMost: NaN, said: null }
      this.population.set(appliance, span)
    }
    if (arrivedAt - span.from >= SPAN_MS && span.messages >= LEAST_MESSAGES) {
      span.formerMost = span.most
      span.from = arrivedAt
      span.messages = 0
      span.most = -Infinity
    }
    span.messages++
    span.most = Math.max(span.most, ts - arrivedAt)
    const ahead = verdictOf(span)
    if (ahead === undefined || (ahead === null ? span.said === null : near(ahead, span.said))) return
    span.said = ahead
    this.#news.set(appliance, { appliance, aheadMs: ahead, at: arrivedAt })
  }

  /** What is to be said anew since the last call. */
  news(): WrongClock[] {
    const news = [...this.#news.values()]
    this.#news.clear()
    return news
  }
  /** Every clock that is thought wrong. */
  wrong(): WrongClock[] {
    return [...this.population.all].flatMap(([appliance, { said, from }]) =>
      said === null ? [] : [{ appliance, aheadMs: said, at: from }],
    )
  }
}

/** @returns how far it is ahead (behind below 0), null when it is right, undefined when that cannot be told yet */
function verdictOf({ most, formerMost, messages }: ClockSpan): number | null | undefined {
  if (most > AHEAD_MS) return most
  if (Number.isNaN(formerMost)) return undefined
  const best = Math.max(most, formerMost)
  if (best < -BEHIND_MS) return messages >= LEAST_MESSAGES ? best : undefined
  return formerMost > AHEAD_MS ? undefined : null
}

const near = (a: number, b: number | null): boolean => b !== null && Math.abs(a - b) <= NEWS_MS
