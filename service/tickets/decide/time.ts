import { because, HOUR } from '../../../core/index.ts'
import type { Policy } from '../../policy/policySchema.ts'
import type { Ticket } from '../ticket.ts'
import type { Decision, Facts, TicketCommand } from '../ticketCommand.ts'
import { unansweredCheck } from './ownerCheck.ts'
import { secondVisit } from './plan.ts'
import { byPriority, OURS, Step } from './step.ts'
import { testOver } from './tests.ts'

/** A promise whose end has passed: what happens by itself. */
export function deadline(
  ticket: Ticket,
  { name }: Extract<TicketCommand, { type: 'deadline' }>,
  facts: Facts,
  rules: Policy,
): Decision {
  const step = new Step(ticket, { ...facts, by: OURS })
  switch (name) {
    case 'owner-answer':
      return step.move('expire', because('no-answer')).stop(name).release(false, 'expired')
    case 'call-back':
      return step.stop(name).note(because('no-call-back'))
    case 'rating':
      return step.stop(name).closure({ ratingExpiredAt: facts.at }).note(because('rating-expired'))
    case 'contact':
      return ticket.state === 'assigned' ? escalated(step, facts, rules) : step.stop(name)
    case 'second-contact':
      return passedOver(step.stop(name, 'contact'), facts)
    case 'test':
    case 'evidence':
      return testOver(step, name, facts)
    case 'questions':
      return unansweredCheck(step)
    case 'parts':
      return secondVisit(step, facts, rules)
    case 'remote':
      return unanswered(step.stop(name), facts)
    default:
      return step
  }
}

/** Nobody has spoken to the owner: a desk is told, and a second deadline runs. */
function escalated(step: Step, { at }: Facts, rules: Policy): Step {
  const { id, number, priority, plan } = step.ticket
  const dueAt = at + byPriority(rules.secondContactHours, priority, 12) * HOUR
  const { engineer = '' } = plan
  return step
    .plan({ escalatedAt: at })
    .start('second-contact', dueAt)
    .follow({
      do: 'openTask',
      task: {
        id: `contact/${id}/${engineer}/${at}`,
        type: 'contact',
        desk: 'central',
        ticket: id,
        ...(engineer ? { engineer } : {}),
        openedAt: at,
        dueAt,
        what: because('task-contact', { number, engineer }),
      },
    })
    .note(because('not-contacted', { engineer }))
    .tell('escalated', `/${at}`)
}

/** Still nobody has: it goes to somebody else, unless a person chose them. The desk has been told, and decides. */
function passedOver(step: Step, _facts: Facts): Step {
  const { state, plan } = step.ticket
  if (state !== 'assigned') return step
  if (plan.assignedByHand) return step.note(because('still-no-contact'))
  const { engineer } = plan
  if (engineer === undefined) return step
  return step
    .plan({ passedOver: [...(plan.passedOver ?? []), engineer] })
    .takeOff(because('second-deadline', { engineer }))
    .plan({ plannedAt: undefined, escalatedAt: undefined })
    .endTasks('contact', OURS, 'given to somebody else')
    .follow({ do: 'plan', promise: false })
}

function unanswered(step: Step, { at }: Facts): Step {
  const { repair } = step.ticket.remote
  if (step.ticket.state !== 'remote') return step
  const planned = step.move('accept', because('command-unanswered')).follow({ do: 'plan', promise: false })
  return repair ? planned.remote({ repair: { ...repair, result: 'expired', endedAt: at } }) : planned
}
