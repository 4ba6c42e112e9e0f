import { DAY, HOUR, type Millis } from './time.ts'

/** Free bytes at a moment. */
export interface DiskSample {
  at: Millis
  freeBytes: number
}

/** How the disk stands, and when it will be full if it goes on like this. */
export interface DiskForecast {
  freeBytes: number
  totalBytes: number
  /** What it loses a day, from the last day of samples; absent while less than an hour is known. */
  bytesPerDay?: number
  /** Absent while it does not fill. */
  fullInDays?: number
}

const WINDOW_MS = DAY
const LEAST_MS = HOUR

/** Keeps the samples of a day, the newest last. */
export function rememberSample(samples: readonly DiskSample[], sample: DiskSample): DiskSample[] {
  return [...samples.filter(({ at }) => at > sample.at - WINDOW_MS && at < sample.at), sample]
}

/**
 * Least-squares line through the free bytes of the last day: robust against one large file that comes or goes no more
 * than a mean is. Pure.
 */
export function forecastDisk(samples: readonly DiskSample[], totalBytes: number): DiskForecast {
  const last = samples.at(-1)
  const first = samples[0]
  if (!last || !first) return { freeBytes: totalBytes, totalBytes }
  const forecast: DiskForecast = { freeBytes: last.freeBytes, totalBytes }
  if (last.at - first.at < LEAST_MS) return forecast
  const meanAt = samples.reduce((sum, { at }) => sum + at, 0) / samples.length
  const meanFree = samples.reduce((sum, { freeBytes }) => sum + freeBytes, 0) / samples.length
  let across = 0
  let along = 0
  for (const { at, freeBytes } of samples) {
    across += (at - meanAt) * (freeBytes - meanFree)
    along += (at - meanAt) ** 2
  }
  forecast.bytesPerDay = Math.round((-across / along) * DAY)
  if (forecast.bytesPerDay > 0) forecast.fullInDays = last.freeBytes / forecast.bytesPerDay
  return forecast
}
