import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  type Clock,
  type Entry,
  type EntryStream,
  type FrameGroup,
  type Offset,
  Problem,
  partitionOf,
  type TelemetryLog,
} from '../../core/index.ts'
import { type Follower, followLog } from '../journal/journalFollower.ts'
import { rawFrames } from '../journal/journalFrames.ts'
import type { EdgeBook, EdgeHears } from './edgeBook.ts'
import { areIn, type Counts, noCounts, readPositions, sumOf, writePositions } from './positions.ts'

/** Bytes of the journal that may be on their way: what is beyond waits in the journal. */
const WINDOW_BYTES = 8 << 20
/** A place that can be returned to is remembered every so many bytes. */
const MARK_BYTES = 1 << 20
const AGAIN_MS = 100
/** How often it says how it stands, and asks what the house has. */
const REPORT_MS = 200

export interface SenderOptions {
  log: TelemetryLog
  edge: string
  /** The note of sequences beside the journal. */
  notePath: string
  stream: EntryStream
  book: EdgeBook
  wall: Clock
  onRetryableError: (code: string, error: unknown) => void
  /** It cannot go on. */
  failed: (problem: unknown) => void
}

/** A place of the journal, and what all before it comes to. */
interface Mark {
  offset: Offset
  counts: Counts
}

/**
 * Follows an edge's journal and publishes what it acknowledged. The n-th frame of a partition in the journal has the sequence n:
 * so sequences are known by counting, from the last mark that was noted, and a kill at any moment changes none. A mark is
 * noted, and the journal released up to it, once the house has everything before it.
 * @throws Problem `edge-behind` when the house has more of this edge than its journal: numbers would be used twice
 */
export async function openSender(options: SenderOptions): Promise<Sender> {
  const { log, edge, notePath } = options
  const note = await readPositions(notePath, log, 0)
  const begin: Mark = { offset: note.offset, counts: note.edges.get(edge) ?? noCounts() }
  const sender = new Sender(options, begin)
  await sender.open()
  return sender
}

export class Sender {
  readonly #options: SenderOptions
  /** The first is what is noted; the others follow it. */
  readonly #marks: [Mark, ...Mark[]]
  /** Up to where it has counted. */
  #at: Mark
  #published: Counts
  #committed = noCounts()
  #epoch = ''
  #epochs = 0
  readonly #run = randomBytes(6).toString('hex')
  #follower: Follower | undefined
  #reporting: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(options: SenderOptions, begin: Mark) {
    this.#options = options
    this.#marks = [begin]
    this.#at = begin
    this.#published = begin.counts
    this.#newEpoch()
  }

  async open(): Promise<void> {
    const { log, edge, failed } = this.#options
    await this.#hear(await this.#report())
    const counted = await countedUpTo(log, this.#at)
    if (!areIn(this.#committed, counted)) throw isBehind(edge)
    this.#follower = followLog(log, this.#at.offset, (group) => this.#publish(group), failed)
    this.#timer = setInterval(() => this.#turn(), REPORT_MS)
  }

  /** Bytes of the journal since the last mark that the house has whole; 0 when it has everything. */
  get behindBytes(): number {
    const { end } = this.#options.log
    const hasAll = this.#at.offset === end && areIn(this.#at.counts, this.#committed)
    return hasAll ? 0 : end - this.#marks[0].offset
  }

  async close(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    await this.#reporting
    await this.#follower?.stop()
  }

  #newEpoch(): void {
    this.#epoch = `${this.#run}.${++this.#epochs}`
  }

  async #publish(group: FrameGroup): Promise<void> {
    const epoch = this.#epoch
    const entries = this.#entriesOf(group)
    const isOurs = (): boolean => !this.#stopped && this.#epoch === epoch
    while (isOurs()) {
      try {
        if (group.from - this.#marks[0].offset <= WINDOW_BYTES) {
          if (entries.length > 0) await this.#options.stream.publish(entries)
          if (isOurs()) this.#published = this.#at.counts
          return
        }
      } catch (error) {
        if (!(error instanceof Problem) || !error.retryable) throw error
        this.#options.onRetryableError('carrier', error)
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }

  /** Counts a group, and gives what of it the house does not have, by partition. */
  #entriesOf(group: FrameGroup): Entry[] {
    assert(group.from === this.#at.offset, `counted up to ${this.#at.offset}, and ${group.from} came`)
    const { edge } = this.#options
    const counts = this.#at.counts.slice()
    const packed = new Map<number, { first: number; frames: Uint8Array[] }>()
    for (const { appliance, bytes } of rawFrames(group)) {
      const partition = partitionOf(appliance)
      const sequence = (counts[partition] ?? 0) + 1
      counts[partition] = sequence
      if (sequence <= (this.#committed[partition] ?? 0)) continue
      const pack = packed.get(partition) ?? { first: sequence, frames: [] }
      pack.frames.push(bytes)
      packed.set(partition, pack)
    }
    this.#at = { offset: group.upTo, counts }
    if (group.upTo - (this.#marks.at(-1)?.offset ?? 0) >= MARK_BYTES) this.#marks.push(this.#at)
    return [...packed].map(([partition, { first, frames }]) => ({
      edge,
      epoch: this.#epoch,
      partition,
      first,
      count: frames.length,
      frames: Buffer.concat(frames),
    }))
  }

  #turn(): void {
    this.#reporting ??= this.#report()
      .then((heard) => this.#hear(heard))
      .catch((error: unknown) => this.#options.onRetryableError('edge-book', error))
      .finally(() => {
        this.#reporting = undefined
      })
  }
  #report(): Promise<EdgeHears> {
    const { edge, book, wall } = this.#options
    const [epoch, published, behindBytes] = [this.#epoch, sumOf(this.#published), this.behindBytes]
    return book.report({ id: edge, heardAt: wall.now(), epoch, published, behindBytes })
  }
  async #hear({ committed, again }: EdgeHears): Promise<void> {
    this.#committed = committed
    await this.#release()
    if (again !== this.#epoch || !this.#follower) return
    // Under a new epoch from the first mark on: what the house has of it is left out.
    this.#newEpoch()
    this.#at = this.#marks[0]
    this.#published = this.#at.counts
    await this.#follower.rewind(this.#at.offset)
  }
  async #release(): Promise<void> {
    const { log, edge, notePath } = this.#options
    const before = this.#marks[0]
    // What is still to be read again is not released, although the house may have it by now.
    const isDone = (mark: Mark | undefined): boolean =>
      mark !== undefined && mark.offset <= this.#at.offset && areIn(mark.counts, this.#committed)
    while (isDone(this.#marks[1])) this.#marks.shift()
    const { offset, counts } = this.#marks[0]
    if (offset === before.offset) return
    await writePositions(notePath, { offset, edges: new Map([[edge, counts]]) })
    await log.release(offset)
  }
}

async function countedUpTo(log: TelemetryLog, from: Mark): Promise<Counts> {
  const counts = from.counts.slice()
  for await (const group of log.read(from.offset))
    for (const { appliance } of rawFrames(group)) {
      const partition = partitionOf(appliance)
      counts[partition] = (counts[partition] ?? 0) + 1
    }
  return counts
}

const isBehind = (edge: string): Problem =>
  new Problem({
    code: 'edge-behind',
    message: `The house has more of edge ${edge} than this folder: it is an older copy, and its numbers would be used twice.`,
    remedy: 'Start this edge with a new DATA_DIR; what the copy holds the house has already.',
    concerns: edge,
    status: 500,
  })
