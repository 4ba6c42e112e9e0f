import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type Database,
  type Entry,
  type EntryStream,
  ManualClock,
  partitionOf,
  SeededRandom,
  type TelemetryLog,
} from '../../core/index.ts'
import { openPassingSqlite } from '../../database/index.ts'
import { openJournal } from '../journal/journal.ts'
import { decodeGroup, framesOf, rawFrames } from '../journal/journalFrames.ts'
import { carriageMigrations, type EdgeBook, openEdgeBook } from './edgeBook.ts'
import { openIntake, openTaken } from './intake.ts'
import { memoryStream } from './memoryStream.ts'
import { noCounts } from './positions.ts'
import { openSender } from './sender.ts'

const SEGMENT_BYTES = 256 << 10
const PAYLOAD_BYTES = 2_000
const appliances = Array.from({ length: 40 }, (_, i) => `fridge-${i}`)

let dir: string
let database: Database
let book: EdgeBook
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'carriage-'))
  database = await openPassingSqlite(join(dir, 'book.db'), carriageMigrations)
  book = openEdgeBook(database)
})
afterEach(async () => {
  await database.close()
  rmSync(dir, { recursive: true, force: true })
})

const unexpected = (error: unknown): void => {
  throw error
}
const openEdge = async (name: string, at: string, stream: EntryStream, told: EdgeBook = book) => {
  const log = await openJournal({ dir: join(at, 'journal'), segmentBytes: SEGMENT_BYTES })
  const options = { log, edge: name, notePath: join(at, 'sequences.json'), stream, book: told }
  const silent = { wall: new ManualClock(1), onRetryableError: () => undefined, failed: unexpected }
  const sender = await openSender({ ...options, ...silent })
  return {
    log,
    async close() {
      await sender.close()
      await log.close()
    },
  }
}
const openHouse = async (stream: EntryStream) => {
  const at = join(dir, 'house')
  const journal = await openJournal({ dir: join(at, 'journal'), segmentBytes: SEGMENT_BYTES })
  const taken = await openTaken(journal, join(at, 'edges.json'))
  const counted: string[] = []
  const intake = openIntake({
    log: taken.log,
    taken,
    stream,
    book,
    counted: ({ appliance }) => counted.push(appliance),
    onRetryableError: () => undefined,
  })
  return {
    log: taken.log,
    counted,
    async close() {
      await intake.close()
      await journal.close()
    },
  }
}
const say = (log: TelemetryLog, appliance: string, text: string, bytes = PAYLOAD_BYTES) =>
  log.append({ type: 'telemetry', appliance, kind: 'fridge', payload: Buffer.from(text.padEnd(bytes)), arrivedAt: 7 })

/** What the house's journal says of each appliance, in order. */
async function heard(log: TelemetryLog): Promise<Map<string, string[]>> {
  const by = new Map<string, string[]>()
  for await (const group of log.read(log.begin))
    for (const { appliance, payload } of decodeGroup(group.bytes))
      by.set(appliance, [...(by.get(appliance) ?? []), Buffer.from(payload).toString().trim()])
  return by
}

test('an edge that is killed at any moment gives every message the number that it had, and the next ones the next', async () => {
  /** Keeps what was published: partition/sequence → message. */
  const noting = (kept: Map<string, string>): EntryStream => ({
    ...memoryStream(),
    async publish(entries: readonly Entry[]) {
      for (const { partition, first, count, frames } of entries)
        for (const [i, { payload }] of (framesOf(frames, count) ?? []).entries())
          kept.set(`${partition}/${first + i}`, Buffer.from(payload).toString().trim())
    },
  })
  const numbers = new Map<string, string>()
  const edge = await openEdge('north', join(dir, 'north'), noting(numbers))
  const random = new SeededRandom(3)
  const killed: { at: string; said: number }[] = []
  let said = 0
  for (let round = 0; round < 12; round++) {
    const many = 1 + Math.floor(random.next() * 120)
    await Promise.all(Array.from({ length: many }, () => say(edge.log, appliances[said % 40] ?? '', `m${said++}`)))
    await expect.poll(() => numbers.size).toBe(said)
    const committed = noCounts()
    for (const key of numbers.keys()) committed[Number(key.split('/')[0])]! += 1
    // Every other round the house has everything: marks pass, and segments go.
    if (round % 2 === 0) await book.took('north', { committed, again: undefined })
    const at = join(dir, `killed-${round}`)
    cpSync(join(dir, 'north'), at, { recursive: true })
    killed.push({ at, said })
  }
  await expect.poll(() => edge.log.begin, { timeout: 5_000 }).toBeGreaterThan(0)
  cpSync(join(dir, 'north'), join(dir, 'killed-last'), { recursive: true })
  killed.push({ at: join(dir, 'killed-last'), said })
  await edge.close()
  const nothingTaken: EdgeBook = { ...book, report: async () => ({ committed: noCounts(), again: undefined }) }
  const partition = partitionOf('fridge-0')
  for (const { at, said } of killed) {
    const again = new Map<string, string>()
    const back = await openEdge('north', at, noting(again), nothingTaken)
    await say(back.log, 'fridge-0', 'new')
    await expect.poll(() => [...again.values()].at(-1)).toBe('new')
    const had = [...numbers].filter(([key, text]) => key.startsWith(`${partition}/`) && Number(text.slice(1)) < said)
    expect([...again].find(([, text]) => text === 'new')?.[0]).toBe(`${partition}/${had.length + 1}`)
    for (const [key, text] of again) if (text !== 'new') expect([key, text]).toEqual([key, numbers.get(key)])
    await back.close()
  }
})

