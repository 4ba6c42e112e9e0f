import { because } from '../../../core/index.ts'
import type { Ticket } from '../ticket.ts'
import type { ChosenTest, Decision, Facts, TicketCommand } from '../ticketCommand.ts'
import { OURS, Step } from './step.ts'

type Of<T extends TicketCommand['type']> = Extract<TicketCommand, { type: T }>

/** Before its owner is asked, the appliance is told to show what is wrong with it. */
export function testing(step: Step, { test, text, command }: ChosenTest, at: number): Step {
  const [leading] = step.ticket.finding.hypotheses
  return step
    .remote({
      test: {
        test,
        command: command.id,
        sentAt: at,
        real: step.ticket.finding.weighed?.real ?? 0,
        ...(leading ? { leading } : {}),
      },
    })
    .start('test', command.expires)
    .note(because('test-begins', { test: text }), OURS)
    .follow({ do: 'sendTest', command })
}

/** A desk has it tested. */
export const beginTest = (ticket: Ticket, { chosen }: Of<'beginTest'>, facts: Facts): Decision =>
  testing(new Step(ticket, facts), chosen, facts.at)
