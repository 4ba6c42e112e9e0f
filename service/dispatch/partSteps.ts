import type { Clock, Location, UnitOfWork } from '../../core/index.ts'
import { engineerOf, supplyPlaces } from '../crew/people.ts'
import {
  arrivalsDue,
  bookArrivals,
  type Coming,
  comingFor,
  consumeParts,
  type KitOf,
  releaseKit,
  reserveKit,
} from '../parts/kit.ts'
import { reservedFor } from '../parts/ledger.ts'
import { promisePart } from '../parts/promiseParts.ts'
import type { Policies } from '../policy/openPolicies.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { StoredTicket } from '../tickets/storedTicket.ts'

export interface DispatchOptions {
  /** What is in force now, for everyone: days and people are planned by it. */
  policy: Policy
  /** The rules that a ticket was made under: they say who may do it. */
  policies: Pick<Policies, 'of'>
  clock: Clock
  appliance: (id: string) => { location?: Location | undefined; homeId?: string | undefined }
}

/** The parts that go along: reserved in the van, ordered, freed, fitted; and how long the likely ones take. */
export function partSteps({ policies, clock, appliance }: DispatchOptions) {
  const kitOf = (ticket: StoredTicket, by: string): KitOf => ({ ticket: ticket.id, by, at: clock.now() })

  /** Reserves the kit in the engineer's van and orders what it lacks. */
  async function bringParts(
    tx: UnitOfWork,
    ticket: StoredTicket,
    lines: { part: string; quantity: number }[],
  ): Promise<void> {
    const engineer = ticket.engineer ? await engineerOf(tx, ticket.engineer) : undefined
    const places = await supplyPlaces(
      tx,
      lines.map(({ part }) => part),
    )
    const van = engineer?.depot ? places.get(engineer.depot) : undefined
    if (!engineer || !van) return
    const to = appliance(ticket.appliance).location ?? engineer.location
    const held = await reservedFor(tx, ticket.id)
    if (held.some(({ place }) => place !== van.id)) await freeParts(tx, ticket, `goes with ${engineer.id}`)
    await reserveKit(tx, kitOf(ticket, 'hearthwatch'), lines, van, [...places.values()], to, policies.of(ticket.policy))
    await describeSupply(tx, ticket)
  }

  async function freeParts(tx: UnitOfWork, ticket: StoredTicket, why: string): Promise<void> {
    await releaseKit(tx, kitOf(ticket, 'hearthwatch'), why)
    await describeSupply(tx, ticket)
  }

  /** What was fitted leaves the van, the rest is free again. @returns what nothing accounts for */
  async function settleParts(tx: UnitOfWork, ticket: StoredTicket, fitted: string[], by: string): Promise<string[]> {
    const engineer = ticket.engineer ? await engineerOf(tx, ticket.engineer) : undefined
    const unaccounted = await consumeParts(tx, kitOf(ticket, by), fitted, engineer ? engineer.depot : undefined)
    await freeParts(tx, ticket, 'not needed')
    return unaccounted
  }

  async function describeSupply(tx: UnitOfWork, ticket: StoredTicket): Promise<void> {
    const held = await reservedFor(tx, ticket.id)
    const coming = await comingFor(tx, ticket.id)
    ticket.supply = [
      ...held.map(({ place, part, quantity }) => ({ part, quantity, place })),
      ...coming.map(({ part, quantity, from, dueAt }: Coming) => ({
        part,
        quantity,
        dueAt,
        ...(from ? { from } : {}),
      })),
    ]
  }

  /** Hours until the likely parts of a kit can be with the best candidate: no time before it is offered. */
  async function kitHours(tx: UnitOfWork, ticket: StoredTicket): Promise<number> {
    const best = ticket.candidates.find(({ rank }) => rank === 1)
    const { location } = appliance(ticket.appliance)
    if (!best || !location) return 0
    const places = await supplyPlaces(
      tx,
      ticket.kit.map(({ part }) => part),
    )
    // Where no stock is kept, nothing is known of parts: no time is lost to them.
    if (places.size === 0) return 0
    const van = places.get((await engineerOf(tx, best.engineer))?.depot ?? '')
    const rules = policies.of(ticket.policy)
    const likely = ticket.kit.filter(({ probability }) => probability >= rules.partWaitProbability)
    const promises = likely.map((line) => promisePart(line, van, location, [...places.values()], rules))
    return Math.max(0, ...promises.map(({ hours }) => hours))
  }

  return {
    bringParts,
    freeParts,
    settleParts,
    describeSupply,
    kitHours,
    arrivalsDue: (tx: UnitOfWork) => arrivalsDue(tx, clock.now()),
    arrive: (tx: UnitOfWork, ticket: string, isWanted: boolean) => bookArrivals(tx, clock.now(), ticket, isWanted),
  }
}
