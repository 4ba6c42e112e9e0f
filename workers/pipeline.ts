import { type MessagePort, Worker } from 'node:worker_threads'
import {
  type AnalysisOutput,
  type FrameDoor,
  type FrameGroup,
  type Hearing,
  type IngestCounters,
  type KindDrift,
  ManualClock,
  type Millis,
  type Offset,
  Problem,
  type TelemetryLog,
  type WrongClock,
  wallClock,
} from '../core/index.ts'
import { followLog } from '../ingest/index.ts'
import { FairShare } from './fairShare.ts'
import type { AnalysisData, FromAnalysis, Sample, ToAnalysis } from './protocol.ts'

/** Journal bytes that may be with the analysis thread; above it, groups wait in the journal. */
const IN_FLIGHT_BYTES = 8 << 20
/** What may lie between the door and the end of analysis, and what may wait before the door; above it, PUBACKs wait. */
const SHARES = {
  shareBytes: 1 << 20,
  lagBytes: 64 << 20,
  waitingBytes: { one: 4 << 20, all: 64 << 20 },
  retryMs: 100,
}

/** An orderly end takes no longer; what is left is done from the journal at the next start. */
const CLOSE_MS = 5_000

export interface PipelineOptions {
  log: TelemetryLog
  data: AnalysisData
  /** Commits what detection said; resolves when it is in the database. */
  decide(outputs: AnalysisOutput[]): Promise<void>
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
export async function openPipeline(options: PipelineOptions) {
  const { log } = options
  const clock = new ManualClock(0)
  const worker = new Worker(new URL('./analysis.ts', import.meta.url), {
    workerData: options.data,
    // Batches die young: room for them spares half of the collecting.
    resourceLimits: { maxYoungGenerationSizeMb: 128, maxOldGenerationSizeMb: 8_192 },
    transferList: [options.data.storePort],
  })
  const say = (message: ToAnalysis, transfer: (ArrayBuffer | MessagePort)[] = []): void =>
    worker.postMessage(message, transfer)

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
  /** Telemetry messages acknowledged by this process that are not settled yet. */
  let unsettled = 0
  const began = log.end
  const room: (() => void)[] = []
  const fairShare = new FairShare({ ...SHARES, log })
  const arrivals: { upTo: Offset; at: Millis }[] = []
  let closedByUs: (() => void) | undefined
  let undecided = false
  let learnsAnew = false
  let lostModels: string | undefined
  let drift: KindDrift[] = []
  let shadowBytes = 0
  let closing = false

  const started = new Promise<Offset>((resolve, reject) => {
    worker.on('error', (error) => {
      const problem = new Problem({
        code: 'analysis-failed',
        message: `The analysis stopped: ${error.message}.`,
        remedy:
          'Nothing acknowledged is lost: it goes on from the journal at the next start. Report what the log says.',
        cause: error,
      })
      reject(problem)
      options.failed(problem)
    })
    worker.on('message', (message: FromAnalysis) => {
      switch (message.type) {
        case 'ready':
          clock.advanceTo(message.now)
          analysed = message.from
          storedUpTo = message.from
          decidedUpTo = message.from
          fairShare.progress(analysed)
          learnsAnew = message.learnsAnew
          lostModels = message.lostModels
          for (const clock of message.clocks) wrongClocks.set(clock.appliance, clock)
          for (const hearing of message.hearings) hearings.set(hearing.appliance, hearing)
          return resolve(message.from)
        case 'output':
          return taken(message)
        case 'stored':
          storedUpTo = message.upTo
          return
        case 'snapshot':
          void log.release(message.upTo)
          return
        case 'drift':
          drift = message.kinds
          shadowBytes = message.shadowBytes
          return
        case 'shadow-ended':
          return options.shadowEnded(message.because)
        case 'closed':
          return closedByUs?.()
        case 'failed': {
          const problem = new Problem({ ...message.error, status: 500 })
          reject(problem)
          return options.failed(problem)
        }
      }
    })
  })

  function taken(message: Extract<FromAnalysis, { type: 'output' }>): void {
    inFlight -= message.bytes
    analysed = message.output.upTo
    held = message.held
    // What was in the journal before this start was counted by an earlier one.
    if (analysed > began) unsettled = Math.max(0, unsettled - message.messages)
    counters = message.counters
    for (const hearing of message.hearings) hearings.set(hearing.appliance, hearing)
    for (const clock of message.clocks) {
      if (clock.aheadMs === null) wrongClocks.delete(clock.appliance)
      else wrongClocks.set(clock.appliance, clock)
    }
    clock.advanceTo(message.output.now)
    while (arrivals.length > 0 && (arrivals[0]?.upTo ?? 0) <= analysed) arrivals.shift()
    for (const resume of room.splice(0)) resume()
    fairShare.progress(analysed)
    options.seen(message.samples, message.output)
    awaitingDecision.push(message.output)
    deciding = deciding.then(decideAll)
  }

  /** What came while the last commit was under way shares the next one. */
  async function decideAll(): Promise<void> {
    const outputs = awaitingDecision.splice(0)
    const last = outputs.at(-1)
    // After one that was not committed nothing may be: the offset would run ahead of it.
    if (undecided || !last) return
    try {
      await patiently(
        () => options.decide(outputs),
        () => closing,
      )
      decidedUpTo = last.upTo
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

  const from = await started
  const follower = followLog(
    log,
    from,
    async (group: FrameGroup) => {
      while (inFlight > IN_FLIGHT_BYTES) await new Promise<void>((resolve) => room.push(resolve))
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

  log.onGroup((group) => {
    if (arrivals.length < 10_000) arrivals.push({ upTo: group.upTo, at: wallClock.now() })
  })

  return {
    clock,
    /** Detection could not go on from its snapshot: it has to hear of every appliance. */
    learnsAnew,
    /** The models by which the snapshot was judged, when this program cannot use them any more. */
    lostModels,
    /** Everything that detection hears from its next snapshot on goes through this port, too. */
    follow: (port: MessagePort) => say({ type: 'shadow', port }, [port]),
    drift: () => drift,
    unfollow: () => say({ type: 'no-shadow' }),
    /** What the broker hands its frames to: when analysis lags past the bound, acknowledgements wait. */
    door: {
      take: (frame, done) =>
        fairShare.take(frame, (refused, offset) => {
          if (!refused && frame.type === 'telemetry' && !frame.withoutPromise) unsettled++
          done(refused, offset)
        }),
    } satisfies FrameDoor as FrameDoor,
    watch: (appliances: string[]) => say({ type: 'watch', appliances }),
    wrongClocks: (): WrongClock[] => [...wrongClocks.values()],
    wrongClock: (appliance: string): WrongClock | undefined => wrongClocks.get(appliance),
    /** What of an appliance did not count; undefined where everything did. */
    hearing: (appliance: string): Hearing | undefined => hearings.get(appliance),
    status: () => ({
      oldestUnscoredMs: arrivals[0] ? Math.max(0, wallClock.now() - arrivals[0].at) : 0,
      held,
      journalEnd: log.end,
      storedUpTo,
      decidedUpTo,
      waitingBytes: log.end - analysed,
      shadowBytes,
      waitingAtDoor: fairShare.status(),
      counters: counters && {
        ...counters,
        messages: { ...counters.messages, acked: counters.messages.processed + unsettled },
      },
      readings: counters?.readings.received ?? 0,
    }),
    async close() {
      closing = true
      await follower.stop()
      fairShare.end(endingProblem())
      const closed = new Promise<void>((resolve) => {
        closedByUs = resolve
        if (undecided) resolve()
      })
      // It says `closed` once it has heard that its last decisions are in the database, and has written its snapshot.
      say({ type: 'close' })
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())])
      await worker.terminate()
      await deciding
    },
  }
}

const endingProblem = (): Problem =>
  new Problem({
    code: 'journal-closed',
    message: 'The service is ending.',
    remedy: 'Senders try again when it is back.',
    status: 503,
    retryable: true,
  })

const TRY_AGAIN_MS = 1_000

/** Tries again while the failure says that this can help: a database that is away for minutes ends nothing. */
async function patiently(act: () => Promise<void>, isEnding: () => boolean): Promise<void> {
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof Problem) || !error.retryable || isEnding()) throw error
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS))
    }
  }
}
