import {
  type Reason,
  type TicketId,
  ticketCan,
  ticketIs,
  ticketStatesWhere,
  type UnitOfWork,
} from '../../core/index.ts'
import type { Apart } from '../../database/index.ts'
import { supplyPlaces } from '../crew/people.ts'
import type { Means } from '../dispatch/means.ts'
import { type Planned, planDays, refusedNow, withJob } from '../dispatch/planning.ts'
import type { CarryOut } from './carryOut.ts'
import { waitsForItsDay } from './decide/plan.ts'
import { jobOf } from './jobOf.ts'
import { readMeans } from './readMeans.ts'
import { loadTicket, ticketRows } from './store/ticketRepository.ts'
import type { Ticket } from './ticket.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'

const partsOf = (all: readonly Ticket[]): string[] => all.flatMap(({ plan }) => plan.kit.map(({ part }) => part))

/**
 * The round of planning: what waits for the plan of its day and is near, and what its engineer may not do any more
 * (isolated, a certificate lapsed, gone). Others of the same days may change hands when it saves more than it stirs.
 */
export class PlanRound {
  readonly #options: TicketServiceOptions
  readonly #carryOut: CarryOut
  readonly #tx: UnitOfWork
  readonly #apart: Apart
  readonly #changed = new Set<TicketId>()

  constructor(options: TicketServiceOptions, carryOut: CarryOut, tx: UnitOfWork, apart: Apart) {
    this.#options = options
    this.#carryOut = carryOut
    this.#tx = tx
    this.#apart = apart
  }

  /** @returns ids of what changed */
  async run(): Promise<TicketId[]> {
    const all = await this.#planable()
    if (all.length === 0) return []
    const before = await this.#means(all)
    const toPlan = await this.#takenOff(all, before)
    // What was taken off freed its parts.
    const means = this.#changed.size > 0 ? await this.#means(all) : before
    const near: Ticket[] = []
    for (const ticket of toPlan) {
      const fresh = await this.#freshened(ticket, means)
      if (fresh && !waitsForItsDay(fresh, means)) near.push(fresh)
    }
    await this.#give(near, means)
    return [...this.#changed]
  }

  #each<T>(id: string, work: () => Promise<T>): Promise<T | undefined> {
    return this.#apart.each(this.#tx, 'ticket', id, work)
  }
  #job(ticket: Ticket) {
    const { appliance, policies } = this.#options
    return jobOf(ticket, appliance(ticket.appliance), policies.rulesOf(ticket))
  }
  #means(all: readonly Ticket[]): Promise<Means> {
    return readMeans(this.#tx, this.#options, { parts: partsOf(all), around: 'open' })
  }

  /** What may be planned, as far as it can be read. */
  async #planable(): Promise<Ticket[]> {
    const filter = { states: ticketStatesWhere('plan'), but: this.#apart.resting('ticket'), order: ['id'] } as const
    const all: Ticket[] = []
    for (const { id, read } of await ticketRows(this.#tx, filter)) {
      try {
        all.push(read())
      } catch (error) {
        await this.#each(id, () => Promise.reject(error))
      }
    }
    return all
  }

  /** What waits to be planned, with what was taken off engineers who may not do it any more. */
  async #takenOff(all: readonly Ticket[], means: Means): Promise<Ticket[]> {
    const waiting: Ticket[] = []
    for (const ticket of all) {
      const because = this.#refused(ticket, means)
      if (ticket.state !== 'assigned') waiting.push(ticket)
      if (!because) continue
      const command = { type: 'takeOff', because, from: 'round' } as const
      const off = await this.#each(ticket.id, () => this.#carryOut(this.#tx, ticket, command, { means }))
      if (!off) continue
      this.#changed.add(ticket.id)
      waiting.push(off)
    }
    return waiting
  }

  /** Why its engineer may not do it any more; only of what may still change hands. */
  #refused(ticket: Ticket, means: Means): Reason | undefined {
    const { slot, assignedByHand } = ticket.plan
    const mayMove = ticket.state === 'assigned' && !assignedByHand && slot !== undefined && slot.from >= means.now
    return mayMove ? refusedNow(this.#job(ticket), means) : undefined
  }

  /** With a time that has not passed. */
  async #freshened(ticket: Ticket, means: Means): Promise<Ticket | undefined> {
    if (ticket.plan.slot && ticket.plan.slot.from >= means.now) return ticket
    return this.#each(ticket.id, () => this.#carryOut(this.#tx, ticket, { type: 'freshSlot' }, { means }))
  }

  /** Plans the days of these, and gives each job to whose day it fits. */
  async #give(near: readonly Ticket[], first: Means): Promise<void> {
    let means = first
    const known = new Map(near.map((ticket) => [ticket.id, ticket]))
    const jobs = near.map((ticket) => this.#job(ticket))
    const { planned, leftOut } = planDays(
      jobs.flatMap((job) => (job.slot ? [{ ...job, slot: job.slot }] : [])),
      means,
    )
    for (const one of planned) {
      const gone = await this.#each(one.ticket, () => this.#goesWith(one, known.get(one.ticket), means))
      if (!gone) continue
      means = withJob(means, this.#job(gone.ticket), ticketIs(gone.ticket.state, 'onADay'))
      if (gone.isGiven) this.#changed.add(one.ticket)
    }
    for (const id of leftOut) {
      const ticket = known.get(id)
      if (ticket) await this.#each(id, () => this.#carryOut(this.#tx, ticket, { type: 'rank' }, { means }))
    }
  }

  /** @returns the ticket where something of it changed, and whether somebody else has it now */
  async #goesWith(
    { ticket: id, engineer, at }: Planned,
    known: Ticket | undefined,
    means: Means,
  ): Promise<{ ticket: Ticket; isGiven: boolean } | undefined> {
    const ticket = known ?? (await loadTicket(this.#tx, id))
    // Where somebody is already there, nothing is planned any more.
    if (!ticketCan(ticket.state, 'plan')) return undefined
    const stays = ticket.plan.engineer === engineer && ticket.state === 'assigned'
    if (stays && ticket.plan.plannedAt === at) return undefined
    // What was given before took its parts.
    const places = stays ? means.places : await supplyPlaces(this.#tx, partsOf([ticket]))
    const command = { type: 'placeInDay', engineer, at } as const
    const given = await this.#carryOut(this.#tx, ticket, command, { means: { ...means, places } })
    return { ticket: given, isGiven: !stays }
  }
}
