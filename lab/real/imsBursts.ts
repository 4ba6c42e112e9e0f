// The raw snapshots of IMS test 2 through the features of a burst: whose bearing is it, when all four shake together?
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bearingLines, burstFeatures, prominence } from '../../analytics/index.ts'
import { BURST_POINTS } from '../../core/index.ts'

const RATE_HZ = 20_000
const SHAFT_HZ = 2_000 / 60
/** Rexnord ZA-2115, from its data sheet. */
const GEOMETRY = { balls: 16, ratio: 0.331 / 2.815, angle: (15.17 * Math.PI) / 180 }
const BEARINGS = 4
const COMMISSIONING = 5
/** Above the highest of commissioning by so much is an alarm. */
const MARGIN = 1.25

export interface SnapshotLines {
  /** ms, the rig's own clock taken as UTC. */
  at: number
  /** Prominence of the outer race's line, by bearing. */
  outer: number[]
}

/** @param dir folder of `YYYY.MM.DD.hh.mm.ss.npy`, each int16 of samples × bearings */
export function readSnapshots(dir: string): SnapshotLines[] {
  const line = bearingLines(GEOMETRY, SHAFT_HZ).outer
  return readdirSync(dir)
    .filter((name) => name.endsWith('.npy'))
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(dir, name))
      const from = 10 + bytes.readUInt16LE(8)
      const rows = (bytes.length - from) / (2 * BEARINGS)
      const [year, month, day, hour, minute, second] = name.split('.').map(Number) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ]
      return {
        at: Date.UTC(year, month - 1, day, hour, minute, second),
        outer: Array.from({ length: BEARINGS }, (_, bearing) => {
          const samples = new Float64Array(rows).map((_, r) => bytes.readInt16LE(from + 2 * (BEARINGS * r + bearing)))
          let sum = 0
          let bursts = 0
          for (let r = 0; r + BURST_POINTS <= rows; r += BURST_POINTS) {
            const features = burstFeatures(samples.subarray(r, r + BURST_POINTS), RATE_HZ)
            if (!features) continue
            sum += prominence(features.envelope, line)
            bursts++
          }
          return sum / bursts
        }),
      }
    })
}

/** By bearing, the first snapshot whose line stands above all of commissioning; null where none does. */
export function firstLines(snapshots: SnapshotLines[]): (number | null)[] {
  const limit = MARGIN * Math.max(...snapshots.slice(0, COMMISSIONING).flatMap(({ outer }) => outer))
  return Array.from(
    { length: BEARINGS },
    (_, bearing) => snapshots.slice(COMMISSIONING).find(({ outer }) => outer[bearing]! > limit)?.at ?? null,
  )
}
