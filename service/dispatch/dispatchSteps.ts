import {
  because,
  DAY,
  HOUR,
  MINUTE,
  type Millis,
  type Reason,
  SeededRandom,
  type Slot,
  ticketStatesWhere,
  type UnitOfWork,
} from '../../core/index.ts'
import { engineersNow, supplyPlaces } from '../crew/people.ts'
import { keptFor } from '../parts/kit.ts'
import type { SupplyPlace } from '../parts/promiseParts.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { StoredTicket } from '../tickets/storedTicket.ts'
import { toStored } from '../tickets/ticketTable.ts'
import { type BuiltDay, buildDay, type DayJob, localDay } from './buildDay.ts'
import { routeCost, startsOf } from './dayProblem.ts'
import { cheapestIn } from './insertStops.ts'
import { type DispatchOptions, partSteps } from './partSteps.ts'
import { planDay } from './planDay.ts'
import { type Detour, type EngineerNow, type RankedCandidate, rankCandidates, suits } from './rankCandidates.ts'

/** Rounds of search for each stop of a day; a day of 20 stops takes about 10 ms. */
const ROUNDS_PER_STOP = 20
const MOST_ROUNDS = 8_000

/** Where it does not matter what lies where. */
const noPlaces: ReadonlyMap<string, SupplyPlace> = new Map()

/** Who and what there is to send, what is promised already and what is kept for whom: at this moment, in this transaction. */
interface Means {
  engineers: EngineerNow[]
  places: Map<string, SupplyPlace>
  standing: StoredTicket[]
  kept: Awaited<ReturnType<typeof keptFor>>
}

/** Who does a planned ticket, and when the work there begins. */
export interface Planned {
  ticket: string
  engineer: string
  at: Millis
}

