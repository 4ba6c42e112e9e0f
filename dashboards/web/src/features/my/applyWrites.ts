import type { Step, Write } from '../../offline/write.ts'
import type { Job } from './job.ts'

/** A job as it is on this phone: with what was done here and is not sent yet. */
export type JobHere = Job & {
  /** Something of it waits to be sent. */
  isAhead: boolean
  isOnTheWay: boolean
  /** Nothing is left to do here. */
  isOver: boolean
}

type Change = Partial<Pick<Job, 'state' | 'next'>>
const leads: Record<Step, Change> = {
  contact: { next: 'start' },
  onTheWay: {},
  start: { state: 'visiting', next: 'leave' },
  leave: { state: 'completed', next: 'close' },
  close: { state: 'closed', next: undefined },
  wait: { state: 'waiting', next: undefined },
  noShow: { next: undefined },
  photo: {},
  grab: {},
}
const ends: ReadonlySet<Step> = new Set(['close', 'wait', 'noShow'])

/** Pure. What was refused has not happened. */
export function applyWrites(job: Job, writes: readonly Write[]): JobHere {
  const own = writes.filter((write) => write.job === job.id && write.state === 'waiting')
  const done = own.toSorted((a, b) => a.seq - b.seq).map(({ step }) => step)
  const here: Change = Object.assign({}, ...done.map((step) => leads[step]))
  return {
    ...job,
    ...here,
    isAhead: own.length > 0,
    isOnTheWay: done.includes('onTheWay'),
    isOver: done.some((step) => ends.has(step)),
  }
}
