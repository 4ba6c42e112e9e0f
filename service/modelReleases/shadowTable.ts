import type { AlertRecords, Database, Millis, UnitOfWork } from '../../core/index.ts'

/** What a shadow says of itself, from one moment to the next. */
export interface ShadowHeard {
  /** The world's time up to which it has heard everything since it began. */
  upTo: Millis
  /** Appliance-days that it judged since it last said so. */
  applianceDays: number
  /** In the order in which it was said. */
  said: { isOver: boolean; condition: string; appliance: string; kind: string; failureMode: string; at: Millis }[]
}

export interface ShadowSpan {
  beganAt: Millis
  upTo: Millis
  applianceDays: number
  endedBecause: string | null
}

/** Older ones go: a promotion is weighed on what was lately. */
const MOST_ALERTS = 20_000
const MOST_SPANS = 500

export async function beginSpan(database: Database, set: string, at: Millis): Promise<number> {
  return database.transaction(async (tx) => {
    const { seq } = await tx
      .insertInto('modelShadow')
      .values({ set, beganAt: at, upTo: at, applianceDays: 0, endedBecause: null })
      .returning('seq')
      .executeTakeFirstOrThrow()
    await tx
      .deleteFrom('modelShadow')
      .where('seq', '<=', Number(seq) - MOST_SPANS)
      .execute()
    return Number(seq)
  })
}

export const endSpan = (database: Database, span: number, because: string): Promise<void> =>
  database.transaction(async (tx) => {
    await tx.updateTable('modelShadow').set({ endedBecause: because }).where('seq', '=', span).execute()
  })

/** Records what a shadow heard and said. It is no alert: it opens nothing and tells nobody. */
export async function recordHeard(
  database: Database,
  alerts: AlertRecords,
  { set, span, beganAt }: { set: string; span: number; beganAt: Millis },
  heard: ShadowHeard,
): Promise<void> {
  await database.transaction(async (tx) => {
    await tx
      .updateTable('modelShadow')
      .set((eb) => ({ upTo: heard.upTo, applianceDays: eb('applianceDays', '+', heard.applianceDays) }))
      .where('seq', '=', span)
      .execute()
    for (const { isOver, condition, at, ...one } of heard.said) {
      if (isOver) await close(tx, set, condition, at)
      else if (!(await stoodBefore(tx, alerts, set, condition, one, beganAt)))
        await tx
          .insertInto('shadowAlert')
          .values({ set, condition, ...one, openedAt: at, endedAt: null })
          .onConflict((conflict) => conflict.columns(['set', 'condition']).doNothing())
          .execute()
    }
    if (heard.said.length > 0) await forgetOldest(tx, set)
  })
}

async function close(tx: UnitOfWork, set: string, condition: string, at: Millis): Promise<void> {
  await tx
    .updateTable('shadowAlert')
    .set({ endedAt: at })
    .where('set', '=', set)
    .where('condition', '=', condition)
    .where('endedAt', 'is', null)
    .execute()
}

/**
 * Is it no finding of this span? The version in force had opened it before the shadow began (which then knew of it), or the
 * shadow has one of this fault open: another episode joins, as alerts do.
 */
async function stoodBefore(
  tx: UnitOfWork,
  alerts: AlertRecords,
  set: string,
  condition: string,
  { appliance, failureMode }: { appliance: string; failureMode: string },
  beganAt: Millis,
): Promise<boolean> {
  if (await alerts.openedBefore(tx, condition, beganAt)) return true
  const standing = await tx
    .selectFrom('shadowAlert')
    .select('condition')
    .where('set', '=', set)
    .where('appliance', '=', appliance)
    .where('failureMode', '=', failureMode)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  return standing !== undefined
}

async function forgetOldest(tx: UnitOfWork, set: string): Promise<void> {
  const last = await tx
    .selectFrom('shadowAlert')
    .select('openedAt')
    .where('set', '=', set)
    .orderBy('openedAt', 'desc')
    .offset(MOST_ALERTS)
    .limit(1)
    .executeTakeFirst()
  if (last) await tx.deleteFrom('shadowAlert').where('set', '=', set).where('openedAt', '<=', last.openedAt).execute()
}

/** When a candidate ran beside the version that is in force now, `since` then: beside another it was weighed against that. */
export function spansOf(database: Database, set: string, since: Millis | null): Promise<ShadowSpan[]> {
  return database.query
    .selectFrom('modelShadow')
    .select(['beganAt', 'upTo', 'applianceDays', 'endedBecause'])
    .where('set', '=', set)
    .where('beganAt', '>=', since ?? 0)
    .orderBy('seq')
    .execute()
}
