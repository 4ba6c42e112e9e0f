import { HOUR, type Location, type Millis, type TicketId, ticketIdSchema, type UnitOfWork } from '../../core/index.ts'
import { book, bookAll, reservedFor, type StockMove } from './ledger.ts'
import { type DeliveryPolicy, promisePart, type SupplyPlace } from './promiseParts.ts'

/** What is to be there for a visit; `absent`: whoever stands at the shelf says that it is not there, whatever the books say. */
export interface WantedPart {
  readonly part: string
  readonly quantity: number
  readonly absent?: true
}

/** For whom parts move. */
export interface KitOf {
  ticket: string
  by: string
  at: Millis
}

/** Of a ticket's parts: reserved at a `place`, or on their way `to` a van, `from` where they are not bought, until `dueAt`. */
export interface SupplyLine {
  readonly part: string
  readonly quantity: number
  readonly place?: string
  readonly to?: string
  readonly from?: string
  readonly dueAt?: Millis
}

/** What is to be booked for a ticket, and what it has afterwards. */
export interface KitPlan {
  readonly moves: readonly Omit<StockMove, 'ticket' | 'by'>[]
  readonly orders: readonly Coming[]
  readonly supply: readonly SupplyLine[]
  /** The van to which goes what was on its way to another's. */
  readonly redirect?: string
}

/** Parts that are on their way to an engineer's van. */
export interface Coming {
  readonly part: string
  readonly quantity: number
  readonly from: string | null
  readonly to: string
  readonly dueAt: Millis
  readonly level: number
}

/**
 * Reserves the kit in the van, and orders what the van lacks from the first level that has it; what is reserved elsewhere
 * is freed, what is on its way to another van goes to this one. Asked again for the same ticket it adds only what is still missing. Pure.
 */
export function planReserve(
  supply: readonly SupplyLine[],
  kit: readonly WantedPart[],
  van: SupplyPlace,
  places: readonly SupplyPlace[],
  to: Location,
  policy: DeliveryPolicy,
  at: Millis,
): KitPlan {
  const elsewhere = supply.some(({ place }) => place !== undefined && place !== van.id)
  const kept = elsewhere ? planRelease(supply, `goes with ${van.id}`) : { moves: [], orders: [], supply }
  const moves = [...kept.moves]
  const orders: Coming[] = []
  const isAstray = (line: SupplyLine): boolean => line.dueAt !== undefined && line.to !== van.id
  const redirect = kept.supply.some(isAstray) ? { redirect: van.id } : {}
  const lines = kept.supply.map((line) => (isAstray(line) ? { ...line, to: van.id } : line))
  for (const { part, quantity, absent } of kit) {
    const there = lines
      .filter((line) => line.part === part && (line.place === undefined || (!absent && line.place === van.id)))
      .reduce((sum, line) => sum + line.quantity, 0)
    const missing = quantity - there
    if (missing <= 0) continue
    const freed = kept.moves.reduce(
      (sum, move) => sum + (move.part === part && move.place === van.id ? -move.reserved : 0),
      0,
    )
    const carried = absent ? 0 : Math.min(missing, (van.available.get(part) ?? 0) + freed)
    if (carried > 0) {
      moves.push({
        kind: 'reserve',
        place: van.id,
        part,
        onHand: 0,
        reserved: carried,
        why: 'in the van for the visit',
      })
      lines.push({ part, quantity: carried, place: van.id })
    }
    if (missing === carried) continue
    const promise = promisePart({ part, quantity: missing - carried }, undefined, to, places, policy)
    const { from } = promise
    if (from) {
      const why = `sent to ${van.id}`
      moves.push({ kind: 'send', place: from, part, onHand: -promise.quantity, reserved: 0, why })
    }
    const dueAt = at + promise.hours * HOUR
    orders.push({ part, quantity: promise.quantity, from: from ?? null, to: van.id, level: promise.level, dueAt })
    lines.push({ part, quantity: promise.quantity, to: van.id, dueAt, ...(from ? { from } : {}) })
  }
  return { moves, orders, supply: lines, ...redirect }
}

/** What a ticket still has reserved is free again; what is on its way will be free when it comes. Pure. */
export function planRelease(supply: readonly SupplyLine[], why: string): KitPlan {
  return {
    moves: supply.flatMap(({ place, part, quantity }) =>
      place === undefined ? [] : [{ kind: 'release' as const, place, part, onHand: 0, reserved: -quantity, why }],
    ),
    orders: [],
    supply: supply.filter(({ place }) => place === undefined),
  }
}

