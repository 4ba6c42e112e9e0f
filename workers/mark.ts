import { openSync, readFileSync, writeSync } from 'node:fs'
import type { Offset } from '../core/index.ts'
import type { Mark } from '../ingest/index.ts'

/** A stretch of the journal that a thread was in the middle of. */
export interface MarkedStretch {
  from: Offset
  upTo: Offset
  /** One: it is exact. */
  frames: number
}

/**
 * Writes where this thread stands, 24 bytes in place and never synced: it is there after the thread or the program died,
 * and a power cut needs no suspect. About 2 µs a call.
 */
export function openMark(path: string): Mark {
  const file = openSync(path, 'w')
  const place = new Float64Array(3)
  const bytes = new Uint8Array(place.buffer)
  const write = (from: Offset, upTo: Offset, frames: number): void => {
    place[0] = from
    place[1] = upTo
    place[2] = frames
    writeSync(file, bytes, 0, bytes.length, 0)
  }
  write(0, 0, 0)
  return { begin: write, end: () => write(0, 0, 0) }
}

/** Where a thread was when it died; undefined: it was in the middle of nothing, or never began. */
export function readMark(path: string): MarkedStretch | undefined {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  if (bytes.length < 24) return undefined
  const [from, upTo, frames] = [bytes.readDoubleLE(0), bytes.readDoubleLE(8), bytes.readDoubleLE(16)]
  return upTo > from ? { from, upTo, frames } : undefined
}
