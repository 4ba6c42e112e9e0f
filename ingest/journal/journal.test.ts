import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FrameGroup, FrameIn, TelemetryLog } from '../../core/index.ts'
import { checkJournal, openJournal } from './journal.ts'
import { followLog } from './journalFollower.ts'
import { decodeGroup, type Frame } from './journalFrames.ts'
import { SEGMENT_HEADER_BYTES } from './journalSegments.ts'
import { repairJournal } from './repairJournal.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'journal-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const frame = (text: string, more: Partial<FrameIn> = {}): FrameIn => ({
  type: 'telemetry',
  appliance: 'fridge-1',
  kind: 'fridge',
  payload: Buffer.from(text),
  arrivedAt: 1_764_000_000_000,
  ...more,
})
const all = async (log: TelemetryLog, from = 0): Promise<Frame[]> => {
  const frames: Frame[] = []
  for await (const group of log.read(from)) frames.push(...decodeGroup(group.bytes))
  return frames
}
const texts = (frames: Frame[]): string[] => frames.map(({ payload }) => Buffer.from(payload).toString())
const segmentFiles = (): string[] =>
  readdirSync(dir)
    .filter((name) => name.endsWith('.journal'))
    .sort()
    .map((name) => join(dir, name))

describe('the journal', () => {
  test('gives back every frame as it was, with the offset that its append was promised', async () => {
    const one = fc.record({
      type: fc.constantFrom('telemetry', 'event', 'status', 'control', 'requeue') as fc.Arbitrary<FrameIn['type']>,
      appliance: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
      kind: fc.stringMatching(/^[a-z-]{1,20}$/),
      payload: fc.uint8Array({ maxLength: 300 }),
      arrivedAt: fc.integer({ min: 0, max: 2 ** 45 }),
      withoutPromise: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 30 }), async (frames) => {
        rmSync(dir, { recursive: true, force: true })
        const log = await openJournal({ dir, segmentBytes: 1500, lingerMs: 0 })
        const offsets: number[] = []
        for (let i = 0; i < frames.length; i += 3) {
          offsets.push(...(await Promise.all(frames.slice(i, i + 3).map((f) => log.append(f)))))
        }
        await log.close()
        const again = await openJournal({ dir, segmentBytes: 1500 })
        const read = await all(again)
        expect(read.map(({ offset }) => offset)).toEqual(offsets)
        expect(read.map((f) => ({ ...f, payload: [...f.payload], offset: 0 }))).toEqual(
          frames.map((f) => ({ ...f, payload: [...f.payload], offset: 0 })),
        )
        expect([...offsets].sort((a, b) => a - b)).toEqual(offsets)
        await again.close()
      }),
      { numRuns: 15 },
    )
  })

  test('hands each group out once, in order, and offsets go on after restarts and released segments', async () => {
    const log = await openJournal({ dir, segmentBytes: 200 })
    const groups: FrameGroup[] = []
    log.onGroup((group) => groups.push(group))
    for (let i = 0; i < 10; i++) await log.append(frame(`before-${i}-${'x'.repeat(50)}`))
    expect(groups.every((group, i) => group.from === (groups[i - 1]?.upTo ?? 0))).toBe(true)
    const many = segmentFiles().length
    await log.release(groups[6]!.upTo)
    expect(segmentFiles().length).toBeLessThan(many)
    const end = log.end
    await log.close()
    const again = await openJournal({ dir, segmentBytes: 200 })
    expect(again.end).toBe(end)
    expect(await again.append(frame('after'))).toBeGreaterThan(end)
    expect(texts(await all(again, end))).toEqual(['after'])
    await expect(all(again, 0)).rejects.toMatchObject({ code: 'journal-gap' })
    await again.close()
  })

  test('a torn last group is cut, wherever it was torn, and what was promised before it stays', async () => {
    const log = await openJournal({ dir })
    const kept = SEGMENT_HEADER_BYTES + (await log.append(frame('kept')))
    await log.append(frame('torn'))
    await log.close()
    const [path] = segmentFiles()
    const whole = readFileSync(path!)
    for (let size = kept; size < whole.length; size++) {
      writeFileSync(path!, whole)
      truncateSync(path!, size)
      const cut = await openJournal({ dir })
      expect(texts(await all(cut))).toEqual(['kept'])
      await cut.close()
      expect(statSync(path!).size).toBe(kept)
    }
  })

  test('room that was made ahead costs nothing: not after a kill, in no earlier segment, and not behind a torn group', async () => {
    const log = await openJournal({ dir, segmentBytes: 300, roomBytes: 4_096 })
    const killedAt = mkdtempSync(join(tmpdir(), 'journal-killed-'))
    let end = 0
    for (let i = 0; i < 9; i++) end = await log.append(frame(`${i} ${'x'.repeat(60)}`))
    const last = segmentFiles().at(-1)!
    expect(statSync(last).size).toBeGreaterThan(4_096)
    cpSync(dir, killedAt, { recursive: true })
    await log.close()
    // As if it had been killed before the room of an earlier segment was given back.
    const [first] = segmentFiles()
    expect(statSync(first!).size).toBeLessThan(4_096)
    appendFileSync(join(killedAt, basename(first!)), Buffer.alloc(4_096))
    const whole = readFileSync(join(killedAt, basename(last)))
    const endOfLast = statSync(last).size
    for (const torn of [false, true]) {
      rmSync(dir, { recursive: true, force: true })
      cpSync(killedAt, dir, { recursive: true })
      const bytes = Buffer.from(whole)
      if (torn) bytes.fill(0, endOfLast - 7, endOfLast)
      writeFileSync(last, bytes)
      expect(await repairJournal(dir)).toEqual([])
      const again = await openJournal({ dir, segmentBytes: 300, roomBytes: 4_096 })
      expect((await checkJournal(dir)).end).toBe(again.end)
      expect(texts(await all(again)).map((text) => text[0])).toEqual([...'012345678'].slice(0, torn ? 8 : 9))
      if (!torn) expect(again.end).toBe(end)
      expect(await again.append(frame('after'))).toBeGreaterThan(again.begin)
      expect(texts(await all(again)).at(-1)).toBe('after')
      await again.close()
    }
    rmSync(killedAt, { recursive: true, force: true })
  })

  test('any flipped bit in the last group cuts that group; in an earlier one it stops with the segment named', async () => {
    const log = await openJournal({ dir })
    for (const text of ['first', 'second', 'third']) await log.append(frame(text))
    const groups: FrameGroup[] = []
    for await (const group of log.read(0)) groups.push(group)
    await log.close()
    const [path] = segmentFiles()
    const whole = readFileSync(path!)
    const lastAt = whole.length - groups[2]!.bytes.length
    let checked = 0
    for (let at = 32; at < whole.length; at++) {
      const flipped = Buffer.from(whole)
      flipped[at]! ^= 1 << (at % 8)
      writeFileSync(path!, flipped)
      if (at >= lastAt) {
        const cut = await openJournal({ dir })
        expect(texts(await all(cut))).toEqual(['first', 'second'])
        await cut.close()
      } else {
        await expect(openJournal({ dir })).rejects.toMatchObject({ code: 'journal-damaged', concerns: path })
      }
      checked++
    }
    expect(checked).toBeGreaterThan(200)
  })

  test('an earlier segment is read when somebody asks for it, and no bit of it is taken that is not whole', async () => {
    const log = await openJournal({ dir, segmentBytes: 100 })
    for (const text of ['first', 'second', 'third', 'fourth']) await log.append(frame(`${text} ${'x'.repeat(60)}`))
    await log.close()
    const [path, second] = segmentFiles()
    expect(segmentFiles().length).toBeGreaterThan(2)
    const whole = readFileSync(path!)
    for (let at = 32; at < whole.length; at += 5) {
      const flipped = Buffer.from(whole)
      flipped[at]! ^= 1 << (at % 8)
      writeFileSync(path!, flipped)
      await expect(checkJournal(dir)).rejects.toMatchObject({ code: 'journal-damaged', concerns: path })
      const open = await openJournal({ dir })
      await expect(all(open)).rejects.toMatchObject({ code: 'journal-damaged', concerns: path })
      // What is behind it can be read all the same.
      expect(texts(await all(open, open.end - 1))).toHaveLength(1)
      await open.close()
    }
    writeFileSync(path!, whole)
    const kept = readFileSync(second!)
    unlinkSync(second!)
    await expect(openJournal({ dir })).rejects.toMatchObject({ code: 'journal-damaged', concerns: path })
    writeFileSync(second!, kept.subarray(0, kept.length - 1))
    await expect(openJournal({ dir })).rejects.toMatchObject({ code: 'journal-damaged', concerns: second })
  })

  test('a payload that looks like the journal itself cannot make a torn tail look like damage', async () => {
    const other = mkdtempSync(join(tmpdir(), 'journal-'))
    const forge = await openJournal({ dir: other })
    for (let i = 0; i < 5; i++) await forge.append(frame('forged'))
    await forge.close()
    const forged = readFileSync(join(other, readdirSync(other)[0]!)).subarray(32)
    rmSync(other, { recursive: true })
    const log = await openJournal({ dir })
    await log.append(frame('kept'))
    await log.append(frame('', { payload: forged }))
    await log.close()
    const [path] = segmentFiles()
    truncateSync(path!, statSync(path!).size - 1)
    const cut = await openJournal({ dir })
    expect(texts(await all(cut))).toEqual(['kept'])
    await cut.close()
  })

  test('above its bounds it refuses, retryably, but still takes control frames; a release makes room', async () => {
    const log = await openJournal({ dir, maxPendingBytes: 4_000, maxBacklogBytes: 1_000 })
    const big = frame('x'.repeat(2_500))
    const first = log.append(big)
    await expect(log.append(big)).rejects.toMatchObject({ code: 'journal-full', retryable: true })
    await first
    await expect(log.append(frame('late'))).rejects.toMatchObject({ code: 'journal-full' })
    await log.append(frame('{}', { type: 'control' }))
    await log.release(log.end)
    await log.append(frame('now'))
    await log.close()
  })

  test('after a failed write it refuses for ever', async () => {
    const log = await openJournal({ dir, segmentBytes: 10 })
    await log.append(frame('kept'))
    rmSync(dir, { recursive: true })
    await expect(log.append(frame('no folder for the next segment'))).rejects.toMatchObject({ code: 'journal-failed' })
    await expect(log.append(frame('nor ever'))).rejects.toMatchObject({ code: 'journal-failed' })
    await log.close()
  })

  test('a full disk is refused retryably, and the journal goes on once there is room', async () => {
    const log = await openJournal({ dir, segmentBytes: 10 })
    await log.append(frame('kept'))
    const blocker = `${join(dir, String(log.end).padStart(16, '0'))}.journal.new`
    // A link to the device that is always full stands where the next segment would be made.
    const { symlinkSync } = await import('node:fs')
    symlinkSync('/dev/full', blocker)
    await expect(log.append(frame('no room'))).rejects.toMatchObject({ code: 'journal-full', retryable: true })
    unlinkSync(blocker)
    await log.append(frame('room again'))
    expect(texts(await all(log))).toEqual(['kept', 'room again'])
    await log.close()
  })

  test('a follower hears every group once and in order, however slow it is', async () => {
    const log = await openJournal({ dir, segmentBytes: 500, lingerMs: 0 })
    for (let i = 0; i < 20; i++) await log.append(frame(`${i}`))
    const heard: string[] = []
    const done = Promise.withResolvers<void>()
    const follower = followLog(
      log,
      0,
      async (group) => {
        await new Promise((resolve) => setImmediate(resolve))
        heard.push(...texts([...decodeGroup(group.bytes)]))
        if (heard.length === 60) done.resolve()
      },
      done.reject,
      200,
    )
    await Promise.all(Array.from({ length: 40 }, (_, i) => log.append(frame(`${20 + i}`))))
    await done.promise
    expect(heard).toEqual(Array.from({ length: 60 }, (_, i) => `${i}`))
    await follower.stop()
    expect(follower.at).toBe(log.end)
    await log.close()
  })

  test('kill -9 while it appends: every frame that was promised is there, in order', async () => {
    const child = join(dir, 'child.ts')
    const data = join(dir, 'data')
    const room = new URL('../index.ts', import.meta.url).href
    writeFileSync(
      child,
      `import { openJournal } from ${JSON.stringify(room)}
       import { writeSync } from 'node:fs'
       const log = await openJournal({ dir: process.argv[2], segmentBytes: 20_000 })
       let n = Number(process.argv[3])
       const next = async () => { for (;;) { const i = n++; await log.append({ type: 'telemetry', appliance: 'a', kind: 'fridge',
         payload: Buffer.from(String(i)), arrivedAt: 0 }); writeSync(1, i + '\\n') } }
       for (let k = 0; k < 10; k++) void next()`,
    )
    const promised: number[] = []
    for (let round = 0; round < 3; round++) {
      const process_: ChildProcess = spawn(process.execPath, [child, data, String(round * 1_000_000)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let heard = 0
      for await (const line of createInterface({ input: process_.stdout! })) {
        promised.push(Number(line))
        if (++heard === 300 + round * 77) process_.kill('SIGKILL')
      }
      if (process_.exitCode === null && process_.signalCode === null) await once(process_, 'exit')
    }
    const log = await openJournal({ dir: data })
    const found = texts(await all(log)).map(Number)
    await log.close()
    const kept = new Set(found)
    expect(kept.size).toBe(found.length)
    expect(promised.filter((i) => !kept.has(i))).toEqual([])
    expect(promised.length).toBeGreaterThan(900)
  })
})
