import {
  type ApplianceId,
  type FrameIn,
  type FrameIngress,
  type Offset,
  Problem,
  type Taken,
} from '../../core/index.ts'

export interface AdmissionOptions {
  log: FrameIngress & { readonly end: Offset }
  /** What an earlier run left before here is not counted: it is on disk, and nobody here sent it. Default 0. */
  from?: Offset
  /** Bytes that one appliance may have between the door and the end of analysis. */
  shareBytes: number
  /** Bytes that all may have there together. */
  lagBytes: number
  /** Bytes that may wait here, of one appliance and of all; above it a frame is refused with `journal-full`. */
  waitingBytes: { one: number; all: number }
  /** Between tries while the journal is full. */
  retryMs: number
}

interface Waiting {
  number: number
  frame: FrameIn
  done: Taken
}
interface Queue {
  frames: Waiting[]
  bytes: number
}

/** What a frame costs besides its payload. */
const FRAME_BYTES = 64

/**
 * The door before the journal. While analysis keeps up, a frame passes at once. What is above an appliance's share, or
 * above what all may have, waits, and so does its PUBACK: one that screams holds up itself and nobody else. Who waits
 * is let in one frame each in turn, each appliance's own in order. A full journal is waited out; nothing is dropped
 * but what was sent without a promise (QoS 0).
 *
 * What an appliance has under way is counted over two spans of the journal, the older of which analysis has not left
 * yet, so it may be taken for up to twice of what it is, never for less. O(1) a frame.
 */
export class AdmissionControl implements FrameIngress {
  #options: AdmissionOptions
  /** Or where this began. */
  #analysed: Offset
  /** Where the newer span begins; not known while the last frame of the older one is being written. */
  #spanFrom: Offset | undefined = 0
  #lastOfOlder = -1
  #lastPassed = -1
  #beingWritten = 0
  #older = new Map<ApplianceId, number>()
  #newer = new Map<ApplianceId, number>()
  #queues = new Map<ApplianceId, Queue>()
  #waiting = 0
  #waitingBytes = 0
  #number = 0
  #retry: NodeJS.Timeout | undefined
  #ended: Problem | undefined

  constructor(options: AdmissionOptions) {
    this.#options = options
    this.#analysed = options.from ?? 0
  }

  take(frame: FrameIn, done: Taken): void {
    const number = this.#number++
    if (this.#ended) done(this.#ended, -1)
    else if (!this.#queues.has(frame.appliance) && this.#mayPass(frame.appliance)) this.#pass({ number, frame, done })
    else if (frame.withoutPromise) done(noRoom(), -1)
    // A payload is a view of what was read from the socket; what waits must not hold on to all of that.
    else this.#queue({ number, frame: { ...frame, payload: Buffer.from(frame.payload) }, done })
  }

  /** Analysis is done with the journal up to here. */
  progress(analysed: Offset): void {
    this.#analysed = Math.max(analysed, this.#options.from ?? 0)
    if (this.#spanFrom !== undefined && analysed >= this.#spanFrom) {
      this.#older = this.#newer
      this.#newer = new Map()
      this.#lastOfOlder = this.#lastPassed
      this.#spanFrom = this.#beingWritten > 0 ? undefined : this.#options.log.end
    }
    if (this.#waiting > 0) this.#letIn()
  }

  /** Frames that wait for their turn, and the appliances whose they are. */
  status(): { frames: number; bytes: number; appliances: number } {
    return { frames: this.#waiting, bytes: this.#waitingBytes, appliances: this.#queues.size }
  }

  /** Refuses all that waits and all that comes: nothing of it was promised. */
  end(problem: Problem): void {
    this.#ended = problem
    clearTimeout(this.#retry)
    const queues = [...this.#queues.values()]
    this.#queues.clear()
    this.#waiting = 0
    this.#waitingBytes = 0
    for (const { frames } of queues) for (const { done } of frames) done(problem, -1)
  }

  #mayPass(appliance: ApplianceId): boolean {
    if (this.#retry) return false
    if (this.#options.log.end - this.#analysed > this.#options.lagBytes) return false
    const under = (this.#older.get(appliance) ?? 0) + (this.#newer.get(appliance) ?? 0)
    return under <= this.#options.shareBytes
  }

  #pass(waiting: Waiting): void {
    const { frame, done, number } = waiting
    const { appliance } = frame
    this.#lastPassed = number
    this.#beingWritten++
    const bytes = frame.payload.byteLength + FRAME_BYTES
    const span = this.#newer
    span.set(appliance, (span.get(appliance) ?? 0) + bytes)
    this.#options.log.take(frame, (refused, offset) => {
      this.#beingWritten--
      if (number === this.#lastOfOlder) this.#spanFrom = refused ? this.#options.log.end : offset
      if (refused) span.set(appliance, (span.get(appliance) ?? 0) - bytes)
      if (refused?.code !== 'journal-full' || frame.withoutPromise || this.#ended) {
        done(refused, offset)
        return
      }
      this.#retry ??= setTimeout(() => {
        this.#retry = undefined
        this.#letIn()
      }, this.#options.retryMs)
      this.#queue(waiting)
    })
  }

  #queue(waiting: Waiting): void {
    const { frame, done } = waiting
    const bytes = frame.payload.byteLength + FRAME_BYTES
    const queue = this.#queues.get(frame.appliance) ?? { frames: [], bytes: 0 }
    const { one, all } = this.#options.waitingBytes
    if (queue.bytes + bytes > one || this.#waitingBytes + bytes > all) {
      done(noRoom(), -1)
      return
    }
    // The journal gives back what it could not write: that came before what waits already.
    let at = queue.frames.length
    while (at > 0 && queue.frames[at - 1]!.number > waiting.number) at--
    queue.frames.splice(at, 0, waiting)
    queue.bytes += bytes
    this.#queues.set(frame.appliance, queue)
    this.#waiting++
    this.#waitingBytes += bytes
  }

  /** One frame of each that may, again and again, until nobody may. */
  #letIn(): void {
    for (let some = true; some; ) {
      some = false
      for (const [appliance, queue] of [...this.#queues]) {
        if (!this.#mayPass(appliance)) continue
        const next = queue.frames.shift()!
        const bytes = next.frame.payload.byteLength + FRAME_BYTES
        queue.bytes -= bytes
        this.#waiting--
        this.#waitingBytes -= bytes
        if (queue.frames.length === 0) this.#queues.delete(appliance)
        this.#pass(next)
        some = true
      }
    }
  }
}

const noRoom = (): Problem =>
  new Problem({
    code: 'journal-full',
    message: 'More waits to be taken than there is room for.',
    remedy: 'Senders try again by themselves; if it lasts, see which appliance sends too much or which consumer lags.',
    status: 503,
    retryable: true,
  })
