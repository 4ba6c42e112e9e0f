import type { Catalog } from '../../catalog/index.ts'
import { type AlertRecords, Problem, type UnitOfWork } from '../../core/index.ts'
import { weighVisit } from '../dispatch/weighVisit.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { TicketCommand } from '../tickets/ticketCommand.ts'
import { afterAnswers, type OwnerAnswers } from './ownerCheck.ts'

/**
 * What an owner's answers say of their ticket: the causes after them, and what a visit would then cost and save.
 * @throws Problem `no-questions`, `unknown-question`
 */
export async function answersOf(
  tx: UnitOfWork,
  { catalog, alerts }: { catalog: Catalog; alerts: AlertRecords },
  ticket: Ticket,
  answers: OwnerAnswers,
  rules: Policy,
): Promise<Extract<TicketCommand, { type: 'checked' }>> {
  const { check } = ticket.remote
  const [alert] = await alerts.byIds(tx, ticket.alerts.slice(0, 1))
  const kind = catalog.kinds.get(ticket.kind)
  if (!check || !alert || !kind) throw noQuestions(ticket.id)
  const other = Object.keys(answers).find((id) => !check.questions.includes(id))
  if (other !== undefined) {
    throw new Problem({
      code: 'unknown-question',
      message: `'${other}' was not asked.`,
      remedy: `Answer ${check.questions.join(' and ')}.`,
      concerns: 'answers',
      status: 422,
    })
  }
  const after = afterAnswers(kind, answers, { real: alert.confidence, hypotheses: ticket.finding.hypotheses })
  const weighed = weighVisit({ ...alert, confidence: after.real, hypotheses: after.hypotheses }, rules)
  return { type: 'checked', answers, after, weighed }
}

/** Nothing is asked, or it has been answered. */
export const noQuestions = (ticket: string): Problem =>
  new Problem({
    code: 'no-questions',
    message: 'Nothing is asked of this ticket’s owner any more.',
    remedy: 'Look at the ticket: it says what comes next.',
    concerns: ticket,
    status: 409,
  })
