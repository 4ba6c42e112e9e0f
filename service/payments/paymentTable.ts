import {
  type DatabaseMigration,
  type Millis,
  type TicketId,
  ticketIdSchema,
  type UnitOfWork,
} from '../../core/index.ts'
import { type Payment, type PaymentState, paymentStates } from './payment.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** What was asked for a bill, and how it stands. */
    payment: {
      bill: string
      ticket: string
      state: string
      amount: number
      currency: string
      at: Millis
      /** Where it is paid; null until the provider has said so. */
      link: string | null
    }
    /** What a provider has said already, for as long as its signature would be believed. */
    paymentEvent: { id: string; at: Millis }
  }
}

export const paymentMigrations: DatabaseMigration[] = [
  {
    name: '0306-payments',
    async up(db) {
      await db.schema
        .createTable('payment')
        .addColumn('bill', 'text', (c) => c.primaryKey())
        .addColumn('ticket', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('amount', 'bigint', (c) => c.notNull())
        .addColumn('currency', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('link', 'text')
        .execute()
      await db.schema
        .createTable('paymentEvent')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('paymentEventAt').on('paymentEvent').column('at').execute()
    },
  },
]

export interface KeptPayment extends Payment {
  ticket: TicketId
  link?: string
}

export async function paymentOf(tx: Pick<UnitOfWork, 'selectFrom'>, bill: string): Promise<KeptPayment | undefined> {
  const row = await tx.selectFrom('payment').selectAll().where('bill', '=', bill).executeTakeFirst()
  const state = paymentStates.find((known) => known === row?.state)
  if (!row || !state) return undefined
  const { link, ...rest } = row
  return {
    ...rest,
    amount: Number(row.amount),
    at: Number(row.at),
    state,
    ticket: ticketIdSchema.parse(row.ticket),
    ...(link === null ? {} : { link }),
  }
}

export async function savePayment(tx: UnitOfWork, payment: Payment, ticket: TicketId): Promise<void> {
  const { bill, amount, currency, state, at } = payment
  const row = { state, at, link: null }
  await tx
    .insertInto('payment')
    .values({ bill, ticket, amount, currency, ...row })
    .onConflict((conflict) => conflict.column('bill').doUpdateSet(row))
    .execute()
}

export async function movePayment(tx: UnitOfWork, bill: string, state: PaymentState, at: Millis): Promise<void> {
  await tx.updateTable('payment').set({ state, at }).where('bill', '=', bill).execute()
}
export async function linkPayment(tx: UnitOfWork, bill: string, link: string): Promise<void> {
  await tx.updateTable('payment').set({ link }).where('bill', '=', bill).execute()
}

/** @returns whether it is new; what is older than `before` is forgotten */
export async function isFirstTime(tx: UnitOfWork, id: string, at: Millis, before: Millis): Promise<boolean> {
  await tx.deleteFrom('paymentEvent').where('at', '<', before).execute()
  const written = await tx
    .insertInto('paymentEvent')
    .values({ id, at })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .execute()
  return written.length > 0
}
