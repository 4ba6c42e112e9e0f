import { jsonFault, type Millis } from '../core/index.ts'
import type { Format } from './format.ts'
import type { SparkplugReader } from './sparkplug.ts'

/** What a message says, before anybody is known to be meant. */
export interface Said {
  format: string
  device: string
  values: Map<string, number>
  online?: boolean
  /** As the message says it. */
  ts?: Millis
  /** What of it could not be read, in a sentence. */
  fault?: string
}

/** Values that one message may have. */
const MOST_VALUES = 128
/** What is no more than a name: no number is as long. */
const MOST_PLAIN = 64
/** Formats that nobody wrote down: the topic is the device, whatever is a number is a value. */
export const ANY = 'any'

/** Reads messages by the format whose topic fits best. Pure, but for the names that Sparkplug's births give. */
export class MessageReader {
  readonly #formats: readonly Format[]
  readonly #sparkplug: SparkplugReader
  constructor(formats: readonly Format[], sparkplug: SparkplugReader) {
    this.#formats = formats
    this.#sparkplug = sparkplug
  }

  /** @returns undefined where it says nothing of any appliance (a bridge's own topics, a word to a lamp) */
  read(topic: string, payload: Buffer): Said | undefined {
    const fits = this.#fit(topic)
    if (fits === 'excepted') return undefined
    if (fits === undefined) {
      const said = valuesOf(payload, '')
      return said.values.size > 0 || said.fault ? { format: ANY, device: topic, ...said } : undefined
    }
    const { format, rule, device, value } = fits
    if ('online' in rule) {
      const said = plain(payload)
      const state = rule.path === undefined ? said : (at(parse(payload), rule.path) ?? said)
      const online = state === rule.online ? true : state === rule.offline ? false : undefined
      return online === undefined ? undefined : { format: format.format, device, values: new Map(), online }
    }
    if (rule.payload === 'sparkplug') return this.#readSparkplug(format, device, payload)
    if (rule.payload === 'plain') {
      const text = plain(payload)
      if (format.away.includes(text)) return { format: format.format, device, values: new Map(), online: false }
      const number = numberOf(text)
      if (number === undefined) return undefined
      return { format: format.format, device, values: new Map([[value ?? 'value', number]]) }
    }
    const said = valuesOf(payload, value === undefined ? '' : `${value}.`)
    const ts = rule.time === undefined ? undefined : timeOf(at(parse(payload), rule.time))
    return { format: format.format, device, ...said, ...(ts === undefined ? {} : { ts }) }
  }

  #readSparkplug(format: Format, rest: string, payload: Buffer): Said | undefined {
    try {
      const said = this.#sparkplug.read(rest, payload)
      if (!said) return undefined
      const { unnamed, ...rests } = said
      const fault = `${unnamed} metrics come by an alias that no birth gave: ask its node for a rebirth`
      return { format: format.format, ...rests, ...(unnamed > 0 ? { fault } : {}) }
    } catch (error) {
      const fault = `it is no Sparkplug B: ${(error as Error).message}`
      return { format: format.format, device: rest, values: new Map(), fault }
    }
  }

  /** The rule whose topic has the most names of its own. */
  #fit(topic: string) {
    let best: { format: Format; rule: Rule; device: string; value: string | undefined; nearness: string } | undefined
    for (const format of this.#formats) {
      for (const rule of [...format.topics, ...format.availability]) {
        const found = rule.topic.match(topic)
        if (found && (!best || rule.topic.nearness > best.nearness))
          best = { format, rule, ...found, nearness: rule.topic.nearness }
      }
    }
    if (!best) return undefined
    const { rule } = best
    return 'except' in rule && rule.except.some((except) => except.match(topic)) ? 'excepted' : best
  }
}
type Rule = Format['topics'][number] | Format['availability'][number]

const plain = (payload: Buffer): string =>
  payload
    .subarray(0, MOST_PLAIN + 1)
    .toString()
    .trim()

function parse(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString().replace(/^\uFEFF|\0+$/g, ''))
  } catch {
    return undefined
  }
}

/** By a path of names and indices between dots. */
function at(value: unknown, path: string): unknown {
  let found = value
  for (const part of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined
    found = Reflect.get(found, part)
  }
  return found
}

/** Every number in a payload, by its path. */
function valuesOf(payload: Buffer, prefix: string): Pick<Said, 'values' | 'fault'> {
  const text = plain(payload)
  const values = new Map<string, number>()
  const alone = text.length <= MOST_PLAIN ? numberOf(text) : undefined
  if (alone !== undefined) return { values: values.set(prefix.slice(0, -1) || 'value', alone) }
  const json = parse(payload)
  if (json === undefined) return { values, ...(text === '' ? {} : { fault: 'it is neither a number nor JSON' }) }
  const fault = jsonFault(json)
  if (fault) return { values, fault: `it ${fault}` }
  collect(json, prefix, values)
  return { values }
}

function collect(value: unknown, prefix: string, values: Map<string, number>): void {
  if (values.size >= MOST_VALUES || typeof value !== 'object' || value === null) return
  for (const [name, part] of Object.entries(value)) {
    const path = `${prefix}${name}`
    const number = typeof part === 'number' ? (Number.isFinite(part) ? part : undefined) : numberOf(part)
    if (number !== undefined && values.size < MOST_VALUES) values.set(path, number)
    else collect(part, `${path}.`, values)
  }
}

const words = new Map<unknown, number>([
  [true, 1],
  [false, 0],
  ['ON', 1],
  ['OFF', 0],
  ['on', 1],
  ['off', 0],
  ['true', 1],
  ['false', 0],
])
/** A number as plugs write it, also as a text; what is on is 1. */
function numberOf(said: unknown): number | undefined {
  const word = words.get(said)
  if (word !== undefined) return word
  if (typeof said !== 'string' || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(said)) return undefined
  const number = Number(said)
  return Number.isFinite(number) ? number : undefined
}

/** Milliseconds since the epoch, of seconds, milliseconds, or an ISO time that names its zone. */
function timeOf(said: unknown): Millis | undefined {
  if (typeof said === 'number') return Math.round(said < 1e11 ? said * 1_000 : said)
  if (typeof said !== 'string' || !/(?:Z|[+-]\d\d:?\d\d)$/.test(said)) return undefined
  const parsed = Date.parse(said)
  return Number.isNaN(parsed) ? undefined : parsed
}
