import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { analysisMark, openSuspects, storeMark } from './suspects.ts'
import { openMark } from './threads/mark.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hearthwatch-suspects-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** A start: what the last run died of is looked at, then its threads begin. @returns the frame that was set aside */
async function start(): Promise<number | undefined> {
  return (await (await openSuspects(dir)).died())?.offset
}

test('a frame at which the analysis died twice is set aside, and not after one death', async () => {
  openMark(analysisMark(dir)).begin(10, 20, 1)
  expect(await start()).toBeUndefined()
  openMark(analysisMark(dir)).begin(10, 20, 1)
  expect(await start()).toBe(20)
  expect((await openSuspects(dir)).aside()).toMatchObject([{ offset: 20, place: 'analysis' }])
})

test('starts that are killed before a thread begins are no more deaths of what the last one died at', async () => {
  openMark(analysisMark(dir)).begin(10, 20, 1)
  for (let killed = 0; killed < 5; killed++) expect(await start()).toBeUndefined()
})

test('a stretch of many frames goes one by one, and only the very same frame is suspected twice', async () => {
  openMark(analysisMark(dir)).begin(10, 50, 4)
  expect(await start()).toBeUndefined()
  expect((await openSuspects(dir)).careful()).toEqual([{ from: 10, upTo: 50, place: 'analysis' }])
  openMark(analysisMark(dir)).begin(10, 20, 1)
  expect(await start()).toBeUndefined()
  openMark(analysisMark(dir)).begin(20, 30, 1)
  expect(await start()).toBeUndefined()
  openMark(analysisMark(dir)).begin(20, 30, 1)
  expect(await start()).toBe(30)
})

test('a thread that waits, for the store or the disk, is suspected later: who is killed is killed there', async () => {
  const dies = async (): Promise<number | undefined> => {
    const mark = openMark(analysisMark(dir))
    mark.begin(10, 20, 1)
    void mark.asking(new Promise(() => undefined))
    return await start()
  }
  for (let death = 1; death < 5; death++) expect(await dies()).toBeUndefined()
  expect(await dies()).toBe(20)
  await rm(analysisMark(dir))
  const commits = (): void => openMark(storeMark(dir)).begin(20, 30, 1)
  for (let death = 1; death < 5; death++) {
    commits()
    expect(await start()).toBeUndefined()
  }
  commits()
  expect(await start()).toBe(30)
})

test('the store’s own thread that dies twice at a frame, the program living, has its frame set aside', async () => {
  const suspects = await openSuspects(dir)
  const died = (): ReturnType<typeof suspects.died> => {
    openMark(storeMark(dir)).begin(20, 30, 1)
    return suspects.died('store')
  }
  expect(await died()).toBeUndefined()
  expect(await died()).toMatchObject({ offset: 30, place: 'store' })
})

test('nothing is written while nothing fails', async () => {
  const suspects = await openSuspects(dir)
  expect(await suspects.died()).toBeUndefined()
  await suspects.passed(1_000)
  expect([suspects.aside(), suspects.careful()]).toEqual([[], []])
  expect(await readdir(dir)).toEqual([])
})

test('an error at one frame sets it aside; at a stretch, its frames go one by one; a restart knows both', async () => {
  const one = { offset: 20, place: 'analysis' as const, error: 'analysis: no' }
  expect(await (await openSuspects(dir)).failed({ from: 10, upTo: 20, frames: 1 }, 'analysis', 'analysis: no')).toEqual(
    one,
  )
  expect(
    await (await openSuspects(dir)).failed({ from: 30, upTo: 60, frames: 4 }, 'store', 'store: no'),
  ).toBeUndefined()
  expect((await openSuspects(dir)).aside()).toEqual([one])
  expect((await openSuspects(dir)).careful()).toEqual([{ from: 30, upTo: 60, place: 'store' }])
})

test('the same frame or stretch is noted once', async () => {
  const suspects = await openSuspects(dir)
  for (const _ of [1, 2]) {
    await suspects.failed({ from: 10, upTo: 20, frames: 1 }, 'analysis', 'no')
    await suspects.failed({ from: 30, upTo: 60, frames: 4 }, 'store', 'no')
  }
  await suspects.failed({ from: 40, upTo: 50, frames: 2 }, 'store', 'no')
  expect([suspects.aside().length, suspects.careful().length]).toEqual([1, 1])
})

test('what is passed is forgotten', async () => {
  const suspects = await openSuspects(dir)
  await suspects.setAside({ offset: 20, place: 'repair', error: 'by hand' })
  await suspects.failed({ from: 30, upTo: 60, frames: 4 }, 'store', 'no')
  await suspects.passed(19)
  expect([suspects.aside().length, suspects.careful().length]).toEqual([1, 1])
  await suspects.passed(20)
  expect([suspects.aside().length, suspects.careful().length]).toEqual([0, 1])
  await (await openSuspects(dir)).passed(60)
  expect((await openSuspects(dir)).careful()).toEqual([])
})
