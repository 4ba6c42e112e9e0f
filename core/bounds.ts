import { z } from 'zod'
import { DAY, type Millis } from './running/time.ts'

/**
 * How much anything from outside may be, whichever door it comes through: MQTT payloads, HTTP bodies and queries, kind
 * files, CSV, models, acknowledgements, wills. A border checks these once; nothing inside checks them again.
 */
export const MAX_JSON_DEPTH = 32
export const MAX_JSON_KEYS = 256
/** Characters of an id, a name, a firmware, a code. */
export const MAX_NAME = 128
/** Characters of what a person writes. */
export const MAX_TEXT = 5_000
/** Nothing reads oftener than ten times a second, and no span is divided by less. */
export const LEAST_SECONDS = 0.1
export const EARLIEST: Millis = Date.UTC(2015, 0, 1)
export const LATEST: Millis = Date.UTC(2100, 0, 1)
const EARLIEST_INSTALLED: Millis = Date.UTC(1980, 0, 1)
const INSTALLED_AHEAD: Millis = 366 * DAY

export const nameSchema = z.string().min(1).max(MAX_NAME)
const _textSchema = z.string().max(MAX_TEXT)
/** A time over HTTP: milliseconds since the epoch, within 2015 to 2100. */
export const instantSchema = z
  .int()
  .min(EARLIEST, 'must be milliseconds since the epoch, from 2015 on')
  .max(LATEST, 'must be milliseconds since the epoch, before 2100')

/** A time of purchase: appliances are older than telemetry. */
export const installedSchema = z
  .int()
  .min(EARLIEST_INSTALLED, 'must be milliseconds since the epoch, from 1980 on')
  .max(LATEST, 'must be milliseconds since the epoch, before 2100')

/** @returns what is wrong with a time of installation, in words */
export function installedAtFault(at: Millis, now: Millis): string | undefined {
  if (Number.isInteger(at) && at >= EARLIEST_INSTALLED && at <= now + INSTALLED_AHEAD) return undefined
  return 'installedAt must be milliseconds since the epoch, from 1980 to a year ahead'
}

/**
 * What of a parsed JSON value exceeds the bounds of depth and width, in words; undefined when nothing does. It goes no
 * deeper than the bound, so no depth that a parser took can overflow it here. O(values), without allocation: it runs for
 * every reading.
 * @param depth how deep the value itself already lies
 */
export function jsonFault(value: unknown, depth = 0): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (depth >= MAX_JSON_DEPTH) return `nests deeper than ${MAX_JSON_DEPTH}`
  if (Array.isArray(value)) {
    for (const inner of value) {
      const fault = typeof inner === 'object' ? jsonFault(inner, depth + 1) : undefined
      if (fault) return fault
    }
    return undefined
  }
  const named = value as Record<string, unknown>
  let keys = 0
  for (const key in named) {
    if (++keys > MAX_JSON_KEYS) return `has an object of more than ${MAX_JSON_KEYS} names`
    if (key.length > MAX_TEXT) return `has a name of ${key.length} characters, ${MAX_TEXT} are allowed`
    const inner = named[key]
    const fault = typeof inner === 'object' ? jsonFault(inner, depth + 1) : undefined
    if (fault) return fault
  }
  return undefined
}

/**
 * The beginning of a text, in memory of its own: a slice would hold on to all of what it was cut from, and that comes from
 * outside, with half a megabyte, while the slice is kept.
 */
export const beginningOf = (text: string, characters: number): string =>
  text.length <= characters ? text : Buffer.from(text.slice(0, characters)).toString()

/** What a server answered, as far as it is worth reading. @throws what `tooLong` makes, at the first byte beyond */
export async function boundedText(response: Response, most: number, tooLong: () => Error): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.byteLength
    if (bytes > most) throw tooLong()
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** A list of at most so many; `more`: there were others, and they are not in it. */
export interface Cut<T> {
  items: T[]
  more?: true
}
/** @param rows asked for with one more than `most` */
export const upTo = <T>(rows: readonly T[], most: number): Cut<T> =>
  rows.length > most ? { items: rows.slice(0, most), more: true } : { items: [...rows] }

/** Control characters that no text needs: all but tabs and line breaks. Half a character is one: stores write another for it. */
const control = /[^\P{Cc}\t\n\r]|\p{Cs}/u

/** The character that a text may not have, in words; undefined when it has none. */
export function controlFault(text: string): string | undefined {
  const found = control.exec(text)?.[0]
  if (found === undefined) return undefined
  const code = `U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
  return `has ${/\p{Cs}/u.test(found) ? 'half a character,' : 'the control character'} ${code}`
}

/**
 * The first text of a JSON value (within `jsonFault`'s bounds) that has such a character, names of fields included, or
 * the first field that is called `__proto__`.
 * @returns where, as `owner.name`, and what it has
 */
export function textFault(value: unknown): { path: string; fault: string } | undefined {
  const found = faultWithin(value)
  return found && { path: found.path.reverse().join('.') || (found.isName ? 'the body' : ''), fault: found.fault }
}
/** Its path from within, made only where something is found: there may be millions of values. */
function faultWithin(value: unknown): { path: string[]; fault: string; isName?: boolean } | undefined {
  if (typeof value === 'string') {
    const fault = controlFault(value)
    return fault === undefined ? undefined : { path: [], fault }
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) {
    for (const [i, inner] of value.entries()) {
      const found = faultWithin(inner)
      if (found) return { ...found, path: [...found.path, String(i)] }
    }
    return undefined
  }
  const named = value as Record<string, unknown>
  for (const name in named) {
    // Half of all that copies an object loses it, and the other half takes it for something else.
    if (name === '__proto__') return { path: [name], fault: 'is a name that no field has' }
    const inName = controlFault(name)
    if (inName !== undefined) return { path: [], fault: `has a name that ${inName}`, isName: true }
    const found = faultWithin(named[name])
    if (found) return { ...found, path: [...found.path, name] }
  }
  return undefined
}
