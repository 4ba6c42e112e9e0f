import { because, DAY, HOUR, type Reason, type Slot, ticketStatesWhere, type UnitOfWork } from '../../core/index.ts'
import type { Apart } from '../../database/index.ts'
import type { BasicSteps } from '../tickets/basicSteps.ts'
import type { StoredTicket } from '../tickets/storedTicket.ts'
import type { TicketServiceOptions } from '../tickets/ticketServiceOptions.ts'
import { toStored, updateTicket } from '../tickets/ticketTable.ts'
import { dispatchSteps } from './dispatchSteps.ts'
import { slotsToOffer } from './plan.ts'

/** Who goes and when: candidates, times that can be promised, one ticket planned, and the round over all of them. */
export function planSteps(options: TicketServiceOptions, { announce, clockOf, move, rulesOf, stopClock }: BasicSteps) {
  const { policy, clock } = options
  const dispatch = dispatchSteps(options)

  const loadStored = async (tx: UnitOfWork, id: string): Promise<StoredTicket> =>
    toStored(await tx.selectFrom('ticket').select('body').where('id', '=', id).executeTakeFirstOrThrow())

  /** @param means who and what there is, where that has been read already */
  async function findCandidates(
    tx: UnitOfWork,
    ticket: StoredTicket,
    means?: Awaited<ReturnType<typeof dispatch.meansFor>>,
  ): Promise<void> {
    ticket.candidates = await dispatch.rank(tx, ticket, means)
    const fitting = ticket.candidates.some(({ rank }) => rank !== undefined)
    delete ticket.nobody
    if (!fitting) ticket.nobody = because(ticket.candidates.length === 0 ? 'nobody-known' : 'nobody-fits')
  }

  /** Times that can be promised: within office hours, and not before the likely parts can be there. */
  async function slotsFor(tx: UnitOfWork, ticket: StoredTicket): Promise<Slot[]> {
    const { location } = options.appliance(ticket.appliance)
    const notBefore = clock.now() + (await dispatch.kitHours(tx, ticket)) * HOUR
    return slotsToOffer(clock.now(), ticket.priority, location, rulesOf(ticket), notBefore, ticket.weighed?.withinHours)
  }

  /** A time that has passed, or none, becomes the next one that can be promised. */
  async function freshSlot(tx: UnitOfWork, ticket: StoredTicket): Promise<void> {
    if (ticket.slot && ticket.slot.from >= clock.now()) return
    await findCandidates(tx, ticket)
    ticket.slot = (await slotsFor(tx, ticket))[0]
    // Nobody has agreed on this one.
    delete ticket.slotChosen
    delete ticket.contactedAt
  }

  /** The owner chose a later day: who goes is settled when that day is planned. */
  const waitsForItsDay = ({ slot, slotChosen }: StoredTicket): boolean =>
    slotChosen === true && slot !== undefined && slot.from > clock.now() + policy.planAheadHours * HOUR

  /** Visits that are booked at this home soon: a finding may join one, and one way is saved (S35). */
  async function visitsBooked(tx: UnitOfWork, ticket: StoredTicket): Promise<Slot[]> {
    const { homeId } = options.appliance(ticket.appliance)
    if (!homeId) return []
    const now = clock.now()
    const rows = await tx
      .selectFrom('ticket')
      .select(['id', 'appliance'])
      .where('state', 'in', ticketStatesWhere('choose'))
      .where('slotFrom', '>', now + HOUR)
      .where('slotFrom', '<=', now + policy.mergeWithinDays * DAY)
      .where('id', '!=', ticket.id)
      .orderBy('slotFrom')
      .execute()
    const next = rows.find(({ appliance }) => options.appliance(appliance).homeId === homeId)
    const slot = next && (await loadStored(tx, next.id)).slot
    return slot ? [slot] : []
  }

  /**
   * Plans an accepted ticket: whose day it fits best, when that day is near; a later one waits for the plan of its day.
   * It stays where it is while nobody fits.
   */
  async function plan(tx: UnitOfWork, ticket: StoredTicket): Promise<boolean> {
    await freshSlot(tx, ticket)
    await findCandidates(tx, ticket)
    const byHand = ticket.assignedByHand
      ? ticket.candidates.find(({ engineer }) => engineer === ticket.engineer)
      : undefined
    const best = byHand ?? ticket.candidates.find(({ rank }) => rank === 1)
    if (!best) return false
    if (!byHand && waitsForItsDay(ticket)) return false
    const { reasons } = best
    const why = byHand ? because('by-hand') : because('best-of', { count: ticket.candidates.length, reasons })
    await give(tx, ticket, best.engineer, why)
    await setTimes(tx, ticket)
    return true
  }

  /** Whoever has it agrees on the time with the owner, by a deadline; an owner who chose it has agreed already. */
  function toContact(ticket: StoredTicket): void {
    if (!ticket.owner || ticket.slotChosen || ticket.contactedAt !== undefined) return
    const hours = rulesOf(ticket).contactHours[String(ticket.priority) as '1'] ?? 24
    delete ticket.escalatedAt
    stopClock(ticket, 'second-contact')
    clockOf(ticket, 'contact', clock.now() + hours * HOUR)
  }

  /** An engineer has it: the kit is reserved or ordered, and the owner hears who comes. */
  async function give(tx: UnitOfWork, ticket: StoredTicket, engineer: string, why: Reason): Promise<void> {
    ticket.engineer = engineer
    await move(tx, ticket, 'assign', 'hearthwatch', why)
    toContact(ticket)
    await dispatch.bringParts(tx, ticket, ticket.kit)
    await announce(tx, ticket, 'assigned', `/${engineer}/${ticket.slot?.from ?? 0}`)
  }

  /** The times of the day that it joined. */
  async function setTimes(tx: UnitOfWork, ticket: StoredTicket): Promise<void> {
    for (const { ticket: id, at } of await dispatch.timesOf(tx, ticket)) {
      if (id === ticket.id) ticket.plannedAt = at
      else {
        const other = await loadStored(tx, id)
        if (other.plannedAt === at) continue
        other.plannedAt = at
        await updateTicket(tx, other, clock.now())
      }
    }
  }

  /**
   * The round of planning: what waits for the plan of its day and is near, and what its engineer may not do any more
   * (isolated, a certificate lapsed, gone). Others of the same days may change hands when it saves more than it stirs.
   * @returns ids of what changed
   */
  async function planRound(tx: UnitOfWork, apart: Apart): Promise<string[]> {
    const resting = new Set(apart.resting('ticket'))
    const rows = await tx
      .selectFrom('ticket')
      .select(['id', 'body'])
      .where('state', 'in', ticketStatesWhere('plan'))
      .orderBy('id')
      .execute()
    const now = clock.now()
    const tickets = new Map<string, StoredTicket>()
    const changed = new Set<string>()
    const all: StoredTicket[] = []
    for (const row of rows) {
      if (resting.has(row.id)) continue
      try {
        all.push(toStored(row))
      } catch (error) {
        await apart.each(tx, 'ticket', row.id, () => Promise.reject(error))
      }
    }
    const mayMove = ({ state, assignedByHand, slot }: StoredTicket): boolean =>
      state === 'assigned' && !assignedByHand && slot !== undefined && slot.from >= now
    const refused = await dispatch.refusedNow(tx, all.filter(mayMove))
    for (const ticket of all) {
      const why = refused.get(ticket.id)
      if (ticket.state === 'assigned' && why === undefined) continue
      const isTakenOff = ticket.state === 'assigned'
      const isDone = await apart.each(tx, 'ticket', ticket.id, async () => {
        if (isTakenOff) {
          await move(
            tx,
            ticket,
            'accept',
            'hearthwatch',
            because('engineer-refused', { engineer: ticket.engineer ?? '', because: why ?? because('known-no-more') }),
          )
          await dispatch.freeParts(tx, ticket, 'goes with somebody else')
          delete ticket.engineer
        }
        await freshSlot(tx, ticket)
        if (isTakenOff && waitsForItsDay(ticket)) await updateTicket(tx, ticket, clock.now())
        return true
      })
      if (!isDone) continue
      if (isTakenOff) changed.add(ticket.id)
      if (!waitsForItsDay(ticket)) tickets.set(ticket.id, ticket)
    }
    const { planned, leftOut } = await dispatch.planDays(tx, [...tickets.values()])
    async function goesWith({ ticket: id, engineer, at }: (typeof planned)[number]): Promise<boolean> {
      const ticket = tickets.get(id) ?? (await loadStored(tx, id))
      // Where somebody is already there, nothing is planned any more.
      if (ticket.state === 'visiting') return false
      let isGiven = false
      if (ticket.engineer === engineer && ticket.state === 'assigned') {
        if (ticket.plannedAt === at) return false
        ticket.plannedAt = at
      } else {
        await findCandidates(tx, ticket)
        const reasons = ticket.candidates.find((one) => one.engineer === engineer)?.reasons ?? []
        ticket.plannedAt = at
        await give(tx, ticket, engineer, because('by-day-plan', { reasons }))
        isGiven = true
      }
      await updateTicket(tx, ticket, clock.now())
      return isGiven
    }
    for (const one of planned) {
      if (await apart.each(tx, 'ticket', one.ticket, () => goesWith(one))) changed.add(one.ticket)
    }
    const waiting = leftOut.flatMap((id) => tickets.get(id) ?? [])
    const means = waiting.length > 0 ? await dispatch.meansFor(tx, waiting) : undefined
    for (const ticket of waiting) {
      await apart.each(tx, 'ticket', ticket.id, async () => {
        await findCandidates(tx, ticket, means)
        await updateTicket(tx, ticket, clock.now())
      })
    }
    return [...changed]
  }

  /** Somebody's standing changed: candidates of open tickets are found anew, and what they may not do is taken off them. */
  async function refreshCandidates(tx: UnitOfWork, engineer: string): Promise<void> {
    const rows = await tx
      .selectFrom('ticket')
      .select('body')
      .where('state', 'in', ticketStatesWhere('ranked'))
      .orderBy('id')
      .execute()
    for (const ticket of rows.map(toStored)) {
      if (!ticket.candidates.some((one) => one.engineer === engineer)) continue
      await findCandidates(tx, ticket)
      const own = ticket.candidates.find((one) => one.engineer === engineer)
      if (ticket.state === 'assigned' && ticket.engineer === engineer && own?.rank === undefined) {
        delete ticket.assignedByHand
        await move(
          tx,
          ticket,
          'accept',
          'hearthwatch',
          because('engineer-refused', { engineer, because: own?.rejected ?? because('known-no-more') }),
        )
        await dispatch.freeParts(tx, ticket, 'goes with somebody else')
        delete ticket.engineer
        await plan(tx, ticket)
      }
      await updateTicket(tx, ticket, clock.now())
    }
  }

  return {
    dispatch,
    findCandidates,
    freshSlot,
    give,
    plan,
    planRound,
    refreshCandidates,
    slotsFor,
    toContact,
    visitsBooked,
  }
}
export type PlanSteps = ReturnType<typeof planSteps>
