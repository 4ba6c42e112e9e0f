// What the journal takes a second, against what the disk itself syncs a second in writes of the same size: interleaved
// rounds on the same folder, medians.
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { type FrameIn, monotonicMs } from '../../core/index.ts'
import { openJournal } from '../../ingest/index.ts'
import { newDataDir, removeDataDir } from '../../test/program.ts'
import { median } from './median.ts'

const ROUNDS = 5
const ROUND_MS = 2_000
const PAYLOAD = Buffer.alloc(300, 'x')

export async function journal(): Promise<void> {
  const dir = await newDataDir()
  const log = await openJournal({ dir: join(dir, 'journal') })
  // Nobody consumes here: what is written may go at once.
  log.onGroup(({ upTo }) => void log.release(upTo))
  try {
    const rows: Record<string, string>[] = []
    for (const appenders of [1, 200, 4_000]) {
      const ours: { frames: number; groups: number; bytes: number }[] = []
      const disk: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await append(log, appenders))
        const { bytes, groups } = ours[round]!
        disk.push(await syncs(join(dir, 'raw'), Math.max(64, Math.round(bytes / groups))))
      }
      const groups = median(ours.map((one) => one.groups))
      rows.push({
        'appends under way': appenders.toLocaleString('en'),
        'frames/s': median(ours.map(({ frames }) => frames)).toFixed(0),
        'synced groups/s': groups.toFixed(0),
        'bytes a group': median(ours.map((one) => one.bytes / one.groups)).toFixed(0),
        'write + fdatasync alone/s': median(disk).toFixed(0),
        'frames for each sync the disk could do': median(ours.map((one, i) => one.frames / disk[i]!)).toFixed(1),
      })
    }
    console.table(rows)
  } finally {
    await log.close()
    await removeDataDir(dir)
  }
}

/** Each appender appends again as soon as its frame is synced. */
async function append(log: Awaited<ReturnType<typeof openJournal>>, appenders: number) {
  const until = monotonicMs() + ROUND_MS
  const from = log.end
  let frames = 0
  let groups = 0
  log.onGroup(() => groups++)
  await new Promise<void>((resolve, reject) => {
    let left = appenders
    const next = (i: number): void => {
      const appliance = `bench-${i}`
      const frame: FrameIn = { type: 'telemetry', appliance, kind: 'fridge', payload: PAYLOAD, arrivedAt: 0 }
      log.take(frame, (refused) => {
        if (refused) reject(refused)
        frames++
        if (monotonicMs() < until) next(i)
        else if (--left === 0) resolve()
      })
    }
    for (let i = 0; i < appenders; i++) next(i)
  })
  const perSecond = 1_000 / ROUND_MS
  return { frames: frames * perSecond, groups: groups * perSecond, bytes: (log.end - from) * perSecond }
}

/** How many writes of so many bytes, each synced before the next, the disk does in a second. */
async function syncs(path: string, bytes: number): Promise<number> {
  const file = await open(path, 'w')
  const block = Buffer.alloc(bytes, 1)
  const began = monotonicMs()
  let done = 0
  while (monotonicMs() - began < ROUND_MS) {
    await file.write(block, 0, bytes, (done * bytes) % (64 << 20))
    await file.datasync()
    done++
  }
  const seconds = (monotonicMs() - began) / 1_000
  await file.close()
  return done / seconds
}
