import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openMark, readMark } from './mark.ts'
import { analysisMark, openSuspects, storeMark } from './suspects.ts'

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

test('a mark says where its thread is, and nothing once it has ended', async () => {
  const path = analysisMark(dir)
  expect(readMark(path)).toBeUndefined()
  const mark = openMark(path)
  expect(readMark(path)).toBeUndefined()
  mark.begin(3, 9, 2)
  expect(readMark(path)).toMatchObject({ from: 3, upTo: 9, frames: 2, asking: false })
  const answer = mark.asking(Promise.resolve(1))
  expect(readMark(path)?.asking).toBe(true)
  await answer
  expect(readMark(path)?.asking).toBe(false)
  mark.end()
  expect(readMark(path)).toBeUndefined()
})
