/** Work that leaves the product (a mail, a push, a webhook), taken from the outbox at least once. */
export interface Job {
  /** Idempotency key: the receiver can drop repeats by it. */
  key: string
  /** Which channel does it: `inbox`, `mail`, `push`, `webhook`. */
  channel: string
  body: Record<string, unknown>
}

export interface DeadJob extends Job {
  error: string
  tries: number
  at: number
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
  depth(): Promise<{ waiting: number; dead: number; oldestMs: number }>
  close(): Promise<void>
}

/** One way to reach somebody. Throws a retryable Problem when trying again can help. */
export interface Notifier {
  readonly channel: string
  send(job: Job): Promise<void>
}
