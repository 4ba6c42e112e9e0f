import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { beginningOf, byName, installedAtFault, jsonFault, MAX_JSON_DEPTH, own, textFault } from './index.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))

test('depth counts every array and object, and no depth overflows the count', () => {
  expect(jsonFault(nested(MAX_JSON_DEPTH))).toBeUndefined()
  expect(jsonFault(nested(MAX_JSON_DEPTH + 1))).toContain('deeper')
  expect(jsonFault(nested(200_000))).toContain('deeper')
  expect(jsonFault(nested(MAX_JSON_DEPTH), 1)).toContain('deeper')
})

test('an object of too many names is named as that', () => {
  const wide = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`m${i}`, i]))
  expect(jsonFault({ metrics: wide })).toContain('256')
  expect(jsonFault({ metrics: { power: 1 } })).toBeUndefined()
})

test('a time of installation lies between 1980 and a year ahead', () => {
  const now = Date.UTC(2026, 0, 1)
  for (const wrong of [0, -1, 1_700_000_000, Date.UTC(2099, 0, 1), Number.NaN, 1.5]) {
    expect(installedAtFault(wrong, now)).toContain('1980')
  }
  expect(installedAtFault(Date.UTC(2026, 6, 1), now)).toBeUndefined()
})

test('a name that every object inherits is no name of a record', () => {
  const given = JSON.parse('{"a":1,"__proto__":2}') as Record<string, number>
  for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
    expect(byName(given)[name]).toBeUndefined()
    expect(own(given, name)).toBeUndefined()
  }
  expect(Object.keys(byName(given))).toEqual(['a', '__proto__'])
  expect(own(byName(given), '__proto__')).toBe(2)
})

test('a text with a control character is refused where it stands, tabs and line breaks are not', () => {
  expect(textFault({ name: 'a\tb\r\nc', rows: ['冰箱 🧊', null, 1] })).toBeUndefined()
  expect(textFault([{ owner: { name: 'A\u0000da' } }])).toEqual({
    path: '0.owner.name',
    fault: 'has the control character U+0000',
  })
  expect(textFault({ units: { 'a\u001b': 'x' } })?.path).toBe('units')
  expect(textFault('\u0085')?.fault).toContain('U+0085')
})

test('a body of millions of values is looked through without keeping anything of it', () => {
  const body = JSON.parse(`[${'0,'.repeat(3_000_000)}"a\\u0000"]`) as unknown
  collect()
  const before = process.memoryUsage().heapUsed
  expect(textFault(body)?.path).toBe('3000000')
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 << 20)
})

test('the beginning of a text holds on to nothing of the rest', () => {
  expect(beginningOf('a short one', 40)).toBe('a short one')
  expect(beginningOf('é'.repeat(100), 40)).toBe('é'.repeat(40))
  const kept: string[] = []
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 200; i++)
    kept.push(beginningOf((JSON.parse(`["${'x'.repeat(500_000)}${i}"]`) as [string])[0], 40))
  collect()
  expect(kept.every((one) => one.length === 40)).toBe(true)
  // A slice of each would keep a hundred megabytes.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20 << 20)
})
