import type { Answer, TicketStateView } from '../../api.ts'

export type Task = Answer<'GET /api/tasks'>['items'][number]
/** Something that is owed by a time: a task of a desk, or a promise of a ticket that may not be kept. */
export type Owed =
  | { list: 'task'; key: string; task: Task; dueAt: number }
  | {
      list: 'promise'
      key: string
      ticket: string
      number: string
      appliance: string
      state: TicketStateView['state']
      dueAt: number
    }

/** In the order in which they are worked off where nothing else decides. */
export const lists = [
  'safety',
  'reach',
  'call-back',
  'promise',
  'complaint',
  'contact',
  'supervisor',
  'reconsider',
  'swap',
] as const satisfies readonly (Task['type'] | 'promise')[]
export type List = (typeof lists)[number]

export const owedTask = (task: Task): Owed => ({ list: 'task', key: task.id, task, dueAt: task.dueAt })
export const listOf = (owed: Owed): List => (owed.list === 'task' ? owed.task.type : 'promise')

const HOUR = 3_600_000
/** A promise that is due within this is at risk: there is still time to do something about it. */
export const isAtRisk = (dueAt: number, now: number): boolean => dueAt - now < 4 * HOUR
