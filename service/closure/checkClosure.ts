import type { Catalog } from '../../catalog/index.ts'
import { Problem } from '../../core/index.ts'
import type { Ticket } from '../tickets/ticket.ts'

/** Causes that no kind needs to know. */
const always: readonly string[] = ['none', 'unknown', 'silent', 'sensor-stuck']

/** A closure names a known cause, known parts and, when predicted, a verdict. @returns Problem `bad-closure` where not. Pure. */
export function checkClosure(
  ticket: Pick<Ticket, 'id' | 'kind' | 'source'>,
  { cause, verdict, parts }: { cause: string; verdict?: string | undefined; parts: readonly string[] },
  catalog: Catalog,
): Problem | undefined {
  const kind = catalog.kind(ticket.kind)
  const bad = (message: string, remedy: string): Problem =>
    new Problem({ code: 'bad-closure', message, remedy, concerns: ticket.id, status: 422 })
  if (ticket.source === 'predicted' && !verdict) {
    return bad('A predicted ticket closes with a verdict.', "Give verdict 'confirmed', 'refuted' or 'other-cause'.")
  }
  if (!always.includes(cause) && !Object.hasOwn(kind.failureModes, cause)) {
    const remedy = `Use 'none' or one of ${Object.keys(kind.failureModes).join(', ')}.`
    return bad(`'${cause}' is no failure mode of a ${ticket.kind}.`, remedy)
  }
  const unknown = parts.find((part) => !Object.hasOwn(kind.parts, part))
  if (unknown === undefined) return undefined
  const remedy = `Use parts of the catalog: ${Object.keys(kind.parts).join(', ')}.`
  return bad(`'${unknown}' is no part of a ${ticket.kind}.`, remedy)
}
