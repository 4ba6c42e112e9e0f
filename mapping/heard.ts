import type { Millis } from '../core/index.ts'
import type { Said } from './readMessage.ts'

const DEVICES = 500
const MESSAGES = 20
const TOPICS = 8
const VALUES = 128
const SHOWN = 1_000

/** One message as it came, and what was read of it. */
export interface HeardMessage {
  at: Millis
  topic: string
  /** Its beginning, as text; Sparkplug's as the values that it names. */
  payload: string
  values: [string, number][]
  ts?: Millis
}
/** Something that publishes, in whatever format. */
export interface HeardDevice {
  source: string
  format: string
  device: string
  count: number
  lastAt: Millis
  topics: string[]
  values: Map<string, { last: number; falls: number }>
  messages: HeardMessage[]
  fault: string | undefined
}

export const keyOf = (source: string, format: string, device: string): string => `${source}\n${format}\n${device}`

/** Who published lately to topics that are none of the contract's: the last messages of each, in memory alone. */
export class HeardDevices {
  readonly #devices = new Map<string, HeardDevice>()

  add(source: string, topic: string, payload: Buffer, said: Said, at: Millis): void {
    const { format, device, fault, values, ts } = said
    const key = keyOf(source, format, device)
    const known = this.#devices.get(key)
    const heard: HeardDevice = known ?? {
      source,
      format,
      device,
      count: 0,
      lastAt: at,
      topics: [],
      values: new Map(),
      messages: [],
      fault: undefined,
    }
    heard.count++
    heard.lastAt = at
    heard.fault = fault ?? heard.fault
    if (values.size > 0) heard.fault = fault
    if (!heard.topics.includes(topic) && heard.topics.length < TOPICS) heard.topics.push(topic)
    for (const [name, value] of values) {
      const before = heard.values.get(name)
      if (!before && heard.values.size >= VALUES) continue
      const fell = before !== undefined && value < before.last
      heard.values.set(name, { last: value, falls: (before?.falls ?? 0) + (fell ? 1 : 0) })
    }
    const text = format === 'sparkplug' ? JSON.stringify(Object.fromEntries(values)) : payload.toString()
    heard.messages.push({
      at,
      topic,
      payload: text.slice(0, SHOWN),
      values: [...values],
      ...(ts === undefined ? {} : { ts }),
    })
    if (heard.messages.length > MESSAGES) heard.messages.shift()
    // Taken out and put back: who was heard last stands last.
    this.#devices.delete(key)
    this.#devices.set(key, heard)
    for (const first of this.#devices.keys()) {
      if (this.#devices.size <= DEVICES) break
      this.#devices.delete(first)
    }
  }

  /** The last heard first. */
  all(): HeardDevice[] {
    return [...this.#devices.values()].reverse()
  }
  get(source: string, format: string, device: string): HeardDevice | undefined {
    return this.#devices.get(keyOf(source, format, device))
  }
}
