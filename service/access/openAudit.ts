import type { Kysely } from 'kysely'
import { type Clock, DAY, type Database, type Millis, SECOND, type Tables, type UnitOfWork } from '../../core/index.ts'
import {
  type AuditCheck,
  type AuditFloor,
  type AuditHead,
  ChainCheck,
  FORGOTTEN,
  floorDetail,
  hashOf,
} from './auditChain.ts'
import type { AuditEntry } from './auditTable.ts'
import { RefusalCount } from './refusalCount.ts'

/** How often it is asked whether a minute of refusals is over. */
const LOOK_EVERY_MS = 5 * SECOND
const ROWS_AT_ONCE = 1_000

export interface AuditRow extends AuditEntry {
  seq: number
  at: Millis
  /** How often it was, where one row stands for several. */
  times?: number
}
export interface AuditQuery {
  who?: string | undefined
  action?: string | undefined
  subject?: string | undefined
  from?: Millis | undefined
  to?: Millis | undefined
  limit: number
  /** The `seq` of the last one that was seen. */
  cursor?: string | undefined
}
export interface Audit {
  /** Resolves when it is committed. */
  record(entry: AuditEntry): Promise<void>
  /** Something that was refused: a flood of them from one address is one row a minute. Resolves when what is written is committed. */
  refused(entry: AuditEntry): Promise<void>
  list(query: AuditQuery): Promise<{ items: AuditRow[]; next?: string }>
  /** Is every row as it was written, and none gone? Reads all of them, a thousand at once. */
  check(): Promise<AuditCheck>
  /**
   * Forgets rows from before a time, so many at most, and says so in a row of its own; at most about once a day.
   * @returns whether nothing of that age is left
   */
  forget(before: Millis, most: number): Promise<boolean>
  /** Writes down what was counted so far. */
  close(): Promise<void>
}
export interface AuditOptions {
  database: Database
  /** The wall clock: people act in it, whatever time a world has. */
  clock: Clock
  /** Of a file of its own, mode 600, beside the database and not in it. */
  key: string
  /** Where the chain ends is noted outside the database: what is cut off at its end would not be missed otherwise. */
  noted?: { read(): Promise<AuditHead | undefined>; write(head: AuditHead): void }
  onRetryableError(code: string, error: unknown): void
}

export function openAudit({ database, clock, key, noted, onRetryableError }: AuditOptions): Audit {
  const refusals = new RefusalCount(clock)
  const add = async (entry: AuditEntry & { times?: number }): Promise<void> => {
    const head = await database.transaction((tx) => append(tx, key, clock.now(), entry))
    noted?.write(head)
  }
  const forget = async (before: Millis, most: number): Promise<boolean> => {
    const gone = await database.transaction(async (tx) => {
      const floor = await lastBefore(tx, before, most)
      if (!floor) return undefined
      const head = await append(tx, key, clock.now(), { who: 'policy', action: FORGOTTEN, detail: floorDetail(floor) })
      await tx.insertInto('auditFloor').values(floor).execute()
      await tx.deleteFrom('audit').where('seq', '<=', floor.seq).execute()
      return head
    })
    if (gone) noted?.write(gone)
    return gone === undefined
  }
  const writeDue = async (all?: boolean): Promise<void> => {
    for (const entry of refusals.due(all)) await add(entry)
  }
  const looking = setInterval(() => {
    if (!refusals.isEmpty) writeDue().catch((error: unknown) => onRetryableError('audit', error))
  }, LOOK_EVERY_MS)
  looking.unref()
  return {
    record: add,
    async refused(entry) {
      if (refusals.isNews(entry)) await add(entry)
    },
    list: (query) => listAudit(database, query),
    forget,
    check: async () => checkAudit(database.query, key, await noted?.read()),
    async close() {
      clearInterval(looking)
      await writeDue(true)
    },
  }
}

/** So that there is not a row an hour that says what was forgotten. */
const NOT_WORTH_A_ROW = DAY

/**
 * The last of the oldest rows that may go; none while they are few. Rows from before there was a chain go together with the
 * one that vouches for them.
 */
async function lastBefore(tx: UnitOfWork, before: Millis, most: number): Promise<AuditFloor | undefined> {
  const first = await tx.selectFrom('audit').select(['seq', 'at']).orderBy('seq').limit(1).executeTakeFirst()
  if (!first || first.at >= before - NOT_WORTH_A_ROW) return undefined
  const kept = await tx
    .selectFrom('audit')
    .select('seq')
    .where('at', '>=', before)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst()
  const last = await tx
    .selectFrom('audit')
    .select(['seq', 'hash'])
    .where('seq', '<', Math.min(kept?.seq ?? Number.MAX_SAFE_INTEGER, first.seq + most))
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.hash ? { seq: last.seq, hash: last.hash } : undefined
}

/** Adds a row to the chain. One writer: nobody adds another between the look and the row. */
async function append(
  tx: UnitOfWork,
  key: string,
  at: Millis,
  { who, action, subject, address, detail, times }: AuditEntry & { times?: number },
): Promise<AuditHead> {
  const last = await tx.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst()
  const row = {
    seq: (last?.seq ?? 0) + 1,
    at,
    who,
    action,
    subject: subject ?? null,
    address: address ?? null,
    detail: detail ?? null,
    times: times ?? null,
  }
  // The first row after those of before there was a chain vouches for all of them.
  const before = last && (last.hash ?? (await follow(tx, new ChainCheck(key))).before)
  const hash = hashOf(key, before ?? '', row)
  await tx
    .insertInto('audit')
    .values({ ...row, hash })
    .execute()
  return { seq: row.seq, hash }
}

async function follow(db: Kysely<Tables>, check: ChainCheck): Promise<ChainCheck> {
  for (let after = 0; ; ) {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(ROWS_AT_ONCE)
      .execute()
    for (const row of rows) check.next(row)
    const last = rows.at(-1)
    if (!last) return check
    after = last.seq
  }
}

/** @param noted where the chain ended, as somebody noted outside the database */
export const checkAudit = async (db: Kysely<Tables>, key: string, noted?: AuditHead): Promise<AuditCheck> =>
  (await follow(db, new ChainCheck(key, noted, await floorOf(db)))).end()

const floorOf = (db: Kysely<Tables>): Promise<AuditFloor | undefined> =>
  db.selectFrom('auditFloor').selectAll().orderBy('seq', 'desc').limit(1).executeTakeFirst()

async function listAudit(
  database: Database,
  { who, action, subject, from, to, limit, cursor }: AuditQuery,
): Promise<{ items: AuditRow[]; next?: string }> {
  let select = database.query.selectFrom('audit').selectAll()
  if (who) select = select.where('who', '=', who)
  if (action) select = select.where('action', '=', action)
  if (subject) select = select.where('subject', '=', subject)
  if (from !== undefined) select = select.where('at', '>=', from)
  if (to !== undefined) select = select.where('at', '<', to)
  if (cursor) select = select.where('seq', '<', Number(cursor))
  const rows = await select
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(({ subject, address, detail, times, hash: _, ...row }) => ({
    ...row,
    ...(subject === null ? {} : { subject }),
    ...(address === null ? {} : { address }),
    ...(detail === null ? {} : { detail }),
    ...(times === null ? {} : { times }),
  }))
  const last = items.at(-1)
  return rows.length > limit && last ? { items, next: String(last.seq) } : { items }
}
