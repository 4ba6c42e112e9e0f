import { type MessagePort, Worker } from 'node:worker_threads'
import {
  type AnalysisOutput,
  type ApplianceId,
  type FrameGroup,
  type Hearing,
  type IngestCounters,
  type KindDrift,
  type ManualClock,
  type Millis,
  type Offset,
  Problem,
  type QuarantineRow,
  type TelemetryLog,
  type WrongClock,
  wallClock,
} from '../core/index.ts'
import { asideFrame, decodeGroup, followLog } from '../ingest/index.ts'
import type { Admission } from './admission/admission.ts'
import type { AnalysisData, FromAnalysis, Sample, ToAnalysis } from './protocol.ts'
import type { SetAside, Suspects } from './suspects.ts'

/** Journal bytes that may be with the analysis thread; above it, groups wait in the journal. */
const IN_FLIGHT_BYTES = 8 << 20
/** Between two starts of a thread that dies again and again; and how often it may while it opens. */
const LONGEST_WAIT_MS = 2_000
const MOST_DEATHS = 8

/** An orderly end takes no longer; what is left is done from the journal at the next start. */
const CLOSE_MS = 5_000

export interface PipelineOptions {
  log: TelemetryLog
  suspects: Suspects
  /** The door before the journal, which was open before this. */
  admission: Admission
  /** The telemetry's time, which this moves. */
  clock: ManualClock
  /** Of a thread that starts now: the models in force may be others than at the start. */
  data(): Omit<AnalysisData, 'storePort' | 'aside' | 'careful'>
  /** A new port to the store, the only one that it takes batches from. */
  storePort(): MessagePort
  /** Resolves when the store has a thread. */
  storeIsUp(): Promise<void>
  /** Commits what detection said; resolves when it is in the database. */
  decide(outputs: AnalysisOutput[]): Promise<void>
  /** The same of one output, appliance by appliance; `failed`: this one's part of it cannot be committed, and why. */
  decideApart(output: AnalysisOutput, failed: (appliance: ApplianceId, error: Error) => Promise<void>): Promise<void>
  /** A page may want these. */
  seen(samples: Sample[], output: AnalysisOutput): void
  /** A candidate's shadow hears nothing any more. */
  shadowEnded(because: string): void
  /** The world cannot go on. */
  failed(problem: Problem): void
  /** Something failed, and all goes on. */
  onRetryableError(code: string, error: unknown): void
}

/**
 * The main thread's end of the flow: journal → analysis thread (which writes to the store) → decisions. Each stage
 * commits its own offset; a restart begins at the last snapshot, which never runs ahead of the store or the database.
 */
