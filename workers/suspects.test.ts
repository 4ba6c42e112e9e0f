import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openMark } from './mark.ts'
import { analysisMark, openSuspects, storeMark } from './suspects.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hearthwatch-suspects-'))
})
afterEach(() => rmSync(dir, { recursive: true }))
/** A thread died in the middle of this; the program looks at its next start. */
async function diedAt(place: 'analysis' | 'store', from: number, upTo: number, frames: number) {
  openMark(place === 'analysis' ? analysisMark(dir) : storeMark(dir)).begin(from, upTo, frames)
  return (await openSuspects(dir)).died([place])
}
const now = () => openSuspects(dir)

test('nothing is written while nothing fails', async () => {
  const suspects = await now()
  expect(await suspects.died()).toBeUndefined()
  await suspects.passed(1_000)
  expect([suspects.aside(), suspects.careful()]).toEqual([[], []])
  expect(readdirSync(dir)).toEqual([])
})

test('an error at one frame sets it aside; at a stretch, its frames go one by one; a restart knows both', async () => {
  const one = { offset: 20, place: 'analysis' as const, error: 'analysis: no' }
  expect(await (await now()).failed({ from: 10, upTo: 20, frames: 1 }, 'analysis', 'analysis: no')).toEqual(one)
  expect(await (await now()).failed({ from: 30, upTo: 60, frames: 4 }, 'store', 'store: no')).toBeUndefined()
  expect((await now()).aside()).toEqual([one])
  expect((await now()).careful()).toEqual([{ from: 30, upTo: 60, place: 'store' }])
})

test('the same frame or stretch is noted once', async () => {
  const suspects = await now()
  for (const _ of [1, 2]) {
    await suspects.failed({ from: 10, upTo: 20, frames: 1 }, 'analysis', 'no')
    await suspects.failed({ from: 30, upTo: 60, frames: 4 }, 'store', 'no')
  }
  await suspects.failed({ from: 40, upTo: 50, frames: 2 }, 'store', 'no')
  expect([suspects.aside().length, suspects.careful().length]).toEqual([1, 1])
})

test('a death at one frame is a suspicion, a second one there sets it aside', async () => {
  expect(await diedAt('analysis', 10, 20, 1)).toBeUndefined()
  expect((await now()).aside()).toEqual([])
  expect(await diedAt('analysis', 10, 20, 1)).toMatchObject({ offset: 20, place: 'analysis' })
  expect((await now()).aside()).toMatchObject([{ offset: 20 }])
})

test('deaths at two different frames set neither aside', async () => {
  expect(await diedAt('analysis', 10, 20, 1)).toBeUndefined()
  expect(await diedAt('analysis', 20, 30, 1)).toBeUndefined()
  expect((await now()).aside()).toEqual([])
})

test('what is passed is forgotten', async () => {
  const suspects = await now()
  await suspects.setAside({ offset: 20, place: 'repair', error: 'by hand' })
  await suspects.failed({ from: 30, upTo: 60, frames: 4 }, 'store', 'no')
  await suspects.passed(19)
  expect([suspects.aside().length, suspects.careful().length]).toEqual([1, 1])
  await suspects.passed(20)
  expect([suspects.aside().length, suspects.careful().length]).toEqual([0, 1])
  await (await now()).passed(60)
  expect((await now()).careful()).toEqual([])
})
