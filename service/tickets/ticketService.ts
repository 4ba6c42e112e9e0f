import {
  type Alert,
  because,
  HOUR,
  illegalMove,
  MINUTE,
  notFound,
  Problem,
  type Reason,
  type Registration,
  type Slot,
  saidOr,
  type TicketPort,
  type TicketState,
  ticketCan,
  ticketIs,
  ticketStatesWhere,
  type UnitOfWork,
} from '../../core/index.ts'
import { type Apart, enqueueControl, together } from '../../database/index.ts'
import { type ClosureService, closureService } from '../closure/closureService.ts'
import { type SimilarCase, similarCases } from '../closure/similarCases.ts'
import { type CrewService, crewService } from '../crew/crewService.ts'
import { engineersNow } from '../crew/people.ts'
import { type DispatchBoard, dispatchBoard } from '../dispatch/dispatchBoard.ts'
import { decideGrabs, type GrabView, listGrabs, recordGrab } from '../dispatch/grabs.ts'
import { forbidden } from '../dispatch/rankCandidates.ts'
import type { Weighed } from '../dispatch/weighVisit.ts'
import { type Intake, intakeService } from '../intake/intakeService.ts'
import { forgetOwner } from '../registry/forgetOwner.ts'
import { type RemoteService, remoteService } from '../remote/remoteService.ts'
import { type PhotoService, photoService } from '../visit/photos.ts'
import { type VisitService, visitService } from '../visit/visitService.ts'
import { type WarrantyService, warrantyService } from '../visit/warrantyService.ts'
import { passTime } from './passTime.ts'
import type { StoredTicket } from './storedTicket.ts'
import { finishTasksOf } from './taskTable.ts'
import { ticketCommand } from './ticketCommand.ts'
import { alertService } from './ticketFromAlert.ts'
import { dayAsOf, type TicketThen, ticketAsOf } from './ticketHistory.ts'
import { loadTicket, type TicketQuery, ticketQueries } from './ticketQueries.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'
import { ticketSteps } from './ticketSteps.ts'
import { type TicketEvent, updateTicket } from './ticketTable.ts'
import type { TicketView } from './ticketView.ts'

export interface TicketService
  extends TicketPort,
    Intake,
    VisitService,
    WarrantyService,
    ClosureService,
    CrewService,
    RemoteService,
    PhotoService {
  get(id: string): Promise<TicketView>
  /** The closed cases of its kind that are most like it, and what they turned out to be. */
  similar(
    of: Pick<Alert, 'appliance' | 'kind' | 'hypotheses' | 'evidence'>,
    but?: { tickets: readonly string[] },
  ): Promise<SimilarCase[]>
  /** What a visit for it would cost and save, now. */
  weigh(alert: Alert): Weighed
  bySecret(secret: string): Promise<StoredTicket & { history: TicketEvent[] }>
  list(query: TicketQuery): Promise<{ items: TicketView[]; next?: string }>
  /** Ids of the living ones, by appliance. */
  living(appliances?: string[]): Promise<Map<string, string[]>>
  accept(id: string, by: string, slot?: Slot): Promise<TicketView>
  decline(id: string, by: string, why?: string): Promise<TicketView>
  assign(id: string, by: string, engineer: string, why: string): Promise<TicketView>
  /** An engineer wants an open job; who gets it is decided when better ones had their chance. */
  grab(id: string, engineer: string): Promise<GrabView>
  grabs(of: { ticket?: string; engineer?: string }): Promise<GrabView[]>
  /** What an engineer may take now, the nearest first. */
  openJobs(engineer: string): Promise<{ ticket: TicketView; reasons: string[] }[]>
  board(at: number): Promise<DispatchBoard>
  cancel(id: string, by: string, why?: string): Promise<TicketView>
  hold(id: string, by: string | null): Promise<TicketView>
  /** The owner was not there: recorded, and they choose another time. */
  noShow(id: string, by: string, why: string): Promise<TicketView>
  /** One ticket, and the whole desk, as they stood at a moment. */
  asOf(id: string, at: number): Promise<TicketThen | undefined>
  day(at: number): ReturnType<typeof dayAsOf>
  /** Another owner came: what the former one said, and how to reach them, goes; the appliance's history stays. */
  ownerLeft(tx: UnitOfWork, appliance: string, now: Registration['owner']): Promise<() => void>
  /** The appliance is out of service: what was under way for it ends. @returns makes it known, after the commit */
  retired(tx: UnitOfWork, appliance: string): Promise<() => void>
  /** Time passed: offers expire, accepted ones are planned, each ticket `apart`. @returns ids of what changed */
  tick(tx: UnitOfWork, apart?: Apart): Promise<string[]>
}

