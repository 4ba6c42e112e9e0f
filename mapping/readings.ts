import type { ApplianceId, Millis } from '../core/index.ts'
import type { Binding } from './bindings.ts'
import type { Said } from './readMessage.ts'

/** Times that messages named, of which is known what they said then: whoever sends again says no more than before. */
const NAMED_TIMES = 4
const MOST_OF_A_TIME = 16
/** A value that did not move is said again after so long: what holds on is not what is silent. */
const SAID_AGAIN_MS = 600_000

export interface MappedReading {
  appliance: ApplianceId
  ts: Millis
  metrics: Record<string, number>
}

/** Turns what devices say into readings: each appliance's own values, at a time of its own, when they moved enough. */
export class MappedReadings {
  /** An appliance has one reading a time: two values that come in one millisecond are two readings. */
  readonly #lastTs = new Map<ApplianceId, Millis>()
  readonly #named = new Map<ApplianceId, { ts: Millis; said: string[] }[]>()
  readonly #last = new Map<string, { value: number; at: Millis }>()

  read(said: Said, bindings: readonly Binding[], at: Millis): MappedReading[] {
    const metrics = new Map<ApplianceId, Map<string, number>>()
    for (const binding of bindings) {
      const value = said.values.get(binding.value)
      if (value === undefined || !this.#counts(binding, value, at)) continue
      const of = metrics.get(binding.appliance) ?? new Map<string, number>()
      metrics.set(binding.appliance, of.set(binding.metric, value))
    }
    return [...metrics].map(([appliance, values]) => {
      const reading = { appliance, metrics: Object.fromEntries(values) }
      const ts =
        said.ts === undefined
          ? Math.max(at, (this.#lastTs.get(appliance) ?? 0) + 1)
          : this.#timeOf(appliance, said.ts, JSON.stringify(reading.metrics))
      this.#lastTs.set(appliance, ts)
      return { ...reading, ts }
    })
  }

  /** Two messages that name one time and say other things are a millisecond apart; one that comes again is the same. */
  #timeOf(appliance: ApplianceId, ts: Millis, says: string): Millis {
    const times = this.#named.get(appliance) ?? []
    const known = times.find((one) => one.ts === ts)
    const said = known?.said ?? []
    const before = said.indexOf(says)
    if (before >= 0) return ts + before
    if (said.length < MOST_OF_A_TIME) said.push(says)
    if (!known) this.#named.set(appliance, [...times, { ts, said }].slice(-NAMED_TIMES))
    return ts + said.length - 1
  }

  #counts({ appliance, metric, deadband }: Binding, value: number, at: Millis): boolean {
    if (deadband === undefined) return true
    const key = `${appliance}\n${metric}`
    const last = this.#last.get(key)
    const moved =
      last === undefined || (deadband === 0 ? value !== last.value : Math.abs(value - last.value) >= deadband)
    if (!moved && last && at - last.at < SAID_AGAIN_MS) return false
    this.#last.set(key, { value, at })
    return true
  }
}
