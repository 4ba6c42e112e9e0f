// What the field really sends, as a dictionary: names, numbers, times, depths, encodings. Drawn from a seed.
import type { Random } from '../../../core/index.ts'

export const below = (random: Random, count: number): number => Math.floor(random.next() * count)
export const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)]!

/** Names that every object inherits, that others use, that no language likes. */
export const hostileNames = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'prototype',
  'length',
  'then',
  'toJSON',
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  '%00',
  '\u0000',
  '\u202e',
  '冰箱',
  '🧊',
  '\ud800',
  "'; drop table ticket; --",
  '"',
  '<img src=x onerror=alert(1)>',
  '=1+2',
  '$' + '{x}',
  '{{x}}',
  'null',
  'NaN',
  'a'.repeat(129),
  'b'.repeat(5_001),
] as const

const instant = Date.UTC(2026, 4, 17)
/** Sensors' own words for an error, the ends of what a number holds, and times in four units. */
export const hostileNumbers = [
  0,
  -0,
  1,
  -1,
  0.1,
  85,
  -127,
  127.9375,
  255,
  65_535,
  6_553.5,
  32_767,
  -32_768,
  1e9,
  1e17,
  1e308,
  -1e308,
  5e-324,
  2 ** 31,
  2 ** 53,
  -(2 ** 53) - 2,
  Date.UTC(2014, 0, 1),
  Date.UTC(2101, 0, 1),
  Math.round(instant / 1_000),
  instant * 1_000,
  instant * 1e6,
  9_000_000_000_000_000,
] as const

/** Text that stands in a payload as it is, where JSON has no word for it. */
export const rawTokens = [
  'NaN',
  'Infinity',
  '-Infinity',
  'undefined',
  '1e400',
  '01',
  '.5',
  '+1',
  "'x'",
  '/**/1',
  '',
] as const
const shallow = [1, 8, 31, 32, 33, 64] as const
const deep = [1_000, 16_000, 50_000] as const

const mark = '@@raw:'
/** Stands in a value for text that JSON cannot say; `render` puts it in. */
export const raw = (text: string): string => `${mark}${text}@@`
export function nested(random: Random): string {
  // Deep ones are long, too: seldom, so that there is time for all the rest.
  const depth = random.next() < 0.95 ? pick(random, shallow) : pick(random, deep)
  return random.next() < 0.5
    ? raw('['.repeat(depth) + ']'.repeat(depth))
    : raw(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)
}
export const render = (value: unknown): string =>
  (JSON.stringify(value) ?? 'null').replace(/"@@raw:((?:[^@]|@(?!@))*)@@"/g, (_, text: string) =>
    text.replaceAll('\\"', '"'),
  )

/** Any value that a field might hold and should not. */
export function hostileValue(random: Random): unknown {
  const kind = below(random, 9)
  if (kind === 0) return null
  if (kind === 1) return random.next() < 0.5
  if (kind === 2) return pick(random, hostileNames)
  if (kind === 3) return raw(pick(random, rawTokens))
  if (kind === 4) return nested(random)
  if (kind === 5) return Array.from({ length: below(random, 40) }, () => pick(random, hostileNumbers))
  if (kind === 6) return { [pick(random, hostileNames)]: pick(random, hostileNumbers) }
  if (kind === 7 && random.next() < 0.2) return Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i]))
  return pick(random, hostileNumbers)
}

/** The same text in other clothes, and now and then torn. */
export function hostileBytes(text: string, random: Random): Buffer {
  const bytes = Buffer.from(text)
  const how = random.next()
  if (how < 0.7) return bytes
  if (how < 0.74) return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])
  if (how < 0.78) return Buffer.concat([bytes, Buffer.alloc(1 + below(random, 16))])
  if (how < 0.81) return Buffer.from(`\ufeff${text}`, 'utf16le')
  if (how < 0.84) return Buffer.from(text, 'latin1')
  if (how < 0.9) return bytes.subarray(0, below(random, bytes.length + 1))
  if (how < 0.97) {
    const spoiled = Buffer.from(bytes)
    for (let i = 0; i < 3 && spoiled.length > 0; i++) spoiled[below(random, spoiled.length)] = below(random, 256)
    return spoiled
  }
  return Buffer.from(Array.from({ length: below(random, 200) }, () => below(random, 256)))
}