export function openTicketService(options: TicketServiceOptions): TicketService {
  const { database, policy, clock, render } = options
  const steps = ticketSteps(options)
  const {
    announce,
    clockOf,
    dispatch,
    findCandidates,
    give,
    move,
    planRound,
    release,
    rulesOf,
    slotsFor,
    stopAllClocks,
    stopClock,
    toAccepted,
    toContact,
  } = steps
  const queries = ticketQueries(database, options.publicUrl, options.links, render)
  const similar = similarCases(database, options.appliance)
  let nextRound = 0
  const read = queries.get
  const command = ticketCommand(database, clock, read)
  const timePasses = passTime(options, steps)

  /** Parts that were waited for have come: the next time is set, with the same engineer. */
  async function partsCame(tx: UnitOfWork, apart: Apart): Promise<string[]> {
    const resting = new Set(apart.resting('parts of'))
    const came: string[] = []
    for (const id of await dispatch.arrivalsDue(tx)) {
      if (!resting.has(id) && (await apart.each(tx, 'parts of', id, () => partsCameFor(tx, id)))) came.push(id)
    }
    return came
  }
  /** @returns does the ticket still wait for them? */
  async function partsCameFor(tx: UnitOfWork, id: string): Promise<boolean> {
    const row = await tx.selectFrom('ticket').select('state').where('id', '=', id).executeTakeFirst()
    const isWanted = row !== undefined && ticketIs(row.state as TicketState, 'living')
    await dispatch.arrive(tx, id, isWanted)
    if (!isWanted) return false
    const ticket = await loadTicket(tx, id)
    await dispatch.describeSupply(tx, ticket)
    const missing = ticket.supply?.some(({ dueAt }) => dueAt !== undefined)
    if (ticket.state === 'waiting' && !missing) {
      ticket.slot = (await slotsFor(tx, ticket))[0]
      stopClock(ticket, 'parts')
      clockOf(ticket, 'on-site', ticket.slot?.to ?? clock.now() + rulesOf(ticket).onSiteHours * HOUR)
      await move(tx, ticket, 'assign', 'hearthwatch', because('parts-there'))
      await announce(tx, ticket, 'assigned', `/${ticket.engineer}/${ticket.slot?.from ?? 0}`)
    }
    await updateTicket(tx, ticket, clock.now())
    return true
  }

  const grabsOf = (of: { ticket?: string; engineer?: string }) =>
    listGrabs(database, of, policy.grabSeconds * 1_000, render)

  /** A job goes to who won it, if it is still open and they may still do it. */
  const handOver = (tx: UnitOfWork) => async (id: string, engineer: string, why: Reason) => {
    const ticket = await loadTicket(tx, id)
    const own = (await dispatch.rank(tx, ticket)).find((candidate) => candidate.engineer === engineer)
    if (!ticketCan(ticket.state, 'grab') || own?.rank === undefined) return false
    await give(tx, ticket, engineer, because('taken', { engineer, why }))
    await updateTicket(tx, ticket, clock.now())
    return true
  }

  return {
    ...alertService(options, steps),
    ...intakeService(options, steps, read),
    ...visitService(options, steps, command),
    ...warrantyService(options),
    ...photoService(options),
    ...closureService(options, steps, command),
    ...crewService(options, steps),
    ...remoteService(options, steps, command, read),
    asOf: (id, at) => ticketAsOf(database, id, at),
    day: (at) => dayAsOf(database, at),
    ...queries,
    similar: (of, but) => similar({ ...of, model: options.appliance(of.appliance).model }, but),
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
        await toAccepted(tx, ticket, by, because(slot ? 'agreed-with-time' : 'agreed'), slot)
      }),
    decline: (id, by, why) =>
      command(id, by, async (tx, ticket) => {
        await move(tx, ticket, 'decline', by, saidOr(why, because('declined-by-owner')))
        stopClock(ticket, 'owner-answer')
        await release(tx, ticket, false, 'declined')
      }),
    assign: (id, by, engineer, why) =>
      command(id, by, async (tx, ticket) => {
        const person = (await engineersNow(tx, { now: clock.now(), policy })).find((known) => known.id === engineer)
        if (!person) throw notFound('engineer', engineer)
        const never = forbidden(ticket, person, rulesOf(ticket))
        if (never) {
          throw new Problem({
            code: 'may-not-do-it',
            message: `${engineer}: ${render(never).en}.`,
            because: never,
            remedy:
              'Choose somebody whose grade and standing allow it; distance, load and skill are yours to overrule.',
            concerns: id,
            status: 409,
          })
        }
        await findCandidates(tx, ticket)
        await move(tx, ticket, 'assign', by, because('said', { words: why }))
        ticket.engineer = engineer
        ticket.assignedByHand = true
        toContact(ticket)
        await announce(tx, ticket, 'assigned', `/${engineer}/${ticket.slot?.from ?? 0}`)
      }),
    async grab(id, engineer) {
      await database.transaction(async (tx) => {
        const ticket = await loadTicket(tx, id)
        const person = (await engineersNow(tx, { now: clock.now(), policy })).find((known) => known.id === engineer)
        const refused = await dispatch.refusedNow(tx, [{ ...ticket, engineer }])
        await recordGrab(tx, clock, ticket, person, engineer, refused.get(id), render)
      })
      return (await grabsOf({ ticket: id, engineer }))[0] as GrabView
    },
    grabs: grabsOf,
    async openJobs(engineer) {
      const open = await queries.list({ state: ticketStatesWhere('grab').join(), limit: 1_000 })
      const jobs = open.items.flatMap((ticket) => {
        const own = ticket.candidates.find((candidate) => candidate.engineer === engineer)
        return own?.rank === undefined ? [] : [{ ticket, reasons: own.reasons, rank: own.rank }]
      })
      return jobs.sort((a, b) => a.rank - b.rank).map(({ rank: _, ...job }) => job)
    },
    board: (at) => dispatchBoard(database, options.appliance, at, policy, render),
    cancel: (id, by, why) =>
      command(id, by, async (tx, ticket) => {
        await move(tx, ticket, 'cancel', by, saidOr(why, because('cancelled-by-owner')))
        stopAllClocks(ticket)
        await finishTasksOf(tx, id, 'contact', clock.now(), by, 'cancelled')
        await enqueueControl(tx, { type: 'unmute', appliance: ticket.appliance, ticket: ticket.id })
        await release(tx, ticket, false, 'cancelled')
        await announce(tx, ticket, 'cancelled')
      }),
    ownerLeft: async (tx, appliance, owner) => {
      await forgetOwner(tx, appliance, owner, render)
      await options.announcer.forget(tx, appliance)
      return options.links.renew(tx, appliance)
    },
    async retired(tx, appliance) {
      const rows = await tx
        .selectFrom('ticket')
        .select('id')
        .where('appliance', '=', appliance)
        .where('state', 'in', ticketStatesWhere('living'))
        .execute()
      for (const { id } of rows) {
        const ticket = await loadTicket(tx, id)
        await move(tx, ticket, 'cancel', 'hearthwatch', because('appliance-retired'))
        stopAllClocks(ticket)
        await release(tx, ticket, false, 'cancelled')
        await updateTicket(tx, ticket, clock.now())
      }
      return options.commands.retired(tx, appliance)
    },
    noShow: (id, by, why) =>
      command(id, by, async (tx, ticket) => {
        if (!ticketCan(ticket.state, 'noShow')) throw illegalMove(id, ticket.state, 'noShow')
        ticket.noShows = [...(ticket.noShows ?? []), clock.now()]
        delete ticket.slot
        delete ticket.slotChosen
        await toAccepted(tx, ticket, by, because('nobody-home', { words: why }))
        await announce(tx, ticket, 'no-show', `/${ticket.noShows.length}`)
      }),
    hold: (id, by) =>
      command(id, 'desk', async (_tx, ticket) => {
        if (by) ticket.heldBy = by
        else delete ticket.heldBy
      }),
    async tick(tx, apart = together) {
      const now = clock.now()
      await apart.each(tx, 'commands', 'that expire', () => options.commands.expire(tx))
      const changed = await timePasses(tx, apart)
      changed.push(...(await partsCame(tx, apart)))
      changed.push(...(await decideGrabs(tx, now - policy.grabSeconds * 1_000, handOver(tx), apart)))
      if (now >= nextRound) {
        nextRound = now + policy.planEveryMinutes * MINUTE
        const planned = await apart.each(tx, 'the round of', 'planning', () => planRound(tx, apart))
        changed.push(...(planned ?? []))
      }
      return changed
    },
  }
}