/** Dispatch inside a transaction: ranking for one ticket, the plan of a day, and the parts that go along. */
export function dispatchSteps(options: DispatchOptions) {
  const { policy, policies, clock } = options
  const rulesOf = (ticket: StoredTicket): Policy => policies.of(ticket.policy)

  const everybody = (tx: UnitOfWork): Promise<EngineerNow[]> => engineersNow(tx, { now: clock.now(), policy })
  const partsOf = (tickets: StoredTicket[]): string[] => tickets.flatMap(({ kit }) => kit.map(({ part }) => part))

  /** For these tickets; read once for all of them. */
  const meansFor = async (tx: UnitOfWork, tickets: StoredTicket[]): Promise<Means> => {
    const standing = await promised(
      tx,
      tickets.flatMap((ticket) => slotOf(ticket) ?? []),
    )
    const all = [...tickets, ...standing]
    return {
      engineers: await everybody(tx),
      places: await supplyPlaces(tx, partsOf(all)),
      standing,
      kept: await keptFor(
        tx,
        all.map(({ id }) => id),
      ),
    }
  }

  function jobOf(ticket: StoredTicket, slot: Slot, kept?: Means['kept']): DayJob {
    const { location, homeId } = options.appliance(ticket.appliance)
    return {
      ticket: ticket.id,
      rules: rulesOf(ticket),
      skill: ticket.skill,
      difficulty: ticket.difficulty,
      kit: ticket.kit,
      kept: kept?.get(ticket.id),
      minutes: ticket.minutes,
      priority: ticket.priority,
      slot,
      failureMode: ticket.failureMode,
      bound: ticket.bound,
      passedOver: ticket.passedOver,
      fixed: ticket.state === 'visiting' || ticket.assignedByHand === true,
      ...(ticket.engineer ? { engineer: ticket.engineer } : {}),
      ...(location ? { location } : {}),
      ...(homeId ? { homeId } : {}),
    }
  }

  /** What engineers have been given around these times: at least all of the local days that they fall on. */
  async function promised(tx: UnitOfWork, slots: Slot[]): Promise<StoredTicket[]> {
    if (slots.length === 0) return []
    const starts = slots.map(({ from }) => from)
    const rows = await tx
      .selectFrom('ticket')
      .select('body')
      .where('state', 'in', ticketStatesWhere('onADay'))
      .where('slotFrom', '>=', Math.min(...starts) - 2 * DAY)
      .where('slotFrom', '<=', Math.max(...starts) + 2 * DAY)
      .orderBy('id')
      .execute()
    return rows.map(toStored)
  }

  const dayOf = (ticket: StoredTicket, slot: Slot): number =>
    localDay(slot.from, options.appliance(ticket.appliance).location)

  const wantedOf = (ticket: StoredTicket) => {
    const { location } = options.appliance(ticket.appliance)
    return { ...ticket, ...(location ? { location } : {}) }
  }

  /** Tickets whose engineer may not do them any more, each with why; engineers are read once for all. */
  async function refusedNow(tx: UnitOfWork, tickets: StoredTicket[]): Promise<Map<string, Reason>> {
    const refused = new Map<string, Reason>()
    if (tickets.length === 0) return refused
    const engineers = await everybody(tx)
    for (const ticket of tickets) {
      const engineer = engineers.find(({ id }) => id === ticket.engineer)
      const how = engineer && suits(wantedOf(ticket), engineer, noPlaces, rulesOf(ticket))
      if (!how) refused.set(ticket.id, because('known-no-more'))
      else if ('refused' in how) refused.set(ticket.id, how.refused)
    }
    return refused
  }

  /** Candidates for one ticket, by what it adds to each one's day. */
  async function rank(tx: UnitOfWork, ticket: StoredTicket, means?: Means): Promise<RankedCandidate[]> {
    const { engineers, places, standing, kept } = means ?? (await meansFor(tx, [ticket]))
    const rules = rulesOf(ticket)
    const slot = slotOf(ticket)
    const job = { ...wantedOf(ticket), kept: kept.get(ticket.id) }
    const { location } = job
    if (!slot || !location) return rankCandidates(job, engineers, places, rules)
    const day = dayOf(ticket, slot)
    const others = standing
      .filter((other) => other.id !== ticket.id && other.slot && dayOf(other, other.slot) === day)
      .map((other) => ({ ...jobOf(other, other.slot as Slot, kept), fixed: true }))
    const { engineer: _, ...wanted } = jobOf(ticket, slot, kept)
    const jobs = [...others, { ...wanted, fixed: false }]
    const built = buildDay(day, jobs, engineers, places, policy)
    return rankCandidates(job, engineers, places, rules, (engineer) => detour(built, ticket.id, engineer))
  }

  /** Plans what is to be planned of every day that has something new; the rest of such a day may move. Pure inside. */
  async function planDays(tx: UnitOfWork, toPlan: StoredTicket[]): Promise<{ planned: Planned[]; leftOut: string[] }> {
    const planned: Planned[] = []
    const leftOut: string[] = []
    if (toPlan.length === 0) return { planned, leftOut }
    const { engineers, places, standing, kept } = await meansFor(tx, toPlan)
    const fresh = new Map(toPlan.map((ticket) => [ticket.id, ticket]))
    for (const day of [...new Set(toPlan.map((ticket) => dayOf(ticket, ticket.slot as Slot)))].sort((a, b) => a - b)) {
      const ofDay = [...standing.filter(({ id }) => !fresh.has(id)), ...toPlan].filter(
        (ticket) => dayOf(ticket, ticket.slot as Slot) === day,
      )
      const jobs = ofDay.map((ticket) => {
        const job = jobOf(ticket, ticket.slot as Slot, kept)
        // What begins within the hour is under way: nobody else takes it.
        const imminent = ticket.state === 'assigned' && job.slot.from - clock.now() < HOUR
        return { ...job, fixed: job.fixed || imminent }
      })
      const built = buildDay(day, jobs, engineers, places, policy)
      const around = built.jobs.flatMap((group, s) => (group.some(({ ticket }) => fresh.has(ticket)) ? [s] : []))
      const from = { routes: built.routes.map((route) => route.filter((s) => !around.includes(s))) }
      const rounds = Math.min(MOST_ROUNDS, ROUNDS_PER_STOP * built.jobs.length)
      const random = new SeededRandom(day, ofDay.map(({ id }) => id).join())
      const plan = planDay(built.problem, { random, rounds, from, around })
      for (const [e, route] of plan.routes.entries()) {
        const starts = startsOf(built.problem, e, route)
        for (const [i, s] of route.entries()) {
          planned.push(...oneByOne(built, s, built.problem.shifts[e]!.id, starts[i] as number))
        }
      }
      for (const s of plan.leftOut) for (const { ticket } of built.jobs[s] ?? []) leftOut.push(ticket)
    }
    return { planned, leftOut }
  }

  /** When each job of this engineer's day begins, with this ticket in it; whatever was planned stays theirs. */
  async function timesOf(tx: UnitOfWork, ticket: StoredTicket): Promise<Planned[]> {
    const engineer = (await everybody(tx)).find(({ id }) => id === ticket.engineer)
    if (!engineer || !ticket.slot) return []
    const day = dayOf(ticket, ticket.slot)
    const others = (await promised(tx, [ticket.slot])).filter(
      (other) => other.id !== ticket.id && other.engineer === engineer.id && dayOf(other, other.slot as Slot) === day,
    )
    const jobs = [...others, ticket].map((one) => ({ ...jobOf(one, one.slot as Slot), fixed: true }))
    const built = buildDay(day, jobs, [engineer], noPlaces, policy)
    const rounds = ROUNDS_PER_STOP * built.jobs.length
    const plan = planDay(built.problem, { random: new SeededRandom(day, engineer.id), rounds })
    const route = plan.routes[0] ?? []
    const starts = startsOf(built.problem, 0, route)
    return route.flatMap((s, i) => oneByOne(built, s, engineer.id, starts[i] as number))
  }

  return { meansFor, rank, refusedNow, planDays, timesOf, ...partSteps(options) }
}

/** When it is to be, or may be. */
const slotOf = ({ slot, offeredSlots }: StoredTicket): Slot | undefined => slot ?? offeredSlots[0]

/** The jobs of one stop, one after the other. */
function oneByOne({ jobs, zero }: BuiltDay, stop: number, engineer: string, startsAt: number): Planned[] {
  let at = zero + Math.round(startsAt) * MINUTE
  return (jobs[stop] ?? []).map(({ ticket, minutes }) => {
    const planned = { ticket, engineer, at }
    at += minutes * MINUTE
    return planned
  })
}

/** What a ticket adds to one engineer's day, at its cheapest place in it. */
function detour({ problem, jobs, routes }: BuiltDay, ticket: string, engineer: string): Detour | undefined {
  const stop = jobs.findIndex((group) => group.some((job) => job.ticket === ticket))
  const shift = problem.shifts.findIndex(({ id }) => id === engineer)
  const route = (routes[shift] ?? []).filter((s) => s !== stop)
  const alone = jobs[stop]?.length === 1
  // At a home where somebody is already going the way is theirs; what it adds is the work.
  if (!alone && routes[shift]?.includes(stop)) return { minutes: 0, jobs: route.length + 1 }
  const { delta } = cheapestIn(problem, shift, [...route], routeCost(problem, shift, route), stop)
  if (delta === Infinity) return undefined
  return { minutes: Math.max(0, delta - problem.fit[shift * jobs.length + stop]!), jobs: route.length }
}
