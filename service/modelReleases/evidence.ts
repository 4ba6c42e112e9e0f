// What a comparison of two versions rests on: the alerts that each opened, and what people found.
import { type AlertRecords, type Database, isOfFault, jobTypeOf, type Millis } from '../../core/index.ts'
import { judgedSince } from '../tickets/store/ticketCounts.ts'
import { leanTickets } from '../tickets/store/ticketRepository.ts'
import type { Found, Opened } from './weighShadow.ts'

const ALERTS_WEIGHED = 20_000

/** Alerts of the version in force that weigh as much as those of a shadow do. */
export const openedLive = (alerts: AlertRecords, database: Database, from: Millis, to: Millis): Promise<Opened[]> =>
  alerts.opened(database.query, { from, to, limit: ALERTS_WEIGHED })

export const openedInShadow = (database: Database, set: string): Promise<Opened[]> =>
  database.query
    .selectFrom('shadowAlert')
    .select(['appliance', 'openedAt'])
    .where('set', '=', set)
    .orderBy('openedAt')
    .execute()

/**
 * What people found since: verdicts of closures, faults that owners reported, and alerts that were dismissed. O(what was
 * closed since).
 */
export async function foundSince(alerts: AlertRecords, database: Database, from: Millis): Promise<Found[]> {
  const judged = await judgedSince(database.query, from)
  const reported = await leanTickets(database.query, {
    closedSince: from,
    isUndecided: true,
    notSource: 'predicted',
  })
  const dismissed = await alerts.dismissedSince(database.query, from)
  return [
    ...judged.map(({ appliance, createdAt, closedAt, verdict }) => ({
      appliance,
      from: createdAt,
      at: closedAt ?? createdAt,
      isFault: verdict !== 'refuted',
    })),
    ...reported.flatMap((ticket) => {
      const { appliance, createdAt, closure } = ticket
      const isFault = closure?.cause !== 'none'
      // Who cleans or installs looks for no fault: that none was found says nothing.
      const looked = isOfFault(ticket) || jobTypeOf(ticket) === 'inspection'
      return isFault || looked ? [{ appliance, from: createdAt, at: closure?.at ?? createdAt, isFault }] : []
    }),
    ...dismissed.map(({ appliance, openedAt, dismissed }) => ({
      appliance,
      from: openedAt ?? 0,
      at: dismissed?.at ?? openedAt ?? 0,
      isFault: false,
    })),
  ]
}
