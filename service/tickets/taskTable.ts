import { z } from 'zod'
import {
  because,
  type Database,
  type DatabaseMigration,
  type EngineerId,
  engineerIdSchema,
  isQuoted,
  keptReason,
  type Millis,
  markPersonal,
  notFound,
  Problem,
  type Reason,
  sameText,
  type TicketId,
  textOf,
  ticketIdSchema,
  type UnitOfWork,
} from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import { cutOut } from './store/forgetWords.ts'
import { personOfTicket } from './store/personOfTicket.ts'

export const taskTypes = [
  'call-back',
  'supervisor',
  'complaint',
  'contact',
  'reach',
  'safety',
  'reconsider',
  'swap',
] as const
export type TaskType = (typeof taskTypes)[number]

/** Something that a person at a desk must do by a time. */
export interface DeskTask {
  id: string
  type: TaskType
  /** Which desk does it: an outlet's id, or `central`. */
  desk: string
  openedAt: Millis
  dueAt: Millis
  doneAt?: Millis
  ticket?: TicketId
  engineer?: EngineerId
  /** What is to be done. */
  what: Reason
  /** What came of it, and who said so. */
  outcome?: string
  doneBy?: string
}

declare module '../../core/database.ts' {
  interface Tables {
    deskTask: {
      id: string
      type: string
      desk: string
      ticket: string | null
      engineer: string | null
      openedAt: Millis
      dueAt: Millis
      doneAt: Millis | null
      body: string
    }
  }
}

export const taskMigrations: DatabaseMigration[] = [
  {
    name: '0033-desk-tasks',
    async up(db) {
      await db.schema
        .createTable('deskTask')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('type', 'text', (c) => c.notNull())
        .addColumn('desk', 'text', (c) => c.notNull())
        .addColumn('ticket', 'text')
        .addColumn('engineer', 'text')
        .addColumn('openedAt', 'bigint', (c) => c.notNull())
        .addColumn('dueAt', 'bigint', (c) => c.notNull())
        .addColumn('doneAt', 'bigint')
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('deskTaskDue').on('deskTask').columns(['type', 'doneAt', 'dueAt']).execute()
      await db.schema.createIndex('deskTaskOf').on('deskTask').columns(['ticket', 'type']).execute()
    },
  },
]

const stored = jsonColumn(
  'deskTask',
  'body',
  z.object({
    id: z.string(),
    type: z.enum(taskTypes),
    desk: z.string(),
    openedAt: z.number(),
    dueAt: z.number(),
    doneAt: z.number().optional(),
    ticket: ticketIdSchema.optional(),
    engineer: engineerIdSchema.optional(),
    what: keptReason.optional(),
    /** One from before tasks had codes brings its words along. */
    text: textOf(z.string()).optional(),
    outcome: z.string().optional(),
    doneBy: z.string().optional(),
  }),
)

/** A task from its column. @throws Problem `row-unreadable` */
export function toTask({ id, body }: { id: string; body: string }): DeskTask {
  const { text, what, ...task } = stored.read(body, id)
  return { ...task, what: what ?? because('text', { text: text ?? sameText('') }) }
}

/** As it is kept: the words in it are of its ticket's owner, or said of them. */
async function keptBody(tx: UnitOfWork, task: DeskTask): Promise<string> {
  const of = task.ticket === undefined ? undefined : await personOfTicket(tx, task.ticket)
  return JSON.stringify(of === undefined ? task : markPersonal(of, task))
}

