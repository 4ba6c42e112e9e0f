import { jsonFault, type Millis } from '../core/index.ts'
import type { Format } from './format.ts'
import type { SparkplugReader } from './sparkplug.ts'

/** What a message says, before anybody is known to be meant. */
export interface Said {
  format: string
  device: string
  values: Map<string, number>
  online?: boolean
  /** What is said of it holds for the devices below its name, too: a node that dies takes its devices along. */
  isOfAllBelow?: boolean
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

  /**
   * @returns nothing where it says nothing of any appliance (a bridge's own topics, a word to a lamp); more than one where
   * it brings values of several times
   */
  read(topic: string, payload: Buffer): Said[] {
    const fits = this.#fit(topic)
    if (fits === 'ignored') return []
    if (fits?.rule && 'payload' in fits.rule && fits.rule.payload === 'sparkplug')
      return this.#readSparkplug(fits.format, fits.device, payload)
    const said = fits ? readPlainly(fits, payload) : readUnknown(topic, payload)
    return said ? [said] : []
  }

  #readSparkplug(format: Format, rest: string, payload: Buffer): Said[] {
    try {
      return this.#sparkplug.read(rest, payload).map((said) => ({ format: format.format, ...said }))
    } catch (error) {
      const fault = `it is no Sparkplug B: ${(error as Error).message}`
      return [{ format: format.format, device: rest, values: new Map(), fault }]
    }
  }

  /** The rule whose topic has the most names of its own. */
  #fit(topic: string): Fit | 'ignored' | undefined {
    let best: (Fit & { nearness: string }) | undefined
    let ignored = ''
    for (const format of this.#formats) {
      for (const rule of [...format.topics, ...format.availability]) {
        const found = rule.topic.match(topic)
        if (found && (!best || rule.topic.nearness > best.nearness))
          best = { format, rule, ...found, nearness: rule.topic.nearness }
      }
      for (const pattern of format.ignores)
        if (pattern.nearness > ignored && pattern.match(topic)) ignored = pattern.nearness
    }
    if (ignored > (best?.nearness ?? '')) return 'ignored'
    const isExcepted = best && 'except' in best.rule && best.rule.except.some((except) => except.match(topic))
    return isExcepted ? 'ignored' : best
  }
}
type Rule = Format['topics'][number] | Format['availability'][number]
interface Fit {
  format: Format
  rule: Rule
  device: string
  value: string | undefined
}

function readUnknown(topic: string, payload: Buffer): Said | undefined {
  const said = valuesOf(payload, '')
  return said.values.size > 0 || said.fault ? { format: ANY, device: topic, ...said } : undefined
}
function readPlainly({ format: { format, away }, rule, device, value }: Fit, payload: Buffer): Said | undefined {
  if ('online' in rule) {
    const said = plain(payload)
    const state = rule.path === undefined ? said : (at(parse(payload), rule.path) ?? said)
    const online = state === rule.online ? true : state === rule.offline ? false : undefined
    return online === undefined ? undefined : { format, device, values: new Map(), online }
  }
  if (rule.payload === 'plain') {
    const text = plain(payload)
    if (away.includes(text)) return { format, device, values: new Map(), online: false }
    const number = numberOf(text)
    return number === undefined ? undefined : { format, device, values: new Map([[value ?? 'value', number]]) }
  }
  const said = valuesOf(payload, value === undefined ? '' : `${value}.`)
  if (rule.time === undefined) return { format, device, ...said }
  const ts = timeOf(at(parse(payload), rule.time))
  said.values.delete(rule.time)
  return { format, device, ...said, ...(ts === undefined ? {} : { ts }) }
}

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
