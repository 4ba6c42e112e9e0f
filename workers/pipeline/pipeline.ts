import type { MessagePort, Worker } from 'node:worker_threads'
import {
  type AnalysisOutput,
  type FrameGroup,
  type Hearing,
  type KindDrift,
  type ManualClock,
  Problem,
  type WrongClock,
} from '../../core/index.ts'
import { followLog } from '../../ingest/index.ts'
import type { Admission } from '../admission/admission.ts'
import type { AnalysisData, Sample, ToAnalysis } from '../protocol.ts'
import type { SetAside, Suspects } from '../suspects.ts'
import { openAnalysisThread, readyOf, type Said } from './analysisThread.ts'
import { Decisions, type DecisionsOptions } from './decisions.ts'
import { stopped, unreadable } from './pipelineProblems.ts'
import { ackedBetween, type Output, Progress, type Ready } from './progress.ts'

/** Journal bytes that may be with the analysis thread; above it, groups wait in the journal. */
const IN_FLIGHT_BYTES = 8 << 20
/** Between two starts of a thread that dies again and again; and how often it may while it opens. */
const LONGEST_WAIT_MS = 2_000
const MOST_DEATHS = 8

/** An orderly end takes no longer; what is left is done from the journal at the next start. */
const CLOSE_MS = 5_000

export interface PipelineOptions extends DecisionsOptions {
  suspects: Suspects
  /** What stands before the journal, and was open before this. */
  admission: Admission
  /** The telemetry's time, which this moves. */
  clock: ManualClock
  /** Of a thread that starts now: the models in force may be others than at the start. */
  data(): Omit<AnalysisData, 'storePort' | 'newFrom' | 'aside' | 'careful'>
  /** A new port to the store, the only one that it takes batches from. */
  storePort(): MessagePort
  /** Resolves when the store has a thread. */
  storeIsUp(): Promise<void>
  /** A page may want these. */
  seen(samples: Sample[], output: AnalysisOutput): void
  /** A candidate's shadow hears nothing any more. */
  shadowEnded(because: string): void
  /** The world cannot go on. */
  failed(problem: Problem): void
}

/**
 * The main thread's end of the flow: journal → analysis thread (which writes to the store) → decisions. Each stage
 * commits its own offset; a restart begins at the last snapshot, which never runs ahead of the store or the database.
 */
export async function openPipeline(options: PipelineOptions): Promise<Pipeline> {
  const pipeline = new Pipeline(options)
  await pipeline.open()
  return pipeline
}

export class Pipeline {
  readonly #options: PipelineOptions
  readonly #progress = new Progress()
  readonly #decisions: Decisions
  #thread: Worker | undefined
  /** The thread that groups go to: the one from whose place they follow on, once it has said where that is. */
  #following: Worker | undefined
  #follower: ReturnType<typeof followLog> | undefined
  #first: Ready | undefined
  #ackedBefore = 0
  #inFlight = 0
  /** Groups that wait until fewer bytes are in flight. */
  readonly #room: (() => void)[] = []
  #closedByUs: (() => void) | undefined
  #closing = false
  #watched: string[] = []
  #restarting: Promise<void> | undefined
  /** What is to be learned from what failed, before the next thread starts. */
  readonly #lessons: (() => Promise<SetAside | undefined>)[] = []
  /** Deaths since something was stored last. */
  #deaths = 0

