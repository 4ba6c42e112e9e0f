import { HOUR, type KitLine, type Location, type Millis, type UnitOfWork } from '../../core/index.ts'
import { book, reservedFor } from './ledger.ts'
import { type DeliveryPolicy, promisePart, type SupplyPlace } from './promiseParts.ts'

/** For whom parts move. */
export interface KitOf {
  ticket: string
  by: string
  at: Millis
}

/** Parts that are on their way to an engineer's van. */
export interface Coming {
  part: string
  quantity: number
  from: string | null
  dueAt: Millis
  level: number
}

/**
 * Reserves the kit in the van, and orders what the van lacks from the first level that has it. Asked again for the same
 * ticket it adds only what is still missing.
 */
export async function reserveKit(
  tx: UnitOfWork,
  { ticket, by, at }: KitOf,
  kit: Pick<KitLine, 'part' | 'quantity'>[],
  van: SupplyPlace,
  places: readonly SupplyPlace[],
  to: Location,
  policy: DeliveryPolicy,
): Promise<Coming[]> {
  const held = await reservedFor(tx, ticket)
  const coming = await comingFor(tx, ticket)
  const ordered: Coming[] = []
  for (const { part, quantity } of kit) {
    const there =
      held.filter((line) => line.part === part && line.place === van.id).reduce((sum, line) => sum + line.quantity, 0) +
      coming.filter((line) => line.part === part).reduce((sum, line) => sum + line.quantity, 0)
    const missing = quantity - there
    if (missing <= 0) continue
    const carried = Math.min(missing, van.available.get(part) ?? 0)
    if (carried > 0) {
      const why = 'in the van for the visit'
      await book(tx, at, { kind: 'reserve', place: van.id, part, onHand: 0, reserved: carried, ticket, by, why })
    }
    if (missing === carried) continue
    const promise = promisePart({ part, quantity: missing - carried }, undefined, to, places, policy)
    if (promise.from) {
      const why = `sent to ${van.id}`
      const onHand = -promise.quantity
      await book(tx, at, { kind: 'send', place: promise.from, part, onHand, reserved: 0, ticket, by, why })
    }
    const order = {
      part,
      quantity: promise.quantity,
      from: promise.from ?? null,
      level: promise.level,
      dueAt: at + promise.hours * HOUR,
    }
    await tx
      .insertInto('partOrder')
      .values({ ...order, ticket, to: van.id, orderedAt: at, arrivedAt: null })
      .execute()
    ordered.push(order)
  }
  return ordered
}

/** What is still on its way for a ticket. */
export async function comingFor(db: Pick<UnitOfWork, 'selectFrom'>, ticket: string): Promise<Coming[]> {
  return db
    .selectFrom('partOrder')
    .select(['part', 'quantity', 'from', 'dueAt', 'level'])
    .where('ticket', '=', ticket)
    .where('arrivedAt', 'is', null)
    .orderBy('dueAt')
    .execute()
}

/** Where parts lie, or come, for each of these tickets. */
export async function keptFor(
  tx: Pick<UnitOfWork, 'selectFrom'>,
  tickets: string[],
): Promise<Map<string, { place: string; part: string; quantity: number }[]>> {
  const kept = new Map<string, { place: string; part: string; quantity: number }[]>()
  if (tickets.length === 0) return kept
  const held = await tx
    .selectFrom('stockMove')
    .select((eb) => ['ticket', 'place', 'part', eb.fn.sum<number>('reserved').as('quantity')])
    .where('ticket', 'in', tickets)
    .groupBy(['ticket', 'place', 'part'])
    .execute()
  const coming = await tx
    .selectFrom('partOrder')
    .select(['ticket', 'to as place', 'part', 'quantity'])
    .where('ticket', 'in', tickets)
    .where('arrivedAt', 'is', null)
    .execute()
  for (const { ticket, place, part, quantity } of [...held, ...coming]) {
    if (!ticket || Number(quantity) <= 0) continue
    kept.set(ticket, [...(kept.get(ticket) ?? []), { place, part, quantity: Number(quantity) }])
  }
  return kept
}

/** Tickets for which something is due. */
export async function arrivalsDue(tx: UnitOfWork, at: Millis): Promise<string[]> {
  const due = await tx
    .selectFrom('partOrder')
    .select('ticket')
    .where('arrivedAt', 'is', null)
    .where('dueAt', '<=', at)
    .orderBy('seq')
    .execute()
  return [...new Set(due.map(({ ticket }) => ticket))]
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

/** What a ticket still has reserved is free again; what is on its way will be free when it comes. */
export async function releaseKit(tx: UnitOfWork, { ticket, by, at }: KitOf, why: string): Promise<void> {
  for (const { place, part, quantity } of await reservedFor(tx, ticket)) {
    await book(tx, at, { kind: 'release', place, part, onHand: 0, reserved: -quantity, ticket, by, why })
  }
}

/**
 * Takes what was fitted out of the van: first what was reserved for the ticket, then what lies there free.
 * @returns parts that nothing in the van accounts for: they were fitted all the same, and somebody has to count
 */
export async function consumeParts(
  tx: UnitOfWork,
  { ticket, by, at }: KitOf,
  parts: string[],
  van: string | undefined,
): Promise<string[]> {
  const unaccounted: string[] = []
  for (const part of parts) {
    const held = (await reservedFor(tx, ticket)).find((line) => line.part === part && line.quantity > 0)
    const place = held?.place ?? van
    const free = held ? undefined : place && (await freeAt(tx, place, part))
    if (!place || (!held && !free)) {
      unaccounted.push(part)
      continue
    }
    const why = `fitted, ticket ${ticket}`
    await book(tx, at, { kind: 'consume', place, part, onHand: -1, reserved: held ? -1 : 0, ticket, by, why })
  }
  return unaccounted
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
