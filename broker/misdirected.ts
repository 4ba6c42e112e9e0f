import { type ApplianceId, beginningOf, type Millis } from '../core/index.ts'

/** A topic that an appliance published to below its own name and that is none of the contract's. */
export interface MisdirectedTopic {
  topic: string
  count: number
  lastAt: Millis
  /** Who sent it: the appliance itself, or its gateway. */
  from: string
}

const TOPICS_EACH = 8
const APPLIANCES = 10_000
const TOPIC_LENGTH = 256

/** What was dropped since the start, because its topic is unknown: the last topics of each appliance, with counts. */
export class Misdirected {
  #of = new Map<ApplianceId, Map<string, MisdirectedTopic>>()

  add(appliance: ApplianceId, from: string, topic: string, at: Millis): void {
    const topics = this.#of.get(appliance) ?? new Map<string, MisdirectedTopic>()
    // Taken out and put back: what was heard last stands last.
    this.#of.delete(appliance)
    this.#of.set(appliance, topics)
    const shown = beginningOf(topic, TOPIC_LENGTH)
    const count = (topics.get(shown)?.count ?? 0) + 1
    topics.delete(shown)
    topics.set(shown, { topic: shown, count, lastAt: at, from })
    dropFirst(topics, TOPICS_EACH)
    dropFirst(this.#of, APPLIANCES)
  }

  of(appliance: ApplianceId): MisdirectedTopic[] {
    return [...(this.#of.get(appliance)?.values() ?? [])].reverse()
  }
}

function dropFirst(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return
    map.delete(key)
  }
}
