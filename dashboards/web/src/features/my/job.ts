import type { Answer } from '../../api.ts'
/** One job of an engineer's day, with the step that comes next. */
export type Job = Answer<'GET /api/my'>['jobs'][number]
