import {
  type CarriedEntry,
  type EntryStream,
  type FrameIn,
  type Offset,
  openPollLoop,
  type PollLoop,
  Problem,
  partitionOf,
  type TelemetryLog,
} from '../../core/index.ts'
import { type Frame, framesOf, rawFrames } from '../journal/journalFrames.ts'
import type { EdgeBook } from './edgeBook.ts'
import { areIn, type Counts, noCounts, readPositions, sumOf, writePositions } from './positions.ts'

/** A read waits so long; an end waits as long for it. */
const READ_MS = 200
/** After something failed. */
const AGAIN_MS = 100
/** How often edges are told what is here, and it is looked at what they say. */
const TELL_MS = 200

export interface IntakeOptions {
  /** The house's own journal, with the positions kept beside it. */
  log: TelemetryLog
  taken: Taken
  stream: EntryStream
  book: EdgeBook
  /** A message of an edge is in the journal now. */
  counted: (frame: Frame) => void
  onRetryableError: (code: string, error: unknown) => void
}

/** What the house's journal has of each edge: durable with each frame, and noted beside the journal before it is released. */
export interface Taken {
  of(edge: string): Counts
  /** The same journal, which notes the positions first whenever it is released. */
  readonly log: TelemetryLog
}

/** Reads what came since the last note. @param path of the note @throws Problem `positions-missing` */
export async function openTaken(log: TelemetryLog, path: string): Promise<Taken> {
  // A journal of before there were edges has nothing of any.
  const note = await readPositions(path, log, log.begin)
  const edges = new Map(note.edges)
  const of = (edge: string): Counts => {
    const counts = edges.get(edge) ?? noCounts()
    edges.set(edge, counts)
    return counts
  }
  for await (const group of log.read(note.offset))
    for (const { offset, appliance, origin } of rawFrames(group))
      if (origin && offset > note.offset) of(origin.edge)[partitionOf(appliance)] = origin.sequence
  return {
    of,
    log: {
      take: (frame, done) => log.take(frame, done),
      append: (frame) => log.append(frame),
      onGroup: (listener) => log.onGroup(listener),
      read: (from) => log.read(from),
      hold: () => log.hold(),
      close: () => log.close(),
      get begin() {
        return log.begin
      },
      get end() {
        return log.end
      },
      async release(upTo: Offset) {
        // Whatever is synced up to now is counted: both happen in one turn.
        await writePositions(path, { offset: log.end, edges })
        await log.release(upTo)
      },
    },
  }
}

/**
 * Takes what edges publish into the house's journal, in order within each edge and partition, each once: a repeat is known
 * by its sequence and dropped; what comes after a hole is left, and the edge is told to begin again where the house stands.
 */
export function openIntake(options: IntakeOptions): Intake {
  const intake = new Intake(options)
  intake.open()
  return intake
}

export class Intake {
  readonly #options: IntakeOptions
  readonly #places = new Map<number, string>()
  /** Edge → the epoch in which something of it did not arrive. */
  readonly #again = new Map<string, string>()
  /** Edges of which more is in the journal than they were told. */
  readonly #untold = new Set<string>()
  /** What edges said last, until it was compared with what came. */
  #said: Awaited<ReturnType<EdgeBook['all']>> | undefined
  readonly #telling: PollLoop
  #stopped = false
  #running: Promise<void> | undefined

  constructor(options: IntakeOptions) {
    this.#options = options
    const failed = (error: unknown): void => options.onRetryableError('edge-book', error)
    this.#telling = openPollLoop(() => this.#tell(), TELL_MS, failed)
  }
  open(): void {
    this.#running = this.#run()
  }
  /** Nothing is taken any more when it resolves. */
  async close(): Promise<void> {
    this.#stopped = true
    await Promise.all([this.#running, this.#telling.close()])
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#turn()
      } catch (error) {
        this.#options.onRetryableError(error instanceof Problem ? error.code : 'intake', error)
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
      }
    }
  }

