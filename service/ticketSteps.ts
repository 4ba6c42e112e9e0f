import type { Catalog } from '../catalog/index.ts'
import {
  type Alert,
  type Announcer,
  type Appliance,
  type Clock,
  type Database,
  HOUR,
  newSecret,
  type Slot,
  type UnitOfWork,
} from '../core/index.ts'
import { enqueueControl } from '../database/index.ts'
import { allDepots, engineersNow } from './people.ts'
import { planKit, priorityOf, slotsToOffer } from './plan.ts'
import type { Policy } from './policy.ts'
import { rankCandidates } from './rankCandidates.ts'
import { nextTicketState, type TicketEvent } from './ticketMachine.ts'
import { noticesOf, type TicketNews } from './ticketNotices.ts'
import { insertEvent, type StoredTicket } from './ticketTable.ts'

export interface DeskOptions {
  database: Database
  catalog: Catalog
  policy: Policy
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
  const { catalog, policy, clock, announcer } = options

  async function announce(tx: UnitOfWork, ticket: StoredTicket, news: TicketNews, step = ''): Promise<void> {
    const name = ticket.engineer ? (await engineersNow(tx)).find(({ id }) => id === ticket.engineer)?.name : undefined
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
    if (alerts.length > 0) ticket.priority = Math.min(ticket.priority, priorityOf(alerts, policy))
    ticket.kit = planKit(catalog, ticket.kind, ticket.hypotheses, policy)
    await findCandidates(tx, ticket)
  }

  async function findCandidates(tx: UnitOfWork, ticket: StoredTicket): Promise<void> {
    const engineers = await engineersNow(tx)
    const depots = new Map((await allDepots(tx)).map((depot) => [depot.id, depot]))
    const location = options.appliance(ticket.appliance).location
    ticket.candidates = rankCandidates({ ...ticket, location }, engineers, depots, policy)
    const fitting = ticket.candidates.some(({ rank }) => rank !== undefined)
    delete ticket.candidatesNote
    delete ticket.candidatesNoteZh
    if (engineers.length === 0) {
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

  async function create(
    tx: UnitOfWork,
    fields: Pick<
      StoredTicket,
      'id' | 'appliance' | 'source' | 'failureMode' | 'alerts' | 'hypotheses' | 'evidence' | 'noticed' | 'diagnosis'
    >,
    why: string,
  ): Promise<StoredTicket> {
    const now = clock.now()
    const appliance = options.appliance(fields.appliance)
    const { count } = await tx
      .selectFrom('ticket')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    const ticket: StoredTicket = {
      ...fields,
      number: `HW-${new Date(now).getUTCFullYear()}-${String(Number(count) + 1).padStart(5, '0')}`,
      secret: newSecret(),
      kind: appliance.kind,
      state: 'new',
      priority: 4,
      createdAt: now,
      updatedAt: now,
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
    clockOf(ticket, 'first-response', now + policy.firstResponseHours * HOUR)
    return ticket
  }

  /** Asks the owner to agree to a predicted visit. */
  async function offer(tx: UnitOfWork, ticket: StoredTicket, why: string): Promise<void> {
    await move(tx, ticket, 'offer', 'hearthwatch', why)
    ticket.offeredSlots = slotsToOffer(
      clock.now(),
      ticket.priority,
      options.appliance(ticket.appliance).location,
      policy,
    )
    clockOf(
      ticket,
      'owner-answer',
      clock.now() + (policy.ownerAnswerHours[String(ticket.priority) as '1'] ?? 72) * HOUR,
    )
    stopClock(ticket, 'first-response')
  }

  async function toAccepted(tx: UnitOfWork, ticket: StoredTicket, by: string, why: string, slot?: Slot): Promise<void> {
    await move(tx, ticket, 'accept', by, why)
    stopClock(ticket, 'owner-answer')
    stopClock(ticket, 'first-response')
    ticket.slot = slot ?? ticket.slot ?? ticket.offeredSlots.find(({ from }) => from > clock.now())
    clockOf(ticket, 'on-site', ticket.slot?.to ?? clock.now() + policy.onSiteHours * HOUR)
    await plan(tx, ticket)
  }

  /** Gives an accepted ticket to its best candidate; it stays where it is while nobody fits. */
  async function plan(tx: UnitOfWork, ticket: StoredTicket): Promise<boolean> {
    await findCandidates(tx, ticket)
    const byHand = ticket.assignedByHand
      ? ticket.candidates.find(({ engineer }) => engineer === ticket.engineer)
      : undefined
    const best = byHand ?? ticket.candidates.find(({ rank }) => rank === 1)
    if (!best) return false
    ticket.engineer = best.engineer
    if (!ticket.slot || ticket.slot.from < clock.now()) {
      ticket.slot = slotsToOffer(clock.now(), ticket.priority, options.appliance(ticket.appliance).location, policy)[0]
    }
    await move(
      tx,
      ticket,
      'assign',
      'hearthwatch',
      byHand ? 'as assigned by hand' : `best of ${ticket.candidates.length}: ${best.reasons.join(', ')}`,
    )
    await announce(tx, ticket, 'assigned', `/${ticket.engineer}/${ticket.slot?.from ?? 0}`)
    return true
  }

  /** The freeze of its baseline ends with the ticket. */
  async function release(tx: UnitOfWork, ticket: StoredTicket, relearn: boolean, reason: string): Promise<void> {
    const at = clock.now()
    await enqueueControl(tx, { type: 'release', appliance: ticket.appliance, ticket: ticket.id, at, relearn, reason })
  }

  async function end(tx: UnitOfWork, ticket: StoredTicket, reason: string): Promise<void> {
    await release(tx, ticket, false, reason)
    await options.alertsEnded(tx, ticket.id, clock.now())
  }

  async function reopenTicket(tx: UnitOfWork, ticket: StoredTicket, by: string, why: string): Promise<void> {
    await move(tx, ticket, 'reopen', by, why)
    ticket.reopened = (ticket.reopened ?? 0) + 1
    delete ticket.visit
    // Whoever asked for the reopening has heard that it is not solved: the next visit brings the next call-back.
    stopClock(ticket, 'call-back')
    clockOf(ticket, 'on-site', clock.now() + policy.onSiteHours * HOUR)
    await announce(tx, ticket, 'reopened', `/${ticket.reopened}`)
  }

  return {
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
