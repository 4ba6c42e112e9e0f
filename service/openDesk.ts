import type { Catalog } from '../catalog/index.ts'
import {
  type Alert,
  type Announcer,
  type Appliance,
  type Clock,
  type Closure,
  type Database,
  HOUR,
  hash64,
  MINUTE,
  newSecret,
  notFound,
  Problem,
  type Slot,
  type Ticket,
  type TicketDesk,
  type TicketState,
  type UnitOfWork,
  type VerificationRow,
} from '../core/index.ts'
import { enqueueControl } from '../database/index.ts'
import { billFor } from './bill.ts'
import { allDepots, engineersNow } from './people.ts'
import { planKit, priorityOf, slotsToOffer } from './plan.ts'
import type { Policy } from './policy.ts'
import { rankCandidates } from './rankCandidates.ts'
import { livingStates, nextTicketState, type TicketEvent } from './ticketMachine.ts'
import { noticesOf, ownerPath, type TicketNews } from './ticketNotices.ts'
import {
  insertEvent,
  insertTicket,
  type StoredTicket,
  type TicketEventRow,
  toStored,
  updateTicket,
} from './ticketTable.ts'

export interface TicketQuery {
  state?: string
  appliance?: string
  limit: number
  cursor?: string
}

/** The desk's view of a ticket: the contract's, with what pages show besides. */
export type TicketView = Ticket & Omit<StoredTicket, keyof Ticket | 'secret'>

export interface Desk extends TicketDesk {
  get(id: string): Promise<TicketView>
  bySecret(secret: string): Promise<StoredTicket & { history: TicketEventRow[] }>
  list(query: TicketQuery): Promise<{ items: TicketView[]; next?: string }>
  /** Ids of the living ones, by appliance. */
  living(appliances?: string[]): Promise<Map<string, string[]>>
  accept(id: string, by: string, slot?: Slot): Promise<TicketView>
  decline(id: string, by: string, why: string): Promise<TicketView>
  assign(id: string, by: string, engineer: string, why: string): Promise<TicketView>
  startVisit(id: string, by: string): Promise<TicketView>
  endVisit(id: string, by: string, checklist: Record<string, unknown>): Promise<TicketView>
  close(id: string, by: string, closure: Pick<Closure, 'cause' | 'verdict' | 'parts' | 'note'>): Promise<TicketView>
  cancel(id: string, by: string, why: string): Promise<TicketView>
  rate(id: string, stars: number, text: string): Promise<TicketView>
  reopen(id: string, by: string, why: string): Promise<TicketView>
  hold(id: string, by: string | null): Promise<TicketView>
  report(appliance: Appliance, by: string, text: string, failureMode?: string): Promise<TicketView>
  /** What the appliance's own signal said of the repair. */
  verified(tx: UnitOfWork, rows: VerificationRow[]): Promise<string[]>
  /** Time passed: offers expire, accepted ones are planned. @returns ids of what changed */
  tick(tx: UnitOfWork): Promise<string[]>
}

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

