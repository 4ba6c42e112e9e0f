import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkJournal, openJournal } from './journal.ts'
import { decodeGroup } from './journalFrames.ts'
import { repairJournal } from './repairJournal.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'repair-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const HEADER = 32
const files = () => readdirSync(dir).filter((name) => name.endsWith('.journal'))

async function write(count: number): Promise<Map<number, string>> {
  const log = await openJournal({ dir, segmentBytes: 700, lingerMs: 0 })
  const written = new Map<number, string>()
  for (let i = 0; i < count; i += 3) {
    await Promise.all(
      [0, 1, 2].map(async (j) => {
        const text = `reading ${i + j} ${'x'.repeat((i * 7 + j) % 40)}`
        const frame = {
          type: 'telemetry',
          appliance: 'a',
          kind: 'fridge',
          payload: Buffer.from(text),
          arrivedAt: i,
        } as const
        written.set(await log.append(frame), text)
      }),
    )
  }
  await log.close()
  return written
}

async function read(): Promise<Map<number, string>> {
  const log = await openJournal({ dir, segmentBytes: 700 })
  const found = new Map<number, string>()
  for await (const group of log.read(0)) {
    for (const { offset, type, payload } of decodeGroup(group.bytes)) {
      if (type !== 'void') found.set(offset, Buffer.from(payload).toString())
    }
  }
  await log.close()
  return found
}

test('whatever bytes of a journal are damaged, repair loses only what it names, and every other frame keeps its offset', async () => {
  const flips = fc.array(fc.record({ file: fc.nat(), at: fc.nat(), mask: fc.integer({ min: 1, max: 255 }) }), {
    minLength: 1,
    maxLength: 4,
  })
  let damagedRuns = 0
  await fc.assert(
    fc.asyncProperty(flips, async (list) => {
      rmSync(dir, { recursive: true, force: true })
      const written = await write(30)
      const names = files()
      for (const { file, at, mask } of list) {
        const path = join(dir, names[file % names.length]!)
        const bytes = readFileSync(path)
        if (bytes.length <= HEADER) continue
        const place = HEADER + (at % (bytes.length - HEADER))
        bytes[place] = bytes[place]! ^ mask
        writeFileSync(path, bytes)
      }
      const lost = await repairJournal(dir)
      if (lost.length > 0) damagedRuns++
      const found = await read()
      const end = Math.max(0, ...found.keys())
      for (const [offset, text] of found) expect(written.get(offset)).toBe(text)
      for (const [offset, text] of written) {
        const isNamed = lost.some(({ from, upTo }) => offset > from && offset <= upTo)
        // A damaged end looks like a torn tail, which opening cuts.
        if (!isNamed && offset <= end) expect(found.get(offset)).toBe(text)
      }
      expect(await repairJournal(dir)).toEqual([])
    }),
    { numRuns: 60 },
  )
  expect(damagedRuns).toBeGreaterThan(10)
})

test('a journal that is whole is not touched, and what was damaged is kept beside', async () => {
  await write(30)
  expect(await repairJournal(dir)).toEqual([])
  const path = join(dir, files()[0]!)
  const bytes = readFileSync(path)
  bytes[HEADER + 60] = bytes[HEADER + 60]! ^ 1
  writeFileSync(path, bytes)
  await expect(checkJournal(dir)).rejects.toMatchObject({ code: 'journal-damaged' })
  expect(await repairJournal(dir)).toMatchObject([{ segment: path }])
  expect(readFileSync(`${path}.damaged`)).toEqual(bytes)
  await (await openJournal({ dir })).close()
})
