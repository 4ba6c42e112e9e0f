import {
  because,
  type EngineerId,
  type Reason,
  type TicketId,
  ticketCan,
  ticketIs,
  ticketStatesWhere,
  type UnitOfWork,
} from '../../core/index.ts'
import type { Apart } from '../../database/index.ts'
import { rankJob } from '../dispatch/planning.ts'
import { arrivalsDue, bookArrivals, supplyOf } from '../parts/kit.ts'
import type { CarryOut } from './carryOut.ts'
import { jobOf } from './jobOf.ts'
import { readMeans } from './readMeans.ts'
import { loadTicket, tickets } from './store/ticketRepository.ts'
import type { Ticket } from './ticket.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'

/** What concerns many tickets at once: somebody's changed record, parts that came, jobs that were won. */
export function ticketRounds(options: TicketServiceOptions, carryOut: CarryOut) {
  const { clock, policies, appliance } = options
  const jobIn = (ticket: Ticket) => jobOf(ticket, appliance(ticket.appliance), policies.rulesOf(ticket))
  const partsOf = (all: readonly Ticket[]): string[] => all.flatMap(({ plan }) => plan.kit.map(({ part }) => part))

  /** Somebody's standing changed: candidates of open tickets are found anew, and what they may not do is taken off them. */
  async function refresh(tx: UnitOfWork, engineer: EngineerId): Promise<void> {
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
  async function partsCame(tx: UnitOfWork, apart: Apart): Promise<TicketId[]> {
    const resting = new Set(apart.resting('parts of'))
    const came: TicketId[] = []
    for (const id of await arrivalsDue(tx, clock.now())) {
      if (!resting.has(id) && (await apart.each(tx, 'parts of', id, () => partsCameFor(tx, id)))) came.push(id)
    }
    return came
  }
  async function partsCameFor(tx: UnitOfWork, id: TicketId): Promise<boolean> {
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
    async (id: TicketId, engineer: EngineerId, why: Reason): Promise<boolean> => {
      const ticket = await loadTicket(tx, id)
      if (!ticketCan(ticket.state, 'grab')) return false
      const { slot } = ticket.plan
      const means = await readMeans(tx, options, { parts: partsOf([ticket]), around: slot ? [slot] : 'open' })
      const own = rankJob(jobIn(ticket), means).find((candidate) => candidate.engineer === engineer)
      if (own?.rank === undefined) return false
      await carryOut(tx, ticket, { type: 'take', engineer: own.engineer, why }, { means })
      return true
    }

  return { refresh, partsCame, handOver, jobIn }
}
