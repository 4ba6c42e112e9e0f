import { because, HOUR, ticketIs } from '../../../core/index.ts'
import type { Policy } from '../../policy/policySchema.ts'
import type { Ticket } from '../ticket.ts'
import type { Decision, Facts, TicketCommand } from '../ticketCommand.ts'
import { OURS, Step } from './step.ts'

/** What it was told has reached its owner: that is the first response. */
export function heard(ticket: Ticket, facts: Facts): Decision {
  const step = new Step(ticket, { ...facts, by: OURS })
  const isOwed = ticket.clocks.some(({ name, doneAt }) => name === 'first-response' && doneAt === undefined)
  return isOwed ? step.stop('first-response').note(because('message-received')) : step
}

/** No way led to its owner: the first response is owed, nothing is waited for, and a person calls. */
export function unreached(
  ticket: Ticket,
  { news, key }: Extract<TicketCommand, { type: 'unreached' }>,
  facts: Facts,
  rules: Policy,
): Decision {
  const { id, number, state, clocks, plan } = ticket
  // It is over: who had heard of it before must know, and who had not needs to hear nothing any more.
  const hadHeard = clocks.some(
    ({ name, doneAt }) => name === 'first-response' && (doneAt ?? facts.at) < ticket.updatedAt,
  )
  const isOver = !ticketIs(state, 'living')
  if (isOver && !hadHeard) return new Step(ticket, { ...facts, by: OURS }).endTasks('reach', OURS, 'it is over')
  const waitsForAnswer = state === 'offered'
  const step = new Step(
    // Whoever has heard nothing cannot be late with an answer.
    waitsForAnswer ? { ...ticket, clocks: clocks.filter(({ name }) => name !== 'owner-answer') } : ticket,
    { ...facts, by: OURS },
  )
  return (isOver ? step : step.note(because('nobody-reached')))
    .endTasks('reach', OURS, 'something newer is to be told')
    .follow({
      do: 'openTask',
      task: {
        id: `reach/${key}`,
        type: 'reach',
        desk: 'central',
        ticket: id,
        openedAt: facts.at,
        dueAt: Math.max(facts.at + rules.firstResponseHours * HOUR, plan.contactBy ?? 0),
        what: because('task-reach', { number, news: because('text', { text: news }) }),
      },
    })
}
