import { type Appliance, because, DAY, HOUR, type Slot, ticketStatesWhere, type UnitOfWork } from '../../core/index.ts'
import { boundEngineer } from '../crew/engineerRecord.ts'
import { planKit } from '../dispatch/plan.ts'
import type { Means } from '../dispatch/planning.ts'
import type { Policy } from '../policy/policySchema.ts'
import { type PolicyStamp, scopesOf } from '../policy/resolvePolicy.ts'
import { lockHome } from '../visit/safetyLock.ts'
import { openForSafety } from './decide/begin.ts'
import { OURS } from './decide/step.ts'
import { decideTicket } from './decideTicket.ts'
import { readMeans, type Wanted } from './readMeans.ts'
import { type Others, runEffect } from './runEffects.ts'
import { nextNumber, saveTicket, tickets } from './store/ticketRepository.ts'
import type { Ticket } from './ticket.ts'
import type { Decision, Facts, NewTicket, Opening, Refused, TicketCommand } from './ticketCommand.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'

/** How a ticket is opened: decided from its opening, under the rules that will hold for it. */
type Opens = (opening: Opening, facts: Facts, rules: Policy) => Decision

interface How {
  /** Who does it; the product itself where nobody asked. */
  by?: string
  /** Who and what there is, where that is known already. */
  means?: Means
  /** A person works on it from now on: simulated people leave it alone. */
  holds?: boolean
}

export interface CarryOut {
  /** Decides a command, carries out what follows, and saves the ticket once. @throws Problem where it is refused */
  (tx: UnitOfWork, ticket: Ticket, command: TicketCommand, how?: How): Promise<Ticket>
  /** Makes a new one, with the next number and under the rules of now. */
  open(
    tx: UnitOfWork,
    opens: Opens,
    appliance: string,
    opening: Omit<Opening, 'made'> & { made: Omit<NewTicket, 'number' | 'policy'> },
    by?: string,
  ): Promise<Ticket>
}

/** Who could go must be known. */
const plans: ReadonlySet<TicketCommand['type']> = new Set([
  'joinAlert',
  'grow',
  'plan',
  'rank',
  'freshSlot',
  'takeOff',
  'placeInDay',
  'assign',
  'take',
  'partsCame',
  'waitForParts',
])
/** It is prepared anew: the owner's own engineer may be another, and other parts are foreseen. */
const prepares: ReadonlySet<TicketCommand['type']> = new Set(['joinAlert', 'grow'])

