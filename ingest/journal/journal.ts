import { type FileHandle, mkdir, open, truncate, unlink } from 'node:fs/promises'
import {
  type FrameGroup,
  type FrameIn,
  type FrameType,
  monotonicMs,
  nth,
  type Offset,
  Problem,
  type Taken,
  type TelemetryLog,
} from '../../core/index.ts'
import { Gathering } from './gathering.ts'
import { frameBytes, GROUP_HEADER_BYTES, writeGroupHeader } from './journalFrames.ts'
import {
  BadGroup,
  createSegment,
  damaged,
  hasLaterGroup,
  listSegments,
  nothingMissing,
  readSegment,
  readWhole,
  SEGMENT_HEADER_BYTES,
  type Segment,
} from './journalSegments.ts'

export interface JournalOptions {
  dir: string
  /** A new segment begins above it. Default 64 MiB. */
  segmentBytes?: number
  /** Accepted, not yet synced. Above it `append` refuses with `journal-full`. Default 64 MiB. */
  maxPendingBytes?: number
  /** Synced, not yet released by the consumers. Above it `append` refuses appliances' frames. Default 1 GiB. */
  maxBacklogBytes?: number
  /** Zeros that are written beyond a group which needs room, so that the next ones change no file's length. Default 1 MiB. */
  roomBytes?: number
  /** Under load a group waits this long after the one before began, to gather more. Default 4 ms. */
  lingerMs?: number
}

/** Frames that no backlog may keep out. */
const oursAlone: ReadonlySet<FrameType> = new Set(['tick', 'control', 'catalog', 'aside'])

/** A group of this many frames says that there is load. */
const BUSY_FRAMES = 8

/**
 * Opens the journal of a folder: checks every group of the last segment, cuts a torn tail, and goes on after the last whole
 * group. Earlier segments were left whole and synced; what they hold is checked as it is read, which whoever has not had it
 * yet does at once, so that a long backlog keeps nobody at the door. Costs one read of at most a segment, about 0.1 s.
 * @throws Problem `journal-damaged` when anything but the last group of the last segment is not whole, or one is missing
 */
export async function openJournal(options: JournalOptions): Promise<TelemetryLog> {
  await mkdir(options.dir, { recursive: true })
  const segments = await listSegments(options.dir)
  await nothingMissing(segments)
  const { end, number } = await readLast(segments, truncate)
  let file: FileHandle
  const active = segments[segments.length - 1]
  if (active) {
    file = await open(active.path, 'r+')
    await file.sync()
  } else {
    const [made, madeFile] = await createSegment(options.dir, 0, 1)
    segments.push(made)
    file = madeFile
  }
  return new Journal(options, segments, file, end, number)
}

/**
 * Where the last segment ends. @param cut takes a tail away that is not whole
 * @throws Problem `journal-damaged`
 */
async function readLast(
  segments: Segment[],
  cut: (path: string, bytes: number) => Promise<void>,
): Promise<{ end: Offset; number: number }> {
  const last = segments.at(-1)
  if (!last) return { end: 0, number: 1 }
  let place = { end: last.base, number: last.firstNumber }
  try {
    for await (const { upTo, number } of readSegment(last)) place = { end: upTo, number: number + 1 }
  } catch (error) {
    if (!(error instanceof BadGroup)) throw error
    if (await hasLaterGroup(last, error.at, place.number))
      throw damaged(last.path, `the group at ${error.at} is not whole, and others follow it`)
    await cut(last.path, SEGMENT_HEADER_BYTES + place.end - last.base)
  }
  return place
}

/**
 * Reads a journal whole and changes nothing, also while the service writes to it: a last group that is not whole is being
 * written, or is cut at the next start. @throws Problem `journal-damaged`
 */
export async function checkJournal(dir: string): Promise<{ begin: Offset; end: Offset }> {
  const segments = await listSegments(dir, false)
  for (const [i, segment] of segments.entries()) {
    const next = segments[i + 1]
    if (next) for await (const _ of readWhole(segment, next));
  }
  const { end } = await readLast(segments, async () => undefined)
  return { begin: segments[0]?.base ?? 0, end }
}

