import {
  because,
  type Millis,
  nextTicketState,
  type Problem,
  type Reason,
  type SlaClock,
  type TicketMove,
} from '../../../core/index.ts'
import { planRelease } from '../../parts/kit.ts'
import type { Ticket } from '../ticket.ts'
import type { Decision, Effect, Facts, Refused, TicketEvent } from '../ticketCommand.ts'
import type { TicketNews } from '../ticketNotices.ts'

/** Who acts where nobody asked. */
export const OURS = 'hearthwatch'

/**
 * A decision as it is made: the ticket as it is by now, what has happened, what must follow. Each call answers a new
 * one; nothing is changed in place.
 */
export class Step implements Decision {
  readonly ticket: Ticket
  readonly events: readonly TicketEvent[]
  readonly effects: readonly Effect[]
  readonly #at: Millis
  readonly #by: string

  constructor(
    ticket: Ticket,
    { at, by }: Pick<Facts, 'at' | 'by'>,
    events: readonly TicketEvent[] = [],
    effects: readonly Effect[] = [],
  ) {
    this.ticket = ticket
    this.#at = at
    this.#by = by
    this.events = events
    this.effects = effects
  }

  /** Fields of the ticket itself. */
  with(change: Partial<Ticket>): Step {
    const own = { at: this.#at, by: this.#by }
    return new Step({ ...this.ticket, ...change }, own, this.events, this.effects)
  }
  finding(change: Partial<Ticket['finding']>): Step {
    return this.with({ finding: { ...this.ticket.finding, ...change } })
  }
  plan(change: Partial<Ticket['plan']>): Step {
    return this.with({ plan: { ...this.ticket.plan, ...change } })
  }
  visit(change: Partial<Ticket['visit']>): Step {
    return this.with({ visit: { ...this.ticket.visit, ...change } })
  }
  closure(change: Partial<Ticket['closure']>): Step {
    return this.with({ closure: { ...this.ticket.closure, ...change } })
  }
  remote(change: Partial<Ticket['remote']>): Step {
    return this.with({ remote: { ...this.ticket.remote, ...change } })
  }
  money(change: Partial<Ticket['money']>): Step {
    return this.with({ money: { ...this.ticket.money, ...change } })
  }

  /** One step of the state machine, written down. @throws Problem `illegal-move` */
  move(move: TicketMove, why: Reason, by = this.#by): Step {
    const from = this.ticket.state
    const state = nextTicketState(this.ticket.id, from, move)
    return this.with({ state, updatedAt: this.#at }).#event({ at: this.#at, by, from, to: state, why })
  }
  /** Something that is no move, written down. */
  note(why: Reason, by = this.#by): Step {
    const { state } = this.ticket
    return this.#event({ at: this.#at, by, from: state, to: state, why })
  }
  #event(event: TicketEvent): Step {
    return new Step(this.ticket, { at: this.#at, by: this.#by }, [...this.events, event], this.effects)
  }

  /** A promise begins, or begins anew. */
  start(name: string, dueAt: Millis): Step {
    const { clocks } = this.ticket
    const begun: SlaClock = { name, dueAt }
    const isKnown = clocks.some((clock) => clock.name === name)
    return this.with({
      clocks: isKnown ? clocks.map((clock) => (clock.name === name ? begun : clock)) : [...clocks, begun],
    })
  }
  /** Promises are kept, or hold no more. */
  stop(...names: string[]): Step {
    const stops = ({ name, doneAt }: SlaClock): boolean => doneAt === undefined && names.includes(name)
    return this.with({
      clocks: this.ticket.clocks.map((clock) => (stops(clock) ? { ...clock, doneAt: this.#at } : clock)),
    })
  }
  stopAll(): Step {
    return this.stop(...this.ticket.clocks.map(({ name }) => name))
  }

  /** What must follow. */
  follow(...effects: Effect[]): Step {
    const own = { at: this.#at, by: this.#by }
    return new Step(this.ticket, own, this.events, [...this.effects, ...effects])
  }
  tell(news: TicketNews, step = '', engineer?: string): Step {
    return this.follow({ do: 'tell', news, step, ...(engineer ? { engineer } : {}) })
  }

  /** What it had reserved is free again. */
  freeParts(why: string): Step {
    const { supply = [] } = this.ticket.plan
    const kit = planRelease(supply, why)
    return kit.moves.length === 0 ? this : this.plan({ supply: kit.supply }).follow({ do: 'book', kit })
  }
  /** The freeze of its baseline ends with the ticket, and so does what is reserved for it. */
  release(relearn: boolean, reason: string): Step {
    const { appliance, id: ticket } = this.ticket
    const control = { type: 'release', appliance, ticket, at: this.#at, relearn, reason } as const
    return this.freeParts(reason).follow({ do: 'control', control })
  }
  /** Its appliance is heard again. */
  unmute(): Step {
    const { appliance, id: ticket } = this.ticket
    return this.follow({ do: 'control', control: { type: 'unmute', appliance, ticket } })
  }
  /** Its appliance is asked whether the repair holds. */
  verify(cause: string): Step {
    const { appliance, id: ticket, alerts } = this.ticket
    const control = { type: 'verify', appliance, ticket, at: this.#at, cause, alerts: [...alerts] } as const
    return this.closure({ verification: 'pending' }).follow({ do: 'control', control })
  }
  /** It ends without proof, and its alerts with it. */
  end(reason: string): Step {
    return this.release(false, reason).follow({ do: 'endAlerts' })
  }
  /** Nobody has it any more, because of something about who had it. */
  takeOff(because: Reason): Step {
    return this.move('accept', because, OURS).freeParts('goes with somebody else').plan({ engineer: undefined })
  }
  endTasks(type: 'contact' | 'call-back' | 'reconsider' | 'reach', by: string, outcome: string): Step {
    return this.follow({ do: 'endTasks', type, by, outcome })
  }
}

export const refuse = (refused: Problem): Refused => ({ refused })

/** Hours by priority, of a table of the policy. */
export const byPriority = (hours: Readonly<Record<string, number>>, priority: number, otherwise: number): number =>
  hours[String(priority)] ?? otherwise

export const refusedEngineer = (engineer: string, why: Reason): Reason =>
  because('engineer-refused', { engineer, because: why })
