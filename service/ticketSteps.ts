import type { Catalog } from '../catalog/index.ts'
import {
  type Alert,
  type Announcer,
  type Appliance,
  type Clock,
  DAY,
  type Database,
  HOUR,
  newSecret,
  type Slot,
  type UnitOfWork,
} from '../core/index.ts'
import { enqueueControl } from '../database/index.ts'
import { recallOf } from './closure/recall.ts'
import { boundEngineer } from './crew/standing.ts'
import { dispatchSteps } from './dispatch/dispatchSteps.ts'
import { engineerOf } from './people.ts'
import { planKit, priorityOf, slotsToOffer } from './plan.ts'
import type { Policies } from './policy/openPolicies.ts'
import type { Policy } from './policy/policySchema.ts'
import { scopesOf } from './policy/resolvePolicy.ts'
import { guideFailed, guideFor } from './remote/guides.ts'
import { nextTicketState, type TicketEvent } from './ticketMachine.ts'
import { noticesOf, type TicketNews } from './ticketNotices.ts'
import { insertEvent, type StoredTicket, toStored, updateTicket } from './ticketTable.ts'

export interface DeskOptions {
  database: Database
  catalog: Catalog
  /** What is in force now, for everyone. */
  policy: Policy
  policies: Policies
  clock: Clock
  announcer: Announcer
  /** The appliance as registered. */
  appliance: (id: string) => Appliance
  /** Base of the links sent to people; known once the port is open. */
  publicUrl: () => string
  alertsEnded: (tx: UnitOfWork, ticket: string, at: number) => Promise<void>
}

