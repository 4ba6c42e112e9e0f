import { because, type Reason, ticketCan, ticketIs, ticketStatesWhere, type UnitOfWork } from '../../core/index.ts'
import type { Apart } from '../../database/index.ts'
import { supplyPlaces } from '../crew/people.ts'
import { type Means, type Planned, planDays, rankJob, refusedNow, withJob } from '../dispatch/planning.ts'
import { arrivalsDue, bookArrivals, supplyOf } from '../parts/kit.ts'
import type { CarryOut } from './carryOut.ts'
import { waitsForItsDay } from './decide/plan.ts'
import { jobOf } from './jobOf.ts'
import { readMeans } from './readMeans.ts'
import { loadTicket, ticketRows, tickets } from './store/ticketRepository.ts'
import type { Ticket } from './ticket.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'

/** What concerns many tickets at once: the round of planning, somebody's changed record, parts that came, jobs that were won. */
export function ticketRounds(options: TicketServiceOptions, carryOut: CarryOut) {
  const { clock, policies, appliance } = options
  const jobIn = (ticket: Ticket) => jobOf(ticket, appliance(ticket.appliance), policies.of(ticket.policy))
  const partsOf = (all: readonly Ticket[]): string[] => all.flatMap(({ plan }) => plan.kit.map(({ part }) => part))

  /** What may be planned, as far as it can be read. */
  async function planable(tx: UnitOfWork, apart: Apart): Promise<Ticket[]> {
    const resting = apart.resting('ticket')
    const all: Ticket[] = []
    for (const { id, read } of await ticketRows(tx, {
      states: ticketStatesWhere('plan'),
      but: resting,
      order: ['id'],
    })) {
      try {
        all.push(read())
      } catch (error) {
        await apart.each(tx, 'ticket', id, () => Promise.reject(error))
      }
    }
    return all
  }

  /**
   * The round of planning: what waits for the plan of its day and is near, and what its engineer may not do any more
   * (isolated, a certificate lapsed, gone). Others of the same days may change hands when it saves more than it stirs.
   * @returns ids of what changed
   */
  async function planRound(tx: UnitOfWork, apart: Apart): Promise<string[]> {
    const now = clock.now()
    const all = await planable(tx, apart)
    if (all.length === 0) return []
    const read = async (): Promise<Means> => readMeans(tx, options, { parts: partsOf(all), around: 'open' })
    let means = await read()
    const changed = new Set<string>()
    const toPlan = new Map<string, Ticket>()
    for (const ticket of all) {
      const why = refusedOf(ticket, means, now)
      if (ticket.state === 'assigned' && !why) continue
      const done = await apart.each(tx, 'ticket', ticket.id, () =>
        why
          ? carryOut(tx, ticket, { type: 'takeOff', because: why, from: 'round' }, { means })
          : Promise.resolve(ticket),
      )
      if (!done) continue
      if (why) changed.add(ticket.id)
      toPlan.set(ticket.id, done)
    }
    // What was taken off freed its parts.
    if (changed.size > 0) means = await read()
    const near: Ticket[] = []
    for (const ticket of toPlan.values()) {
      const fresh = await apart.each(tx, 'ticket', ticket.id, () => freshened(tx, ticket, means))
      if (fresh && !waitsForItsDay(fresh, means)) near.push(fresh)
    }
    const { planned, leftOut } = planDays(
      near.flatMap((ticket) => dated(jobIn(ticket))),
      means,
    )
    const known = new Map(near.map((ticket) => [ticket.id, ticket]))
    for (const one of planned) {
      const gone = await apart.each(tx, 'ticket', one.ticket, () => goesWith(tx, one, known.get(one.ticket), means))
      if (!gone) continue
      means = withJob(means, jobIn(gone.ticket), ticketIs(gone.ticket.state, 'onADay'))
      if (gone.isGiven) changed.add(one.ticket)
    }
    for (const id of leftOut) {
      const ticket = known.get(id)
      if (ticket) await apart.each(tx, 'ticket', id, () => carryOut(tx, ticket, { type: 'rank' }, { means }))
    }
    return [...changed]
  }

  /** Why its engineer may not do it any more; only of what may still change hands. */
  function refusedOf(ticket: Ticket, means: Means, now: number): Reason | undefined {
    const { slot, assignedByHand } = ticket.plan
    const mayMove = ticket.state === 'assigned' && !assignedByHand && slot !== undefined && slot.from >= now
    return mayMove ? refusedNow(jobIn(ticket), means) : undefined
  }

  /** With a time that has not passed. */
  const freshened = async (tx: UnitOfWork, ticket: Ticket, means: Means): Promise<Ticket> =>
    ticket.plan.slot && ticket.plan.slot.from >= means.now
      ? ticket
      : carryOut(tx, ticket, { type: 'freshSlot' }, { means })

  /** @returns the ticket where something of it changed, and whether somebody else has it now */
  async function goesWith(
    tx: UnitOfWork,
    { ticket: id, engineer, at }: Planned,
    known: Ticket | undefined,
    means: Means,
  ): Promise<{ ticket: Ticket; isGiven: boolean } | undefined> {
    const ticket = known ?? (await loadTicket(tx, id))
    // Where somebody is already there, nothing is planned any more.
    if (!ticketCan(ticket.state, 'plan')) return undefined
    const stays = ticket.plan.engineer === engineer && ticket.state === 'assigned'
    if (stays && ticket.plan.plannedAt === at) return undefined
    // What was given before took its parts.
    const places = stays ? means.places : await supplyPlaces(tx, partsOf([ticket]))
    const command = { type: 'placeInDay', engineer, at } as const
    return { ticket: await carryOut(tx, ticket, command, { means: { ...means, places } }), isGiven: !stays }
  }

  /** Somebody's standing changed: candidates of open tickets are found anew, and what they may not do is taken off them. */
  async function refresh(tx: UnitOfWork, engineer: string): Promise<void> {
    const all = await tickets(tx, { states: ticketStatesWhere('ranked'), order: ['id'] })
    const concerned = all.filter(({ plan }) => plan.candidates.some((one) => one.engineer === engineer))
    if (concerned.length === 0) return
    const means = await readMeans(tx, options, { parts: partsOf(concerned), around: 'open' })
    for (const ticket of concerned) {
      const own = rankJob(jobIn(ticket), means).find((one) => one.engineer === engineer)
      const isOff = ticket.state === 'assigned' && ticket.plan.engineer === engineer && own?.rank === undefined
      if (isOff) {
        const why = own?.rejected ?? because('known-no-more')
        await carryOut(tx, ticket, { type: 'takeOff', because: why, from: 'record' }, { means })
      } else await carryOut(tx, ticket, { type: 'rank' }, { means })
    }
  }

  /** Parts that were waited for have come. @returns ids of tickets that still wanted them */
  async function partsCame(tx: UnitOfWork, apart: Apart): Promise<string[]> {
    const resting = new Set(apart.resting('parts of'))
    const came: string[] = []
    for (const id of await arrivalsDue(tx, clock.now())) {
      if (!resting.has(id) && (await apart.each(tx, 'parts of', id, () => partsCameFor(tx, id)))) came.push(id)
    }
    return came
  }
  async function partsCameFor(tx: UnitOfWork, id: string): Promise<boolean> {
    const [ticket] = await tickets(tx, { ids: [id] })
    const isWanted = ticket !== undefined && ticketIs(ticket.state, 'living')
    await bookArrivals(tx, clock.now(), id, isWanted)
    if (!isWanted) return false
    await carryOut(tx, ticket, { type: 'partsCame', supply: await supplyOf(tx, id) })
    return true
  }

  /** A job goes to who won it, if it is still open and they may still do it. */
  const handOver =
    (tx: UnitOfWork) =>
    async (id: string, engineer: string, why: Reason): Promise<boolean> => {
      const ticket = await loadTicket(tx, id)
      if (!ticketCan(ticket.state, 'grab')) return false
      const { slot } = ticket.plan
      const means = await readMeans(tx, options, { parts: partsOf([ticket]), around: slot ? [slot] : 'open' })
      const own = rankJob(jobIn(ticket), means).find((candidate) => candidate.engineer === engineer)
      if (own?.rank === undefined) return false
      await carryOut(tx, ticket, { type: 'take', engineer, why }, { means })
      return true
    }

  return { planRound, refresh, partsCame, handOver, jobIn }
}

/** A job with its time; nothing where it has none. */
const dated = (job: ReturnType<typeof jobOf>) => (job.slot ? [{ ...job, slot: job.slot }] : [])
