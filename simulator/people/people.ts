import { HOUR, isOfFault, logUniform, MINUTE, type Millis, SeededRandom, ticketIs, uniform } from '../../core/index.ts'
import { type Fault, mends, severityOf } from '../appliances/faults.ts'
import type { ApiClient } from './apiClient.ts'
import { filledCard } from './card.ts'
import type { CrewDays } from './crewDays.ts'
import { seenBy } from './seenByOwner.ts'
import { isOpen, type TicketSeen, TicketWatch } from './ticketWatch.ts'

export interface PeopleOptions {
  seed: number
  api: ApiClient
  /** The faults of an appliance, as they truly are; a repair is written into them. */
  faultsOf: (appliance: string) => Fault[]
  /** A repair or anything else that must survive a crash. */
  changed: () => void
  /** Where engineers are; absent: each is everywhere in time. */
  crew?: CrewDays
}

interface Agenda {
  /** `${ticket}/${action}/${time of its state}` → when it is done; −1 when it never is. */
  due: Map<string, Millis>
  /** Closures that have had their effect, and faults that were reported. */
  done: Set<string>
}

const NEVER = -1
/** What comes and goes is remembered as it was when it was there. */
const shownBy = (fault: Fault, now: Millis): number =>
  fault.shape === 'intermittent' ? Math.max(0.3, severityOf(fault, now)) : severityOf(fault, now)

const isUrgent = ({ priority = 1 }: TicketSeen): boolean => priority <= 2
/** Where the owner acts, without an account. */
const ownersPath = ({ ownerLink }: TicketSeen): string => `/api/t/${ownerLink.split('/t/')[1]}`
/** To whom nothing can be written hears of it when a person has called, and from then on has so long to answer. */
const hasHeard = ({ clocks }: TicketSeen): boolean => clocks?.some(({ name }) => name === 'owner-answer') ?? true
/** Hours: who hears that it can wait takes their time. */
const answersWithin = (ticket: TicketSeen): number => (isUrgent(ticket) ? 20 : 60)