  constructor(options: PipelineOptions) {
    this.#options = options
    this.#decisions = new Decisions(options, {
      isEnding: () => this.#closing,
      decided: (upTo) => {
        this.#progress.decided(upTo)
        this.#say({ type: 'decided', upTo: this.#progress.decidedUpTo })
      },
      failed: (problem) => {
        this.#closedByUs?.()
        options.failed(problem)
      },
    })
  }

  /** Starts the thread, and follows the journal from where it stands. */
  async open(): Promise<void> {
    const { log, admission, failed } = this.#options
    const first = await this.#startThread()
    this.#first = first
    this.#following = this.#thread
    this.#progress.decidedUpTo = first.from
    this.#ackedBefore =
      first.stored.counters.messages.acked + (await ackedBetween(log, first.stored.upTo, admission.from))
    this.#follower = followLog(
      log,
      first.from,
      (group) => this.#give(group),
      (error) => failed(error instanceof Problem ? error : unreadable(error)),
    )
  }
  /** Detection could not go on from its snapshot: it has to hear of every appliance. */
  get learnsAnew(): boolean {
    return this.#first?.learnsAnew ?? false
  }
  /** The models by which the snapshot was judged, when this program cannot use them any more. */
  get lostModels(): string | undefined {
    return this.#first?.lostModels
  }
  /** Everything that detection hears from its next snapshot on goes through this port, too. */
  follow(port: MessagePort): void {
    this.#say({ type: 'shadow', port }, [port])
  }
  unfollow(): void {
    this.#say({ type: 'no-shadow' })
  }
  drift(): KindDrift[] {
    return this.#progress.drift
  }
  /** Every reading of these is sent to `seen`. */
  watch(appliances: string[]): void {
    this.#watched = appliances
    this.#say({ type: 'watch', appliances })
  }
  /** The store has another thread: so has the analysis that gave it batches. */
  async storeDied(): Promise<void> {
    // Read before another thread of the store begins its own mark.
    const one = await this.#options.suspects.died('store').catch((error) => this.#notKept(error))
    this.#again(async () => one)
  }
  wrongClocks(): WrongClock[] {
    return [...this.#progress.wrongClocks.values()]
  }
  wrongClock(appliance: string): WrongClock | undefined {
    return this.#progress.wrongClocks.get(appliance)
  }
  /** What of an appliance did not count; undefined where everything did. */
  hearing(appliance: string): Hearing | undefined {
    return this.#progress.hearings.get(appliance)
  }
  status() {
    const { log, admission } = this.#options
    const { held, storedUpTo, decidedUpTo, analysed, shadowBytes, counters } = this.#progress
    const acked = this.#ackedBefore + admission.acked()
    return {
      held,
      journalEnd: log.end,
      storedUpTo,
      decidedUpTo,
      waitingBytes: log.end - analysed,
      shadowBytes,
      ...admission.status(),
      counters: counters && { ...counters, messages: { ...counters.messages, acked } },
      readings: counters?.readings.received ?? 0,
    }
  }
  async close(): Promise<void> {
    this.#closing = true
    await this.#restarting
    await this.#follower?.stop()
    this.#options.admission.end()
    const closed = new Promise<void>((resolve) => {
      this.#closedByUs = resolve
      if (this.#decisions.hasFailed || !this.#thread) resolve()
    })
    // It says `closed` once it has heard that its last decisions are in the database, and has written its snapshot.
    this.#say({ type: 'close' })
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())])
    await this.#thread?.terminate()
    await this.#decisions.idle()
  }

  #say(message: ToAnalysis, transfer: (ArrayBuffer | MessagePort)[] = []): void {
    this.#thread?.postMessage(message, transfer)
  }
  /** What is suspected is known to this run all the same: a disk that is full must not end it. */
  #notKept(error: unknown): undefined {
    this.#options.onRetryableError('suspects-not-kept', error)
  }

  async #give(group: FrameGroup): Promise<void> {
    const mine = this.#following
    while (this.#following === mine && this.#inFlight > IN_FLIGHT_BYTES)
      await new Promise<void>((resolve) => this.#room.push(resolve))
    // Another thread hears it from where it stands.
    if (!mine || this.#following !== mine) return
    const bytes = group.bytes.slice()
    this.#inFlight += bytes.byteLength
    this.#say({ type: 'group', group: { ...group, bytes } }, [bytes.buffer as ArrayBuffer])
  }
  #makeRoom(): void {
    for (const resume of this.#room.splice(0)) resume()
  }

  /** Starts the thread where the last snapshot stands. @returns from where it wants the journal */
  async #startThread(): Promise<Ready> {
    const { suspects, clock, admission, log } = this.#options
    const apart = { newFrom: log.end, aside: suspects.aside(), careful: suspects.careful() }
    const worker = openAnalysisThread({ ...this.#options.data(), ...apart, storePort: this.#options.storePort() })
    this.#thread = worker
    const ready = await readyOf(worker, {
      isOurs: () => this.#thread === worker,
      heard: (message) => this.#heard(message),
      failed: this.#options.failed,
      died: () => this.#again(),
      onError: (error) => this.#options.onRetryableError('analysis-died', error),
    })
    await suspects.passed(ready.from).catch((error) => this.#notKept(error))
    clock.advanceTo(this.#progress.begin(ready))
    admission.progress(ready.from)
    this.#say({ type: 'watch', appliances: this.#watched })
    return ready
  }
  #heard(message: Said): void {
    const { log, admission, suspects, onRetryableError, shadowEnded } = this.#options
    switch (message.type) {
      case 'output':
        this.#taken(message)
        return
      case 'stored':
        this.#deaths = 0
        this.#progress.stored(message.upTo, message.counters)
        admission.stored(this.#progress.storedUpTo)
        return
      case 'stumbled': {
        const { stretch, place, error } = message
        onRetryableError('frame-failed', new Error(`${error} (offsets ${stretch.from} to ${stretch.upTo}).`))
        this.#again(() => suspects.failed(stretch, place, error))
        return
      }
      case 'retrying':
        onRetryableError('frame-left-out', new Error(message.message))
        return
      case 'snapshot':
        void log.release(message.upTo)
        return
      case 'drift':
        this.#progress.drift = message.kinds
        this.#progress.shadowBytes = message.shadowBytes
        return
      case 'shadow-ended':
        shadowEnded(message.because)
        return
      case 'closed':
        this.#closedByUs?.()
        return
    }
  }
  #taken(message: Output): void {
    this.#inFlight -= message.bytes
    this.#progress.take(message)
    this.#options.clock.advanceTo(message.output.now)
    this.#makeRoom()
    this.#options.admission.progress(message.output.upTo)
    this.#options.seen(message.samples, message.output)
    this.#decisions.add(message.output)
  }

  /**
   * Another thread goes on from the last snapshot: what an error left half done is gone with the old one, and what the
   * store and the database have already they take for nothing.
   * @param learn what follows from the failure; without it the thread died, and its marks say where
   */
  #again(learn: () => Promise<SetAside | undefined> = () => this.#options.suspects.died('analysis')): void {
    if (this.#closing) return
    this.#lessons.push(learn)
    if (this.#restarting) {
      // It is opening, and what it opens on is gone: it ends, and opens once more.
      void this.#thread?.terminate()
      return
    }
    this.#restarting = this.#restart()
      .catch((cause: unknown) => {
        if (!this.#closing) this.#options.failed(cause instanceof Problem ? cause : stopped(cause))
      })
      .finally(() => {
        this.#restarting = undefined
      })
  }
  async #restart(): Promise<void> {
    this.#options.shadowEnded('restarted')
    for (;;) {
      const old = this.#thread
      this.#thread = undefined
      this.#following = undefined
      await old?.terminate()
      if (this.#closing) return
      await this.#learn()
      if (this.#deaths++ > 0)
        await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** this.#deaths, LONGEST_WAIT_MS)))
      await this.#options.storeIsUp()
      this.#decisions.forgetWaiting()
      this.#inFlight = 0
      this.#makeRoom()
      try {
        const { from } = await this.#startThread()
        // Nothing is delivered from here on until it is back there: what is not, this thread must not hear.
        const isBack = this.#follower?.rewind(from)
        this.#following = this.#thread
        await isBack
        if (this.#lessons.length === 0) return
      } catch (error) {
        // The store may have gone meanwhile; one that dies while it opens is tried a few times.
        if (!(error instanceof Problem) || !error.retryable || this.#deaths > MOST_DEATHS) throw error
      }
    }
  }
  async #learn(): Promise<void> {
    for (const learn of this.#lessons.splice(0)) {
      const one = await learn().catch((error) => this.#notKept(error))
      if (one)
        this.#options.onRetryableError(
          'frame-set-aside',
          new Error(`The frame at ${one.offset} is set aside: ${one.error}.`),
        )
    }
  }
}