class Journal implements TelemetryLog {
  #dir: string
  #segmentBytes: number
  #maxPendingBytes: number
  #maxBacklogBytes: number
  #lingerMs: number
  #zeros: Buffer
  /** Up to this place of the file its blocks are there, and synced. */
  #room: number
  #segments: Segment[]
  #file: FileHandle
  #end: Offset
  #number: number
  #released: Offset
  #holders = 0
  #gathering = new Gathering()
  #inFlightBytes = 0
  #listeners: ((group: FrameGroup) => void)[] = []
  #failed: Problem | undefined
  #closed = false
  #running: Promise<void> | undefined

  constructor(options: JournalOptions, segments: Segment[], file: FileHandle, end: Offset, number: number) {
    this.#dir = options.dir
    this.#segmentBytes = options.segmentBytes ?? 64 * 1024 * 1024
    this.#maxPendingBytes = options.maxPendingBytes ?? 64 * 1024 * 1024
    this.#maxBacklogBytes = options.maxBacklogBytes ?? 1024 * 1024 * 1024
    this.#lingerMs = options.lingerMs ?? 4
    this.#zeros = Buffer.alloc(options.roomBytes ?? 1024 * 1024)
    this.#segments = segments
    this.#file = file
    this.#end = end
    this.#room = SEGMENT_HEADER_BYTES + end - nth(segments, segments.length - 1).base
    this.#number = number
    this.#released = segments[0]!.base
  }

  get begin(): Offset {
    return this.#segments[0]!.base
  }
  get end(): Offset {
    return this.#end
  }

  append(frame: FrameIn): Promise<Offset> {
    return new Promise((resolve, reject) =>
      this.take(frame, (refused, offset) => (refused ? reject(refused) : resolve(offset))),
    )
  }

  take(frame: FrameIn, done: Taken): void {
    const size = frameBytes(frame)
    const refused = this.#refusal(frame, size)
    if (refused) {
      done(refused, -1)
      return
    }
    this.#gathering.add(frame, size, done)
    this.#running ??= this.#run()
  }

