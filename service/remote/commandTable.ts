import { z } from 'zod'
import {
  type ApplianceCommand,
  type ApplianceId,
  type CommandAck,
  type CommandResult,
  type Database,
  type DatabaseMigration,
  type Millis,
  recordOf,
  type Tables,
  type UnitOfWork,
} from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'

/**
 * What became of a command. It waits (`queued`) until the appliance has it (`delivered`) and says what it did. Without
 * an answer it ends at its expiry, and an answer that comes after that is `late`.
 */
export const commandStates = ['queued', 'delivered', 'done', 'refused', 'failed', 'expired', 'late'] as const
export type CommandState = (typeof commandStates)[number]

export interface CommandRecord extends ApplianceCommand {
  appliance: ApplianceId
  /** Who sent it. */
  by: string
  createdAt: Millis
  state: CommandState
  /** The ticket that it should repair. */
  ticket?: string
  deliveredAt?: Millis
  answeredAt?: Millis
  result?: CommandResult
  detail?: string
}

declare module '../../core/database.ts' {
  interface Tables {
    applianceCommand: {
      id: string
      appliance: string
      type: string
      params: string
      by: string
      createdAt: Millis
      expires: Millis
      state: string
      ticket: string | null
      deliveredAt: Millis | null
      answeredAt: Millis | null
      result: string | null
      detail: string | null
    }
  }
}

export const commandMigrations: DatabaseMigration[] = [
  {
    name: '0081-appliance-commands',
    async up(db) {
      await db.schema
        .createTable('applianceCommand')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('type', 'text', (c) => c.notNull())
        .addColumn('params', 'text', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('createdAt', 'bigint', (c) => c.notNull())
        .addColumn('expires', 'bigint', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('ticket', 'text')
        .addColumn('deliveredAt', 'bigint')
        .addColumn('answeredAt', 'bigint')
        .addColumn('result', 'text')
        .addColumn('detail', 'text')
        .execute()
      await db.schema
        .createIndex('commandOfAppliance')
        .on('applianceCommand')
        .columns(['appliance', 'createdAt', 'id'])
        .execute()
      await db.schema.createIndex('commandState').on('applianceCommand').columns(['state', 'expires']).execute()
    },
  },
]

/** Neither answered nor over. */
export const openCommandStates: CommandState[] = ['queued', 'delivered']

type Row = Tables['applianceCommand']
const params = jsonColumn('applianceCommand', 'params', recordOf(z.string(), z.unknown()))

/** A row as it was written here. */
export const toCommand = (row: Row): CommandRecord => ({
  id: row.id,
  appliance: row.appliance,
  type: row.type,
  params: params.read(row.params, row.id),
  expires: row.expires,
  by: row.by,
  createdAt: row.createdAt,
  state: row.state as CommandState,
  ...(row.ticket === null ? {} : { ticket: row.ticket }),
  ...(row.deliveredAt === null ? {} : { deliveredAt: row.deliveredAt }),
  ...(row.answeredAt === null ? {} : { answeredAt: row.answeredAt }),
  ...(row.result === null ? {} : { result: row.result as CommandResult }),
  ...(row.detail === null ? {} : { detail: row.detail }),
})

export async function insertCommand(tx: UnitOfWork, command: CommandRecord): Promise<void> {
  const { id, appliance, type, params, by, createdAt, expires, state, ticket } = command
  await tx
    .insertInto('applianceCommand')
    .values({
      id,
      appliance,
      type,
      params: JSON.stringify(params),
      by,
      createdAt,
      expires,
      state,
      ticket: ticket ?? null,
      deliveredAt: null,
      answeredAt: null,
      result: null,
      detail: null,
    })
    .execute()
}

/**
 * Writes down an answer: in time it ends the command, after its expiry it is `late`.
 * @returns the command as it is now; undefined when the appliance was never sent it, or has answered already
 */
export async function answerCommand(
  tx: UnitOfWork,
  { appliance, id, result, detail }: CommandAck,
  now: Millis,
): Promise<CommandRecord | undefined> {
  const row = await tx
    .selectFrom('applianceCommand')
    .selectAll()
    .where('id', '=', id)
    .where('appliance', '=', appliance)
    .executeTakeFirst()
  if (!row || row.answeredAt !== null) return undefined
  const isLate = row.state === 'expired' || now > row.expires
  const answer = { state: isLate ? 'late' : result, answeredAt: now, result, detail: detail ?? null }
  await tx.updateTable('applianceCommand').set(answer).where('id', '=', id).execute()
  return toCommand({ ...row, ...answer })
}

/** The newest first, a page; its cursor is the time and the id of the last one. */
export async function listCommands(
  database: Database,
  appliance: ApplianceId,
  { limit, cursor }: CommandPage,
): Promise<{ items: CommandRecord[]; next?: string }> {
  let select = database.query.selectFrom('applianceCommand').selectAll().where('appliance', '=', appliance)
  if (cursor) {
    const [at, after] = cursor.split('.') as [string, string]
    select = select.where((eb) =>
      eb.or([eb('createdAt', '<', Number(at)), eb.and([eb('createdAt', '=', Number(at)), eb('id', '<', after)])]),
    )
  }
  const rows = await select
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const items = readable(rows.slice(0, limit), toCommand)
  const last = items.at(-1)
  return rows.length > limit && last ? { items, next: `${last.createdAt}.${last.id}` } : { items }
}
export interface CommandPage {
  limit: number
  cursor?: string | undefined
}
