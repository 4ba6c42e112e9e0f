import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serialize } from 'node:v8'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Piece } from '../../core/index.ts'
import { readSnapshot, SnapshotWriter } from './snapshotFile.ts'

let dir: string
let path: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hearthwatch-snapshot-'))
  path = join(dir, 'analysis.snapshot')
})
afterEach(() => rmSync(dir, { recursive: true }))

const pieces = (count: number): Piece[] =>
  Array.from({ length: count }, (_, i) => [
    'sense',
    `a${i}`,
    { ts: i, acc: new Float64Array([i, NaN, -Infinity]), hash: new Uint32Array(3), known: new Map([['x', [i]]]) },
  ])
const write = async (all: Piece[], upTo: number): Promise<void> => {
  const writer = new SnapshotWriter(path, upTo)
  for (const piece of all) writer.add(piece)
  await writer.finish()
}

test('what was written is read, and only a finished one takes the place of the last', async () => {
  expect(await readSnapshot(path)).toBeNull()
  for (const count of [0, 1, 127, 128, 1_000]) {
    await write(pieces(count), count)
    expect(await readSnapshot(path)).toEqual({ upTo: count, pieces: pieces(count) })
  }
  const unfinished = new SnapshotWriter(path, 5)
  for (const piece of pieces(300)) unfinished.add(piece)
  expect((await readSnapshot(path))?.upTo).toBe(1_000)
  await unfinished.finish()
})

test('one that was cut or changed anywhere is refused', async () => {
  await write(pieces(200), 7)
  const whole = readFileSync(path)
  for (let at = 8; at < whole.length; at += Math.ceil(whole.length / 97)) {
    writeFileSync(path, whole.subarray(0, at))
    await expect(readSnapshot(path)).rejects.toMatchObject({ code: 'snapshot-damaged' })
    const flipped = Buffer.from(whole)
    flipped[at]! ^= 1
    writeFileSync(path, flipped)
    await expect(readSnapshot(path)).rejects.toMatchObject({ code: 'snapshot-damaged' })
  }
})

test('one of the first version says how far it was, so that the journal goes on from there', async () => {
  const body = serialize({ upTo: 4_711, settler: new Uint8Array(9), analysis: new Uint8Array(9) })
  const sum = Buffer.alloc(4)
  sum.writeUInt32LE(crc32(body))
  writeFileSync(path, Buffer.concat([sum, body]))
  expect(await readSnapshot(path)).toEqual({ upTo: 4_711, pieces: [] })
})

test.runIf(existsSync('/dev/full'))('on a full disk the last one stands, and nothing waits for ever', async () => {
  await write(pieces(10), 7)
  symlinkSync('/dev/full', `${path}.new`)
  const writer = new SnapshotWriter(path, 9)
  for (const piece of pieces(1_000)) writer.add(piece)
  expect(await writer.finish()).toBe(false)
  expect(writer.waitingBytes).toBe(0)
  expect((await readSnapshot(path))?.upTo).toBe(7)
  rmSync(`${path}.new`)
  await write(pieces(10), 11)
  expect((await readSnapshot(path))?.upTo).toBe(11)
})
