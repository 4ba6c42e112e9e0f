import type { Catalog } from '../catalog/index.ts'
import { type Appliance, DAY, type Ticket } from '../core/index.ts'
import type { Policy } from './policy/policySchema.ts'
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
  const lines: NonNullable<Ticket['bill']>['lines'] = []
  if (ticket.visit) {
    const mode = catalog.failureMode(ticket.kind, closure?.cause ?? 'unknown')
    lines.push({ text: 'Call-out', textZh: '上门费', cents: policy.callOutCents })
    lines.push({
      text: `Labour, ${mode.minutes} min`,
      textZh: `工时费，${mode.minutes} 分钟`,
      cents: Math.round((policy.labourCentsPerHour * mode.minutes) / 60),
    })
  }
  for (const part of closure?.parts ?? []) {
    const known = kind.parts[part]
    lines.push({ text: known?.text.en ?? part, textZh: known?.text.zh ?? part, cents: known?.priceCents ?? 0 })
  }
  const sum = lines.reduce((total, { cents }) => total + cents, 0)
  const covered =
    closure?.verdict === 'refuted' || closure?.cause === 'none'
      ? { text: 'We were wrong: free of charge', textZh: '判断有误：免费' }
      : appliance.installedAt !== undefined && at < appliance.installedAt + policy.warrantyYears * 365 * DAY
        ? { text: `Warranty of ${policy.warrantyYears} years`, textZh: `${policy.warrantyYears} 年保修` }
        : (ticket.reopened ?? 0) > 0
          ? { text: 'Second repair of the same fault: free of charge', textZh: '同一故障再次维修：免费' }
          : undefined
  if (covered && sum > 0) lines.push({ ...covered, cents: -sum })
  return { lines, totalCents: covered ? 0 : sum }
}
