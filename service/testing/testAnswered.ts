import type { Catalog } from '../../catalog/index.ts'
import { type AlertRecords, type CommandAck, sameText, type UnitOfWork } from '../../core/index.ts'
import { weighVisit } from '../dispatch/weighVisit.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { CommandRecord } from '../remote/commandTable.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { TicketCommand } from '../tickets/ticketCommand.ts'
import { afterTest, measuredIn } from './weighTest.ts'

type Tested = Extract<TicketCommand, { type: 'tested' }>

/** What an answer to a test says of its ticket: the causes after it, and what a visit would then cost and save. */
export async function testAnswered(
  tx: UnitOfWork,
  { catalog, alerts }: { catalog: Catalog; alerts: AlertRecords },
  ticket: Ticket,
  { params }: CommandRecord,
  { result, detail = '' }: Pick<CommandAck, 'result' | 'detail'>,
  rules: Policy,
): Promise<Tested> {
  const name = String(params.test)
  const kind = catalog.kinds.get(ticket.kind)
  const spec = kind && Object.hasOwn(kind.tests, name) ? kind.tests[name] : undefined
  const bare: Tested = { type: 'tested', result, text: spec?.text ?? sameText(name) }
  const measured = result === 'done' && spec ? measuredIn(detail, spec) : undefined
  const [alert] = await alerts.byIds(tx, ticket.alerts.slice(0, 1))
  if (!spec || !measured || !alert) return bare
  const after = afterTest(
    spec,
    measured,
    { real: alert.confidence, hypotheses: ticket.finding.hypotheses },
    Object.keys(kind?.failureModes ?? {}),
  )
  const weighed = weighVisit({ ...alert, confidence: after.real, hypotheses: after.hypotheses }, rules)
  return { ...bare, measured: Object.fromEntries(measured), after, weighed }
}
