import { randomBytes } from 'node:crypto'
import { type FileHandle, open, readdir, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { type FrameGroup, nth, type Offset, Problem } from '../../core/index.ts'
import { GROUP_HEADER_BYTES, isBodyWhole, readGroupHeader } from './journalFrames.ts'

/* A segment: 0 8 bytes magic · 8 f64 offset before it · 16 f64 number of its first group · 24 u32 salt · 28 u32 checksum */
export const SEGMENT_HEADER_BYTES = 32
const SEGMENT_MAGIC = 'HWJRNL01'
const CHUNK_BYTES = 1 << 20
/** No group is larger; a length above it is damage. */
export const MAX_GROUP_BYTES = 1 << 30

export interface Segment {
  path: string
  base: Offset
  firstNumber: number
  salt: number
}
export type NumberedGroup = FrameGroup & { number: number }

/** Where a segment stops making sense. */
export class BadGroup extends Error {
  readonly at: Offset
  constructor(at: Offset) {
    super(`no whole group at ${at}`)
    this.at = at
  }
}

export const segmentPath = (dir: string, base: Offset): string => join(dir, `${String(base).padStart(16, '0')}.journal`)

export async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Makes an empty segment, durable under its name before anything is written to it. */
export async function createSegment(dir: string, base: Offset, firstNumber: number): Promise<[Segment, FileHandle]> {
  const path = segmentPath(dir, base)
  const salt = randomBytes(4).readUInt32LE()
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES)
  header.write(SEGMENT_MAGIC, 0, 'latin1')
  header.writeDoubleLE(base, 8)
  header.writeDoubleLE(firstNumber, 16)
  header.writeUInt32LE(salt, 24)
  header.writeUInt32LE(crc32(header.subarray(0, 28)), 28)
  const made = `${path}.new`
  const file = await open(made, 'w+')
  try {
    await file.write(header, 0, header.length, 0)
    await file.sync()
    await rename(made, path)
    await syncFolder(dir)
  } catch (error) {
    await file.close()
    throw error
  }
  return [{ path, base, firstNumber, salt }, file]
}

/** The segments of a folder, oldest first. Half-made ones (a crash during creation) are taken away, if one may. */
export async function listSegments(dir: string, mayTidy = true): Promise<Segment[]> {
  const segments: Segment[] = []
  for (const name of (await readdir(dir)).sort()) {
    const path = join(dir, name)
    if (mayTidy && name.endsWith('.journal.new')) await unlink(path)
    if (!name.endsWith('.journal')) continue
    const file = await open(path, 'r')
    const header = Buffer.alloc(SEGMENT_HEADER_BYTES)
    try {
      await file.read(header, 0, header.length, 0)
    } finally {
      await file.close()
    }
    if (
      header.toString('latin1', 0, 8) !== SEGMENT_MAGIC ||
      crc32(header.subarray(0, 28)) !== header.readUInt32LE(28)
    ) {
      throw damaged(path, 'its first bytes are not those of a journal')
    }
    const base = header.readDoubleLE(8)
    segments.push({ path, base, firstNumber: header.readDoubleLE(16), salt: header.readUInt32LE(24) })
  }
  for (let i = 1; i < segments.length; i++) {
    if (nth(segments, i).base <= nth(segments, i - 1).base)
      throw damaged(nth(segments, i).path, 'it does not follow the one before')
  }
  return segments
}

/** Is each long enough to reach the one after it? @throws Problem `journal-damaged` where it is not, or one is missing between */
export async function nothingMissing(segments: readonly Segment[]): Promise<void> {
  for (const [i, { path, base }] of segments.entries()) {
    const next = segments[i + 1]
    const end = base + (await stat(path)).size - SEGMENT_HEADER_BYTES
    if (next && end < next.base) throw damaged(path, `it ends at ${end}, and the next begins at ${next.base}`)
  }
}

/**
 * The groups of one segment, checked, in order, up to offset `end` or the end of the file.
 * @throws BadGroup where a group is not whole or not the next one
 */
