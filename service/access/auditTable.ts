import { type Generated, sql } from 'kysely'
import type { Clock, Database, DatabaseMigration, Millis } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** Who did what, when. Rows are only ever added; the database itself refuses the rest. */
    audit: {
      seq: Generated<number>
      at: Millis
      who: string
      action: string
      subject: string | null
      address: string | null
      detail: string | null
    }
  }
}

export interface AuditEntry {
  /** An account (`user:NAME`), `token`, `owner`, an appliance's id. */
  who: string
  /** `sign-in`, `sign-in-refused`, or the call that was made: `POST /api/appliances/:id/transfer`. */
  action: string
  /** The id of what it was done to. Never a name, an address or words of a person. */
  subject?: string | undefined
  /** Where the call came from. */
  address?: string | undefined
  /** Ids and codes alone. */
  detail?: string | undefined
}
export interface AuditRow extends AuditEntry {
  seq: number
  at: Millis
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
  list(query: AuditQuery): Promise<{ items: AuditRow[]; next?: string }>
}

const refusal = 'the audit is append-only'

export const auditMigrations: DatabaseMigration[] = [
  {
    name: '0082-audit',
    async up(db, dialect) {
      await db.schema
        .createTable('audit')
        .addColumn('seq', dialect === 'sqlite' ? 'integer' : 'bigserial', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('who', 'text', (c) => c.notNull())
        .addColumn('action', 'text', (c) => c.notNull())
        .addColumn('subject', 'text')
        .addColumn('address', 'text')
        .addColumn('detail', 'text')
        .execute()
      await db.schema.createIndex('auditSubject').on('audit').columns(['subject', 'seq']).execute()
      await db.schema.createIndex('auditWho').on('audit').columns(['who', 'seq']).execute()
      if (dialect === 'sqlite') {
        for (const change of ['update', 'delete']) {
          await sql
            .raw(
              `create trigger "audit-no-${change}" before ${change} on audit begin select raise(abort, '${refusal}'); end`,
            )
            .execute(db)
        }
        return
      }
      await sql
        .raw(
          `create function audit_refuse() returns trigger language plpgsql as $$ begin raise exception '${refusal}'; end $$`,
        )
        .execute(db)
      await sql
        .raw(
          'create trigger audit_no_change before update or delete or truncate on audit execute function audit_refuse()',
        )
        .execute(db)
    },
  },
]

/** @param clock the wall clock: people act in it, whatever time a world has */
export function openAudit(database: Database, clock: Clock): Audit {
  return {
    async record({ who, action, subject, address, detail }) {
      const row = {
        at: clock.now(),
        who,
        action,
        subject: subject ?? null,
        address: address ?? null,
        detail: detail ?? null,
      }
      await database.transaction((tx) => tx.insertInto('audit').values(row).execute())
    },
    async list({ who, action, subject, from, to, limit, cursor }) {
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
      const items = rows.slice(0, limit).map(({ subject, address, detail, ...row }) => ({
        ...row,
        ...(subject === null ? {} : { subject }),
        ...(address === null ? {} : { address }),
        ...(detail === null ? {} : { detail }),
      }))
      const last = items.at(-1)
      return rows.length > limit && last ? { items, next: String(last.seq) } : { items }
    },
  }
}
