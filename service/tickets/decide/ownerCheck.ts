import { because } from '../../../core/index.ts'
import type { Policy } from '../../policy/policySchema.ts'
import { noQuestions } from '../../testing/answersOf.ts'
import { outcomeOf } from '../../testing/ownerCheck.ts'
import type { Ticket } from '../ticket.ts'
import type { Decision, Facts, Refused, TicketCommand } from '../ticketCommand.ts'
import { afterEvidence, waitingForEvidence } from './afterEvidence.ts'
import { refuse, Step } from './step.ts'

/** What its owner sees and hears: part of the ticket's proof; and what follows from it. */
export function checked(
  ticket: Ticket,
  { answers, after, weighed }: Extract<TicketCommand, { type: 'checked' }>,
  facts: Facts,
  rules: Policy,
): Decision | Refused {
  const { check } = ticket.remote
  if (!check || check.answeredAt !== undefined) return refuse(noQuestions(ticket.id))
  const [top] = after.hypotheses
  const outcome = outcomeOf(ticket.kind, after, weighed, rules)
  const answered = new Step(ticket, facts)
    // Who answers has heard of it.
    .stop('questions', 'first-response')
    .remote({
      check: {
        ...check,
        answeredAt: facts.at,
        answers,
        realAfter: after.real,
        outcome,
        ...(top ? { leadingAfter: top } : {}),
      },
    })
    .note(
      because('questions-answered', {
        percent: Math.round(after.real * 100),
        ...(top && after.real > 0.5 ? { mode: top.failureMode } : {}),
      }),
    )
  const known = afterEvidence(answered, { after, weighed }, facts, rules)
  if (outcome !== 'wait') return known.follow({ do: 'offer', why: because('owner-asked'), hasHeard: true })
  return waitingForEvidence(known, facts, rules)
}

/** Nobody has answered: the visit is offered as it would have been. */
export function unansweredCheck(step: Step): Step {
  const over = step.stop('questions')
  if (step.ticket.state !== 'new') return over
  return over.note(because('questions-unanswered')).follow({ do: 'offer', why: because('owner-asked') })
}
