import type { Change } from '../api.ts'

/** One step of a visit, as it was done on the phone. */
export type Step = 'contact' | 'onTheWay' | 'start' | 'leave' | 'wait' | 'noShow' | 'close' | 'photo' | 'grab'

/** A command that is to be sent, or was refused. It has its own key: sent twice, it is done once. */
export interface Write {
  id: string
  /** Order within this phone. */
  seq: number
  /** By the phone's clock, ms. */
  at: number
  step: Step
  /** The ticket that it is about, and how people call it. */
  job: string
  number: string
  what: Change
  asked: Readonly<Record<string, string>>
  body: unknown
  /** The newest thing that was known of the ticket when it was decided on, ms; absent where somebody has looked at both and sends it all the same. */
  basis?: number | undefined
  /** `conflict`: the server refused it; what follows for the same job waits until somebody decides. */
  state: 'waiting' | 'conflict'
  problem?: { code: string; title: string; detail: string } | undefined
}

/** What came of one attempt. */
export type Sent =
  | { kind: 'done' }
  /** Nobody answers, or not now: later, in the same order. */
  | { kind: 'later' }
  /** The sign-in has ended. */
  | { kind: 'signed-out' }
  | { kind: 'refused'; problem: NonNullable<Write['problem']> }

/** The next to be sent: in order, but nothing of a job after one of its own that was refused. Pure. */
export function nextToSend(writes: readonly Write[]): Write | undefined {
  const stopped = new Set(writes.filter(({ state }) => state === 'conflict').map(({ job }) => job))
  return writes.toSorted((a, b) => a.seq - b.seq).find(({ state, job }) => state === 'waiting' && !stopped.has(job))
}
