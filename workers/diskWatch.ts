import { statfs } from 'node:fs/promises'
import {
  type Announcer,
  because,
  type Clock,
  DAY,
  type Database,
  type DiskForecast,
  type DiskSample,
  forecastDisk,
  rememberSample,
} from '../core/index.ts'
import { render } from '../words/index.ts'

const EVERY_MS = 10 * 60_000
/** So long before it is full a person is told, once a day. */
const WARN_DAYS = 7

/** Watches the disk of DATA_DIR: how it stands, when it will be full, and says so days before. */
export function openDiskWatch(parts: {
  dir: string
  wall: Clock
  warn: (forecast: DiskForecast) => Promise<void>
  onRetryableError: (what: string, error: unknown) => void
}) {
  let samples: DiskSample[] = []
  let totalBytes = 0
  let warnedAt = Number.NEGATIVE_INFINITY
  async function look(): Promise<void> {
    const { bavail, blocks, bsize } = await statfs(parts.dir)
    totalBytes = blocks * bsize
    samples = rememberSample(samples, { at: parts.wall.now(), freeBytes: bavail * bsize })
    const forecast = forecastDisk(samples, totalBytes)
    const soon = forecast.fullInDays !== undefined && forecast.fullInDays < WARN_DAYS
    if (!soon || parts.wall.now() - warnedAt < DAY) return
    warnedAt = parts.wall.now()
    await parts.warn(forecast)
  }
  const turn = (): void => void look().catch((error: unknown) => parts.onRetryableError('disk-watch', error))
  turn()
  const timer = setInterval(turn, EVERY_MS)
  return { forecast: (): DiskForecast => forecastDisk(samples, totalBytes), stop: () => clearInterval(timer) }
}

/** Tells the desk. */
export const warnOfDisk =
  (database: Database, announcer: Announcer, clock: Clock) =>
  async ({ fullInDays = 0, freeBytes }: DiskForecast): Promise<void> => {
    const days = Math.max(0, Math.floor(fullInDays))
    const gigabytes = (freeBytes / 1e9).toFixed(1)
    await database.transaction((tx) =>
      announcer.announce(tx, {
        key: `disk/${Math.floor(clock.now() / DAY)}`,
        to: { role: 'desk' },
        title: render(because('disk-full-title', { days })),
        body: render(because('disk-full', { days, gigabytes })),
        at: clock.now(),
        link: '/data',
      }),
    )
  }
