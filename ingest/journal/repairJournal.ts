import { copyFile, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { frameTypes, type Offset } from '../../core/index.ts'
import {
  FRAME_HEADER_BYTES,
  GROUP_HEADER_BYTES,
  isBodyWhole,
  readGroupHeader,
  writeGroupHeader,
} from './journalFrames.ts'
import { listSegments, MAX_GROUP_BYTES, SEGMENT_HEADER_BYTES, type Segment, syncFolder } from './journalSegments.ts'

/** What was given up: a stretch of the journal whose bytes are not what was written. */
export interface LostStretch {
  segment: string
  from: Offset
  upTo: Offset
  /** Frames that it held, as far as that can still be told. */
  frames: number | null
}

/**
 * Makes a damaged journal readable again, losing only what it names: frames whose checksum is wrong become void frames of
 * the same length, so every offset stays what consumers know. Groups whose header is gone are filled the same way up to
 * the next one that is whole. The damaged segment is kept beside as `….damaged`. A torn tail is left to the opening, which
 * cuts it. Not while the service runs. Reads each segment whole (64 MiB); nothing is written where nothing is damaged.
 */
export async function repairJournal(dir: string): Promise<LostStretch[]> {
  const segments = await listSegments(dir)
  const lost: LostStretch[] = []
  for (const [i, segment] of segments.entries()) lost.push(...(await repairSegment(segment, segments[i + 1])))
  return lost
}

async function repairSegment(segment: Segment, next: Segment | undefined): Promise<LostStretch[]> {
  const bytes = await readFile(segment.path)
  const end = next ? next.base - segment.base + SEGMENT_HEADER_BYTES : bytes.length
  const lost: LostStretch[] = []
  const offsetOf = (position: number): Offset => segment.base + position - SEGMENT_HEADER_BYTES
  const whole = next && bytes.length < end ? Buffer.concat([bytes, Buffer.alloc(end - bytes.length)]) : bytes
  let at = SEGMENT_HEADER_BYTES
  let number = segment.firstNumber
  while (at < end) {
    const header = readGroupHeader(whole, at, segment.salt)
    const size = GROUP_HEADER_BYTES + (header?.bodyBytes ?? 0)
    if (
      header &&
      header.number === number &&
      header.from === offsetOf(at) &&
      size <= MAX_GROUP_BYTES &&
      at + size <= end
    ) {
      const body = whole.subarray(at + GROUP_HEADER_BYTES, at + size)
      if (!isBodyWhole(body, header.frames)) {
        // In the last group this is how a torn tail looks: nothing of it was acknowledged. Room may stand behind it.
        if (!next && !findGroup(whole, at + size, end, number, segment)) break
        const frames = salvage(body, (from, upTo) =>
          lost.push({
            segment: segment.path,
            from: offsetOf(at + GROUP_HEADER_BYTES + from),
            upTo: offsetOf(at + GROUP_HEADER_BYTES + upTo),
            frames: null,
          }),
        )
        writeGroupHeader(whole.subarray(at), { ...header, frames }, segment.salt)
      }
      at += size
      number++
      continue
    }
    const later = findGroup(whole, at + 1, end, number, segment)
    const upTo = later?.at ?? (next ? end : at)
    const count = (later?.number ?? next?.firstNumber ?? number) - number
    if (count <= 0 || upTo - at < count * (GROUP_HEADER_BYTES + FRAME_HEADER_BYTES)) break
    fillGap(whole, at, upTo, count, number, segment)
    lost.push({ segment: segment.path, from: offsetOf(at), upTo: offsetOf(upTo), frames: null })
    at = upTo
    number += count
  }
  if (lost.length > 0) await replace(segment.path, whole)
  return lost
}

/** Voids what is damaged in a body. @returns how many frames it then has */
function salvage(body: Buffer, gone: (from: number, upTo: number) => void): number {
  let at = 0
  let frames = 0
  while (at < body.length) {
    const length = at + FRAME_HEADER_BYTES <= body.length ? body.readUInt32LE(at) : 0
    const end = at + length
    const fits = length >= FRAME_HEADER_BYTES && end <= body.length
    if (fits && crc32(body.subarray(at + 8, end)) === body.readUInt32LE(at + 4)) {
      at = end
      frames++
      continue
    }
    // Its length is believed when a whole frame, or the end, stands right behind it.
    const upTo = fits && (end === body.length || isWhole(body, end)) ? end : body.length
    writeVoid(body, at, upTo)
    gone(at, upTo)
    at = upTo
    frames++
  }
  return frames
}

function isWhole(body: Buffer, at: number): boolean {
  if (at + FRAME_HEADER_BYTES > body.length) return false
  const end = at + body.readUInt32LE(at)
  return (
    end >= at + FRAME_HEADER_BYTES &&
    end <= body.length &&
    crc32(body.subarray(at + 8, end)) === body.readUInt32LE(at + 4)
  )
}

/** A frame that says nothing, from `at` to `upTo`; shorter than a frame's header it cannot be. */
function writeVoid(into: Buffer, at: number, upTo: number): void {
  into.fill(0, at, upTo)
  into.writeUInt32LE(upTo - at, at)
  into[at + 16] = frameTypes.indexOf('void')
  into.writeUInt32LE(crc32(into.subarray(at + 8, upTo)), at + 4)
}

function findGroup(bytes: Buffer, from: number, end: number, number: number, segment: Segment) {
  for (
    let at = bytes.indexOf('HWG1', from, 'latin1');
    at >= 0 && at < end;
    at = bytes.indexOf('HWG1', at + 1, 'latin1')
  ) {
    const header = readGroupHeader(bytes, at, segment.salt)
    const isItsPlace = header && header.from === segment.base + at - SEGMENT_HEADER_BYTES
    if (isItsPlace && header.number > number) return { at, number: header.number }
  }
  return undefined
}

/** Void groups with the numbers that are missing, over exactly the bytes that are lost. */
function fillGap(bytes: Buffer, from: number, upTo: number, count: number, number: number, segment: Segment): void {
  const least = GROUP_HEADER_BYTES + FRAME_HEADER_BYTES
  let at = from
  for (let i = 0; i < count; i++) {
    const size = i === count - 1 ? upTo - at : least
    writeVoid(bytes, at + GROUP_HEADER_BYTES, at + size)
    writeGroupHeader(
      bytes.subarray(at),
      {
        number: number + i,
        from: segment.base + at - SEGMENT_HEADER_BYTES,
        bodyBytes: size - GROUP_HEADER_BYTES,
        frames: 1,
      },
      segment.salt,
    )
    at += size
  }
}

async function replace(path: string, bytes: Buffer): Promise<void> {
  await copyFile(path, `${path}.damaged`)
  const made = `${path}.repaired`
  const file = await open(made, 'w')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(made, path)
  await syncFolder(dirname(path))
}
