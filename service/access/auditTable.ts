import { type Generated, sql } from 'kysely'
import type { DatabaseMigration, Millis } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** Who did what, when. Rows are added, and forgotten when the policy says so; the database itself refuses the rest. */
    audit: {
      seq: Generated<number>
      at: Millis
      who: string
      action: string
      subject: string | null
      address: string | null
      detail: string | null
      times: number | null
      hash: string | null
    }
    /** Up to which rows the audit was forgotten: the database lets those go, and no others. */
    auditFloor: { seq: number; hash: string }
  }
}

export interface AuditEntry {
  /** An account (`user:NAME`), `token`, `owner`, `stranger`, `several`, an appliance's id. */
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
  {
    name: '0110-audit-chain',
    async up(db) {
      // Rows that are there stay without a hash: the first one after them is hashed over all of them.
      await db.schema.alterTable('audit').addColumn('times', 'integer').execute()
      await db.schema.alterTable('audit').addColumn('hash', 'text').execute()
      await db.schema.createIndex('auditAt').on('audit').columns(['at', 'seq']).execute()
    },
  },
  {
    name: '0350-audit-floor',
    async up(db, dialect) {
      await db.schema
        .createTable('auditFloor')
        .addColumn('seq', 'bigint', (c) => c.primaryKey())
        .addColumn('hash', 'text', (c) => c.notNull())
        .execute()
      const kept = 'old.seq > coalesce((select max(seq) from "auditFloor"), 0)'
      const statements =
        dialect === 'sqlite'
          ? [
              'drop trigger "audit-no-delete"',
              `create trigger "audit-no-delete" before delete on audit when ${kept}
                begin select raise(abort, '${refusal}'); end`,
            ]
          : [
              'drop trigger audit_no_change on audit',
              'create trigger audit_no_change before update or truncate on audit execute function audit_refuse()',
              `create function audit_refuse_kept() returns trigger language plpgsql as $$ begin
                if ${kept} then raise exception '${refusal}'; end if; return old; end $$`,
              'create trigger audit_no_delete before delete on audit for each row execute function audit_refuse_kept()',
            ]
      for (const statement of statements) await sql.raw(statement).execute(db)
    },
  },
]
