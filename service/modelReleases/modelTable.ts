import type { Generated } from 'kysely'
import { z } from 'zod'
import type { DatabaseMigration, Millis, Offset } from '../../core/index.ts'
import { jsonColumn } from '../../database/index.ts'
import type { Comparison, KindSummary } from './modelsView.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** Versions of the models that this world ever heard of. */
    modelSet: {
      id: string
      /** What the sidecars say, by kind. */
      body: string
      source: string
      /** It is the candidate since then; of one version at most. */
      offeredAt: Millis | null
      /** A person did not want it: a folder that still holds it does not offer it again. */
      declinedAt: Millis | null
    }
    /** Every change of the version in force: who asked for it, why, and from which place of the journal on it holds. */
    modelSwap: {
      seq: Generated<number>
      id: string
      action: string
      fromSet: string
      toSet: string
      askedAt: Millis
      by: string
      why: string
      /** What the two versions had shown when it was asked for. */
      figures: string | null
      /** Null until detection has come there. */
      offset: Offset | null
      at: Millis | null
      refused: string | null
    }
    /** The spans over which a candidate ran beside the version in force, on the same readings. */
    modelShadow: {
      seq: Generated<number>
      set: string
      beganAt: Millis
      upTo: Millis
      applianceDays: number
      endedBecause: string | null
    }
    /** The alerts of weight (above `info`) that a candidate would have opened. */
    shadowAlert: {
      set: string
      condition: string
      appliance: string
      kind: string
      failureMode: string
      openedAt: Millis
      endedAt: Millis | null
    }
  }
}

export const modelMigrations: DatabaseMigration[] = [
  {
    name: '0070-models',
    async up(db, dialect) {
      const seq = dialect === 'sqlite' ? 'integer' : 'bigserial'
      await db.schema
        .createTable('modelSet')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('body', 'text', (c) => c.notNull())
        .addColumn('source', 'text', (c) => c.notNull())
        .addColumn('offeredAt', 'bigint')
        .addColumn('declinedAt', 'bigint')
        .execute()
      await db.schema
        .createTable('modelSwap')
        .addColumn('seq', seq, (c) => c.primaryKey())
        .addColumn('id', 'text', (c) => c.notNull().unique())
        .addColumn('action', 'text', (c) => c.notNull())
        .addColumn('fromSet', 'text', (c) => c.notNull())
        .addColumn('toSet', 'text', (c) => c.notNull())
        .addColumn('askedAt', 'bigint', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('why', 'text', (c) => c.notNull())
        .addColumn('figures', 'text')
        .addColumn('offset', 'bigint')
        .addColumn('at', 'bigint')
        .addColumn('refused', 'text')
        .execute()
      await db.schema
        .createTable('modelShadow')
        .addColumn('seq', seq, (c) => c.primaryKey())
        .addColumn('set', 'text', (c) => c.notNull())
        .addColumn('beganAt', 'bigint', (c) => c.notNull())
        .addColumn('upTo', 'bigint', (c) => c.notNull())
        .addColumn('applianceDays', 'integer', (c) => c.notNull())
        .addColumn('endedBecause', 'text')
        .execute()
      await db.schema.createIndex('modelShadowOf').on('modelShadow').columns(['set', 'seq']).execute()
      await db.schema
        .createTable('shadowAlert')
        .addColumn('set', 'text', (c) => c.notNull())
        .addColumn('condition', 'text', (c) => c.notNull())
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('failureMode', 'text', (c) => c.notNull())
        .addColumn('openedAt', 'bigint', (c) => c.notNull())
        .addColumn('endedAt', 'bigint')
        .addPrimaryKeyConstraint('shadowAlertOne', ['set', 'condition'])
        .execute()
      await db.schema.createIndex('shadowAlertNewest').on('shadowAlert').columns(['set', 'openedAt']).execute()
    },
  },
]

export const kindSummaries = jsonColumn<KindSummary[], 'modelSet'>(
  'modelSet',
  'body',
  z.array(
    z.looseObject({
      kind: z.string(),
      version: z.string(),
      seeds: z.array(z.number()),
      appliances: z.number(),
      days: z.number(),
      heldOut: z.unknown().optional(),
      hash: z.string(),
    }),
  ),
)

/** What is no number in JSON was none when it was written. */
const figure = z.union([z.number(), z.null().transform(() => Number.NaN)])
const counted = { right: z.number(), wrong: z.number(), found: z.number(), known: z.number() }
const record = z.looseObject({
  opened: z.number(),
  ...counted,
  undecided: z.number(),
  falsePerApplianceYear: figure,
  truth: z.looseObject({ ...counted, falsePerApplianceYear: figure }).optional(),
})
const by = z.enum(['verdicts', 'truth'])
const compared = { candidate: figure, inForce: figure }
const against = z.discriminatedUnion('reason', [
  z.looseObject({ reason: z.literal('seen-too-little'), candidate: figure, least: z.number() }),
  z.looseObject({ reason: z.literal('more-false'), by, ...compared }),
  z.looseObject({ reason: z.literal('finds-less'), by, ...compared, known: z.number() }),
  z.looseObject({ reason: z.literal('too-many-unjudged'), ...compared }),
  z.looseObject({
    reason: z.literal('held-out'),
    family: z.string(),
    figure: z.enum(['recall', 'falsePerYear', 'diagnosis', 'leadShareMedian']),
    ...compared,
  }),
])
export const comparison = jsonColumn<Comparison, 'modelSwap'>(
  'modelSwap',
  'figures',
  z.looseObject({
    from: z.number(),
    to: z.number(),
    applianceDays: z.number(),
    inForce: record,
    candidate: record,
    against: z.array(against),
  }),
)