test('an older copy of an edge does not begin: its numbers would be used twice', async () => {
  const stream = memoryStream()
  const edge = await openEdge('north', join(dir, 'north'), stream)
  await say(edge.log, 'fridge-0', 'first')
  const [copy, house] = [join(dir, 'copy'), await openHouse(stream)]
  cpSync(join(dir, 'north'), copy, { recursive: true })
  await say(edge.log, 'fridge-0', 'second')
  await expect.poll(async () => (await book.all())[0]?.committed[partitionOf('fridge-0')]).toBe(2)
  await edge.close()
  await expect(openEdge('north', copy, stream)).rejects.toMatchObject({ code: 'edge-behind' })
  await house.close()
})

test.each([1, 2, 3])(
  'over a carrier that loses and doubles, with starts anew on both sides, everything arrives once and in order (seed %i)',
  async (seed) => {
    const random = new SeededRandom(seed)
    const carrier = memoryStream()
    const lossy: EntryStream = {
      ...carrier,
      publish: (entries) =>
        carrier.publish(
          entries.flatMap((entry) => {
            const chance = random.next()
            return chance < 0.15 ? [] : chance < 0.3 ? [entry, entry] : [entry]
          }),
        ),
    }
    const names = ['north', 'south']
    const edges = new Map<string, Awaited<ReturnType<typeof openEdge>>>()
    for (const name of names) edges.set(name, await openEdge(name, join(dir, name), lossy))
    let house = await openHouse(carrier)
    const expected = new Map<string, string[]>()
    let number = 0
    for (let round = 0; round < 8; round++) {
      for (const name of names) {
        const { log } = edges.get(name)!
        const many = 1 + Math.floor(random.next() * 100)
        await Promise.all(
          Array.from({ length: many }, () => {
            const appliance = `${name}-${Math.floor(random.next() * 30)}`
            const text = `m${number++}`
            expected.set(appliance, [...(expected.get(appliance) ?? []), text])
            return say(log, appliance, text)
          }),
        )
      }
      const fault = Math.floor(random.next() * 4)
      if (fault === 0) carrier.flush()
      if (fault === 1) {
        await house.close()
        house = await openHouse(carrier)
      }
      const name = names[round % 2] ?? ''
      if (fault === 2) {
        await edges.get(name)?.close()
        edges.set(name, await openEdge(name, join(dir, name), lossy))
      }
    }
    const total = (): Promise<number> => heard(house.log).then((by) => [...by.values()].flat().length)
    await expect.poll(total, { timeout: 30_000, interval: 100 }).toBeGreaterThanOrEqual(number)
    expect(await heard(house.log)).toEqual(expected)
    const sequences = new Map<string, number[]>()
    for await (const group of house.log.read(house.log.begin))
      for (const { appliance, origin } of rawFrames(group)) {
        const key = `${origin?.edge}/${partitionOf(appliance)}`
        sequences.set(key, [...(sequences.get(key) ?? []), origin?.sequence ?? 0])
      }
    for (const [key, all] of sequences) expect([key, all]).toEqual([key, all.map((_, i) => i + 1)])
    // Edges hear of it, and let go of what is there.
    for (const name of names)
      await expect
        .poll(async () => (await book.all()).find(({ id }) => id === name)?.behindBytes, { timeout: 5_000 })
        .toBe(0)
    for (const edge of edges.values()) await edge.close()
    await house.close()
  },
)

test('what was released of the house’s journal is not forgotten', async () => {
  const stream = memoryStream()
  const edge = await openEdge('north', join(dir, 'north'), stream)
  const first = await openHouse(stream)
  for (let i = 0; i < 300; i++) await say(edge.log, 'fridge-0', `m${i}`, 4_000)
  await expect.poll(() => first.counted.length, { timeout: 10_000 }).toBe(300)
  await first.log.release(first.log.end)
  expect(first.log.begin).toBeGreaterThan(0)
  await first.close()
  const second = await openHouse(stream)
  await say(edge.log, 'fridge-0', 'last')
  await expect.poll(() => second.counted.length).toBe(1)
  const [row] = await book.all()
  await expect.poll(async () => (await book.all())[0]?.committed[partitionOf('fridge-0')]).toBe(301)
  expect(row?.again).toBeUndefined()
  await edge.close()
  await second.close()
})
