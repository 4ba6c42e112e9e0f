import {
  type ApplianceId,
  type Clock,
  type FrameIn,
  type FrameIngress,
  HOUR,
  type HourlyQuota,
  type Millis,
  Problem,
  type QuotaState,
  type Taken,
} from '../../core/index.ts'

export interface ApplianceQuotaOptions {
  /** Where a frame goes that is within. */
  next: FrameIngress
  /** The wall clock, in every world: what is bounded is the work of this machine. */
  clock: Clock
  quota: HourlyQuota
  /** Bytes that may wait here, of one appliance and of all; above it a frame is refused with `over-quota`. */
  waitingBytes: { one: number; all: number }
  /** It is held back; told at most once an hour of each. */
  over(appliance: ApplianceId, state: QuotaState): void
}

interface Waiting {
  frame: FrameIn
  done: Taken
}
interface Account {
  messages: number
  bytes: number
  /** When these were brought up to date. */
  at: Millis
  waiting: Waiting[]
  waitingBytes: number
  dropped: number
  toldAt: Millis
}

/** What a frame costs besides its payload, while it waits. */
const FRAME_BYTES = 64
const SHORTEST_PAUSE_MS = 5
/** The clock may be set meanwhile. */
const LONGEST_PAUSE_MS = 10_000

/**
 * The first door: what an appliance may send within an hour. An hour's worth may come at once (days that wait in a
 * gateway, a file that is replayed); beyond it frames wait, and so do their PUBACKs, and are taken in at the pace of the
 * quota. So it is slowed down, hears from us all the while, and loses nothing; only what was sent without a promise
 * (QoS 0) is dropped, and counted. A leaky bucket an appliance; there are as many as appliances. O(1) a frame.
 */
export class ApplianceQuota implements FrameIngress {
  #options: ApplianceQuotaOptions
  #accounts = new Map<ApplianceId, Account>()
  #held = new Set<ApplianceId>()
  #waitingBytes = 0
  #timer: NodeJS.Timeout | undefined
  #ended: Problem | undefined

  constructor(options: ApplianceQuotaOptions) {
    this.#options = options
  }

