import {
  type AnalysisOutput,
  type ApplianceId,
  type Millis,
  type Offset,
  Problem,
  type QuarantineRow,
  type TelemetryLog,
  wallClock,
} from '../../core/index.ts'
import { asideFrame, decodeGroup } from '../../ingest/index.ts'

const TRY_AGAIN_MS = 1_000

export interface DecisionsOptions {
  log: TelemetryLog
  /** Commits what detection said; resolves when it is in the database. */
  decide(outputs: AnalysisOutput[]): Promise<void>
  /** The same of one output, appliance by appliance; `failed`: this one's part of it cannot be committed, and why. */
  decideApart(output: AnalysisOutput, failed: (appliance: ApplianceId, error: Error) => Promise<void>): Promise<void>
  onRetryableError(code: string, error: unknown): void
}

/** What was detected on its way into the database: in order, what came during a commit together in the next one. */
export class Decisions {
  readonly #options: DecisionsOptions
  readonly #isEnding: () => boolean
  readonly #decided: (upTo: Offset) => void
  readonly #failed: (problem: Problem) => void
  /** Bounded by what may be in flight to the analysis thread. */
  readonly #waiting: AnalysisOutput[] = []
  #deciding: Promise<void> = Promise.resolve()
  #hasFailed = false

  /**
   * @param on `isEnding`: nothing is tried again any more; `decided`: all up to here is in the database; `failed`: one
   * cannot be committed, and nothing after it may be
   */
  constructor(
    options: DecisionsOptions,
    on: { isEnding: () => boolean; decided: (upTo: Offset) => void; failed: (problem: Problem) => void },
  ) {
    this.#options = options
    this.#isEnding = on.isEnding
    this.#decided = on.decided
    this.#failed = on.failed
  }
  get hasFailed(): boolean {
    return this.#hasFailed
  }
  add(output: AnalysisOutput): void {
    this.#waiting.push(output)
    this.#deciding = this.#deciding.then(() => this.#decideAll())
  }
  /** What waits comes once more from a thread that begins. */
  forgetWaiting(): void {
    this.#waiting.length = 0
  }
  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#deciding
  }

  async #decideAll(): Promise<void> {
    const outputs = this.#waiting.splice(0)
    const last = outputs.at(-1)
    // After one that was not committed nothing may be: the offset would run ahead of it.
    if (this.#hasFailed || !last) return
    try {
      await this.#decideOrSetAside(outputs)
      this.#decided(last.upTo)
    } catch (cause) {
      this.#hasFailed = true
      this.#failed(cause instanceof Problem ? cause : uncommitted(cause))
    }
  }

  /** What one appliance's frame brought about and cannot be committed is set aside; everything else is decided. */
  async #decideOrSetAside(outputs: AnalysisOutput[]): Promise<void> {
    try {
      await patiently(() => this.#options.decide(outputs), this.#isEnding)
    } catch (error) {
      if (error instanceof Problem && error.retryable) throw error
      this.#options.onRetryableError('decision-failed', error)
      for (const output of outputs) {
        const failed = this.#setAsideOnce(output.upTo)
        await patiently(() => this.#options.decideApart(output, failed), this.#isEnding)
      }
    }
  }

  /** Sets aside what of an output failed, each appliance once, however often the output is tried. */
  #setAsideOnce(upTo: Offset): (appliance: ApplianceId, error: Error) => Promise<void> {
    const told = new Set<ApplianceId>()
    return async (appliance, error) => {
      if (told.has(appliance)) return
      await this.#setAside(upTo, appliance, error)
      told.add(appliance)
    }
  }

  /** The frame is stored and stays so; the quarantine shows it, and what failed. */
  async #setAside(upTo: Offset, appliance: ApplianceId, error: Error): Promise<void> {
    const { log, onRetryableError } = this.#options
    const frame = await lastFrameOf(log, upTo, appliance)
    onRetryableError('frame-set-aside', new Error(`What ${appliance} brought about is not decided: ${error.message}.`))
    if (!frame) return
    const about = { detail: `decide: ${error.message}`, at: frame.arrivedAt, topic: frame.topic }
    await log.append(asideFrame(about, frame, wallClock.now()))
  }
}

const uncommitted = (cause: unknown): Problem =>
  new Problem({
    code: 'decision-failed',
    message: `What was detected could not be committed: ${(cause as Error).message}.`,
    remedy: 'It is decided again from the journal at the next start. Report what the log says.',
    cause,
  })

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
