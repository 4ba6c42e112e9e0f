import type { Catalog } from '../../catalog/index.ts'
import {
  type AlertRecords,
  type Appliance,
  type Clock,
  DAY,
  type Database,
  HOUR,
  notFound,
  Problem,
  type Text,
} from '../../core/index.ts'
import { allDepots } from '../crew/people.ts'
import { leanTickets } from '../tickets/store/ticketRepository.ts'
import { book } from './ledger.ts'
import { type ForeseenNeed, forecastDemand, nearestId, type RestockLine } from './restock.ts'

export interface PartsServiceOptions {
  database: Database
  alerts: AlertRecords
  catalog: Catalog
  clock: Clock
  appliance: (id: string) => Appliance
}

/** A part of the catalogue: what it is for, and where it lies. */
export interface PartView {
  part: string
  text: Text
  /** Kinds it fits, with the failure modes that may need it. */
  fits: { kind: string; failureModes: string[] }[]
  priceCents: number
  onHand: number
  reserved: number
  coming: number
}

export interface LedgerQuery {
  place?: string
  part?: string
  ticket?: string
  limit: number
  cursor?: string
}

/** The parts side of the desk: the catalogue with its stock, the ledger, and what to bring where. */
export class PartsService {
  readonly #database: Database
  readonly #alerts: AlertRecords
  readonly #catalog: Catalog
  readonly #clock: Clock
  readonly #appliance: PartsServiceOptions['appliance']
  constructor({ database, alerts, catalog, clock, appliance }: PartsServiceOptions) {
    this.#database = database
    this.#alerts = alerts
    this.#catalog = catalog
    this.#clock = clock
    this.#appliance = appliance
  }
  readonly catalogue = async (): Promise<PartView[]> => {
    const stock = await this.#database.query
      .selectFrom('stock')
      .select((eb) => ['part', eb.fn.sum<number>('onHand').as('onHand'), eb.fn.sum<number>('reserved').as('reserved')])
      .groupBy('part')
      .execute()
    const orders = await this.#database.query
      .selectFrom('partOrder')
      .select((eb) => ['part', eb.fn.sum<number>('quantity').as('coming')])
      .where('arrivedAt', 'is', null)
      .groupBy('part')
      .execute()
    const known = new Map(stock.map((row) => [row.part, row]))
    const coming = new Map(orders.map((row) => [row.part, Number(row.coming)]))
    const parts = new Map<string, PartView>()
    for (const kind of this.#catalog.kinds.values()) {
      for (const [part, { text, priceCents }] of Object.entries(kind.parts)) {
        const failureModes = Object.entries(kind.failureModes)
          .filter(([, mode]) => Object.hasOwn(mode.parts, part))
          .map(([mode]) => mode)
        const view = parts.get(part) ?? {
          part,
          text,
          fits: [],
          priceCents,
          onHand: Number(known.get(part)?.onHand ?? 0),
          reserved: Number(known.get(part)?.reserved ?? 0),
          coming: coming.get(part) ?? 0,
        }
        view.fits.push({ kind: kind.kind, failureModes })
        parts.set(part, view)
      }
    }
    return [...parts.values()].sort((a, b) => (a.part < b.part ? -1 : 1))
  }

  /** Every move, newest first. */
  readonly ledger = async ({ place, part, ticket, limit, cursor }: LedgerQuery) => {
    let query = this.#database.query
      .selectFrom('stockMove')
      .selectAll()
      .orderBy('seq', 'desc')
      .limit(limit + 1)
    if (place) query = query.where('place', '=', place)
    if (part) query = query.where('part', '=', part)
    if (ticket) query = query.where('ticket', '=', ticket)
    if (cursor) query = query.where('seq', '<', Number(cursor))
    const rows = await query.execute()
    const items = rows.slice(0, limit).map(({ ticket, seq, ...row }) => ({
      seq: Number(seq),
      ...row,
      ...(ticket ? { ticket } : {}),
    }))
    const last = items.at(-1)
    return rows.length > limit && last ? { items, next: String(last.seq) } : { items }
  }