/** Owners and engineers: each answers, comes, repairs and rates in their own time, through the product's own calls. */
export class People {
  #options: PeopleOptions
  #agenda: Agenda = { due: new Map(), done: new Set() }
  #watch: TicketWatch
  constructor(options: PeopleOptions, saved?: { due: [string, Millis][]; done: string[] }) {
    this.#options = options
    this.#watch = new TicketWatch(options.api)
    if (saved) this.#agenda = { due: new Map(saved.due), done: new Set(saved.done) }
  }
  state(): { due: [string, Millis][]; done: string[] } {
    return { due: [...this.#agenda.due].slice(-5_000), done: [...this.#agenda.done].slice(-5_000) }
  }

  /** Lets everybody do what is due by `now`. @returns how many things were done */
  async act(now: Millis, appliances: { id: string; faults: Fault[] }[]): Promise<number> {
    const seen = await this.#watch.look(now)
    // Who has promised the sooner hour is gone to first.
    const tickets = this.#options.crew ? seen.toSorted((a, b) => (a.slot?.from ?? 0) - (b.slot?.from ?? 0)) : seen
    let done = 0
    for (const ticket of tickets) {
      this.#applyClosure(ticket, now)
      if (ticket.heldBy) continue
      try {
        if (await this.#turn(ticket, now)) done++
      } catch {
        // Refused or unreachable: somebody else was quicker, or the product is away; they look again later.
      }
    }
    const open = new Set(tickets.filter((one) => isOpen(one) && isOfFault(one)).map(({ appliance }) => appliance))
    done += await this.#report(appliances, open, now)
    return done
  }

  /** A closure that names a part which the appliance truly needed repairs it; any other does not. */
  #applyClosure({ id, appliance, closure }: TicketSeen, now: Millis): void {
    if (!closure) return
    const key = `${id}/closure/${closure.at}`
    if (this.#agenda.done.has(key)) return
    this.#agenda.done.add(key)
    const { parts: fitted } = closure
    for (const fault of this.#options.faultsOf(appliance)) {
      if (fault.repairedAt !== undefined || fault.onset > now) continue
      if (mends(fault, fitted)) fault.repairedAt = Math.max(now, closure.at)
    }
    this.#options.changed()
  }

  async #turn(ticket: TicketSeen, now: Millis): Promise<boolean> {
    const { api } = this.#options
    const since = ticket.history.at(-1)?.at ?? now
    const path = `/api/tickets/${ticket.id}`
    switch (ticket.state) {
      case 'new':
        return this.#answersQuestions(ticket, now)
      case 'offered': {
        if (!ticket.owner || !hasHeard(ticket)) return false
        if (await this.#triesGuide(ticket, now, since)) return true
        const at = this.#due(ticket, 'answer', since, (random) =>
          random.next() < 0.04 ? NEVER : since + logUniform(random, 0.5, answersWithin(ticket)) * HOUR,
        )
        if (at === NEVER || now < at) return false
        const random = this.#random(ticket, 'choice', since)
        const owner = ownersPath(ticket)
        if (random.next() < 0.07) await api.call('POST', `${owner}/decline`, { why: 'Not now, thank you.' })
        else {
          const { slots } = await api.call<{ slots: { from: Millis; to: Millis }[] }>('GET', owner)
          const slot = slots[Math.floor(random.next() * (isUrgent(ticket) ? Math.min(2, slots.length) : slots.length))]
          await api.call('POST', `${owner}/accept`, slot ? { slot } : {})
        }
        return true
      }
      case 'assigned': {
        if (!ticket.slot) return false
        const { from } = ticket.slot
        if (await this.#triesGuide(ticket, now, since)) return true
        if (await this.#contacts(ticket, now, since)) return true
        const at = this.#due(ticket, 'arrive', from, (random) => from + uniform(random, -5, 70) * MINUTE)
        const { crew } = this.#options
        const { engineer = '', appliance } = ticket
        if (now < at || (crew && !crew.isThere(engineer, appliance, now))) return false
        await api.call('POST', `${path}/visit/start`, {})
        crew?.arrived(engineer, now)
        return true
      }
      case 'visiting': {
        const started = ticket.visit?.startedAt ?? since
        const fault = this.#faultNow(ticket.appliance, now)
        const at = this.#due(
          ticket,
          'finish',
          started,
          (random) => started + (fault ? fault.repairMinutes : 30) * uniform(random, 0.8, 1.3) * MINUTE,
        )
        if (now < at) return false
        this.#options.crew?.left(ticket.engineer ?? '', ticket.appliance, now)
        const closure = this.#closure(ticket, fault)
        const missing = await this.#notInVan(ticket, closure.parts)
        if (missing.length > 0) {
          const parts = missing.map((part) => ({ part, quantity: 1 }))
          await api.call('POST', `${path}/wait`, { parts, why: 'It needs a part that I do not carry' })
          return true
        }
        const checklist = await filledCard(api, ticket)
        await api.call('POST', `${path}/visit/end`, { checklist })
        await api.call('POST', `${path}/close`, closure)
        return true
      }
      case 'completed': {
        const fault = this.#faultNow(ticket.appliance, now)
        await api.call('POST', `${path}/close`, this.#closure(ticket, fault))
        return true
      }
      default:
        return ticketIs(ticket.state, 'mended') && (await this.#afterwards(ticket, now))
    }
  }

  /** What owners say of a visit that is over. */
  async #afterwards(ticket: TicketSeen, now: Millis): Promise<boolean> {
    const { closure } = ticket
    if (await this.#calledBack(ticket, now)) return true
    if (await this.#ticksCard(ticket, now)) return true
    if (!closure || ticket.rating || !ticket.visit) return false
    const at = this.#due(ticket, 'rate', closure.at, (random) =>
      random.next() < 0.35 ? NEVER : closure.at + uniform(random, 2, 30) * HOUR,
    )
    if (at === NEVER || now < at) return false
    const drawn = this.#random(ticket, 'stars', closure.at).next()
    const stars = closure.cause === 'none' ? (drawn < 0.6 ? 3 : 4) : drawn < 0.05 ? 2 : drawn < 0.3 ? 4 : 5
    await this.#options.api.call('POST', `${ownersPath(ticket)}/rate`, { stars })
    return true
  }

  /** Some owners try the guide that they are offered before anybody comes; it mends what is truly wrong, or does not. */
  async #triesGuide(ticket: TicketSeen, now: Millis, since: Millis): Promise<boolean> {
    if (!ticket.owner || !ticket.guide || ticket.guide.triedAt !== undefined) return false
    const at = this.#due(ticket, 'guide', since, (random) =>
      random.next() < 0.6 ? NEVER : since + uniform(random, 0.5, 12) * HOUR,
    )
    if (at === NEVER || now < at) return false
    const fault = this.#faultNow(ticket.appliance, now)
    const fits = fault?.failureMode === ticket.failureMode
    const helped = fits && this.#random(ticket, 'by-hand', since).next() < 0.5
    await this.#options.api.call('POST', `${ownersPath(ticket)}/guide`, { helped })
    if (fault && helped) {
      fault.repairedAt = now
      this.#options.changed()
    }
    return true
  }

  /** Most owners look when they are asked; what they see is what the physics of the fault shows, and some are wrong. */
  async #answersQuestions(ticket: TicketSeen, now: Millis): Promise<boolean> {
    const { owner, check, kind = '', appliance } = ticket
    if (!owner || !check || check.answeredAt !== undefined) return false
    const at = this.#due(ticket, 'questions', check.askedAt, (random) =>
      random.next() < 0.25 ? NEVER : check.askedAt + logUniform(random, 0.3, 20) * HOUR,
    )
    if (at === NEVER || now < at) return false
    const random = this.#random(ticket, 'sees', check.askedAt)
    const fault = this.#faultNow(appliance, now)
    const there = fault && { ...fault, severity: shownBy(fault, now) }
    const answers = Object.fromEntries(check.questions.map((id) => [id, seenBy(kind, id, there, random)]))
    await this.#options.api.call('POST', `${ownersPath(ticket)}/answers`, { answers })
    return true
  }

  /** Half of the owners tick the card of the visit themselves; hardly any finds something not done. */
  async #ticksCard(ticket: TicketSeen, now: Millis): Promise<boolean> {
    const { checklist, ownerTicks } = ticket
    if (!checklist || ownerTicks) return false
    const at = this.#due(ticket, 'card', checklist.at, (random) =>
      random.next() < 0.5 ? NEVER : checklist.at + uniform(random, 1, 10) * HOUR,
    )
    if (at === NEVER || now < at) return false
    const random = this.#random(ticket, 'ticks', checklist.at)
    const ticks = Object.fromEntries(Object.keys(checklist.answers).map((code) => [code, random.next() >= 0.003]))
    await this.#options.api.call('POST', `${ownersPath(ticket)}/card`, { ticks })
    return true
  }

  /** The engineer calls the owner soon after the job is theirs, nearly always. */
  async #contacts(ticket: TicketSeen, now: Millis, since: Millis): Promise<boolean> {
    if (!ticket.clocks?.some(({ name, doneAt }) => name === 'contact' && doneAt === undefined)) return false
    const at = this.#due(ticket, 'contact', since, (random) =>
      random.next() < 0.01 ? NEVER : since + uniform(random, 5, 50) * MINUTE,
    )
    if (at === NEVER || now < at) return false
    await this.#options.api.call('POST', `/api/tickets/${ticket.id}/contact`, {})
    return true
  }

  /** A desk asks how it went; the owner knows that it is not solved where it does not do its job. */
  async #calledBack(ticket: TicketSeen, now: Millis): Promise<boolean> {
    const { closure } = ticket
    if (!closure || !ticket.clocks?.some(({ name, doneAt }) => name === 'call-back' && doneAt === undefined))
      return false
    const at = this.#due(ticket, 'call-back', closure.at, (random) =>
      random.next() < 0.03 ? NEVER : closure.at + uniform(random, 1, 20) * HOUR,
    )
    if (at === NEVER || now < at) return false
    const fault = this.#faultNow(ticket.appliance, now)
    const solved = !fault || fault.functionalFailureAt > now
    const { items } = await this.#options.api.call<{ items: { desk?: string }[] }>(
      'GET',
      `/api/tasks?type=call-back&ticket=${ticket.id}`,
    )
    const desk = items[0]?.desk ?? 'central'
    await this.#options.api.call('POST', `/api/tickets/${ticket.id}/call-back`, { solved, desk })
    return true
  }

  /** What the engineer finds: the true cause nearly always, and nearly always what it truly needs. */
  #closure(ticket: TicketSeen, fault: Fault | undefined) {
    // The same finding when they come back with the part; another one when the case was opened again.
    const opened = ticket.history.filter(({ from, to }) => from === null || to === 'reopened').at(-1)?.at ?? 0
    const random = this.#random(ticket, 'finding', opened)
    const predicted = ticket.source === 'predicted'
    if (!fault) {
      return { cause: 'none', ...(predicted ? { verdict: 'refuted' } : {}), parts: [], note: 'Nothing was found.' }
    }
    const verdict = fault.failureMode === ticket.failureMode ? 'confirmed' : 'other-cause'
    const right = random.next() < 0.93
    return {
      cause: fault.failureMode,
      ...(predicted ? { verdict } : {}),
      parts: right ? fault.needs.slice(0, 1 + Math.floor(random.next() * fault.needs.length)) : [],
      note: right ? 'Repaired.' : 'Cleaned and adjusted.',
    }
  }

  /** Of these parts, those that the engineer's van does not hold. */
  async #notInVan({ engineer }: TicketSeen, parts: string[]): Promise<string[]> {
    if (!engineer || parts.length === 0) return []
    const { api } = this.#options
    const people = await api.call<{ items: { id: string; depot?: string }[] }>('GET', '/api/engineers?limit=1000')
    const van = people.items.find(({ id }) => id === engineer)?.depot
    if (!van) return []
    const places = await api.call<{ items: { id: string; stock: { part: string; quantity: number }[] }[] }>(
      'GET',
      '/api/depots?limit=1000',
    )
    const stock = places.items.find(({ id }) => id === van)?.stock ?? []
    return parts.filter((part) => !stock.some((line) => line.part === part && line.quantity > 0))
  }

  /** The fault an engineer would find there: one that has come far enough to be seen. */
  #faultNow(appliance: string, now: Millis): Fault | undefined {
    return this.#options
      .faultsOf(appliance)
      .find(
        (fault) =>
          fault.repairedAt === undefined &&
          fault.onset <= now &&
          (severityOf(fault, now) > 0.02 || fault.shape === 'intermittent'),
      )
  }

  /** Owners whose appliance no longer does its job, and whom nobody has asked, call by themselves. */
  async #report(
    appliances: { id: string; faults: Fault[] }[],
    hasTicket: ReadonlySet<string>,
    now: Millis,
  ): Promise<number> {
    let reported = 0
    for (const { id, faults } of appliances) {
      for (const fault of faults) {
        if (fault.repairedAt !== undefined || fault.functionalFailureAt > now || hasTicket.has(id)) continue
        const key = `${id}/report/${fault.onset}`
        if (this.#agenda.done.has(key)) continue
        const random = new SeededRandom(this.#options.seed, key)
        if (now < fault.functionalFailureAt + uniform(random, 3, 30) * HOUR) continue
        const knows = random.next() < 0.4
        try {
          await this.#options.api.call('POST', `/api/appliances/${id}/report`, {
            text: knows
              ? `It looks like ${fault.failureMode.replaceAll('-', ' ')}.`
              : 'It does not work properly any more.',
            ...(knows ? { failureMode: fault.failureMode } : {}),
          })
          this.#agenda.done.add(key)
          reported++
        } catch {
          // Nobody answers: they call again later.
        }
      }
    }
    return reported
  }

  #random({ id }: TicketSeen, what: string, at: Millis): SeededRandom {
    return new SeededRandom(this.#options.seed, `${id}/${what}/${at}`)
  }
  /** When this person does this; drawn once, and remembered. */
  #due(ticket: TicketSeen, what: string, since: Millis, draw: (random: SeededRandom) => Millis): Millis {
    const key = `${ticket.id}/${what}/${since}`
    const known = this.#agenda.due.get(key)
    if (known !== undefined) return known
    const at = draw(this.#random(ticket, what, since))
    this.#agenda.due.set(key, at)
    return at
  }
}