/** Everything that a ticket's commands do inside their transaction. */
export function ticketSteps(options: DeskOptions) {
  const { catalog, policy, policies, clock, announcer } = options
  /** The rules that this ticket was made under. */
  const rulesOf = (ticket: StoredTicket): Policy => policies.of(ticket.policy)
  const dispatch = dispatchSteps(options)

  async function announce(tx: UnitOfWork, ticket: StoredTicket, news: TicketNews, step = ''): Promise<void> {
    const name = ticket.engineer ? (await engineerOf(tx, ticket.engineer))?.name : undefined
    for (const notice of noticesOf(ticket, news, step, clock.now(), catalog, name)) await announcer.announce(tx, notice)
  }

  /** One audited step of the state machine. Changes `ticket`; the caller saves it. */
  async function move(
    tx: UnitOfWork,
    ticket: StoredTicket,
    event: TicketEvent,
    by: string,
    why: string,
  ): Promise<void> {
    const from = ticket.state
    ticket.state = nextTicketState(ticket.id, from, event)
    ticket.updatedAt = clock.now()
    await insertEvent(tx, ticket.id, { at: clock.now(), by, from, to: ticket.state, why })
  }

  /** Kit, priority, skill and candidates, from what is known now. */
  async function prepare(tx: UnitOfWork, ticket: StoredTicket, alerts: Pick<Alert, 'severity' | 'remainingLife'>[]) {
    const mode = catalog.failureMode(ticket.kind, ticket.failureMode ?? 'unknown')
    Object.assign(ticket, { skill: mode.skill, difficulty: mode.difficulty, minutes: mode.minutes })
    if (alerts.length > 0) ticket.priority = Math.min(ticket.priority, priorityOf(alerts, rulesOf(ticket)))
    ticket.bound = await boundEngineer(tx, options.appliance(ticket.appliance))
    ticket.kit = planKit(catalog, ticket.kind, ticket.hypotheses, rulesOf(ticket))
    const guide = guideFor(ticket, rulesOf(ticket))
    if (guide && !ticket.guide) ticket.guide = { id: guide.id, offeredAt: clock.now() }
    else if (!guide && ticket.guide?.triedAt === undefined) delete ticket.guide
    await findCandidates(tx, ticket)
  }

  /** @param means who and what there is, where that has been read already */
  async function findCandidates(
    tx: UnitOfWork,
    ticket: StoredTicket,
    means?: Awaited<ReturnType<typeof dispatch.meansFor>>,
  ): Promise<void> {
    ticket.candidates = await dispatch.rank(tx, ticket, means)
    const fitting = ticket.candidates.some(({ rank }) => rank !== undefined)
    delete ticket.candidatesNote
    delete ticket.candidatesNoteZh
    if (ticket.candidates.length === 0) {
      ticket.candidatesNote = 'No engineer is known: add one, and it is planned.'
      ticket.candidatesNoteZh = '尚无工程师：添加后将自动安排。'
    } else if (!fitting) {
      ticket.candidatesNote = 'Nobody fits now; each reason stands beside the name.'
      ticket.candidatesNoteZh = '目前没有合适的工程师；原因见各人姓名旁。'
    }
  }

  function clockOf(ticket: StoredTicket, name: string, dueAt: number): void {
    const known = ticket.clocks.find((entry) => entry.name === name)
    if (known) Object.assign(known, { dueAt, doneAt: undefined })
    else ticket.clocks.push({ name, dueAt })
  }
  function stopClock(ticket: StoredTicket, name: string): void {
    const known = ticket.clocks.find((entry) => entry.name === name && entry.doneAt === undefined)
    if (known) known.doneAt = clock.now()
  }

  function stopAllClocks(ticket: StoredTicket): void {
    for (const { name } of ticket.clocks) stopClock(ticket, name)
  }

  const recalled = (tx: UnitOfWork, appliance: string, hypotheses: StoredTicket['hypotheses']) =>
    recallOf(tx, policies, clock.now(), appliance, hypotheses)

  async function create(
    tx: UnitOfWork,
    fields: Pick<
      StoredTicket,
      | 'id'
      | 'appliance'
      | 'source'
      | 'failureMode'
      | 'alerts'
      | 'hypotheses'
      | 'evidence'
      | 'noticed'
      | 'diagnosis'
      | 'lifeHours'
    >,
    why: string,
  ): Promise<StoredTicket> {
    const now = clock.now()
    const appliance = options.appliance(fields.appliance)
    const { count } = await tx
      .selectFrom('ticket')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    const { policy: rules, stamp } = policies.now(scopesOf(appliance, policy))
    const ticket: StoredTicket = {
      ...fields,
      policy: stamp,
      number: `HW-${new Date(now).getUTCFullYear()}-${String(Number(count) + 1).padStart(5, '0')}`,
      secret: newSecret(),
      kind: appliance.kind,
      state: 'new',
      priority: 4,
      createdAt: now,
      updatedAt: now,
      contactBy: now + rules.firstResponseHours * HOUR,
      clocks: [],
      kit: [],
      candidates: [],
      skill: 'general',
      difficulty: 1,
      minutes: 60,
      offeredSlots: [],
      ...(appliance.owner ? { owner: appliance.owner } : {}),
    }
    await insertEvent(tx, ticket.id, { at: now, by: 'hearthwatch', from: null, to: 'new', why })
    clockOf(ticket, 'first-response', now + rules.firstResponseHours * HOUR)
    return ticket
  }

  /** Asks the owner to agree to a predicted visit. */
  async function offer(tx: UnitOfWork, ticket: StoredTicket, why: string): Promise<void> {
    await move(tx, ticket, 'offer', 'hearthwatch', why)
    ticket.offeredSlots = [...(await visitsBooked(tx, ticket)), ...(await slotsFor(tx, ticket))]
    clockOf(
      ticket,
      'owner-answer',
      clock.now() + (rulesOf(ticket).ownerAnswerHours[String(ticket.priority) as '1'] ?? 72) * HOUR,
    )
    stopClock(ticket, 'first-response')
  }

  async function toAccepted(tx: UnitOfWork, ticket: StoredTicket, by: string, why: string, slot?: Slot): Promise<void> {
    await move(tx, ticket, 'accept', by, why)
    delete ticket.plannedAt
    if (!ticket.assignedByHand && ticket.engineer) {
      await dispatch.freeParts(tx, ticket, 'the visit is planned anew')
      delete ticket.engineer
    }
    stopClock(ticket, 'owner-answer')
    stopClock(ticket, 'first-response')
    if (slot) {
      ticket.slotChosen = true
      stopClock(ticket, 'contact')
      stopClock(ticket, 'second-contact')
    } else delete ticket.contactedAt
    ticket.slot = slot ?? ticket.slot ?? ticket.offeredSlots.find(({ from }) => from > clock.now())
    await freshSlot(tx, ticket)
    clockOf(ticket, 'on-site', ticket.slot?.to ?? clock.now() + rulesOf(ticket).onSiteHours * HOUR)
    await plan(tx, ticket)
  }

  /** Times that can be promised: within office hours, and not before the likely parts can be there. */
  async function slotsFor(tx: UnitOfWork, ticket: StoredTicket): Promise<Slot[]> {
    const { location } = options.appliance(ticket.appliance)
    const notBefore = clock.now() + (await dispatch.kitHours(tx, ticket)) * HOUR
    return slotsToOffer(clock.now(), ticket.priority, location, rulesOf(ticket), notBefore)
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
      .where('state', 'in', ['accepted', 'assigned'])
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
    const why = byHand ? 'as assigned by hand' : `best of ${ticket.candidates.length}: ${best.reasons.join(', ')}`
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
  async function give(tx: UnitOfWork, ticket: StoredTicket, engineer: string, why: string): Promise<void> {
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
  async function planRound(tx: UnitOfWork): Promise<string[]> {
    const rows = await tx
      .selectFrom('ticket')
      .select('body')
      .where('state', 'in', ['accepted', 'reopened', 'assigned'])
      .orderBy('id')
      .execute()
    const now = clock.now()
    const tickets = new Map<string, StoredTicket>()
    const changed = new Set<string>()
    const all = rows.map(toStored)
    const mayMove = ({ state, assignedByHand, slot }: StoredTicket): boolean =>
      state === 'assigned' && !assignedByHand && slot !== undefined && slot.from >= now
    const refused = await dispatch.refusedNow(tx, all.filter(mayMove))
    for (const ticket of all) {
      if (ticket.state === 'assigned') {
        const why = refused.get(ticket.id)
        if (why === undefined) continue
        await move(tx, ticket, 'accept', 'hearthwatch', `${ticket.engineer}: ${why}`)
        await dispatch.freeParts(tx, ticket, 'goes with somebody else')
        delete ticket.engineer
        changed.add(ticket.id)
      }
      await freshSlot(tx, ticket)
      if (!waitsForItsDay(ticket)) tickets.set(ticket.id, ticket)
      else if (changed.has(ticket.id)) await updateTicket(tx, ticket, clock.now())
    }
    const { planned, leftOut } = await dispatch.planDays(tx, [...tickets.values()])
    for (const { ticket: id, engineer, at } of planned) {
      const ticket = tickets.get(id) ?? (await loadStored(tx, id))
      // Where somebody is already there, nothing is planned any more.
      if (ticket.state === 'visiting') continue
      if (ticket.engineer === engineer && ticket.state === 'assigned') {
        if (ticket.plannedAt === at) continue
        ticket.plannedAt = at
      } else {
        await findCandidates(tx, ticket)
        const reasons = ticket.candidates.find((one) => one.engineer === engineer)?.reasons ?? []
        ticket.plannedAt = at
        await give(tx, ticket, engineer, `by the plan of the day: ${reasons.join(', ')}`)
        changed.add(id)
      }
      await updateTicket(tx, ticket, clock.now())
    }
    const waiting = leftOut.flatMap((id) => tickets.get(id) ?? [])
    const means = waiting.length > 0 ? await dispatch.meansFor(tx, waiting) : undefined
    for (const ticket of waiting) {
      await findCandidates(tx, ticket, means)
      await updateTicket(tx, ticket, clock.now())
    }
    return [...changed]
  }

  /** Somebody's standing changed: candidates of open tickets are found anew, and what they may not do is taken off them. */
  async function refreshCandidates(tx: UnitOfWork, engineer: string): Promise<void> {
    const rows = await tx
      .selectFrom('ticket')
      .select('body')
      .where('state', 'in', ['new', 'offered', 'accepted', 'assigned', 'reopened'])
      .orderBy('id')
      .execute()
    for (const ticket of rows.map(toStored)) {
      if (!ticket.candidates.some((one) => one.engineer === engineer)) continue
      await findCandidates(tx, ticket)
      const own = ticket.candidates.find((one) => one.engineer === engineer)
      if (ticket.state === 'assigned' && ticket.engineer === engineer && own?.rank === undefined) {
        delete ticket.assignedByHand
        await move(tx, ticket, 'accept', 'hearthwatch', `${engineer}: ${own?.rejectedBecause ?? 'is known no more'}`)
        await dispatch.freeParts(tx, ticket, 'goes with somebody else')
        delete ticket.engineer
        await plan(tx, ticket)
      }
      await updateTicket(tx, ticket, clock.now())
    }
  }

  const loadStored = async (tx: UnitOfWork, id: string): Promise<StoredTicket> =>
    toStored(await tx.selectFrom('ticket').select('body').where('id', '=', id).executeTakeFirstOrThrow())

  /** The freeze of its baseline ends with the ticket, and so does what is reserved for it. */
  async function release(tx: UnitOfWork, ticket: StoredTicket, relearn: boolean, reason: string): Promise<void> {
    const at = clock.now()
    await dispatch.freeParts(tx, ticket, reason)
    await enqueueControl(tx, { type: 'release', appliance: ticket.appliance, ticket: ticket.id, at, relearn, reason })
  }

  /** Nobody was there: what the appliance or its owner did is taken for the repair, until its own signal says otherwise. */
  async function closeByProof(tx: UnitOfWork, ticket: StoredTicket, by: string, note: string): Promise<void> {
    await move(tx, ticket, 'close', by, note)
    const now = clock.now()
    stopAllClocks(ticket)
    const cause = ticket.failureMode ?? 'unknown'
    ticket.closure = { cause, parts: [], note, at: now, by }
    ticket.bill = { lines: [], totalCents: 0 }
    ticket.verification = 'pending'
    const { appliance, alerts, id } = ticket
    await enqueueControl(tx, { type: 'verify', appliance, ticket: id, at: now, cause, alerts })
  }

  async function end(tx: UnitOfWork, ticket: StoredTicket, reason: string): Promise<void> {
    await release(tx, ticket, false, reason)
    await options.alertsEnded(tx, ticket.id, clock.now())
  }

  async function reopenTicket(tx: UnitOfWork, ticket: StoredTicket, by: string, why: string): Promise<void> {
    await move(tx, ticket, 'reopen', by, why)
    ticket.reopened = (ticket.reopened ?? 0) + 1
    delete ticket.visit
    delete ticket.contactedAt
    delete ticket.escalatedAt
    // Whoever asked for the reopening has heard that it is not solved: the next visit brings the next call-back.
    stopClock(ticket, 'call-back')
    clockOf(ticket, 'on-site', clock.now() + rulesOf(ticket).onSiteHours * HOUR)
    await announce(tx, ticket, 'reopened', `/${ticket.reopened}`)
  }

  return {
    rulesOf,
    recallOf: recalled,
    dispatch,
    give,
    toContact,
    closeByProof,
    guideFailed: (tx: UnitOfWork, appliance: string, hypotheses: StoredTicket['hypotheses']) =>
      guideFailed(tx, policies, clock.now(), appliance, hypotheses),
    refreshCandidates,
    planRound,
    slotsFor,
    announce,
    move,
    prepare,
    findCandidates,
    clockOf,
    stopClock,
    stopAllClocks,
    create,
    offer,
    toAccepted,
    plan,
    release,
    end,
    reopenTicket,
  }
}
export type TicketSteps = ReturnType<typeof ticketSteps>
