import { because, Problem } from '../../../core/index.ts'
import type { Ticket } from '../ticket.ts'
import type { Decision, Facts, Refused, TicketCommand } from '../ticketCommand.ts'
import { closedByProof } from './end.ts'
import { refuse, Step } from './step.ts'

type Of<T extends TicketCommand['type']> = Extract<TicketCommand, { type: T }>

/** A command is on its way that may repair it. */
export function repairRemotely(ticket: Ticket, { command }: Of<'repairRemotely'>, facts: Facts): Decision {
  const { id, type, expires } = command
  const until = new Date(expires).toISOString()
  return new Step(ticket, facts)
    .follow({ do: 'send', command })
    .move('remote', because('command-sent', { type, command: id, until }))
    .stop('owner-answer', 'first-response', 'contact', 'second-contact')
    .freeParts('repaired from afar')
    .plan({ engineer: undefined, plannedAt: undefined })
    .remote({ repair: { command: id, type, sentAt: facts.at, by: facts.by } })
    .start('remote', expires)
}

/** What the appliance says of it: done is to be proved, anything else brings a visit. */
export function commandAnswered(ticket: Ticket, { result, detail }: Of<'commandAnswered'>, facts: Facts): Decision {
  const { repair } = ticket.remote
  if (!repair) return new Step(ticket, facts)
  const own = { ...facts, by: 'appliance' }
  const step = new Step(ticket, own)
    .remote({ repair: { ...repair, result, endedAt: facts.at, ...(detail ? { detail } : {}) } })
    .stop('remote')
  const said = { type: repair.type, ...(detail ? { words: detail } : {}) }
  if (result === 'done') {
    return closedByProof(step.move('complete', because('command-done', said)), because('remote-proof'), own)
  }
  return step.move('accept', because('command-failed', { ...said, result })).follow({ do: 'plan', promise: false })
}

export const commandLate = (ticket: Ticket, { command, result, detail }: Of<'commandLate'>, facts: Facts): Decision =>
  new Step(ticket, facts).note(
    because('command-late', { type: command, result, ...(detail ? { words: detail } : {}) }),
    'appliance',
  )

/** What the owner says of the guide that was offered: it helped closes the ticket, and the appliance is asked for the proof. */
export function guideTried(
  ticket: Ticket,
  { helped, guide: other }: Of<'guideTried'>,
  facts: Facts,
): Decision | Refused {
  // One that they found by themselves, instead of the one that was offered.
  const guide = other === undefined ? ticket.remote.guide : { id: other, offeredAt: facts.at }
  if (!guide || guide.triedAt !== undefined || ticket.visit.times) {
    return refuse(
      new Problem({
        code: 'no-guide',
        message: guide ? 'The guide was tried already, or a visit has begun.' : 'No guide fits this fault.',
        remedy: 'Choose a time for the visit.',
        concerns: ticket.id,
        status: 409,
      }),
    )
  }
  const step = new Step(ticket, facts).remote({ guide: { ...guide, triedAt: facts.at, helped } })
  if (!helped) return step.note(because('guide-no-help', { guide: guide.id }))
  return closedByProof(step.freeParts('the owner repaired it'), because('guide-helped', { guide: guide.id }), facts)
    .unmute()
    .tell('closed', '/guide')
}

/** The fault came back soon after a guide had helped: it had not. */
export const guideFailed = (ticket: Ticket, facts: Facts): Decision => {
  const { guide } = ticket.remote
  const step = new Step(ticket, facts)
  return guide ? step.remote({ guide: { ...guide, failedAt: facts.at } }) : step
}