export async function openPipeline(options: PipelineOptions) {
  const { log, suspects, admission, clock } = options
  let thread: Worker | undefined
  /** The thread that groups go to: the one from whose place they follow on, once it has said where that is. */
  let following: Worker | undefined
  const say = (message: ToAnalysis, transfer: (ArrayBuffer | MessagePort)[] = []): void =>
    thread?.postMessage(message, transfer)

  let inFlight = 0
  let analysed: Offset = 0
  let storedUpTo: Offset = 0
  let decidedUpTo: Offset = 0
  let held = 0
  let counters: IngestCounters | undefined
  const wrongClocks = new Map<string, WrongClock>()
  const hearings = new Map<string, Hearing>()
  let deciding: Promise<void> = Promise.resolve()
  /** Bounded by what may be in flight to the analysis thread. */
  const awaitingDecision: AnalysisOutput[] = []
  const room: (() => void)[] = []
  let closedByUs: (() => void) | undefined
  let undecided = false
  let drift: KindDrift[] = []
  let shadowBytes = 0
  let closing = false
  let watched: string[] = []
  let restarting: Promise<void> | undefined
  /** What is to be learned from what failed, before the next thread starts. */
  const lessons: (() => Promise<SetAside | undefined>)[] = []
  /** Deaths since something was stored last. */
  let deaths = 0

  /** What is suspected is known to this run all the same: a disk that is full must not end it. */
  function notKept(error: unknown): undefined {
    options.onRetryableError('suspects-not-kept', error)
  }

  /** Starts the thread where the last snapshot stands. @returns from where it wants the journal */
  async function startThread(): Promise<Ready> {
    const { aside, careful } = { aside: suspects.aside(), careful: suspects.careful() }
    const storePort = options.storePort()
    const worker = new Worker(new URL('./threads/analysis.ts', import.meta.url), {
      workerData: { ...options.data(), storePort, aside, careful } satisfies AnalysisData,
      // Batches die young: the generation grows to this under load, and is given back when the thread is idle.
      resourceLimits: { maxYoungGenerationSizeMb: 128, maxOldGenerationSizeMb: 8_192 },
      transferList: [storePort],
    })
    thread = worker
    const ready = await new Promise<Ready>((resolve, reject) => {
      let isReady = false
      worker.on('error', (error) => {
        if (thread !== worker) return
        options.onRetryableError('analysis-died', error)
      })
      worker.once('exit', () => {
        if (!isReady) reject(diedOpening())
        else if (thread === worker && !closing) again()
      })
      worker.on('message', (message: FromAnalysis) => {
        if (thread !== worker) return
        if (message.type === 'ready') {
          isReady = true
          resolve(message)
        } else if (message.type === 'failed') {
          const problem = new Problem({ ...message.error, status: 500 })
          reject(problem)
          options.failed(problem)
        } else heard(message)
      })
    })
    await suspects.passed(ready.from).catch(notKept)
    analysed = ready.from
    storedUpTo = Math.max(ready.from, ready.stored.upTo)
    counters = ready.stored.counters
    for (const clock of ready.clocks) wrongClocks.set(clock.appliance, clock)
    for (const hearing of ready.hearings) hearings.set(hearing.appliance, hearing)
    clock.advanceTo(ready.now)
    admission.progress(analysed)
    say({ type: 'watch', appliances: watched })
    return ready
  }

  function heard(message: Exclude<FromAnalysis, { type: 'ready' | 'failed' }>): void {
    switch (message.type) {
      case 'output':
        taken(message)
        return
      case 'stored':
        deaths = 0
        storedUpTo = Math.max(storedUpTo, message.upTo)
        counters = message.counters
        admission.stored(storedUpTo)
        return
      case 'stumbled': {
        const { stretch, place, error } = message
        options.onRetryableError('frame-failed', new Error(`${error} (offsets ${stretch.from} to ${stretch.upTo}).`))
        again(() => suspects.failed(stretch, place, error))
        return
      }
      case 'retrying':
        options.onRetryableError('frame-left-out', new Error(message.message))
        return
      case 'snapshot':
        void log.release(message.upTo)
        return
      case 'drift':
        drift = message.kinds
        shadowBytes = message.shadowBytes
        return
      case 'shadow-ended':
        options.shadowEnded(message.because)
        return
      case 'closed':
        closedByUs?.()
        return
    }
  }

  /**
   * Another thread goes on from the last snapshot: what an error left half done is gone with the old one, and what the
   * store and the database have already they take for nothing.
   * @param learn what follows from the failure; without it the thread died, and its marks say where
   */
  function again(learn: () => Promise<SetAside | undefined> = () => suspects.died('analysis')): void {
    if (closing) return
    lessons.push(learn)
    if (restarting) {
      // It is opening, and what it opens on is gone: it ends, and opens once more.
      void thread?.terminate()
      return
    }
    restarting = restart()
      .catch((cause: unknown) => {
        if (closing) return
        options.failed(
          cause instanceof Problem
            ? cause
            : new Problem({
                code: 'analysis-failed',
                message: `The analysis stopped: ${(cause as Error).message}.`,
                remedy:
                  'Nothing acknowledged is lost: it goes on from the journal at the next start. Report what the log says.',
                cause,
              }),
        )
      })
      .finally(() => {
        restarting = undefined
      })
  }
  async function restart(): Promise<void> {
    options.shadowEnded('restarted')
    for (;;) {
      const old = thread
      thread = undefined
      following = undefined
      await old?.terminate()
      if (closing) return
      for (const learn of lessons.splice(0)) {
        const one = await learn().catch(notKept)
        if (one)
          options.onRetryableError(
            'frame-set-aside',
            new Error(`The frame at ${one.offset} is set aside: ${one.error}.`),
          )
      }
      if (deaths++ > 0)
        await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** deaths, LONGEST_WAIT_MS)))
      await options.storeIsUp()
      awaitingDecision.length = 0
      inFlight = 0
      for (const resume of room.splice(0)) resume()
      try {
        const { from } = await startThread()
        // Nothing is delivered from here on until it is back there: what is not, this thread must not hear.
        const isBack = follower.rewind(from)
        following = thread
        await isBack
        if (lessons.length === 0) return
      } catch (error) {
        // The store may have gone meanwhile; one that dies while it opens is tried a few times.
        if (!(error instanceof Problem) || !error.retryable || deaths > MOST_DEATHS) throw error
      }
    }
  }

  function taken(message: Extract<FromAnalysis, { type: 'output' }>): void {
    inFlight -= message.bytes
    analysed = message.output.upTo
    held = message.held
    for (const hearing of message.hearings) hearings.set(hearing.appliance, hearing)
    for (const clock of message.clocks) {
      if (clock.aheadMs === null) wrongClocks.delete(clock.appliance)
      else wrongClocks.set(clock.appliance, clock)
    }
    clock.advanceTo(message.output.now)
    for (const resume of room.splice(0)) resume()
    admission.progress(analysed)
    options.seen(message.samples, message.output)
    awaitingDecision.push(message.output)
    deciding = deciding.then(decideAll)
  }

  /** What one appliance's frame brought about and cannot be committed is set aside; everything else is decided. */
  async function decideOrSetAside(outputs: AnalysisOutput[]): Promise<void> {
    const isEnding = (): boolean => closing
    try {
      await patiently(() => options.decide(outputs), isEnding)
    } catch (error) {
      if (error instanceof Problem && error.retryable) throw error
      options.onRetryableError('decision-failed', error)
      for (const output of outputs) {
        const failed = setAsideOnce(output.upTo)
        await patiently(() => options.decideApart(output, failed), isEnding)
      }
    }
  }

  /** Sets aside what of an output failed, each appliance once, however often the output is tried. */
  function setAsideOnce(upTo: Offset): (appliance: ApplianceId, error: Error) => Promise<void> {
    const told = new Set<ApplianceId>()
    return async (appliance, error) => {
      if (told.has(appliance)) return
      await setAsideDecision(upTo, appliance, error)
      told.add(appliance)
    }
  }

  /** The frame is stored and stays so; the quarantine shows it, and what failed. */
  async function setAsideDecision(upTo: Offset, appliance: ApplianceId, error: Error): Promise<void> {
    const frame = await lastFrameOf(log, upTo, appliance)
    options.onRetryableError(
      'frame-set-aside',
      new Error(`What ${appliance} brought about is not decided: ${error.message}.`),
    )
    if (!frame) return
    await log.append(
      asideFrame(
        { detail: `decide: ${error.message}`, at: frame.arrivedAt, topic: frame.topic },
        frame,
        wallClock.now(),
      ),
    )
  }

  /** What came while the last commit was under way shares the next one. */
  async function decideAll(): Promise<void> {
    const outputs = awaitingDecision.splice(0)
    const last = outputs.at(-1)
    // After one that was not committed nothing may be: the offset would run ahead of it.
    if (undecided || !last) return
    try {
      await decideOrSetAside(outputs)
      decidedUpTo = Math.max(decidedUpTo, last.upTo)
      say({ type: 'decided', upTo: decidedUpTo })
    } catch (cause) {
      undecided = true
      closedByUs?.()
      options.failed(
        cause instanceof Problem
          ? cause
          : new Problem({
              code: 'decision-failed',
              message: `What was detected could not be committed: ${(cause as Error).message}.`,
              remedy: 'It is decided again from the journal at the next start. Report what the log says.',
              cause,
            }),
      )
    }
  }

  const first = await startThread()
  following = thread
  const { learnsAnew, lostModels } = first
  decidedUpTo = first.from
  const ackedBefore =
    first.stored.counters.messages.acked + (await ackedBetween(log, first.stored.upTo, admission.from))
  const follower = followLog(
    log,
    first.from,
    async (group: FrameGroup) => {
      const mine = following
      while (following === mine && inFlight > IN_FLIGHT_BYTES) await new Promise<void>((resolve) => room.push(resolve))
      // Another thread hears it from where it stands.
      if (!mine || following !== mine) return
      const bytes = group.bytes.slice()
      inFlight += bytes.byteLength
      say({ type: 'group', group: { ...group, bytes } }, [bytes.buffer as ArrayBuffer])
    },
    (error) =>
      options.failed(
        error instanceof Problem
          ? error
          : new Problem({
              code: 'journal-unreadable',
              message: `The journal could not be read: ${(error as Error).message}.`,
              remedy: 'Check the disk of DATA_DIR; nothing acknowledged is given up.',
              cause: error,
            }),
      ),
  )

  return {
    /** Detection could not go on from its snapshot: it has to hear of every appliance. */
    learnsAnew,
    /** The models by which the snapshot was judged, when this program cannot use them any more. */
    lostModels,
    /** Everything that detection hears from its next snapshot on goes through this port, too. */
    follow: (port: MessagePort) => say({ type: 'shadow', port }, [port]),
    drift: () => drift,
    unfollow: () => say({ type: 'no-shadow' }),
    watch(appliances: string[]): void {
      watched = appliances
      say({ type: 'watch', appliances })
    },
    /** The store has another thread: so has the analysis that gave it batches. */
    async storeDied(): Promise<void> {
      // Read before another thread of the store begins its own mark.
      const one = await suspects.died('store').catch(notKept)
      again(async () => one)
    },
    wrongClocks: (): WrongClock[] => [...wrongClocks.values()],
    wrongClock: (appliance: string): WrongClock | undefined => wrongClocks.get(appliance),
    /** What of an appliance did not count; undefined where everything did. */
    hearing: (appliance: string): Hearing | undefined => hearings.get(appliance),
    status: () => ({
      held,
      journalEnd: log.end,
      storedUpTo,
      decidedUpTo,
      waitingBytes: log.end - analysed,
      shadowBytes,
      ...admission.status(),
      counters: counters && { ...counters, messages: { ...counters.messages, acked: ackedBefore + admission.acked() } },
      readings: counters?.readings.received ?? 0,
    }),
    async close() {
      closing = true
      await restarting
      await follower.stop()
      admission.end()
      const closed = new Promise<void>((resolve) => {
        closedByUs = resolve
        if (undecided || !thread) resolve()
      })
      // It says `closed` once it has heard that its last decisions are in the database, and has written its snapshot.
      say({ type: 'close' })
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())])
      await thread?.terminate()
      await deciding
    },
  }
}

