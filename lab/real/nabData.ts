import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NabProfile } from './nabScore.ts'

export interface NabFile {
  name: string
  /** ms, by row; the clock of the recording is taken as UTC. */
  ts: Float64Array
  values: Float64Array
  windows: [first: number, last: number][]
}

const time = (text: string): number => Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`)

/** All streams that are here, of those that have labels. */
export function readNab(dir: string): NabFile[] {
  const labels = JSON.parse(readFileSync(join(dir, 'labels/combined_windows.json'), 'utf8')) as Record<
    string,
    [string, string][]
  >
  return Object.entries(labels)
    .filter(([name]) => existsSync(join(dir, 'data', name)))
    .map(([name, windows]) => {
      const rows = readFileSync(join(dir, 'data', name), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
      const ts = Float64Array.from(rows, (row) => time(row))
      return {
        name,
        ts,
        values: Float64Array.from(rows, (row) => Number(row.split(',')[1])),
        windows: windows.map(([from, to]) => [
          ts.findIndex((at) => at >= time(from)),
          ts.findLastIndex((at) => at <= time(to)),
        ]),
      }
    })
}

/** NAB's own weights. */
export function readNabProfiles(dir: string): { standard: NabProfile; lowFp: NabProfile } {
  const profiles = JSON.parse(readFileSync(join(dir, 'config/profiles.json'), 'utf8')) as Record<
    string,
    { CostMatrix: NabProfile }
  >
  return { standard: profiles.standard!.CostMatrix, lowFp: profiles.reward_low_FP_rate!.CostMatrix }
}
