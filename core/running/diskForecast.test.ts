import { expect, test } from 'vitest'
import { type DiskSample, forecastDisk, rememberSample } from './diskForecast.ts'
import { DAY, HOUR, MINUTE } from './time.ts'

const GB = 1e9
const falling = (hours: number, perDay: number): DiskSample[] =>
  Array.from({ length: hours * 6 + 1 }, (_, i) => ({ at: i * 10 * MINUTE, freeBytes: 100 * GB - (i * perDay) / 144 }))

test('a disk that loses ten gigabytes a day of a hundred is full in ten days', () => {
  const { bytesPerDay, fullInDays } = forecastDisk(falling(12, 10 * GB), 200 * GB)
  expect(bytesPerDay).toBeCloseTo(10 * GB, -6)
  expect(fullInDays).toBeCloseTo(9.5, 1)
})

test('one that does not fill is never full, and nothing is said of less than an hour', () => {
  expect(forecastDisk(falling(5, -GB), 200 * GB).fullInDays).toBeUndefined()
  expect(forecastDisk(falling(0.5, 50 * GB), 200 * GB)).toEqual({ freeBytes: expect.any(Number), totalBytes: 200 * GB })
})

test('samples of the last day are kept, no more', () => {
  let samples: DiskSample[] = []
  for (let at = 0; at <= 3 * DAY; at += HOUR) samples = rememberSample(samples, { at, freeBytes: 1 })
  expect(samples).toHaveLength(24)
  expect(samples.at(-1)?.at).toBe(3 * DAY)
})
