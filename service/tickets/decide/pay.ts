import { because, Problem } from '../../../core/index.ts'
import { billIdOf, type Payment } from '../../payments/payment.ts'
import type { Ticket } from '../ticket.ts'
import type { Decision, Facts, Refused } from '../ticketCommand.ts'
import { refuse, Step } from './step.ts'

/** The money of its bill; of a bill that another one has replaced it is written down, for whoever counts. Pure. */
export function pay(ticket: Ticket, { payment }: { payment: Payment }, facts: Facts): Decision | Refused {
  if (!ticket.money.bill) return refuse(noBill(ticket.id))
  const { state, amount, currency, bill } = payment
  const noted = new Step(ticket, facts).note(because('payment', { state, amount, currency }))
  return bill === billIdOf(ticket) ? noted.money({ payment }) : noted
}

export const noBill = (id: string): Problem =>
  new Problem({
    code: 'no-bill',
    message: 'There is no bill yet.',
    remedy: 'It is written when the work is closed.',
    concerns: id,
    status: 409,
  })