  /** Stock came to a place, or goes from one to another. */
  readonly move = async (
    by: string,
    move: { part: string; quantity: number; from?: string; to: string; why: string },
  ) => {
    const { part, quantity, from, to, why } = move
    await this.#database.transaction(async (tx) => {
      for (const place of [from, to]) {
        if (!place) continue
        const known = await tx.selectFrom('depot').select('id').where('id', '=', place).executeTakeFirst()
        if (!known) throw notFound('depot', place)
      }
      if (from === to) {
        throw new Problem({
          code: 'same-place',
          message: `${part} is at ${to} already.`,
          remedy: 'Name two different places.',
          status: 400,
        })
      }
      const about = { part, reserved: 0, by, why }
      if (from) await book(tx, this.#clock.now(), { ...about, kind: 'send', place: from, onHand: -quantity })
      await book(tx, this.#clock.now(), { ...about, kind: from ? 'arrive' : 'receive', place: to, onHand: quantity })
    })
  }

  /** What was proposed is ordered: it lies at the place when it has come. @throws Problem `not-found` */
  readonly order = async (
    { place, part, quantity }: { place: string; part: string; quantity: number },
    hours: number,
  ) => {
    const isSold = [...this.#catalog.kinds.values()].some(({ parts }) => Object.hasOwn(parts, part))
    if (!isSold) throw notFound('part', part)
    const orderedAt = this.#clock.now()
    const dueAt = orderedAt + hours * HOUR
    await this.#database.transaction(async (tx) => {
      const known = await tx.selectFrom('depot').select('id').where('id', '=', place).executeTakeFirst()
      if (!known) throw notFound('depot', place)
      await tx
        .insertInto('partOrder')
        .values({
          ticket: `restock/${place}/${part}`,
          part,
          quantity,
          from: null,
          to: place,
          level: 0,
          orderedAt,
          dueAt,
          arrivedAt: null,
        })
        .execute()
    })
    return { place, part, quantity, orderedAt, dueAt }
  }

  /** Ordered to each place, and not there yet. */
  async #coming(): Promise<Map<string, Map<string, number>>> {
    const rows = await this.#database.query
      .selectFrom('partOrder')
      .select((eb) => ['to', 'part', eb.fn.sum<number>('quantity').as('quantity')])
      .where('arrivedAt', 'is', null)
      .where('ticket', 'like', 'restock/%')
      .groupBy(['to', 'part'])
      .execute()
    const coming = new Map<string, Map<string, number>>()
    for (const { to, part, quantity } of rows)
      coming.set(to, (coming.get(to) ?? new Map<string, number>()).set(part, Number(quantity)))
    return coming
  }

  /** What to bring where: demand foreseen by predictions, beside what last year alone would say (S08). */
  readonly restock = async (weeks: number): Promise<RestockLine[]> => {
    const now = this.#clock.now()
    const open = await this.#alerts.standing(this.#database.query)
    const needs: ForeseenNeed[] = open.map((alert) => {
      const parts = new Map<string, number>()
      for (const { failureMode, probability } of alert.hypotheses) {
        for (const [part, share] of Object.entries(this.#catalog.failureMode(alert.kind, failureMode).parts)) {
          parts.set(part, Math.min(1, (parts.get(part) ?? 0) + probability * share))
        }
      }
      const { location } = this.#appliance(alert.appliance)
      const hours = alert.remainingLife
      return {
        parts,
        ...(location ? { location } : {}),
        ...(hours ? { life: { p10: hours.p10 * HOUR, p90: (hours.p90 ?? 2 * hours.p50) * HOUR } } : {}),
      }
    })
    const depots = await allDepots(this.#database.query)
    const closed = await leanTickets(this.#database.query, { closedSince: now - 366 * DAY + 1 })
    const fixed = depots.filter(({ type }) => type !== 'van')
    const fitted = closed.flatMap((ticket) => {
      const place = nearestId(fixed, this.#appliance(ticket.appliance).location)
      return place
        ? (ticket.closure?.parts ?? []).map((part) => ({
            at: ticket.closure?.at ?? 0,
            part,
            place,
            foreseen: ticket.source === 'predicted',
          }))
        : []
    })
    // What is on its way needs not be proposed again.
    const coming = await this.#coming()
    return forecastDemand({
      now,
      weeks,
      needs,
      fitted,
      places: depots,
      stock: new Map(depots.map(({ id, stock }) => [id, withComing(stock, coming.get(id))])),
    })
  }
}
export const openPartsService = (options: PartsServiceOptions): PartsService => new PartsService(options)

function withComing(
  stock: readonly { part: string; quantity: number; reserved?: number }[],
  coming: ReadonlyMap<string, number> = new Map(),
): Map<string, number> {
  const all = new Map(stock.map(({ part, quantity, reserved = 0 }) => [part, quantity - reserved]))
  for (const [part, quantity] of coming) all.set(part, (all.get(part) ?? 0) + quantity)
  return all
}