export async function* readSegment(segment: Segment, end = Infinity): AsyncGenerator<NumberedGroup> {
  const file = await open(segment.path, 'r')
  try {
    const fileEnd = Math.min(segment.base + (await file.stat()).size - SEGMENT_HEADER_BYTES, end)
    let at = segment.base
    let number = segment.firstNumber
    let chunk = Buffer.alloc(0)
    let chunkAt = at
    const have = async (bytes: number): Promise<boolean> => {
      if (at + bytes > fileEnd) return false
      if (at + bytes <= chunkAt + chunk.length) return true
      const size = Math.min(Math.max(bytes, CHUNK_BYTES), fileEnd - at)
      chunk = Buffer.allocUnsafeSlow(size)
      chunkAt = at
      const { bytesRead } = await file.read(chunk, 0, size, SEGMENT_HEADER_BYTES + at - segment.base)
      chunk = chunk.subarray(0, bytesRead)
      return bytesRead >= bytes
    }
    while (at < fileEnd) {
      const header = (await have(GROUP_HEADER_BYTES)) ? readGroupHeader(chunk, at - chunkAt, segment.salt) : undefined
      if (!header || header.number !== number || header.from !== at || header.bodyBytes > MAX_GROUP_BYTES) {
        throw new BadGroup(at)
      }
      const size = GROUP_HEADER_BYTES + header.bodyBytes
      if (!(await have(size))) throw new BadGroup(at)
      const bytes = Buffer.allocUnsafeSlow(size)
      chunk.copy(bytes, 0, at - chunkAt, at - chunkAt + size)
      if (!isBodyWhole(bytes.subarray(GROUP_HEADER_BYTES), header.frames)) throw new BadGroup(at)
      yield { from: at, upTo: at + size, bytes, frames: header.frames, number }
      at += size
      number++
    }
  } finally {
    await file.close()
  }
}

/**
 * The groups of one segment, checked, up to offset `end`; of one that others follow, whole up to them.
 * @throws Problem `journal-damaged`
 */
export async function* readWhole(segment: Segment, next?: Segment, end = Infinity): AsyncGenerator<NumberedGroup> {
  const upTo = Math.min(end, next?.base ?? end)
  let [at, number] = [segment.base, segment.firstNumber]
  try {
    for await (const group of readSegment(segment, upTo)) {
      yield group
      at = group.upTo
      number = group.number + 1
    }
    if (next && upTo === next.base && (at !== next.base || number !== next.firstNumber)) throw new BadGroup(at)
  } catch (error) {
    throw error instanceof BadGroup ? damaged(segment.path, `the group at ${error.at} is not whole`) : error
  }
}

/** Does a whole group header with a higher number stand anywhere after `from`? Then what is before it had been synced. */
export async function hasLaterGroup(segment: Segment, from: Offset, number: number): Promise<boolean> {
  const file = await open(segment.path, 'r')
  try {
    const size = (await file.stat()).size
    let position = SEGMENT_HEADER_BYTES + from - segment.base + 1
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
    while (position + GROUP_HEADER_BYTES <= size) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position)
      const seen = chunk.subarray(0, bytesRead)
      for (let at = seen.indexOf('HWG1', 0, 'latin1'); at >= 0; at = seen.indexOf('HWG1', at + 1, 'latin1')) {
        const header = readGroupHeader(seen, at, segment.salt)
        if (header && header.number > number) return true
      }
      if (bytesRead < CHUNK_BYTES) break
      position += bytesRead - GROUP_HEADER_BYTES
    }
    return false
  } finally {
    await file.close()
  }
}

export const damaged = (path: string, what: string): Problem =>
  new Problem({
    code: 'journal-damaged',
    message: `The journal segment ${path} is damaged: ${what}.`,
    remedy:
      'Stop the service and put the segment back from a backup; without one run `npm run repair`, which names what it gives up. What it holds was acknowledged, so nothing is cut by itself.',
    concerns: path,
    status: 500,
  })
