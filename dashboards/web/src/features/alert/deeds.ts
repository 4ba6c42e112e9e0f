import type { MarkVerdict } from '../../../../../core/index.ts'
import { type Alert, type AskedOf, type Change, call } from '../../api.ts'
import { worldClock } from '../../live.ts'

/** What a person does with alerts, one or many at once. */
export type Deed =
  | { name: 'acknowledge' }
  | { name: 'assign'; to: string }
  | { name: 'snooze'; until: number }
  | { name: 'mark'; verdict: MarkVerdict; why: string }
  | { name: 'dismiss'; why: string }
  | { name: 'note'; text: string }

/** A deed for many; its key stays the same however often it is sent. */
export interface Sending {
  deed: Deed
  ids: readonly string[]
  key: string
}

/**
 * What somebody decided as they left is carried out, too.
 * @param key names the deed: sent again for the same alert, it is carried out once
 * @throws ApiError where it is refused
 */
export function send(deed: Deed, id: string, key: string): Promise<Alert> {
  const carried = <C extends Change>(what: C, asked: AskedOf<C>, body?: unknown) =>
    call(what, asked, body, { 'idempotency-key': `${key}-${id}` }, true)
  switch (deed.name) {
    case 'acknowledge':
      return carried('POST /api/alerts/:id/acknowledge', { id })
    case 'assign':
      return carried('POST /api/alerts/:id/acknowledge', { id }, { for: deed.to })
    case 'snooze':
      return carried('POST /api/alerts/:id/snooze', { id }, { until: deed.until })
    case 'mark':
      return carried('POST /api/alerts/:id/mark', { id }, { verdict: deed.verdict, why: deed.why })
    case 'dismiss':
      return carried('POST /api/alerts/:id/dismiss', { id }, { why: deed.why })
    case 'note':
      return carried('POST /api/alerts/:id/notes', { id }, { text: deed.text })
  }
}

/** The name of who looks after it, or is to. */
export const handlerOf = ({
  acknowledgedBy,
  assignedTo,
}: Pick<Alert, 'acknowledgedBy' | 'assignedTo'>): string | undefined =>
  (assignedTo ?? acknowledgedBy)?.replace('user:', '')

/** Those that a deed means anything for; one that is not known any more is for the server to judge. Pure. */
export const fitting = (deed: Deed, ids: readonly string[], known: readonly Alert[]): string[] =>
  ids.filter((id) => {
    const alert = known.find((one) => one.id === id)
    return !alert || fits(deed, alert)
  })
function fits({ name }: Deed, { state }: Alert): boolean {
  switch (name) {
    case 'acknowledge':
      return state === 'open'
    case 'snooze':
      return state === 'open' || state === 'acknowledged'
    case 'mark':
    case 'dismiss':
      return state !== 'closed'
    case 'assign':
    case 'note':
      return true
  }
}

/** An alert as it will be: shown so while the deed can still be taken back. */
export function asIf(alert: Alert, deed: Deed, me: string): Alert {
  switch (deed.name) {
    case 'acknowledge':
      return { ...looked(alert), acknowledgedBy: `user:${me}`, assignedTo: undefined }
    case 'assign':
      return deed.to === me ? asIf(alert, { name: 'acknowledge' }, me) : { ...alert, assignedTo: `user:${deed.to}` }
    case 'snooze':
      return { ...alert, snoozedUntil: deed.until }
    case 'mark':
    case 'dismiss':
      return { ...alert, state: 'closed' }
    case 'note':
      return {
        ...alert,
        notes: [...(alert.notes ?? []), { by: `user:${me}`, text: deed.text, at: worldClock.current.now }],
      }
  }
}
const looked = (alert: Alert): Alert => ({ ...alert, state: alert.state === 'open' ? 'acknowledged' : alert.state })