export function openDesk(options: DeskOptions): Desk {
  const { database, catalog, policy, clock, announcer } = options

  async function load(tx: Pick<UnitOfWork, 'selectFrom'>, id: string): Promise<StoredTicket> {
    const row = await tx.selectFrom('ticket').select('body').where('id', '=', id).executeTakeFirst()
    if (!row) throw notFound('ticket', id)
    return toStored(row)
  }

  async function historyOf(ids: string[]): Promise<Map<string, TicketEventRow[]>> {
    const histories = new Map<string, TicketEventRow[]>(ids.map((id) => [id, []]))
    if (ids.length === 0) return histories
    const rows = await database.query
      .selectFrom('ticketEvent')
      .selectAll()
      .where('ticket', 'in', ids)
      .orderBy('seq')
      .execute()
    for (const { ticket, at, by, from, to, why } of rows) {
      histories.get(ticket)?.push({ at, by, from: from as TicketState | null, to: to as TicketState, why })
    }
    return histories
  }

  function view(ticket: StoredTicket, history: TicketEventRow[]): TicketView {
    const { secret: _, ...rest } = ticket
    return { ...rest, ownerLink: options.publicUrl() + ownerPath(ticket), history }
  }
  const read = async (id: string): Promise<TicketView> => {
    const ticket = await load(database.query, id)
    return view(ticket, (await historyOf([id])).get(id) ?? [])
  }

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

  /** A command of a person: load, change, save, in one transaction; who works on it is remembered. */
  async function command(id: string, by: string, work: (tx: UnitOfWork, ticket: StoredTicket) => Promise<void>) {
    await database.transaction(async (tx) => {
      const ticket = await load(tx, id)
      await work(tx, ticket)
      if (by.startsWith('user:')) ticket.heldBy = by
      await updateTicket(tx, ticket)
    })
    return read(id)
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
    if (engineers.length === 0) ticket.candidatesNote = 'No engineer is known: add one, and it is planned.'
    else if (!fitting) ticket.candidatesNote = 'Nobody fits now; each reason stands beside the name.'
    else delete ticket.candidatesNote
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
    const best = ticket.candidates.find(({ rank }) => rank === 1)
    if (!best) return false
    ticket.engineer = best.engineer
    if (!ticket.slot || ticket.slot.from < clock.now()) {
      ticket.slot = slotsToOffer(clock.now(), ticket.priority, options.appliance(ticket.appliance).location, policy)[0]
    }
    await move(tx, ticket, 'assign', 'hearthwatch', `best of ${ticket.candidates.length}: ${best.reasons.join(', ')}`)
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
    clockOf(ticket, 'on-site', clock.now() + policy.onSiteHours * HOUR)
    await announce(tx, ticket, 'reopened', `/${ticket.reopened}`)
  }

  return {
    async ticketFor(tx, alert) {
      const open = await tx
        .selectFrom('ticket')
        .select('body')
        .where('appliance', '=', alert.appliance)
        .where('state', 'in', livingStates)
        .orderBy('createdAt', 'desc')
        .executeTakeFirst()
      if (open) {
        const ticket = toStored(open)
        if (!ticket.alerts.includes(alert.id)) ticket.alerts.push(alert.id)
        if (!ticket.failureMode || ticket.failureMode === 'unknown') adopt(ticket, alert)
        await prepare(tx, ticket, [alert])
        if (ticket.state === 'declined' || ticket.state === 'expired') {
          await offer(tx, ticket, `another finding: ${alert.failureMode}`)
          await announce(tx, ticket, 'offered', `/${alert.id}`)
        } else {
          const at = clock.now()
          await insertEvent(tx, ticket.id, {
            at,
            by: 'hearthwatch',
            from: ticket.state,
            to: ticket.state,
            why: `alert ${alert.id} joined: ${alert.failureMode}`,
          })
          await announce(tx, ticket, 'joined', `/${alert.id}`)
        }
        await updateTicket(tx, ticket)
        return ticket.id
      }
      const ticket = await create(
        tx,
        {
          id: `tk-${hash64(alert.id)}`,
          appliance: alert.appliance,
          source: 'predicted',
          failureMode: alert.failureMode,
          alerts: [alert.id],
          hypotheses: alert.hypotheses,
          evidence: alert.evidence,
          noticed: alert.explanation.owner,
          diagnosis: alert.explanation.engineer,
        },
        `alert ${alert.id}: ${alert.failureMode}`,
      )
      await prepare(tx, ticket, [alert])
      await offer(tx, ticket, ticket.owner ? 'the owner is asked to agree' : 'no owner is known: the desk decides')
      await insertTicket(tx, ticket)
      await enqueueControl(tx, { type: 'freeze', appliance: ticket.appliance, ticket: ticket.id })
      await announce(tx, ticket, 'offered')
      return ticket.id
    },
    async alertChanged(tx, alert) {
      const row = await tx
        .selectFrom('ticket')
        .select('body')
        .where('id', '=', alert.ticket ?? '')
        .executeTakeFirst()
      if (!row) return
      const ticket = toStored(row)
      if (!livingStates.includes(ticket.state) || ticket.alerts[0] !== alert.id) return
      const before = ticket.priority
      adopt(ticket, alert)
      await prepare(tx, ticket, [alert])
      if ((ticket.state === 'declined' || ticket.state === 'expired') && ticket.priority < before) {
        await offer(tx, ticket, `it has grown: priority ${before} → ${ticket.priority}`)
        await announce(tx, ticket, 'offered', `/${ticket.priority}`)
      }
      await updateTicket(tx, ticket)
    },
    async alertDismissed(tx, alert, by, why) {
      const row = await tx
        .selectFrom('ticket')
        .select('body')
        .where('id', '=', alert.ticket ?? '')
        .executeTakeFirst()
      if (!row) return
      const ticket = toStored(row)
      const others = await tx
        .selectFrom('alert')
        .select('id')
        .where('ticket', '=', ticket.id)
        .where('id', '!=', alert.id)
        .where('state', '!=', 'closed')
        .executeTakeFirst()
      if (others || !['new', 'offered', 'declined', 'expired', 'accepted', 'assigned'].includes(ticket.state)) return
      await move(tx, ticket, 'cancel', by, `not a fault: ${why}`)
      await release(tx, ticket, false, 'dismissed')
      await announce(tx, ticket, 'cancelled')
      await updateTicket(tx, ticket)
    },
    get: read,
    async bySecret(secret) {
      const row = await database.query
        .selectFrom('ticket')
        .select('body')
        .where('secret', '=', secret)
        .executeTakeFirst()
      if (!row) throw notFound('ticket', 'of this link')
      const ticket = toStored(row)
      return { ...ticket, history: (await historyOf([ticket.id])).get(ticket.id) ?? [] }
    },
    async list({ state, appliance, limit, cursor }) {
      let query = database.query.selectFrom('ticket').select(['id', 'createdAt', 'body'])
      if (state) query = query.where('state', 'in', state.split(','))
      if (appliance) query = query.where('appliance', '=', appliance)
      if (cursor) {
        const [at, after] = cursor.split('.') as [string, string]
        query = query.where((eb) =>
          eb.or([eb('createdAt', '<', Number(at)), eb.and([eb('createdAt', '=', Number(at)), eb('id', '<', after)])]),
        )
      }
      const rows = await query
        .orderBy('createdAt', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      const page = rows.slice(0, limit)
      const histories = await historyOf(page.map(({ id }) => id))
      const items = page.map((row) => view(toStored(row), histories.get(row.id) ?? []))
      const last = page[limit - 1]
      return rows.length > limit && last ? { items, next: `${last.createdAt}.${last.id}` } : { items }
    },
    async living(appliances) {
      let query = database.query.selectFrom('ticket').select(['id', 'appliance']).where('state', 'in', livingStates)
      if (appliances) query = query.where('appliance', 'in', appliances)
      const found = new Map<string, string[]>()
      for (const { id, appliance } of await query.execute()) found.set(appliance, [...(found.get(appliance) ?? []), id])
      return found
    },
    accept: (id, by, slot) =>
      command(id, by, async (tx, ticket) => {
        if (slot && slot.to <= clock.now()) {
          throw new Problem({
            code: 'slot-past',
            message: 'That time has passed.',
            remedy: 'Choose one of the times that are offered now.',
            status: 409,
          })
        }
        await toAccepted(tx, ticket, by, slot ? 'agreed, with a time' : 'agreed', slot)
      }),
    decline: (id, by, why) =>
      command(id, by, async (tx, ticket) => {
        await move(tx, ticket, 'decline', by, why)
        stopClock(ticket, 'owner-answer')
        await release(tx, ticket, false, 'declined')
      }),
    assign: (id, by, engineer, why) =>
      command(id, by, async (tx, ticket) => {
        if (!(await engineersNow(tx)).some((known) => known.id === engineer)) throw notFound('engineer', engineer)
        await findCandidates(tx, ticket)
        await move(tx, ticket, 'assign', by, why)
        ticket.engineer = engineer
        await announce(tx, ticket, 'assigned', `/${engineer}/${ticket.slot?.from ?? 0}`)
      }),
    startVisit: (id, by) =>
      command(id, by, async (tx, ticket) => {
        await move(tx, ticket, 'start', by, 'arrived')
        const now = clock.now()
        stopClock(ticket, 'on-site')
        ticket.visit = { startedAt: now }
        clockOf(ticket, 'visit', now + policy.visitHours * HOUR)
        const until = now + policy.visitHours * HOUR
        await enqueueControl(tx, { type: 'mute', appliance: ticket.appliance, ticket: ticket.id, until })
      }),
    endVisit: (id, by, checklist) =>
      command(id, by, async (tx, ticket) => {
        await move(tx, ticket, 'complete', by, `left; checklist: ${Object.keys(checklist).join(', ') || 'none'}`)
        const now = clock.now()
        stopClock(ticket, 'visit')
        ticket.visit = { startedAt: ticket.visit?.startedAt ?? now, endedAt: now }
        clockOf(ticket, 'call-back', now + policy.callBackHours * HOUR)
        await enqueueControl(tx, { type: 'unmute', appliance: ticket.appliance, ticket: ticket.id })
      }),
    close: (id, by, closure) =>
      command(id, by, async (tx, ticket) => {
        checkClosure(ticket, closure, catalog)
        await move(tx, ticket, 'close', by, `${closure.cause}${closure.verdict ? `, ${closure.verdict}` : ''}`)
        const now = clock.now()
        for (const name of ['first-response', 'owner-answer', 'on-site', 'visit']) stopClock(ticket, name)
        if (ticket.visit && !ticket.visit.endedAt) ticket.visit.endedAt = now
        ticket.closure = { ...closure, at: now, by }
        ticket.bill = billFor(ticket, options.appliance(ticket.appliance), catalog, policy, now)
        await enqueueControl(tx, { type: 'unmute', appliance: ticket.appliance, ticket: ticket.id })
        if (closure.verdict === 'refuted' || closure.cause === 'none') {
          delete ticket.verification
          await end(tx, ticket, 'refuted')
        } else {
          ticket.verification = 'pending'
          const { appliance, alerts } = ticket
          await enqueueControl(tx, {
            type: 'verify',
            appliance,
            ticket: ticket.id,
            at: now,
            cause: closure.cause,
            alerts,
          })
        }
        await announce(tx, ticket, 'closed', `/${ticket.reopened ?? 0}`)
      }),
    cancel: (id, by, why) =>
      command(id, by, async (tx, ticket) => {
        await move(tx, ticket, 'cancel', by, why)
        for (const { name } of [...ticket.clocks]) stopClock(ticket, name)
        await enqueueControl(tx, { type: 'unmute', appliance: ticket.appliance, ticket: ticket.id })
        await release(tx, ticket, false, 'cancelled')
        await announce(tx, ticket, 'cancelled')
      }),
    rate: (id, stars, text) =>
      command(id, 'owner', async (_tx, ticket) => {
        ticket.rating = { stars, text, at: clock.now() }
      }),
    reopen: (id, by, why) =>
      command(id, by, async (tx, ticket) => {
        await reopenTicket(tx, ticket, by, why)
        await enqueueControl(tx, { type: 'freeze', appliance: ticket.appliance, ticket: ticket.id })
        delete ticket.verification
      }),
    hold: (id, by) =>
      command(id, 'desk', async (_tx, ticket) => {
        if (by) ticket.heldBy = by
        else delete ticket.heldBy
      }),
    async report(appliance, by, text, failureMode) {
      let id = ''
      await database.transaction(async (tx) => {
        const open = await tx
          .selectFrom('ticket')
          .select('body')
          .where('appliance', '=', appliance.id)
          .where('state', 'in', livingStates)
          .orderBy('createdAt', 'desc')
          .executeTakeFirst()
        if (open) {
          const ticket = toStored(open)
          id = ticket.id
          await insertEvent(tx, id, {
            at: clock.now(),
            by,
            from: ticket.state,
            to: ticket.state,
            why: `also reported: ${text}`,
          })
          if (['offered', 'declined', 'expired'].includes(ticket.state))
            await toAccepted(tx, ticket, by, 'the owner reports it too')
          await updateTicket(tx, ticket)
          return
        }
        id = `tk-${hash64(`${appliance.id}/${clock.now()}/${newSecret()}`)}`
        const mode = failureMode ?? 'unknown'
        const ticket = await create(
          tx,
          {
            id,
            appliance: appliance.id,
            source: 'reported',
            failureMode: mode,
            alerts: [],
            hypotheses: [{ failureMode: mode, probability: failureMode ? 0.5 : 0 }],
            evidence: [],
            noticed: { en: text, zh: text },
            diagnosis: { en: `Reported: ${text}`, zh: `报修：${text}` },
          },
          `reported: ${text}`,
        )
        ticket.priority = 2
        await prepare(tx, ticket, [])
        await insertTicket(tx, ticket)
        await enqueueControl(tx, { type: 'freeze', appliance: appliance.id, ticket: id })
        await toAccepted(tx, ticket, by, 'reported by the owner')
        await announce(tx, ticket, 'accepted')
        await updateTicket(tx, ticket)
      })
      return read(id)
    },
    async verified(tx, rows) {
      const changed: string[] = []
      for (const row of rows) {
        const found = await tx.selectFrom('ticket').select('body').where('id', '=', row.ticket).executeTakeFirst()
        const ticket = found && toStored(found)
        if (ticket?.state !== 'closed' || ticket.verification !== 'pending') continue
        ticket.verification = row.outcome
        if (row.outcome === 'passed') {
          await move(tx, ticket, 'verify', 'appliance', 'its own signal is back in its band')
          await release(tx, ticket, true, 'repaired and verified')
          await options.alertsEnded(tx, ticket.id, clock.now())
          await announce(tx, ticket, 'verified', `/${ticket.reopened ?? 0}`)
        } else if (row.outcome === 'failed') {
          await reopenTicket(tx, ticket, 'appliance', 'its own signal is not back in its band')
          await plan(tx, ticket)
        } else await end(tx, ticket, 'no data came to verify the repair')
        await updateTicket(tx, ticket)
        changed.push(ticket.id)
      }
      return changed
    },
    async tick(tx) {
      const now = clock.now()
      const changed: string[] = []
      const rows = await tx
        .selectFrom('ticket')
        .select('body')
        .where('state', 'in', ['offered', 'accepted', 'reopened'])
        .execute()
      for (const ticket of rows.map(toStored)) {
        const answer = ticket.clocks.find(({ name }) => name === 'owner-answer')
        if (ticket.state === 'offered' && ticket.owner && answer && answer.dueAt <= now) {
          await move(tx, ticket, 'expire', 'hearthwatch', 'the owner did not answer in time')
          await release(tx, ticket, false, 'expired')
        } else if (ticket.state !== 'offered' && now - ticket.updatedAt >= 30 * MINUTE) {
          if (!(await plan(tx, ticket))) ticket.updatedAt = now
        } else continue
        await updateTicket(tx, ticket)
        changed.push(ticket.id)
      }
      return changed
    },
  }
}

/** The first alert of a ticket leads it: what is known of it now. */
function adopt(ticket: StoredTicket, alert: Alert): void {
  ticket.failureMode = alert.failureMode
  ticket.hypotheses = alert.hypotheses
  ticket.evidence = alert.evidence
  ticket.noticed = alert.explanation.owner
  ticket.diagnosis = alert.explanation.engineer
}

function checkClosure(
  ticket: StoredTicket,
  closure: { cause: string; verdict?: string; parts: string[] },
  catalog: Catalog,
): void {
  const kind = catalog.kind(ticket.kind)
  const bad = (message: string, remedy: string): Problem =>
    new Problem({ code: 'bad-closure', message, remedy, concerns: ticket.id, status: 422 })
  if (ticket.source === 'predicted' && !closure.verdict) {
    throw bad('A predicted ticket closes with a verdict.', "Give verdict 'confirmed', 'refuted' or 'other-cause'.")
  }
  const known =
    closure.cause === 'none' ||
    closure.cause in kind.failureModes ||
    ['unknown', 'silent', 'sensor-stuck'].includes(closure.cause)
  if (!known) {
    throw bad(
      `'${closure.cause}' is no failure mode of a ${ticket.kind}.`,
      `Use 'none' or one of ${Object.keys(kind.failureModes).join(', ')}.`,
    )
  }
  const unknown = closure.parts.find((part) => !(part in kind.parts))
  if (unknown)
    throw bad(
      `'${unknown}' is no part of a ${ticket.kind}.`,
      `Use parts of the catalog: ${Object.keys(kind.parts).join(', ')}.`,
    )
}