export type Pipeline = Awaited<ReturnType<typeof openPipeline>>
type Ready = Extract<FromAnalysis, { type: 'ready' }>

/** Telemetry messages with a promise that the journal holds after what is stored, as far as an earlier run wrote it. */
async function ackedBetween(log: TelemetryLog, stored: Offset, end: Offset): Promise<number> {
  let count = 0
  if (stored >= end) return 0
  for await (const group of log.read(stored)) {
    if (group.from >= end) return count
    for (const { type, withoutPromise, offset } of decodeGroup(group.bytes)) {
      if (type === 'telemetry' && !withoutPromise && offset > stored && offset <= end) count++
    }
  }
  return count
}

/** The last frame of an appliance in the group that ends, or goes on, at an offset; undefined: time alone spoke there. */
async function lastFrameOf(log: TelemetryLog, upTo: Offset, appliance: ApplianceId) {
  let found:
    | { appliance: ApplianceId; kind: string; payload: Uint8Array; arrivedAt: Millis; topic: QuarantineRow['topic'] }
    | undefined
  for await (const group of log.read(upTo - 1)) {
    for (const frame of decodeGroup(group.bytes)) {
      if (frame.offset > upTo || frame.appliance !== appliance) continue
      const { kind, arrivedAt, payload, type } = frame
      if (type === 'telemetry' || type === 'event' || type === 'status') {
        found = { appliance, kind, payload, arrivedAt, topic: type }
      }
    }
    return found
  }
  return found
}

const diedOpening = (): Problem =>
  new Problem({
    code: 'analysis-failed',
    message: 'The analysis stopped while it was opening.',
    remedy: 'Nothing acknowledged is lost: it goes on from the journal at the next start. Report what the log says.',
    status: 500,
    retryable: true,
  })

const TRY_AGAIN_MS = 1_000

/** Tries again while the failure says that this can help: a database that is away for minutes ends nothing. */
async function patiently<T>(act: () => Promise<T>, isEnding: () => boolean): Promise<T> {
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof Problem) || !error.retryable || isEnding()) throw error
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS))
    }
  }
}
