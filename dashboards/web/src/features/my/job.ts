import type { Answer, Ticket } from '../../api.ts'

export type MyView = Answer<'GET /api/my'>
/** One job of an engineer's day, with the step that comes next. */
export type Job = MyView['jobs'][number]
export type Van = NonNullable<MyView['van']>

/** The newest thing that this phone has seen of a ticket, ms: what somebody else did after it was not known when a step was made. */
export const basisOf = ({ updatedAt, history }: Ticket): number => Math.max(updatedAt, history.at(-1)?.at ?? 0)
