import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CarriedEntry, Entry, EntryStream } from '../../core/index.ts'

const NOW_MS = 20
const SOON_MS = 5_000

const entry = (partition: number, first: number, text = `${partition}/${first}`, edge = 'north'): Entry => ({
  edge,
  epoch: 'e1',
  partition,
  first,
  count: 1,
  frames: Buffer.from(text),
})
const told = (carried: CarriedEntry[]): string[] =>
  carried.map(({ edge, partition, first, frames }) => `${edge} ${partition} ${first} ${Buffer.from(frames)}`).sort()
const placesOf = (carried: CarriedEntry[]): Map<number, string> =>
  new Map(carried.map(({ partition, at }) => [partition, at]))

/** What every carrier of entries promises. */
export function entryStreamContract(open: () => Promise<{ stream: EntryStream; flush: () => Promise<void> }>): void {
  let stream: EntryStream
  let flush: () => Promise<void>
  beforeEach(async () => {
    ;({ stream, flush } = await open())
  })
  afterEach(() => stream.close())

  test('what is published is read in the order of its partition, byte for byte, from its beginning', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    await stream.publish([entry(0, 1), entry(255, 1), entry(0, 2, 'x', 'south')])
    await stream.publish([{ ...entry(0, 3), frames: bytes }])
    const carried = await stream.read(new Map(), NOW_MS)
    expect(carried.filter(({ partition }) => partition === 0).map(({ first }) => first)).toEqual([1, 2, 3])
    expect(carried.filter(({ partition }) => partition === 255)).toMatchObject([
      { edge: 'north', epoch: 'e1', first: 1 },
    ])
    expect(Buffer.from(carried.find(({ first }) => first === 3)?.frames ?? [])).toEqual(bytes)
  })

  test('a read goes on after the places that it is given, and one that finds nothing says so', async () => {
    await stream.publish([entry(3, 1), entry(4, 1)])
    const places = placesOf(await stream.read(new Map(), NOW_MS))
    expect(await stream.read(places, NOW_MS)).toEqual([])
    await stream.publish([entry(4, 2)])
    expect(told(await stream.read(places, NOW_MS))).toEqual(['north 4 2 4/2'])
  })

  test('a read that waits is woken by what is published', async () => {
    const waiting = stream.read(new Map(), SOON_MS)
    await stream.publish([entry(9, 1)])
    expect(told(await waiting)).toEqual(['north 9 1 9/1'])
  })

  test('of many, a read takes a bounded number, and the next ones take the rest', async () => {
    await stream.publish(Array.from({ length: 500 }, (_, i) => entry(7, i + 1)))
    const places = new Map<number, string>()
    const firsts: number[] = []
    for (;;) {
      const carried = await stream.read(places, NOW_MS)
      if (carried.length === 0) break
      expect(carried.length).toBeLessThan(500)
      for (const { partition, at, first } of carried) {
        places.set(partition, at)
        firsts.push(first)
      }
    }
    expect(firsts).toEqual(Array.from({ length: 500 }, (_, i) => i + 1))
  })

  test('what was trimmed is gone for everybody, and what came after it is not', async () => {
    await stream.publish([entry(1, 1), entry(1, 2), entry(2, 1)])
    const [one] = (await stream.read(new Map(), NOW_MS)).filter(({ partition }) => partition === 1)
    await stream.trim(placesOf(one ? [one] : []))
    expect(told(await stream.read(new Map(), NOW_MS))).toEqual(['north 1 2 1/2', 'north 2 1 2/1'])
  })

  test('after a flush what is published anew is read from the beginning', async () => {
    await stream.publish([entry(1, 1)])
    await flush()
    expect(await stream.read(new Map(), NOW_MS)).toEqual([])
    await stream.publish([entry(1, 2)])
    expect(told(await stream.read(new Map(), NOW_MS))).toEqual(['north 1 2 1/2'])
  })
}
