import type { Alert, AlertId, Cut, Detection, Mark, Millis, Severity, TicketId, UnitOfWork } from '../core/index.ts'
import type { Apart } from '../database/index.ts'
import type { Cohorts } from './cohort/openCohorts.ts'
import type { Marked, Refuted } from './marks/marking.ts'

export interface AlertQuery {
  state?: string
  appliance?: string
  since?: Millis
  /** Of one notice. */
  cohort?: string
  /** Without those that an open notice stands for. */
  apart?: boolean
  /** Those that marks or a maintenance hold back. */
  heldBack?: boolean
  limit: number
  cursor?: string
}

export interface Alerts {
  /** What detection said, in order, inside the transaction that commits its offset. @returns the alerts that changed */
  apply(tx: UnitOfWork, detections: Detection[]): Promise<Alert[]>
  /** Time passed: cleared ones close after 14 days, held ones ask for their ticket, what waited for the morning is sent. @returns the alerts that changed */
  tick(tx: UnitOfWork, now: Millis, apart?: Apart): Promise<Alert[]>
  /** A ticket ended: its alerts end with it; what a visit refuted is marked as normal there. */
  ticketEnded(tx: UnitOfWork, ticket: TicketId, at: Millis, refuted?: Refuted): Promise<void>
  acknowledge(id: AlertId, by: string): Promise<Alert>
  /** Somebody else is to look after it; it stays unacknowledged. */
  assign(id: AlertId, to: string): Promise<Alert>
  /** What somebody writes of it for the others. @throws Problem `too-many-notes` */
  note(id: AlertId, by: string, text: string): Promise<Alert>
  snooze(id: AlertId, until: Millis): Promise<Alert>
  dismiss(id: AlertId, by: string, why: string): Promise<Alert>
  /** What somebody says of it without a visit: it closes, and the same does not come back once it was said twice. */
  mark(id: AlertId, by: string, said: Marked): Promise<Alert>
  /** The same of all that a ticket stands on. @throws Problem `nothing-to-mark` */
  markTicket(ticket: TicketId, by: string, said: Marked): Promise<void>
  /** It matters less than it was said to, until detection says more. @throws Problem `no-downgrade` */
  downgrade(id: AlertId, by: string, severity: Severity, why: string): Promise<Alert>
  /** Of one appliance, or of all, the newest first; those that were taken back too. */
  marks(appliance?: string): Promise<Cut<Mark>>
  /** Takes a mark back: what it held back opens. @returns the alerts that changed */
  undoMark(id: string, by: string): Promise<Alert[]>
  /** What was held back opens after all, and asks for its ticket: somebody says so. @throws Problem `not-held`, `stands-already` */
  speak(id: AlertId): Promise<Alert>
  get(id: AlertId): Promise<Alert>
  list(query: AlertQuery): Promise<{ items: Alert[]; next?: string }>
  /** Ids of the standing ones, by appliance; for all, or for these. */
  standing(appliances?: string[]): Promise<Map<string, AlertId[]>>
  /** What many appliances share. */
  cohorts: Pick<Cohorts, 'get' | 'list'>
}
