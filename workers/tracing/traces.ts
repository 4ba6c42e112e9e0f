import { createHash } from 'node:crypto'
import type { Alert, Millis } from '../../core/index.ts'

/** One piece of what came of a reading, as OpenTelemetry knows it. */
export interface Piece {
  /** 16 and 8 bytes in hexadecimal, made of what it is of: pieces of other moments, and of other runs, find each other. */
  traceId: string
  spanId: string
  parentId?: string
  name: 'reading' | 'alert' | 'ticket' | 'notice'
  start: Millis
  end: Millis
  attributes: Record<string, string | number>
  error?: string
}

const hex = (text: string, bytes: number): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 2 * bytes)
/** @param of the ticket, or the alert where there is none */
const idsOf = (of: string) => ({ traceId: hex(`trace ${of}`, 16), span: (what: string) => hex(`${what} ${of}`, 8) })

/**
 * The reading at which an alert opened, what became of it, and its ticket.
 * @param began when deciding began @param now its commit
 */
export function piecesOfAlert(alert: Alert, began: Millis, now: Millis): Piece[] {
  const { traceId, span } = idsOf(alert.ticket ?? alert.id)
  const { id, appliance, kind, failureMode, severity, openedAt = began, ticket } = alert
  const about = { 'hearthwatch.appliance': appliance, 'hearthwatch.kind': kind, 'hearthwatch.alert': id }
  const reading: Piece = {
    traceId,
    spanId: span('reading'),
    name: 'reading',
    // By its own time, or by ours where its clock is ahead.
    start: Math.min(openedAt, began),
    end: now,
    attributes: about,
  }
  const found: Piece = {
    traceId,
    spanId: span('alert'),
    parentId: reading.spanId,
    name: 'alert',
    start: began,
    end: now,
    attributes: { ...about, 'hearthwatch.failure_mode': failureMode, 'hearthwatch.severity': severity },
  }
  if (ticket === undefined) return [reading, found]
  const opened: Piece = {
    traceId,
    spanId: span('ticket'),
    parentId: found.spanId,
    name: 'ticket',
    start: began,
    end: now,
    attributes: { 'hearthwatch.ticket': ticket },
  }
  return [reading, found, opened]
}

/** A message that left, or could not. @param tried when it was tried last */
export function pieceOfNotice(
  notice: { key: string; at: Millis; ticket: string | null; alert: string | null },
  job: { key: string; channel: string; tries: number; error?: string },
  tried: Millis,
): Piece | undefined {
  const of = notice.ticket ?? notice.alert
  if (of === null) return undefined
  const { traceId, span } = idsOf(of)
  return {
    traceId,
    spanId: span(job.key),
    parentId: span(notice.ticket === null ? 'alert' : 'ticket'),
    name: 'notice',
    start: Math.min(notice.at, tried),
    end: tried,
    attributes: { 'hearthwatch.channel': job.channel, 'hearthwatch.tries': job.tries },
    ...(job.error === undefined ? {} : { error: job.error }),
  }
}