  #refusal(frame: FrameIn, size: number): Problem | undefined {
    if (this.#failed) return this.#failed
    if (this.#closed) return closedProblem()
    if (this.#gathering.length + this.#inFlightBytes + size > this.#maxPendingBytes) {
      return full('more is waiting to be written than the journal holds')
    }
    const ours = oursAlone.has(frame.type)
    if (!ours && this.#end - this.#released > this.#maxBacklogBytes) {
      return full('what was received is not processed yet')
    }
    return undefined
  }

  onGroup(listener: (group: FrameGroup) => void): void {
    this.#listeners.push(listener)
  }

  async *read(from: Offset): AsyncGenerator<FrameGroup> {
    const end = this.#end
    if (from < this.#segments[0]!.base || from > end) {
      throw new Problem({
        code: 'journal-gap',
        message: `The journal holds ${this.#segments[0]!.base} to ${end}, and ${from} was asked for.`,
        remedy: 'Put back the journal that belongs to this data folder, or start with a new DATA_DIR.',
        concerns: this.#dir,
        status: 500,
      })
    }
    for (const [i, segment] of [...this.#segments].entries()) {
      const next = this.#segments[i + 1]
      if (segment.base >= end || (next && next.base <= from)) continue
      for await (const group of readWhole(segment, next, end)) if (group.upTo > from) yield group
    }
  }

  async release(upTo: Offset): Promise<void> {
    if (upTo > this.#released) this.#released = Math.min(upTo, this.#end)
    while (this.#holders === 0 && this.#segments.length > 1 && this.#segments[1]!.base <= this.#released) {
      await unlink(this.#segments.shift()!.path)
    }
  }

  hold(): () => Promise<void> {
    this.#holders++
    return async () => {
      this.#holders--
      await this.release(this.#released)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#running
    if (!this.#failed) await this.#leaveNoRoom()
    await this.#file.close()
  }

  /** Writes and syncs groups, one after the other, until nothing is left to write. */
  async #run(): Promise<void> {
    await nextTurn()
    while (this.#gathering.waiters.length > 0 && !this.#failed) {
      const startedAt = monotonicMs()
      const group = this.#gathering
      this.#gathering = new Gathering(Math.ceil(group.length * 1.25))
      this.#inFlightBytes = group.length
      try {
        await this.#commit(group)
      } catch (error) {
        await this.#giveUp(group, error as NodeJS.ErrnoException)
      }
      this.#inFlightBytes = 0
      const left = this.#lingerMs - (monotonicMs() - startedAt)
      if (group.waiters.length >= BUSY_FRAMES && left >= 1) await new Promise((wake) => setTimeout(wake, left))
      else await nextTurn()
    }
    this.#running = undefined
  }

  async #commit(group: Gathering): Promise<void> {
    await this.#roll()
    const segment = this.#segments[this.#segments.length - 1]!
    const from = this.#end
    const header = {
      number: this.#number,
      from,
      bodyBytes: group.length - GROUP_HEADER_BYTES,
      frames: group.waiters.length,
    }
    writeGroupHeader(group.bytes, header, segment.salt)
    await this.#write(group, SEGMENT_HEADER_BYTES + from - segment.base)
    await this.#file.datasync().catch((cause) => {
      throw Object.assign(new Error('sync failed', { cause }), { code: 'SYNC' })
    })
    this.#end = from + group.length
    this.#number++
    for (const [i, done] of group.waiters.entries()) done(undefined, from + group.ends[i]!)
    const bytes = group.bytes.subarray(0, group.length)
    const whole = { from, upTo: this.#end, bytes, frames: group.waiters.length }
    for (const listener of this.#listeners) listener(whole)
  }

  /**
   * A group that needs room makes some for those that follow: a sync that changes no length waits for its own bytes alone,
   * and not for the file system's journal, with whatever others have written there (docs/decisions/0251).
   */
  async #write(group: Gathering, at: number): Promise<void> {
    const end = at + group.length
    await writeWhole(this.#file, group.bytes.subarray(0, group.length), at)
    if (end <= this.#room) return
    await writeWhole(this.#file, this.#zeros, end)
    this.#room = end + this.#zeros.length
  }
  async #roll(): Promise<void> {
    const active = this.#segments[this.#segments.length - 1]!
    if (this.#end - active.base < this.#segmentBytes) return
    const [segment, file] = await createSegment(this.#dir, this.#end, this.#number)
    await this.#leaveNoRoom()
    await this.#file.close()
    this.#file = file
    this.#room = SEGMENT_HEADER_BYTES
    this.#segments.push(segment)
  }
  /** What was made and not used takes no disk once a segment is left. */
  async #leaveNoRoom(): Promise<void> {
    const active = this.#segments[this.#segments.length - 1]!
    this.#room = SEGMENT_HEADER_BYTES + this.#end - active.base
    await this.#file.truncate(this.#room)
  }

  /** A full disk is waited out, since nothing of the group was promised; anything else ends the journal. */
  async #giveUp(group: Gathering, error: NodeJS.ErrnoException): Promise<void> {
    let problem = full('the disk is full')
    try {
      if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') throw error
      await this.#leaveNoRoom()
    } catch (cause) {
      problem = new Problem({
        code: 'journal-failed',
        message: `The journal in ${this.#dir} could not be written: ${(cause as Error).message}.`,
        remedy: 'Nothing is acknowledged any more. Check the disk, then start again.',
        concerns: this.#dir,
        status: 503,
        cause,
      })
      this.#failed = problem
    }
    // Whatever came meanwhile is refused, too: a later frame would else overtake an earlier one of its sender.
    const waiting = this.#gathering
    this.#gathering = new Gathering()
    for (const done of [...group.waiters, ...waiting.waiters]) done(problem, -1)
  }
}

async function writeWhole(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  let written = 0
  while (written < bytes.length)
    written += (await file.write(bytes, written, bytes.length - written, at + written)).bytesWritten
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const full = (why: string): Problem =>
  new Problem({
    code: 'journal-full',
    message: `The journal takes nothing more for now: ${why}.`,
    remedy: 'Senders try again by themselves; if it lasts, free disk space or see which consumer lags.',
    status: 503,
    retryable: true,
  })

const closedProblem = (): Problem =>
  new Problem({
    code: 'journal-closed',
    message: 'The journal is closed.',
    remedy: 'The service is stopping; senders try again when it is back.',
    status: 503,
    retryable: true,
  })
