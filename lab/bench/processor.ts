// What a process has used so far, read from Linux' /proc.
import { readdirSync, readFileSync } from 'node:fs'

export interface Used {
  /** Processor seconds of all threads. */
  all: number
  /** Of the main thread and of the pool that writes and syncs its files: for us, the broker and the journal. */
  door: number
}

const TICKS_PER_SECOND = 100
const seconds = (stat: string): number => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** Processor seconds of a process with all its threads so far. */
export function usedBy(pid: number): Used {
  const used: Used = { all: seconds(readFileSync(`/proc/${pid}/stat`, 'utf8')), door: 0 }
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const of = `/proc/${pid}/task/${thread}`
    const isDoor = Number(thread) === pid || readFileSync(`${of}/comm`, 'utf8').startsWith('libuv')
    if (isDoor) used.door += seconds(readFileSync(`${of}/stat`, 'utf8'))
  }
  return used
}

/** Resident megabytes. */
export const memoryOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