/** Writes down what was planned for a ticket's parts. */
export async function bookKit(
  tx: UnitOfWork,
  { ticket, by, at }: KitOf,
  { moves, orders, redirect }: KitPlan,
): Promise<void> {
  if (redirect !== undefined) {
    const ordered = tx.updateTable('partOrder').set({ to: redirect }).where('ticket', '=', ticket)
    await ordered.where('arrivedAt', 'is', null).execute()
  }
  await bookAll(
    tx,
    at,
    moves.map((move) => ({ ...move, ticket, by })),
  )
  if (orders.length === 0) return
  await tx
    .insertInto('partOrder')
    .values(orders.map((order) => ({ ...order, ticket, orderedAt: at, arrivedAt: null })))
    .execute()
}

/** What a ticket has, as the ledger and the orders say. */
export async function supplyOf(db: Pick<UnitOfWork, 'selectFrom'>, ticket: string): Promise<SupplyLine[]> {
  const held = await reservedFor(db, ticket)
  const coming = await db
    .selectFrom('partOrder')
    .select(['part', 'quantity', 'from', 'to', 'dueAt'])
    .where('ticket', '=', ticket)
    .where('arrivedAt', 'is', null)
    .orderBy('dueAt')
    .execute()
  return [
    ...held.map(({ place, part, quantity }) => ({ part, quantity, place })),
    ...coming.map(({ from, ...line }) => ({ ...line, ...(from ? { from } : {}) })),
  ]
}

/** Tickets for which something is due. */
export async function arrivalsDue(tx: UnitOfWork, at: Millis): Promise<TicketId[]> {
  const due = await tx
    .selectFrom('partOrder')
    .select('ticket')
    .where('arrivedAt', 'is', null)
    .where('dueAt', '<=', at)
    .orderBy('seq')
    .execute()
  return [...new Set(due.map(({ ticket }) => ticketIdSchema.parse(ticket)))]
}

/** Books what is due for a ticket into the vans, reserved for it while it still waits. */
export async function bookArrivals(tx: UnitOfWork, at: Millis, ticket: string, isWanted: boolean): Promise<void> {
  const due = await tx
    .selectFrom('partOrder')
    .selectAll()
    .where('ticket', '=', ticket)
    .where('arrivedAt', 'is', null)
    .where('dueAt', '<=', at)
    .orderBy('seq')
    .execute()
  for (const { seq, part, quantity, to, from } of due) {
    await tx.updateTable('partOrder').set({ arrivedAt: at }).where('seq', '=', seq).execute()
    const reserved = isWanted ? quantity : 0
    const why = from ? `came from ${from}` : 'bought'
    await book(tx, at, { kind: 'arrive', place: to, part, onHand: quantity, reserved, ticket, by: 'hearthwatch', why })
  }
}

/**
 * Takes what was fitted out of the van: first what was reserved for the ticket, then what lies there free. The rest of
 * what was reserved is free again.
 * @returns parts that nothing in the van accounts for: they were fitted all the same, and somebody has to count
 */
export async function consumeParts(
  tx: UnitOfWork,
  { ticket, by, at }: KitOf,
  supply: readonly SupplyLine[],
  fitted: readonly string[],
  van: string | undefined,
): Promise<{ unaccounted: string[]; supply: readonly SupplyLine[] }> {
  const unaccounted: string[] = []
  const moves: StockMove[] = []
  let left = supply
  for (const part of fitted) {
    const held = left.find((line) => line.part === part && line.place !== undefined && line.quantity > 0)
    const place = held?.place ?? van
    const taken = moves.filter((move) => move.part === part && move.place === place && move.reserved === 0).length
    const isThere = held !== undefined || (place !== undefined && (await freeAt(tx, place, part)) > taken)
    if (!place || !isThere) {
      unaccounted.push(part)
      continue
    }
    left = left.map((line) => (line === held ? { ...line, quantity: line.quantity - 1 } : line))
    const why = `fitted, ticket ${ticket}`
    moves.push({ kind: 'consume', place, part, onHand: -1, reserved: held ? -1 : 0, ticket, by, why })
  }
  const rest = planRelease(
    left.filter(({ quantity }) => quantity > 0),
    'not needed',
  )
  await bookAll(tx, at, [...moves, ...rest.moves.map((move) => ({ ...move, ticket, by: 'hearthwatch' }))])
  return { unaccounted, supply: rest.supply }
}

async function freeAt(tx: UnitOfWork, place: string, part: string): Promise<number> {
  const row = await tx
    .selectFrom('stock')
    .select(['onHand', 'reserved'])
    .where('place', '=', place)
    .where('part', '=', part)
    .executeTakeFirst()
  return row ? row.onHand - row.reserved : 0
}
