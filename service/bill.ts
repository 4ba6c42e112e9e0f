import type { Catalog } from '../catalog/index.ts'
import { type Appliance, DAY, type Ticket } from '../core/index.ts'
import type { Policy } from './policy.ts'
import type { StoredTicket } from './ticketTable.ts'

/**
 * What the owner pays, in integer cents: call-out, labour and parts at list price, less what the warranty covers. A
 * prediction that was refuted costs nothing: who was wrong pays.
 */
export function billFor(
  ticket: StoredTicket,
  appliance: Appliance,
  catalog: Catalog,
  policy: Policy,
  at: number,
): NonNullable<Ticket['bill']> {
  const closure = ticket.closure
  const kind = catalog.kind(ticket.kind)
  const lines: { text: string; cents: number }[] = []
  if (ticket.visit) {
    const mode = catalog.failureMode(ticket.kind, closure?.cause ?? 'unknown')
    lines.push({ text: 'Call-out', cents: policy.callOutCents })
    lines.push({
      text: `Labour, ${mode.minutes} min`,
      cents: Math.round((policy.labourCentsPerHour * mode.minutes) / 60),
    })
  }
  for (const part of closure?.parts ?? []) {
    lines.push({ text: kind.parts[part]?.text.en ?? part, cents: kind.parts[part]?.priceCents ?? 0 })
  }
  const sum = lines.reduce((total, { cents }) => total + cents, 0)
  const covered =
    closure?.verdict === 'refuted' || closure?.cause === 'none'
      ? 'We were wrong: free of charge'
      : appliance.installedAt !== undefined && at < appliance.installedAt + policy.warrantyYears * 365 * DAY
        ? `Warranty of ${policy.warrantyYears} years`
        : (ticket.reopened ?? 0) > 0
          ? 'Second repair of the same fault: free of charge'
          : undefined
  if (covered && sum > 0) lines.push({ text: covered, cents: -sum })
  return { lines, totalCents: covered ? 0 : sum }
}
