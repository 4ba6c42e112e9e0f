/** Work that leaves the product (a mail, a push, a webhook), taken from the outbox at least once. */
export interface Job {
  /** Idempotency key: the receiver can drop repeats by it. */
  key: string
  /** Which channel does it: `inbox`, `mail`, `push`, `webhook`. */
  channel: string
  body: Record<string, unknown>
  /** Not before then, by the wall; absent: now. */
  runAt?: number
}

export interface DeadJob extends Job {
  error: string
  tries: number
  at: number
}

/** What became of a job so far: it waits (for its first try, or the next), was taken, or was given up. */
export interface JobRecord {
  seq: number
  key: string
  state: 'waiting' | 'done' | 'dead'
  tries: number
  /** When it was put into the outbox, by the world. */
  createdAt: number
  /** When it was taken or given up, by the wall. */
  settledAt?: number
  /** What the last try met. */
  error?: string
}

/**
 * Carries jobs from the outbox to their channels: each at least once, with back-off and a limit of tries, after
 * which it waits in the dead-letter list for a person.
 */
export interface JobQueue {
  /** There is something new in the outbox. Cheap; may be called for every commit. */
  wake(): void
  /** Resolves when nothing that is due is left or under way. */
  idle(): Promise<void>
  dead(limit: number): Promise<DeadJob[]>
  /** Puts dead jobs back; without keys all of them. @returns how many */
  replay(keys?: string[]): Promise<number>
  /** What left by a channel, newest first; `before` is the `seq` of the last one of the page before. */
  log(query: { channel: string; limit: number; before?: number }): Promise<JobRecord[]>
  /** Sends again what was taken or given up, under the same keys. @returns how many of them it knows */
  sendAgain(channel: string, keys: string[]): Promise<number>
  depth(): Promise<{ waiting: number; dead: number; oldestMs: number }>
  close(): Promise<void>
}

/** What became of what was sent, as far as it is known at once. */
export interface Sent {
  /** How its carrier calls it when it tells more later. */
  receipt?: string
  /** Taken, and no more: whether a person has it is told later. */
  awaits?: boolean
  /** It lies here, and nobody carries it on: nobody has it. */
  kept?: string
}

/** One way to reach somebody. Throws a retryable Problem when trying again can help. */
export interface Notifier {
  readonly channel: string
  /** Nothing: it has arrived. */
  send(job: Job): Promise<Sent | undefined>
}
