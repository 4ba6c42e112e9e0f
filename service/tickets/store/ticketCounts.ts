import { sql } from 'kysely'
import { type Millis, ticketStatesWhere } from '../../../core/index.ts'
import type { Reading } from './ticketRepository.ts'

/** How many tickets each engineer still has to do with: to be joined with who they are. */
export const openJobs = (db: Reading) =>
  db
    .selectFrom('ticket')
    .select((eb) => ['ticket.engineer as busy', eb.fn.countAll<number>().as('jobs')])
    .where('state', 'in', ticketStatesWhere('busy'))
    .where('ticket.engineer', 'is not', null)
    .groupBy('ticket.engineer')

/** Predicted ones, counted by what they have in common. Read from the index, whose order it is. */
export const countsByVerdict = (db: Reading) =>
  db
    .selectFrom('ticket')
    .select((eb) => [
      'verdict',
      'kind',
      'model',
      'version',
      'failureMode',
      eb.fn.countAll<number>().as('count'),
      sql<number>`sum(case when state = 'cancelled' then 1 else 0 end)`.as('cancelled'),
    ])
    .where('source', '=', 'predicted')
    .groupBy(['verdict', 'kind', 'model', 'version', 'failureMode'])
    .execute()

/** Predicted and decided ones, in fifths of the probability that was said, with its sum. */
export function countsByProbability(db: Reading) {
  const bin = sql<number>`case when probability >= 0.8 then 4 when probability >= 0.6 then 3
    when probability >= 0.4 then 2 when probability >= 0.2 then 1 else 0 end`
  return db
    .selectFrom('ticket')
    .select((eb) => [
      bin.as('bin'),
      'verdict',
      eb.fn.countAll<number>().as('count'),
      eb.fn.sum<number>('probability').as('predicted'),
    ])
    .where('source', '=', 'predicted')
    .where('verdict', 'is not', null)
    .groupBy([bin, 'verdict'])
    .execute()
}

/** Predicted ones that were wrong, the newest first. */
export const wrongOnes = (db: Reading, limit: number) =>
  db
    .selectFrom('ticket')
    .select(['id', 'number', 'appliance', 'failureMode', 'verdict', 'closedAt', 'createdAt'])
    .where('source', '=', 'predicted')
    .where('verdict', 'in', ['refuted', 'other-cause'])
    .orderBy(sql`coalesce("closedAt", "createdAt")`, 'desc')
    .limit(limit)
    .execute()

/** Predicted ones with what they are counted by, the oldest first; of the confirmed ones what life was said. */
export const predictedOnes = (db: Reading) =>
  db
    .selectFrom('ticket')
    .select(['appliance', 'kind', 'model', 'version', 'failureMode', 'createdAt'])
    .where('source', '=', 'predicted')
    .orderBy('createdAt')
    .execute()
export const livesOfConfirmed = (db: Reading) =>
  db
    .selectFrom('ticket')
    .select(['kind', 'model', 'version', 'failureMode', 'lifeHours'])
    .where('source', '=', 'predicted')
    .where('verdict', '=', 'confirmed')
    .where('lifeHours', 'is not', null)
    .execute()

/** What closures since a moment said of predictions. */
export const judgedSince = (db: Reading, from: Millis) =>
  db
    .selectFrom('ticket')
    .select(['appliance', 'createdAt', 'closedAt', 'verdict'])
    .where('closedAt', '>=', from)
    .where('verdict', 'is not', null)
    .execute()

/** The newest closed cases of a kind, without what they hold. */
export const closedCases = (db: Reading, kind: string, limit: number) =>
  db
    .selectFrom('ticket')
    .select(['id', 'state', 'closedAt'])
    .where('kind', '=', kind)
    .where('state', 'in', ticketStatesWhere('mended'))
    .where('closedAt', 'is not', null)
    .orderBy('closedAt', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute()

/** What people reported of these appliances since a moment, again or for the first time. */
export const reportedSince = async (db: Reading, appliances: readonly string[], from: Millis) => {
  const rows = await db
    .selectFrom('ticket')
    .select(['id', 'appliance', 'createdAt'])
    .where('appliance', 'in', appliances)
    .where('createdAt', '>=', from)
    .where('source', 'in', ['reported', 'recall'])
    .execute()
  return rows.map((row) => ({ ...row, createdAt: Number(row.createdAt) }))
}

/** Complaints about tickets of these appliances since then. */
export async function complaintsAbout(db: Reading, appliances: readonly string[], from: Millis) {
  const rows = await db
    .selectFrom('deskTask')
    .innerJoin('ticket', 'ticket.id', 'deskTask.ticket')
    .select(['ticket.appliance', 'deskTask.openedAt'])
    .where('ticket.appliance', 'in', appliances)
    .where('deskTask.openedAt', '>=', from)
    .where('deskTask.type', '=', 'complaint')
    .execute()
  return rows.map(({ appliance, openedAt }) => ({ appliance, at: Number(openedAt) }))
}
