import { monotonicMs, type Offset, Problem, type StoredBatch } from '../../core/index.ts'

interface Waiting {
  batch: StoredBatch
  rows: number
  resolve: () => void
  reject: (error: unknown) => void
}

/** Says on disk, unsynced, where a thread stands: it outlives the program, not the power. */
export interface Mark {
  begin(from: Offset, upTo: Offset, frames: number): void
  end(): void
}

export interface AppendQueueOptions {
  /** Where the store stands: batches up to here change nothing. */
  committed: () => Offset
  /** Commits these together, or throws and leaves nothing half done. A Problem is told as it is. */
  commit: (batches: StoredBatch[]) => Promise<void>
  /** Writes something and nothing: resolves when the store itself is well, so that what fails is a fault of its batch. */
  isWell?: () => Promise<void>
  /** A commit of this stretch begins, or has ended. */
  mark?: Mark
  /** Commits begin at least this far apart, unless one is full or asked for. */
  everyMs: number
  /** Rows that make a commit full. */
  fullRows?: number
  /** Rows that may wait; above it `append` refuses, retryably. */
  maxRows?: number
}

/** Batches on their way into a store: in order, those that wait share a commit. */
export class AppendQueue {
  #options: AppendQueueOptions & { fullRows: number; maxRows: number }
  #waiting: Waiting[] = []
  #rows = 0
  /** Where the last batch that was taken ends. */
  #tail: Offset
  /** Where the last batch that was ever given ends. Its giver gives it again until it is taken and committed. */
  #given: Offset
  #running: Promise<void> | undefined
  #hurry: (() => void) | undefined
  #startedAt = -Infinity
  #turn: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: AppendQueueOptions) {
    this.#options = { fullRows: 32_768, maxRows: 2_000_000, ...options }
    this.#tail = options.committed()
    this.#given = this.#tail
  }

  append(batch: StoredBatch): Promise<void> {
    if (this.#closed) return Promise.reject(unavailable('The store is closed.'))
    if (batch.upTo <= this.#options.committed()) return Promise.resolve()
    this.#given = Math.max(this.#given, batch.upTo)
    if (batch.from > this.#tail) {
      return Promise.reject(unavailable(`The batch from ${batch.from} came before the one from ${this.#tail}.`))
    }
    const rows = batch.readings.reduce((sum, { count }) => sum + count, 0)
    if (this.#rows > 0 && this.#rows + rows > this.#options.maxRows) {
      return Promise.reject(unavailable('More is waiting to be stored than memory may hold.'))
    }
    this.#tail = Math.max(this.#tail, batch.upTo)
    this.#rows += rows
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, rows, resolve, reject })
      if (this.#rows >= this.#options.fullRows) this.#hurry?.()
      this.#running ??= this.#run()
    })
  }

  /**
   * Resolves when everything that was given before is committed.
   * @throws Problem `store-unavailable` while some of it failed and is not given again yet: whoever asks the store what it
   *   has would hear that it has not what it was given
   */
  async flush(): Promise<void> {
    await this.#drain()
    if (this.#options.committed() < this.#given) throw unavailable('What came before could not be stored yet.')
  }

  /** Forgets what waits, and what was given and not committed: another giver begins where the store stands. */
  async begin(): Promise<void> {
    const forgotten = this.#waiting
    this.#waiting = []
    this.#rows = 0
    for (const { reject } of forgotten) reject(unavailable('Another giver of batches has begun.'))
    await this.#drain()
    this.#tail = this.#options.committed()
    this.#given = this.#tail
  }

  /** Resolves when nothing waits any more. */
  async #drain(): Promise<void> {
    while (this.#running) {
      this.#hurry?.()
      this.#startedAt = -Infinity
      await this.#running
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#drain()
  }

  /** Runs this between two commits; the next one waits for it. */
  async between<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#turn
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#turn = promise
    await before
    try {
      return await work()
    } finally {
      resolve()
    }
  }

  async #run(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const left = this.#options.everyMs - (monotonicMs() - this.#startedAt)
      if (left >= 1 && this.#rows < this.#options.fullRows && !this.#closed) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left)
          this.#hurry = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        this.#hurry = undefined
      }
      this.#startedAt = monotonicMs()
      const taken = this.#waiting
      this.#waiting = []
      this.#rows = 0
      try {
        await this.#commit(taken.map(({ batch }) => batch))
        for (const { resolve } of taken) resolve()
      } catch {
        await this.#oneByOne(taken)
      }
    }
    this.#running = undefined
  }

  #commit(batches: StoredBatch[]): Promise<void> {
    return this.between(() => this.#commitNow(batches))
  }
  async #commitNow(batches: StoredBatch[]): Promise<void> {
    const { mark, commit } = this.#options
    const frames = mark ? batches.reduce((sum, batch) => sum + batch.frames, 0) : 0
    mark?.begin(batches[0]!.from, batches.at(-1)!.upTo, frames)
    try {
      await commit(batches)
    } finally {
      mark?.end()
    }
  }

  /** After a failure each is tried alone: so one that cannot be stored is found, and what came before it is kept. */
  async #oneByOne(taken: Waiting[]): Promise<void> {
    for (const [i, { batch, resolve }] of taken.entries()) {
      try {
        await this.#commit([batch])
        resolve()
      } catch (error) {
        const told = await this.#told(batch, error)
        // What came meanwhile follows on what failed: it waits for its turn again, too.
        for (const { reject } of [...taken.slice(i), ...this.#waiting]) reject(told)
        this.#waiting = []
        this.#rows = 0
        this.#tail = this.#options.committed()
        return
      }
    }
  }

  /** Whose fault is it? A disk or a server that fails would fail any batch, and is waited out. */
  async #told(batch: StoredBatch, error: unknown): Promise<Problem> {
    if (error instanceof Problem) return error
    const message = error instanceof Error ? error.message : String(error)
    const isWell = this.#options.isWell
    if (!isWell || ofTheMachine.test(message)) return unavailable(`The store could not be written: ${message}.`, error)
    for (let i = 0; i < TRIES_ALONE; i++) {
      try {
        await isWell()
        await this.#commit([batch])
      } catch (again) {
        if (i < TRIES_ALONE - 1) continue
        return await isWell().then(
          () => unprocessable(again),
          () => unavailable(`The store could not be written: ${message}.`, error),
        )
      }
      return unavailable('It was stored at another try.')
    }
    return unavailable(`The store could not be written: ${message}.`, error)
  }
}

/** What a batch is tried alone, while the store itself is well, before it is given back. */
const TRIES_ALONE = 2
/** Failures that say nothing of what was to be written. */
const ofTheMachine =
  /disk|space|full|memory|I\/O|IO Error|ENOSPC|EDQUOT|EIO|EACCES|EROFS|locked|busy|read-?only|corrupt|malformed/i

export const unprocessable = (cause: unknown): Problem =>
  new Problem({
    code: 'store-unprocessable',
    message: cause instanceof Error ? cause.message : String(cause),
    remedy: 'What cannot be stored goes into the quarantine.',
    status: 500,
    cause,
  })

export const unavailable = (message: string, cause?: unknown): Problem =>
  new Problem({
    code: 'store-unavailable',
    message,
    remedy:
      'Nothing is lost: the journal keeps what was acknowledged, and it is tried again. See that the store is up.',
    status: 503,
    retryable: true,
    cause,
  })
