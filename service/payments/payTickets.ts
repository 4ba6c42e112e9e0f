import { notFound, Problem, type UnitOfWork } from '../../core/index.ts'
import type { CarryOut } from '../tickets/carryOut.ts'
import { noBill } from '../tickets/decide/pay.ts'
import { tickets } from '../tickets/store/ticketRepository.ts'
import type { Ticket } from '../tickets/ticket.ts'
import { billIdOf, minorOf, type Payment } from './payment.ts'

/** What tickets say of their bills to those who take money, inside their transactions. */
export interface PayService {
  /** What is to be paid. @throws Problem `no-bill`, `nothing-to-pay` */
  billToPay(tx: UnitOfWork, id: string): Promise<Pick<Payment, 'bill' | 'amount' | 'currency'>>
  /** How it stands with the money now: part of the ticket, and of its history. */
  pay(tx: UnitOfWork, id: string, by: string, payment: Payment): Promise<void>
}

export const payService = (carryOut: CarryOut): PayService => ({
  async billToPay(tx, id) {
    const ticket = await existing(tx, id)
    const { bill } = ticket.money
    if (!bill) throw noBill(id)
    if (bill.totalCents <= 0) throw nothingToPay(id)
    const { totalCents, currency = 'EUR' } = bill
    return { bill: billIdOf(ticket), amount: minorOf(totalCents, currency), currency }
  },
  async pay(tx, id, by, payment) {
    await carryOut(tx, await existing(tx, id), { type: 'pay', payment }, { by })
  },
})

async function existing(tx: UnitOfWork, id: string): Promise<Ticket> {
  const [ticket] = await tickets(tx, { ids: [id] })
  if (!ticket) throw notFound('ticket', id)
  return ticket
}

const nothingToPay = (id: string): Problem =>
  new Problem({
    code: 'nothing-to-pay',
    message: 'Nothing of this bill is left to pay.',
    remedy: 'Somebody else pays all of it.',
    concerns: id,
    status: 409,
  })
