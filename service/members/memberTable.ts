import type { Generated } from 'kysely'
import type { DatabaseMigration, Millis } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** Points of one earning, and what is left of them. `member`: the pseudonym of a person. */
    pointLot: { seq: Generated<number>; member: string; points: number; left: number; at: Millis; expiresAt: Millis }
    /** Every change of a member's points; appended, and its sum is what is left of all lots. `ref`: of what, once. */
    pointEntry: { seq: Generated<number>; member: string; at: Millis; points: number; why: string; ref: string }
    /** What owners say after a visit, 0 to 10. */
    surveyAnswer: { ticket: string; at: Millis; score: number }
    /** Figures of others about us. */
    outsideIndex: { name: string; at: Millis; value: number; source: string }
    /** What owners ask and advise; `text` is theirs. */
    memberPost: {
      id: string
      member: string
      kind: string
      type: string
      at: Millis
      text: string
      state: string
      moderatedBy: string | null
    }
    memberLike: { post: string; member: string; at: Millis }
    poll: {
      id: string
      kind: string
      model: string | null
      question: string
      options: string
      opensAt: Millis
      endsAt: Millis
    }
    pollVote: { poll: string; member: string; option: number; at: Millis }
  }
}

export const memberMigrations: DatabaseMigration[] = [
  {
    name: '0244-members',
    async up(db, dialect) {
      const serial = dialect === 'sqlite' ? 'integer' : 'bigserial'
      await db.schema
        .createTable('pointLot')
        .addColumn('seq', serial, (c) => c.primaryKey())
        .addColumn('member', 'text', (c) => c.notNull())
        .addColumn('points', 'integer', (c) => c.notNull())
        .addColumn('left', 'integer', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('expiresAt', 'bigint', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('pointLotOf').on('pointLot').columns(['member', 'expiresAt']).execute()
      await db.schema
        .createTable('pointEntry')
        .addColumn('seq', serial, (c) => c.primaryKey())
        .addColumn('member', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('points', 'integer', (c) => c.notNull())
        .addColumn('why', 'text', (c) => c.notNull())
        .addColumn('ref', 'text', (c) => c.notNull())
        .addUniqueConstraint('pointEntryOnce', ['member', 'why', 'ref'])
        .execute()
      await db.schema
        .createTable('surveyAnswer')
        .addColumn('ticket', 'text', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('score', 'integer', (c) => c.notNull())
        .execute()
      await db.schema
        .createTable('outsideIndex')
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('value', 'double precision', (c) => c.notNull())
        .addColumn('source', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('outsideIndexKey', ['name', 'at'])
        .execute()
      await db.schema
        .createTable('memberPost')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('member', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('type', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('text', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('moderatedBy', 'text')
        .execute()
      await db.schema.createIndex('memberPostOf').on('memberPost').columns(['kind', 'state', 'at']).execute()
      await db.schema
        .createTable('memberLike')
        .addColumn('post', 'text', (c) => c.notNull())
        .addColumn('member', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('memberLikeOnce', ['post', 'member'])
        .execute()
      await db.schema
        .createTable('poll')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('model', 'text')
        .addColumn('question', 'text', (c) => c.notNull())
        .addColumn('options', 'text', (c) => c.notNull())
        .addColumn('opensAt', 'bigint', (c) => c.notNull())
        .addColumn('endsAt', 'bigint', (c) => c.notNull())
        .execute()
      await db.schema
        .createTable('pollVote')
        .addColumn('poll', 'text', (c) => c.notNull())
        .addColumn('member', 'text', (c) => c.notNull())
        .addColumn('option', 'integer', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('pollVoteOnce', ['poll', 'member'])
        .execute()
    },
  },
]