/** Everything that changes tickets goes through here: facts are read, the command is decided, effects are run, all in one transaction. */
export function carryingOut(options: TicketServiceOptions, refresh: Others['refresh']): CarryOut {
  const { clock, policies, policy, catalog, appliance: applianceOf, render } = options
  const others: Others = { retime, openSafety, refresh }

  /** Visits that are booked at this home soon: a finding may join one, and one way is saved (S35). */
  async function booked(tx: UnitOfWork, { id, homeId }: Appliance): Promise<Slot[]> {
    if (!homeId) return []
    const now = clock.now()
    const soon = await tickets(tx, {
      states: ticketStatesWhere('choose'),
      slotFrom: now + HOUR + 1,
      slotUntil: now + policy.mergeWithinDays * DAY,
      order: ['slotFrom'],
    })
    const next = soon.find((one) => one.appliance !== id && applianceOf(one.appliance).homeId === homeId)
    return next?.plan.slot ? [next.plan.slot] : []
  }

  const kitOf = (kind: string, hypotheses: Ticket['finding']['hypotheses'], rules: Policy): string[] =>
    planKit(catalog, kind, hypotheses, rules).map(({ part }) => part)

  function wanted({ kind, plan, finding }: Ticket, command: TicketCommand, rules: Policy): Wanted {
    const parts =
      command.type === 'waitForParts'
        ? command.parts.map(({ part }) => part)
        : [
            ...plan.kit.map(({ part }) => part),
            ...(command.type === 'joinAlert' || command.type === 'grow'
              ? [...kitOf(kind, finding.hypotheses, rules), ...kitOf(kind, command.alert.hypotheses, rules)]
              : []),
          ]
    const slot = plan.slot ?? plan.offeredSlots[0]
    // A time that has passed becomes another one, of any day.
    return { parts, around: slot === undefined || slot.from < clock.now() ? 'open' : [slot] }
  }

  async function factsFor(
    tx: UnitOfWork,
    ticket: Ticket,
    command: TicketCommand,
    by: string,
    means?: Means,
  ): Promise<Facts> {
    const appliance = applianceOf(ticket.appliance)
    const known: Facts = { at: clock.now(), by, appliance, catalog, render }
    if (!plans.has(command.type)) return known
    const rules = policies.of(ticket.policy)
    return {
      ...known,
      means: means ?? (await readMeans(tx, options, wanted(ticket, command, rules))),
      ...(prepares.has(command.type)
        ? { bound: await boundEngineer(tx, appliance), booked: await booked(tx, appliance) }
        : {}),
    }
  }

  const accepted = (decision: Decision | Refused): Decision => {
    if ('refused' in decision) throw decision.refused
    return decision
  }

  /** Runs what follows, and what follows from that, until nothing does. */
  async function complete(tx: UnitOfWork, first: Decision, by: string, rules: Policy): Promise<Decision> {
    let { ticket, events } = first
    const queue = [...first.effects]
    for (let effect = queue.shift(); effect; effect = queue.shift()) {
      const command = await runEffect(tx, options, others, ticket, effect)
      if (!command) continue
      const next = accepted(decideTicket(ticket, command, await factsFor(tx, ticket, command, by), rules))
      ticket = next.ticket
      events = [...events, ...next.events]
      queue.unshift(...next.effects)
    }
    return { ticket, events, effects: [] }
  }

  async function carryOut(
    tx: UnitOfWork,
    ticket: Ticket,
    command: TicketCommand,
    { by = OURS, means, holds }: How = {},
  ) {
    const rules = policies.of(ticket.policy)
    const facts = await factsFor(tx, ticket, command, by, means)
    const decided = accepted(decideTicket(ticket, command, facts, rules))
    const held = holds ? { ...decided, ticket: { ...decided.ticket, heldBy: by } } : decided
    const done = await complete(tx, held, by, rules)
    await saveTicket(tx, ticket, done.ticket, done.events, clock.now())
    return done.ticket
  }

  async function open(...[tx, opens, of, opening, by = OURS]: Parameters<CarryOut['open']>): Promise<Ticket> {
    const at = clock.now()
    const appliance = applianceOf(of)
    const { policy: rules, stamp } = policies.now(scopesOf(appliance, policy))
    const number = `HW-${new Date(at).getUTCFullYear()}-${String(await nextNumber(tx)).padStart(5, '0')}`
    const parts = kitOf(appliance.kind, opening.made.hypotheses, rules)
    const facts: Facts = {
      at,
      by,
      appliance,
      catalog,
      render,
      bound: await boundEngineer(tx, appliance),
      means: await readMeans(tx, options, { parts, around: [] }),
      ...(opening.alert ? { booked: await booked(tx, appliance) } : {}),
    }
    const made: NewTicket = { ...opening.made, number, policy: stamp satisfies PolicyStamp }
    const first = opens({ ...opening, made }, facts, rules)
    const done = await complete(tx, first, by, rules)
    await saveTicket(tx, undefined, done.ticket, done.events, at)
    return done.ticket
  }

  async function retime(tx: UnitOfWork, times: Parameters<Others['retime']>[1]): Promise<void> {
    const at = new Map(times.map((one) => [one.ticket, one.at]))
    for (const other of await tickets(tx, { ids: [...at.keys()] })) {
      const plannedAt = at.get(other.id)
      if (plannedAt === undefined || other.plan.plannedAt === plannedAt) continue
      await carryOut(tx, other, { type: 'retime', at: plannedAt })
    }
  }

  /** The earth test failed: the home is locked, and a ticket for its safety is opened. */
  async function openSafety(tx: UnitOfWork, of: Ticket, id: string, by: string): Promise<void> {
    const { number, appliance } = of
    await lockHome(tx, applianceOf(appliance), id, clock.now())
    await carry.open(tx, openForSafety, appliance, {
      made: {
        id,
        source: 'safety',
        failureMode: 'unknown',
        alerts: [],
        hypotheses: [],
        evidence: [],
        noticed: render(because('earth-unsafe')),
        diagnosis: render(because('earth-diagnosis', { ticket: number })),
      },
      why: because('earth-failed', { ticket: number, by }),
    })
  }

  const carry: CarryOut = Object.assign(carryOut, { open })
  return carry
}
