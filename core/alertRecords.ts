import type { Alert } from './alert.ts'
import type { UnitOfWork } from './database.ts'
import type { AlertId, ApplianceId, TicketId } from './ids.ts'
import type { Millis } from './running/time.ts'

/** A transaction, or the database outside of one. */
type Query = Pick<UnitOfWork, 'selectFrom'>

export interface OpenedAlert {
  id: AlertId
  appliance: ApplianceId
  failureMode: string
  openedAt: Millis
}

export interface AlertSpan {
  appliance: ApplianceId
  detector: string
  openedAt: Millis
  endedAt?: Millis
}

/** What other rooms may ask of the alerts that were and are; `alerts` answers. */
export interface AlertRecords {
  /** Of those that warn (none is `info`), in the order in which they opened. */
  opened(
    query: Query,
    which?: { from?: Millis; to?: Millis; appliances?: ApplianceId[]; limit?: number },
  ): Promise<OpenedAlert[]>
  /** Open or acknowledged. */
  standing(query: Query): Promise<Alert[]>
  /** Of these appliances, those that stood at any time of this one, whoever opened them; still standing without an end. */
  spans(query: Query, which: { from: Millis; to: Millis; appliances: readonly ApplianceId[] }): Promise<AlertSpan[]>
  /** By rule: how many alerts it opened, and how many of those stand. */
  ofRules(query: Query): Promise<Map<string, { opened: number; standing: number }>>
  /** Critical ones that opened within this time and that nobody has acknowledged, the oldest first. */
  unanswered(query: Query, which: { from: Millis; to: Millis; limit: number }): Promise<OpenedAlert[]>
  byIds(query: Query, ids: readonly AlertId[]): Promise<Alert[]>
  /** Of one ticket, those that are open or acknowledged. */
  standingOf(query: Query, ticket: TicketId): Promise<Alert[]>
  dismissedSince(query: Query, from: Millis): Promise<Alert[]>
  /** Had this condition's alert opened before then? */
  openedBefore(query: Query, condition: string, at: Millis): Promise<boolean>
  /** Is another alert of the ticket than this one not closed yet? */
  hasOther(query: Query, ticket: TicketId, alert: AlertId): Promise<boolean>
}
