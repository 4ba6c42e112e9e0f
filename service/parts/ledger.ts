import { sql } from 'kysely'
import { type Millis, Problem, type UnitOfWork } from '../../core/index.ts'
import type { MoveKind } from './stockTable.ts'

/** One change of one balance; quantities are changes, of either sign. */
export interface StockMove {
  kind: MoveKind
  place: string
  part: string
  onHand: number
  reserved: number
  ticket?: string
  by: string
  why: string
}

/** What is at one place: on hand, and how much of that is promised to tickets. */
export interface StockLine {
  part: string
  onHand: number
  reserved: number
}

type Reading = Pick<UnitOfWork, 'selectFrom'>

/**
 * Books one move: the balance and the ledger change together, in the caller's transaction.
 * @throws Problem `out-of-stock` when the balance would hold less than nothing, or less than is reserved
 */
export const book = (tx: UnitOfWork, at: Millis, move: StockMove): Promise<void> => bookAll(tx, at, [move])

async function balance(tx: UnitOfWork, { place, part, onHand, reserved }: StockMove): Promise<void> {
  const refused = new Problem({
    code: 'out-of-stock',
    message: `${place} has not ${Math.max(-onHand, reserved)} of ${part} to give.`,
    remedy: 'Receive or count stock there, take it from another place, or release what is reserved.',
    concerns: `${place}/${part}`,
    status: 409,
  })
  const { numUpdatedRows } = await tx
    .updateTable('stock')
    .set((eb) => ({ onHand: eb('onHand', '+', onHand), reserved: eb('reserved', '+', reserved) }))
    .where('place', '=', place)
    .where('part', '=', part)
    .where((eb) => eb(eb('reserved', '+', reserved), '>=', 0))
    .where((eb) => eb(eb('onHand', '+', onHand), '>=', eb('reserved', '+', reserved)))
    .executeTakeFirst()
  if (Number(numUpdatedRows) === 0) {
    if (reserved < 0 || onHand < reserved) throw refused
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('stock')
      .values({ place, part, onHand, reserved })
      .onConflict((conflict) => conflict.columns(['place', 'part']).doNothing())
      .executeTakeFirst()
    if (Number(numInsertedOrUpdatedRows) === 0) throw refused
  }
}

/** Several balances in one statement. @returns moves whose line is not there, or has not enough: each is to be booked by itself */
async function balanceAll(tx: UnitOfWork, moves: readonly StockMove[]): Promise<readonly StockMove[]> {
  const lines = new Set(moves.map(lineOf))
  // Of one line they come one after the other.
  if (moves.length < 2 || lines.size < moves.length) return moves
  const isOf = ({ place, part }: StockMove) => sql<boolean>`place = ${place} and part = ${part}`
  const change = (of: 'onHand' | 'reserved') =>
    sql<number>`${sql.ref(of)} + case ${sql.join(
      moves.map((move) => sql`when ${isOf(move)} then ${sql.lit(move[of])}`),
      sql` `,
    )} end`
  const changed = await tx
    .updateTable('stock')
    .set({ onHand: change('onHand'), reserved: change('reserved') })
    .where((eb) => eb.or(moves.map(isOf)))
    .where((eb) => eb.and([eb(change('reserved'), '>=', 0), eb(change('onHand'), '>=', change('reserved'))]))
    .returning(['place', 'part'])
    .execute()
  const booked = new Set(changed.map(lineOf))
  return moves.filter((move) => !booked.has(lineOf(move)))
}
const lineOf = ({ place, part }: Pick<StockMove, 'place' | 'part'>): string => JSON.stringify([place, part])

/** Books several at once, balances and ledger. @throws Problem `out-of-stock` */
export async function bookAll(tx: UnitOfWork, at: Millis, moves: readonly StockMove[]): Promise<void> {
  const real = moves.filter(({ onHand, reserved }) => onHand !== 0 || reserved !== 0)
  if (real.length === 0) return
  for (const move of await balanceAll(tx, real)) await balance(tx, move)
  await tx
    .insertInto('stockMove')
    .values(real.map(({ ticket = null, ...move }) => ({ at, ...move, ticket })))
    .execute()
}

/** Balances by place: of all places and parts, or of those. */
export async function stockOf(
  db: Reading,
  { places, parts }: { places?: string[]; parts?: string[] | undefined } = {},
): Promise<Map<string, StockLine[]>> {
  const found = new Map<string, StockLine[]>()
  if (parts?.length === 0) return found
  let query = db.selectFrom('stock').selectAll().orderBy('place').orderBy('part')
  if (places) query = query.where('place', 'in', places)
  if (parts) query = query.where('part', 'in', parts)
  for (const { place, ...line } of await query.execute()) {
    const lines = found.get(place)
    if (lines) lines.push(line)
    else found.set(place, [line])
  }
  return found
}

/** What a ticket has reserved and not yet used, by place and part. */
export async function reservedFor(
  db: Reading,
  ticket: string,
): Promise<{ place: string; part: string; quantity: number }[]> {
  const rows = await db
    .selectFrom('stockMove')
    .select((eb) => ['place', 'part', eb.fn.sum<number>('reserved').as('quantity')])
    .where('ticket', '=', ticket)
    .groupBy(['place', 'part'])
    .orderBy('place')
    .orderBy('part')
    .execute()
  return rows.map((row) => ({ ...row, quantity: Number(row.quantity) })).filter(({ quantity }) => quantity > 0)
}

/** A count: what truly lies there now. Books the difference; nothing below what is reserved. */
export async function countStock(
  tx: UnitOfWork,
  at: Millis,
  place: string,
  counted: { part: string; quantity: number }[],
  by: string,
): Promise<void> {
  const known = new Map(((await stockOf(tx, { places: [place] })).get(place) ?? []).map((line) => [line.part, line]))
  const lines = new Map(counted.map(({ part, quantity }) => [part, quantity]))
  for (const part of new Set([...known.keys(), ...lines.keys()])) {
    const onHand = (lines.get(part) ?? 0) - (known.get(part)?.onHand ?? 0)
    await book(tx, at, { kind: 'count', place, part, onHand, reserved: 0, by, why: 'counted' })
  }
}
