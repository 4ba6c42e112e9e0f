import type { Catalog } from '../../catalog/index.ts'
import { Problem } from '../../core/index.ts'
import type { StoredTicket } from '../tickets/storedTicket.ts'

/** A closure names a known cause, known parts and, when predicted, a verdict. @throws Problem `bad-closure` */
export function checkClosure(
  ticket: StoredTicket,
  closure: { cause: string; verdict?: string; parts: string[] },
  catalog: Catalog,
): void {
  const kind = catalog.kind(ticket.kind)
  const bad = (message: string, remedy: string): Problem =>
    new Problem({ code: 'bad-closure', message, remedy, concerns: ticket.id, status: 422 })
  if (ticket.source === 'predicted' && !closure.verdict) {
    throw bad('A predicted ticket closes with a verdict.', "Give verdict 'confirmed', 'refuted' or 'other-cause'.")
  }
  const known =
    closure.cause === 'none' ||
    Object.hasOwn(kind.failureModes, closure.cause) ||
    ['unknown', 'silent', 'sensor-stuck'].includes(closure.cause)
  if (!known) {
    throw bad(
      `'${closure.cause}' is no failure mode of a ${ticket.kind}.`,
      `Use 'none' or one of ${Object.keys(kind.failureModes).join(', ')}.`,
    )
  }
  const unknown = closure.parts.find((part) => !Object.hasOwn(kind.parts, part))
  if (unknown)
    throw bad(
      `'${unknown}' is no part of a ${ticket.kind}.`,
      `Use parts of the catalog: ${Object.keys(kind.parts).join(', ')}.`,
    )
}
