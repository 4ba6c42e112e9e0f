import { z } from 'zod'
import { type Clock, type Database, notFound, Problem, type TicketId, type UnitOfWork } from '../../core/index.ts'
import type { TicketService } from '../tickets/ticketService.ts'
import type { TicketView } from '../tickets/ticketView.ts'
import { SIGNED_WITHIN_MS } from './httpPayments.ts'
import { isOpen, mayBecome, type Payment, paymentStates } from './payment.ts'
import type { PaymentProvider } from './paymentProvider.ts'
import { isFirstTime, linkPayment, movePayment, paymentOf, savePayment } from './paymentTable.ts'

/** What a provider says became of a payment. */
const saidSchema = z.object({
  /** One for each thing that it says. */
  event: z.string().min(1).max(128),
  bill: z.string().min(1).max(128),
  state: z.enum(paymentStates).exclude(['asked']),
  /** In the minor unit of the currency: the whole bill, no more and no less. */
  amount: z.int(),
  currency: z.string().max(3),
})

/** Money for bills, where somebody takes it. Off unless there is a provider. */
export interface Payments {
  isOn: boolean
  /**
   * The owner wants to pay the bill of their ticket: whoever takes the money is asked, once for each bill.
   * @throws Problem `no-payments`, `no-bill`, `nothing-to-pay`, `payment-moves`, and those of `PaymentProvider.ask`
   */
  ask(ticket: TicketId, notify: string): Promise<{ link: string }>
  /**
   * What a provider says, as it came.
   * @returns the ticket
   * @throws Problem `not-signed`, `bad-payment`, `payment-replayed`, `not-found`, `amount-differs`, `payment-moves`
   */
  heard(signature: string | undefined, body: string): Promise<TicketView>
}

interface PaymentsOptions {
  database: Database
  desk: Pick<TicketService, 'pay' | 'billToPay' | 'get'>
  /** The world's, and the wall's: signatures age by that. */
  clock: Clock
  wall: Clock
  provider?: PaymentProvider | undefined
}

export function openPayments({ database, desk, clock, wall, provider }: PaymentsOptions): Payments {
  async function begin(tx: UnitOfWork, id: TicketId): Promise<Payment> {
    const { bill, amount, currency } = await desk.billToPay(tx, id)
    const before = await paymentOf(tx, bill)
    if (before && !isOpen(before.state)) throw moves(bill, before.state, 'asked')
    if (before?.state === 'asked') return before
    const payment = { bill, amount, currency, state: 'asked' as const, at: clock.now() }
    await savePayment(tx, payment, id)
    await desk.pay(tx, id, 'owner', payment)
    return payment
  }

  return {
    isOn: provider !== undefined,
    async ask(id, notify) {
      if (!provider) throw noPayments()
      const asked = await database.transaction((tx) => begin(tx, id))
      const known = await paymentOf(database.query, asked.bill)
      if (known?.link !== undefined) return { link: known.link }
      const { number, owner } = await desk.get(id)
      const { bill, amount, currency } = asked
      const language = owner?.language ?? 'en'
      const { link } = await provider.ask({ bill, amount, currency, number, language, notify })
      await database.transaction((tx) => linkPayment(tx, bill, link))
      return { link }
    },
    async heard(signature, body) {
      if (!provider) throw noPayments()
      if (!provider.isSigned(signature, body)) throw notSigned()
      const said = readSaid(body)
      const ticket = await database.transaction(async (tx) => {
        const now = wall.now()
        if (!(await isFirstTime(tx, said.event, now, now - 3 * SIGNED_WITHIN_MS))) throw replayed(said.event)
        const before = await paymentOf(tx, said.bill)
        if (!before) throw notFound('bill', said.bill)
        if (said.amount !== before.amount || said.currency !== before.currency) throw differs(before)
        if (before.state === said.state) return before.ticket
        if (!mayBecome(before.state, said.state)) throw moves(said.bill, before.state, said.state)
        const { bill, amount, currency, state } = said
        const payment = { bill, amount, currency, state, at: clock.now() }
        await movePayment(tx, bill, state, payment.at)
        await desk.pay(tx, before.ticket, 'payment', payment)
        return before.ticket
      })
      return desk.get(ticket)
    },
  }
}

function readSaid(body: string): z.infer<typeof saidSchema> {
  const said = saidSchema.safeParse(parsed(body))
  if (said.success) return said.data
  const [issue] = said.error.issues
  throw new Problem({
    code: 'bad-payment',
    message: `${issue?.path.join('.') || 'The body'}: ${issue?.message ?? 'is not what it must be'}.`,
    remedy: 'See docs/payments.md for what is told of a payment.',
    status: 422,
  })
}
function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const noPayments = (): Problem =>
  new Problem({
    code: 'no-payments',
    message: 'Nobody takes money here.',
    remedy: 'Set PAYMENT_URL and PAYMENT_SECRET (docs/payments.md).',
    status: 409,
  })
const notSigned = (): Problem =>
  new Problem({
    code: 'not-signed',
    message: 'It is not signed, not by who takes the money, or not lately.',
    remedy: 'Sign each time anew, with the time of now.',
    status: 401,
  })
const replayed = (event: string): Problem =>
  new Problem({
    code: 'payment-replayed',
    message: `Event ${event} was told before.`,
    remedy: 'Nothing is left to tell of it.',
    concerns: event,
    status: 409,
  })
const differs = ({ bill, amount, currency }: Payment): Problem =>
  new Problem({
    code: 'amount-differs',
    message: `Bill ${bill} is ${amount} of ${currency}, in its minor unit.`,
    remedy: 'A bill is paid and refunded as a whole, in its own currency.',
    concerns: bill,
    status: 422,
  })
const moves = (bill: string, from: string, to: string): Problem =>
  new Problem({
    code: 'payment-moves',
    message: `The payment of bill ${bill} is ${from}: it cannot become ${to}.`,
    remedy: 'Look at the ticket.',
    concerns: bill,
    status: 409,
  })