  take(frame: FrameIn, done: Taken): void {
    const account = this.#accountOf(frame.appliance)
    if (account.waiting.length === 0 && this.#pauseMs(account, frame.payload.byteLength) <= 0) {
      this.#pass(account, { frame, done })
      return
    }
    if (this.#ended) {
      done(this.#ended, -1)
      return
    }
    if (frame.withoutPromise) {
      account.dropped++
      done(overQuota(frame.appliance), -1)
    } else this.#hold(account, frame, done)
    this.#tell(frame.appliance, account)
  }

  /** How an appliance stands; one that has sent nothing stands at 0. */
  of(appliance: ApplianceId): QuotaState {
    const { messages, bytes } = this.#options.quota
    const account = this.#accounts.get(appliance) ?? newAccount(this.#options.clock.now())
    const heldBytes = account.waitingBytes - account.waiting.length * FRAME_BYTES
    this.#freeUp(account)
    const untilMs = Math.max(
      pauseOf(account.messages, account.waiting.length, messages),
      pauseOf(account.bytes, heldBytes, bytes),
    )
    return {
      messages: { used: Math.ceil(account.messages), limit: messages },
      bytes: { used: Math.ceil(account.bytes), limit: bytes },
      heldBack: { messages: account.waiting.length, bytes: heldBytes },
      ...(account.waiting.length > 0 ? { until: Math.ceil(account.at + Math.max(0, untilMs)) } : {}),
      dropped: account.dropped,
    }
  }

  /** Whoever has sent anything lately or is held back, and how they stand; in no order. */
  *all(): IterableIterator<{ appliance: ApplianceId } & QuotaState> {
    for (const appliance of this.#accounts.keys()) {
      const state = this.of(appliance)
      if (state.messages.used > 0 || state.dropped > 0) yield { appliance, ...state }
    }
  }

  /** Frames that are held back, and the appliances whose they are. */
  status(): { frames: number; bytes: number; appliances: number } {
    let frames = 0
    for (const appliance of this.#held) frames += this.#accounts.get(appliance)?.waiting.length ?? 0
    return { frames, bytes: this.#waitingBytes, appliances: this.#held.size }
  }

  /** Refuses all that waits and all that would: nothing of it was promised. What is within its quota passes. */
  end(problem: Problem): void {
    this.#ended = problem
    clearTimeout(this.#timer)
    for (const appliance of this.#held) {
      for (const { done } of this.#accounts.get(appliance)?.waiting.splice(0) ?? []) done(problem, -1)
    }
    this.#held.clear()
    this.#waitingBytes = 0
  }

  #accountOf(appliance: ApplianceId): Account {
    let account = this.#accounts.get(appliance)
    if (!account) {
      account = newAccount(this.#options.clock.now())
      this.#accounts.set(appliance, account)
    }
    return account
  }

  #freeUp(account: Account): void {
    const { quota, clock } = this.#options
    const now = clock.now()
    const freed = Math.max(0, now - account.at) / HOUR
    account.at = now
    account.messages = Math.max(0, account.messages - freed * quota.messages)
    account.bytes = Math.max(0, account.bytes - freed * quota.bytes)
  }
  /** How long until one more fits; 0 or less: now. What alone is more than an hour's worth waits for an empty account. */
  #pauseMs(account: Account, bytes: number): number {
    const { quota } = this.#options
    this.#freeUp(account)
    return Math.max(
      pauseOf(account.messages, 1, quota.messages),
      pauseOf(account.bytes, Math.min(bytes, quota.bytes), quota.bytes),
    )
  }

  #pass(account: Account, { frame, done }: Waiting): void {
    account.messages++
    account.bytes += frame.payload.byteLength
    this.#options.next.take(frame, done)
  }

  #hold(account: Account, frame: FrameIn, done: Taken): void {
    const bytes = frame.payload.byteLength + FRAME_BYTES
    const { one, all } = this.#options.waitingBytes
    if (account.waitingBytes + bytes > one || this.#waitingBytes + bytes > all) this.#leaveOut(account)
    if (account.waitingBytes + bytes > one || this.#waitingBytes + bytes > all) {
      done(overQuota(frame.appliance), -1)
      return
    }
    // A payload is a view of what was read from the socket; what waits must not hold on to all of that.
    account.waiting.push({ frame: { ...frame, payload: Buffer.from(frame.payload) }, done })
    account.waitingBytes += bytes
    this.#waitingBytes += bytes
    this.#held.add(frame.appliance)
    this.#timer ??= setTimeout(() => this.#letIn(), SHORTEST_PAUSE_MS)
  }

  #letIn(): void {
    let pauseMs = LONGEST_PAUSE_MS
    for (const appliance of [...this.#held]) {
      const account = this.#accounts.get(appliance)!
      pauseMs = Math.min(pauseMs, this.#letInOf(account))
      if (account.waiting.length === 0) this.#held.delete(appliance)
    }
    this.#timer =
      this.#held.size > 0 ? setTimeout(() => this.#letIn(), Math.max(SHORTEST_PAUSE_MS, pauseMs)) : undefined
  }
  /** @returns how long its next one has to wait */
  #letInOf(account: Account): number {
    for (let next = account.waiting[0]; next; next = account.waiting[0]) {
      const pauseMs = isLeft(next) ? 0 : this.#pauseMs(account, next.frame.payload.byteLength)
      if (pauseMs > 0) return pauseMs
      account.waiting.shift()
      this.#waitsNoMore(account, next)
      if (isLeft(next)) next.done(overQuota(next.frame.appliance), -1)
      else this.#pass(account, next)
    }
    return LONGEST_PAUSE_MS
  }

  /**
   * What was sent on a connection that is gone is sent again on the next one: kept here too, the old would go first, and
   * the acknowledgements that its sender waits for never come.
   */
  #leaveOut(account: Account): void {
    const left = account.waiting.filter(isLeft)
    if (left.length === 0) return
    account.waiting = account.waiting.filter((waiting) => !isLeft(waiting))
    for (const waiting of left) {
      this.#waitsNoMore(account, waiting)
      waiting.done(overQuota(waiting.frame.appliance), -1)
    }
  }
  #waitsNoMore(account: Account, { frame }: Waiting): void {
    const bytes = frame.payload.byteLength + FRAME_BYTES
    account.waitingBytes -= bytes
    this.#waitingBytes -= bytes
  }

  #tell(appliance: ApplianceId, account: Account): void {
    if (account.at - account.toldAt < HOUR && account.at >= account.toldAt) return
    account.toldAt = account.at
    this.#options.over(appliance, this.of(appliance))
  }
}

const newAccount = (at: Millis): Account => ({
  messages: 0,
  bytes: 0,
  at,
  waiting: [],
  waitingBytes: 0,
  dropped: 0,
  toldAt: Number.NEGATIVE_INFINITY,
})

const isLeft = ({ frame }: Waiting): boolean => frame.sender?.closed ?? false

const pauseOf = (used: number, more: number, limit: number): number =>
  limit === 0 ? 0 : ((used + more - limit) * HOUR) / limit

const overQuota = (appliance: ApplianceId): Problem =>
  new Problem({
    code: 'over-quota',
    message: `${appliance} has sent more than an appliance may within an hour.`,
    remedy:
      'See what makes it send so much; APPLIANCE_MESSAGES_PER_HOUR and APPLIANCE_BYTES_PER_HOUR are the bounds. It is heard again as room frees up.',
    concerns: appliance,
    status: 429,
    retryable: true,
  })
