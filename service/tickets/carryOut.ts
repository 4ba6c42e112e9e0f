import { because, type UnitOfWork } from '../../core/index.ts'
import type { Means } from '../dispatch/means.ts'
import type { Policy } from '../policy/policySchema.ts'
import { scopesOf } from '../policy/resolvePolicy.ts'
import { lockHome } from '../visit/safetyLock.ts'
import { openForSafety } from './decide/begin.ts'
import { OURS } from './decide/step.ts'
import { decideTicket } from './decideTicket.ts'
import { readFacts, readFirstFacts } from './readFacts.ts'
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

/** Everything that changes tickets goes through here: facts are read, the command is decided, effects are run, all in one transaction. */
export function carryingOut(options: TicketServiceOptions, refresh: Others['refresh']): CarryOut {
  const { clock, policies, policy, appliance: applianceOf, render } = options
  const others: Others = { retime, openSafety, refresh }

  /** Runs what follows, and what follows from that, until nothing does. */
  async function complete(tx: UnitOfWork, first: Decision, by: string, rules: Policy): Promise<Decision> {
    let { ticket, events } = first
    const queue = [...first.effects]
    for (let effect = queue.shift(); effect; effect = queue.shift()) {
      const command = await runEffect(tx, options, others, ticket, effect)
      if (!command) continue
      const facts = await readFacts(tx, options, ticket, command, by)
      const next = possible(decideTicket(ticket, command, facts, rules))
      ticket = next.ticket
      events = [...events, ...next.events]
      queue.unshift(...next.effects)
    }
    return { ticket, events, effects: [] }
  }

  async function carryOut(...[tx, ticket, command, how = {}]: Parameters<CarryOut>): Promise<Ticket> {
    const { by = OURS, means, holds } = how
    const rules = policies.rulesOf(ticket)
    const facts = await readFacts(tx, options, ticket, command, by, means)
    const decided = possible(decideTicket(ticket, command, facts, rules))
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
    const facts = await readFirstFacts(tx, options, appliance, opening, rules, by)
    const first = opens({ ...opening, made: { ...opening.made, number, policy: stamp } }, facts, rules)
    const done = await complete(tx, first, by, rules)
    await saveTicket(tx, undefined, done.ticket, done.events, at)
    return done.ticket
  }

  async function retime(...[tx, times]: Parameters<Others['retime']>): Promise<void> {
    const at = new Map(times.map((one) => [one.ticket, one.at]))
    for (const other of await tickets(tx, { ids: [...at.keys()] })) {
      const plannedAt = at.get(other.id)
      if (plannedAt === undefined || other.plan.plannedAt === plannedAt) continue
      await carryOut(tx, other, { type: 'retime', at: plannedAt })
    }
  }

  /** The earth test failed: the home is locked, and a ticket for its safety is opened. */
  async function openSafety(...[tx, { number, appliance }, id, by]: Parameters<Others['openSafety']>): Promise<void> {
    await lockHome(tx, applianceOf(appliance), id, clock.now())
    const noticed = render(because('earth-unsafe'))
    const diagnosis = render(because('earth-diagnosis', { ticket: number }))
    const nothing = { failureMode: 'unknown', alerts: [], hypotheses: [], evidence: [] }
    await open(tx, openForSafety, appliance, {
      made: { id, source: 'safety', ...nothing, noticed, diagnosis },
      why: because('earth-failed', { ticket: number, by }),
    })
  }

  return Object.assign(carryOut, { open })
}

function possible(decision: Decision | Refused): Decision {
  if ('refused' in decision) throw decision.refused
  return decision
}
