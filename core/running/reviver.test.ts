import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openReviver } from './reviver.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Something that is opened again and again, and ends when a test says so. */
async function openOne(
  options: { mostDeaths?: number; failsToOpen?: (time: number) => boolean; lost?: () => Promise<void> } = {},
) {
  const log: string[] = []
  let opened = 0
  let end: (cause: unknown) => void = () => {}
  const reviver = await openReviver({
    open: async (died) => {
      const time = ++opened
      if (options.failsToOpen?.(time)) throw new Error(`no ${time}`)
      end = died
      return time
    },
    lost: options.lost ?? (async () => void log.push('lost')),
    reopened: (time) => log.push(`there ${time}`),
    onRetryableError: (cause) => log.push((cause as Error).message),
    failed: (cause) => log.push(`failed: ${(cause as Error).message}`),
    mostDeaths: options.mostDeaths ?? 3,
  })
  return { reviver, log, end: (message: string) => end(new Error(message)) }
}

test('what dies is opened again, and whoever waits for it goes on', async () => {
  const { reviver, log, end } = await openOne()
  expect(reviver.first).toBe(1)
  end('gone')
  const up = reviver.isUp().then(() => log.push('up'))
  await vi.advanceTimersByTimeAsync(99)
  expect(log).toEqual(['lost', 'gone'])
  await vi.advanceTimersByTimeAsync(1)
  await up
  expect(log).toEqual(['lost', 'gone', 'there 2', 'up'])
})

test('waits grow while it dies in a row, and then it is given up', async () => {
  const { log, end } = await openOne({ failsToOpen: (time) => time > 1 })
  end('gone')
  await vi.advanceTimersByTimeAsync(100 + 200)
  expect(log).toEqual(['lost', 'gone', 'no 2', 'no 3'])
  await vi.advanceTimersByTimeAsync(399)
  expect(log.length).toBe(4)
  await vi.advanceTimersByTimeAsync(1)
  expect(log.slice(4)).toEqual(['no 4', 'failed: no 4'])
})

test('one that lived for a while died of something new', async () => {
  const { log, end } = await openOne({ mostDeaths: 1 })
  for (const _ of [1, 2, 3]) {
    await vi.advanceTimersByTimeAsync(31_000)
    end('gone')
  }
  await vi.advanceTimersByTimeAsync(100)
  expect(log.filter((line) => line.startsWith('failed'))).toEqual([])
  end('gone')
  await vi.advanceTimersByTimeAsync(0)
  expect(log.at(-1)).toBe('failed: gone')
})

test('nothing is opened after it is ended on purpose', async () => {
  const { reviver, log, end } = await openOne()
  end('gone')
  reviver.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(log.filter((line) => line.startsWith('there'))).toEqual([])
})

test('that the death cannot be noted keeps nobody from opening another one', async () => {
  const { reviver, log, end } = await openOne({ lost: () => Promise.reject(new Error('disk full')) })
  end('gone')
  await vi.advanceTimersByTimeAsync(100)
  await reviver.isUp()
  expect(log).toEqual(['disk full', 'gone', 'there 2'])
})