  async #turn(): Promise<void> {
    // Before the read: what an edge had published by then is in the stream, or lost.
    const said = this.#said
    const carried = await this.#options.stream.read(this.#places, READ_MS)
    if (carried.length > 0) await this.#take(carried)
    else if (said) this.#missed(said)
  }

  async #take(carried: CarriedEntry[]): Promise<void> {
    const places = new Map<number, string>()
    const writing = new Writing(this.#options)
    for (const entry of carried) {
      if (!this.#give(entry, writing)) break
      places.set(entry.partition, entry.at)
    }
    await writing.done()
    for (const [partition, place] of places) this.#places.set(partition, place)
    if (places.size > 0) await this.#options.stream.trim(places)
  }

  /** @returns false when the journal takes no more for now */
  #give(entry: CarriedEntry, writing: Writing): boolean {
    const { edge, epoch, partition, first, count } = entry
    const next = writing.handed(edge, partition) + 1
    if (first + count <= next) return true
    const frames = first <= next ? framesOf(entry.frames, count) : undefined
    // After a hole, or not as it was sent: both are asked for again.
    if (!frames) {
      this.#again.set(edge, epoch)
      this.#untold.add(edge)
      return true
    }
    for (const frame of frames.slice(next - first)) if (!writing.give(edge, partition, frame)) return false
    this.#untold.add(edge)
    return true
  }

  /** Nothing more is in the streams, and an edge has published more than is here: it got lost on the way. */
  #missed(said: Awaited<ReturnType<EdgeBook['all']>>): void {
    this.#said = undefined
    for (const { id, epoch, published, committed } of said) {
      const has = this.#options.taken.of(id)
      if (sumOf(has) < published) {
        this.#again.set(id, epoch)
        this.#untold.add(id)
        // A carrier that began anew may have begun anew with its places, too.
        this.#places.clear()
      } else if (!areIn(has, committed)) this.#untold.add(id)
    }
  }

  async #tell(): Promise<void> {
    for (const edge of [...this.#untold]) {
      this.#untold.delete(edge)
      const hears = { committed: this.#options.taken.of(edge).slice(), again: this.#again.get(edge) }
      await this.#options.book.took(edge, hears).catch((error: unknown) => {
        this.#untold.add(edge)
        throw error
      })
    }
    this.#said = await this.#options.book.all()
  }
}

/** Frames on their way into the journal; once one is refused, none that follows is given. */
class Writing {
  readonly #options: IntakeOptions
  readonly #handed = new Map<string, Counts>()
  readonly #ended = Promise.withResolvers<void>()
  #under = 1
  #refused: Problem | undefined

  constructor(options: IntakeOptions) {
    this.#options = options
  }
  /** The last sequence that is in the journal or on its way there. */
  handed(edge: string, partition: number): number {
    return this.#handedOf(edge)[partition] ?? 0
  }
  #handedOf(edge: string): Counts {
    const handed = this.#handed.get(edge) ?? this.#options.taken.of(edge).slice()
    this.#handed.set(edge, handed)
    return handed
  }
  give(edge: string, partition: number, frame: Frame): boolean {
    const { log, taken, counted } = this.#options
    const sequence = this.handed(edge, partition) + 1
    this.#handedOf(edge)[partition] = sequence
    const { offset: _offset, ...kept } = frame
    const into: FrameIn = { ...kept, origin: { edge, sequence } }
    this.#under++
    log.take(into, (refused) => {
      this.#refused ??= refused
      if (!refused) {
        taken.of(edge)[partition] = sequence
        counted(frame)
      }
      this.#over()
    })
    return this.#refused === undefined
  }
  #over(): void {
    if (--this.#under > 0) return
    if (this.#refused) this.#ended.reject(this.#refused)
    else this.#ended.resolve()
  }
  /** Resolves when all are synced. @throws why one was refused: what was not taken is still in the stream */
  async done(): Promise<void> {
    this.#over()
    await this.#ended.promise
  }
}