/** A task that is there already stays as it is. */
export async function openTask(tx: UnitOfWork, task: DeskTask): Promise<void> {
  const { id, type, desk, ticket = null, engineer = null, openedAt, dueAt } = task
  await tx
    .insertInto('deskTask')
    .values({ id, type, desk, ticket, engineer, openedAt, dueAt, doneAt: null, body: await keptBody(tx, task) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

async function finish(tx: UnitOfWork, task: DeskTask, at: Millis, by: string, outcome: string): Promise<DeskTask> {
  const done: DeskTask = { ...task, doneAt: at, doneBy: by, outcome }
  await tx
    .updateTable('deskTask')
    .set({ doneAt: at, body: await keptBody(tx, done) })
    .where('id', '=', task.id)
    .execute()
  return done
}

/** @throws Problem `task-done` */
export async function doTask(tx: UnitOfWork, id: string, at: Millis, by: string, outcome: string): Promise<DeskTask> {
  const row = await tx.selectFrom('deskTask').select(['id', 'body']).where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound('task', id)
  const task = toTask(row)
  if (task.doneAt !== undefined) {
    throw new Problem({
      code: 'task-done',
      message: `Task ${id} is done: ${task.outcome}.`,
      remedy: 'Nothing is left to do.',
      concerns: id,
      status: 409,
    })
  }
  return finish(tx, task, at, by, outcome)
}

/** Open tasks of a ticket, of one type. */
export async function openTasksOf(
  tx: Pick<UnitOfWork, 'selectFrom'>,
  ticket: string,
  type: TaskType,
): Promise<DeskTask[]> {
  const rows = await tx
    .selectFrom('deskTask')
    .select(['id', 'body'])
    .where('ticket', '=', ticket)
    .where('type', '=', type)
    .where('doneAt', 'is', null)
    .orderBy('openedAt')
    .execute()
  return readable(rows, toTask)
}

/** Open ones whose time ended within this time, the oldest first. */
export async function overdueTasks(
  tx: Pick<UnitOfWork, 'selectFrom'>,
  { from, to, limit }: { from: Millis; to: Millis; limit: number },
): Promise<DeskTask[]> {
  const open = tx.selectFrom('deskTask').select(['id', 'body']).where('doneAt', 'is', null)
  const due = open.where('dueAt', '>=', from).where('dueAt', '<=', to)
  return readable(await due.orderBy('dueAt').orderBy('id').limit(limit).execute(), toTask)
}

export async function tasksOf(tx: Pick<UnitOfWork, 'selectFrom'>, ids: readonly string[]): Promise<DeskTask[]> {
  if (ids.length === 0) return []
  return readable(await tx.selectFrom('deskTask').select(['id', 'body']).where('id', 'in', ids).execute(), toTask)
}

export async function finishTasksOf(
  tx: UnitOfWork,
  ticket: string,
  type: TaskType,
  at: Millis,
  by: string,
  outcome: string,
): Promise<void> {
  for (const task of await openTasksOf(tx, ticket, type)) await finish(tx, task, at, by, outcome)
}

/** What an owner said is not in what a desk has to do any more; what came of it stays, without their name and contact. */
export async function forgetTaskWords(tx: UnitOfWork, ticket: string, strings: readonly string[]): Promise<void> {
  const rows = await tx.selectFrom('deskTask').select(['id', 'body']).where('ticket', '=', ticket).execute()
  for (const row of rows) {
    const { what, ...task } = cutOut(toTask(row), strings) as DeskTask
    const kept = isQuoted(what) ? { ...what, params: { ...what.params, words: '…' } } : what
    const body = JSON.stringify({ ...task, what: kept })
    await tx.updateTable('deskTask').set({ body }).where('id', '=', row.id).execute()
  }
}

/** The worklist: what is open, the most urgent first; or what was done, the newest first. */
export async function listTasks(
  database: Database,
  query: {
    type?: TaskType | undefined
    desk?: string | undefined
    done?: boolean | undefined
    ticket?: string | undefined
  },
): Promise<DeskTask[]> {
  let select = database.query.selectFrom('deskTask').select(['id', 'body'])
  if (query.type) select = select.where('type', '=', query.type)
  if (query.desk) select = select.where('desk', '=', query.desk)
  if (query.ticket) select = select.where('ticket', '=', query.ticket)
  select = query.done
    ? select.where('doneAt', 'is not', null).orderBy('doneAt', 'desc')
    : select.where('doneAt', 'is', null).orderBy('dueAt')
  return readable(await select.orderBy('id').limit(1_000).execute(), toTask)
}
