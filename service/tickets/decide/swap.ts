import { because, HOUR, Problem } from '../../../core/index.ts'
import type { Policy } from '../../policy/policySchema.ts'
import type { Ticket } from '../ticket.ts'
import type { Decision, Facts, Refused } from '../ticketCommand.ts'
import { refuse, Step } from './step.ts'

/** The owner asks for another appliance: no further proof is needed, and a desk arranges it. */
export function claimSwap(ticket: Ticket, facts: Facts, rules: Policy): Decision | Refused {
  const { id, number, money } = ticket
  if (!money.swapRight) {
    return refuse(
      new Problem({
        code: 'no-swap-right',
        message: `Nothing of ${number} gives a right to another appliance.`,
        remedy: 'The same fault must have come back within the days of a recall; call us if it has.',
        concerns: id,
        status: 409,
      }),
    )
  }
  const step = new Step(ticket, facts)
  // Asked for twice is asked for once.
  if (money.swapClaimedAt !== undefined) return step
  return step
    .money({ swapClaimedAt: facts.at })
    .note(because('swap-claimed'))
    .follow({
      do: 'openTask',
      task: {
        id: `swap/${id}`,
        type: 'swap',
        desk: 'central',
        ticket: id,
        openedAt: facts.at,
        dueAt: facts.at + rules.supervisorHours * HOUR,
        what: because('task-swap', { number, appliance: ticket.appliance }),
      },
    })
    .tell('swap')
}
