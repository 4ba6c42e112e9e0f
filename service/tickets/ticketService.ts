import {
  type Alert,
  because,
  type Closure,
  DAY,
  type EngineerId,
  jobTypeOf,
  MINUTE,
  notFound,
  type Registration,
  type Slot,
  saidOr,
  type Text,
  type TicketId,
  type TicketPort,
  type TicketState,
  ticketStatesWhere,
  type UnitOfWork,
  type VerificationRow,
} from '../../core/index.ts'
import { type Apart, together } from '../../database/index.ts'
import { noteRequest, wasCarriedOut } from '../access/requestKeys.ts'
import { type InspectionOpener, inspectionOpener } from '../care/openInspection.ts'
import { refuseOwnOutlet } from '../closure/callBack.ts'
import { type SimilarCase, similarCases } from '../closure/similarCases.ts'
import { type CrewService, crewService } from '../crew/crewService.ts'
import { engineersNow } from '../crew/people.ts'
import { decideGrabs } from '../dispatch/grabs.ts'
import type { Weighed } from '../dispatch/weighVisit.ts'
import { type Intake, intakeService } from '../intake/intakeService.ts'
import { scoreOutlets } from '../network/outletBook.ts'
import { type PayService, payService } from '../payments/payTickets.ts'
import { forgetOwner } from '../registry/forgetOwner.ts'
import { type RemoteService, remoteService } from '../remote/remoteService.ts'
import { answersOf } from '../testing/answersOf.ts'
import type { OwnerAnswers } from '../testing/ownerCheck.ts'
import type { JobType } from '../visit/answer.ts'
import { checkAnswers, itemsOf, requireScanned, scannedParts } from '../visit/checklist.ts'
import { contractsOf } from '../visit/coverage.ts'
import { type OnTheWay, onTheWayService } from '../visit/onTheWay.ts'
import { type PhotoService, photoService, requirePhotos } from '../visit/photos.ts'
import { type ProjectService, projectService, requireRecord } from '../visit/projectRecords.ts'
import { lockOf, refuseWhereLocked } from '../visit/safetyLock.ts'
import { type WarrantyService, warrantyService } from '../visit/warrantyService.ts'
import { carryingOut } from './carryOut.ts'
import { slotsNow } from './decide/chosenTime.ts'
import { OURS } from './decide/step.ts'
import { type DispatchService, dispatchService } from './dispatchService.ts'
import { passTime } from './passTime.ts'
import { PlanRound } from './planRound.ts'
import { readMeans } from './readMeans.ts'
import { ticketRounds } from './rounds.ts'
import { dayAsOf, loadTicket, type TicketFate, tickets } from './store/ticketRepository.ts'
import type { Ticket } from './ticket.ts'
import type { TicketCommand, TicketEvent } from './ticketCommand.ts'
import { alertService } from './ticketFromAlert.ts'
import { type TicketQuery, ticketQueries } from './ticketQueries.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'
import type { TicketView } from './ticketView.ts'
import { toldOwner } from './toldOwner.ts'

type Parts = readonly { part: string; quantity: number }[]
type Found = Pick<Closure, 'cause' | 'verdict' | 'parts' | 'note' | 'accident'>

export interface TicketService
  extends TicketPort,
    DispatchService,
    Intake,
    InspectionOpener,
    WarrantyService,
    CrewService,
    RemoteService,
    OnTheWay,
    PayService,
    PhotoService,
    ProjectService {
  get(id: TicketId): Promise<TicketView>
  /** The closed cases of its kind that are most like it, and what they turned out to be. */
  similar(
    of: Pick<Alert, 'appliance' | 'kind'> & Pick<Ticket['finding'], 'hypotheses' | 'evidence'>,
    but?: { tickets: readonly string[] },
  ): Promise<SimilarCase[]>
  /** What a visit for it would cost and save, now. */
  weigh(alert: Alert): Weighed
  /** When somebody could come, of a ticket whose owner may choose. */
  slotsOf(ticket: Ticket): Promise<Slot[]>
  bySecret(secret: string): Promise<Ticket & { history: readonly TicketEvent[] }>
  list(query: TicketQuery): Promise<{ items: TicketView[]; next?: string }>
  /** Whose number or appliance has this text, or whose appliance is one of these; the newest first. */
  find(
    text: string,
    appliances: readonly string[],
    limit: number,
  ): Promise<{ id: TicketId; number: string; appliance: string; state: TicketState }[]>
  fates(tickets: readonly TicketId[]): Promise<ReadonlyMap<TicketId, TicketFate>>
  /** The same with whom each is about: the ticket's own owner, not whoever has the appliance by now. */
  people(tickets: readonly TicketId[]): Promise<ReadonlyMap<TicketId, TicketFate & Pick<Ticket, 'owner'>>>
  /** Ids of the living ones, by appliance. */
  living(appliances?: string[]): Promise<Map<string, TicketId[]>>
  accept(id: TicketId, by: string, slot?: Slot): Promise<TicketView>
  decline(id: TicketId, by: string, why?: string): Promise<TicketView>
  assign(id: TicketId, by: string, engineer: EngineerId, why: string): Promise<TicketView>
  cancel(id: TicketId, by: string, why?: string): Promise<TicketView>
  hold(id: TicketId, by: string | null): Promise<TicketView>
  /** The owner was not there: recorded, and they choose another time. */
  noShow(id: TicketId, by: string, why: string): Promise<TicketView>
  /** The engineer has spoken to the owner: the time stands, or another one is agreed. */
  contact(id: TicketId, by: string, note: string, slot?: Slot): Promise<TicketView>
  startVisit(id: TicketId, by: string): Promise<TicketView>
  /** The six answers end it; an earth that is not safe interrupts it, and locks the home. */
  endVisit(id: TicketId, by: string, checklist: Record<string, unknown>): Promise<TicketView>
  /** The visit goes on when these parts have come: they are ordered from the nearest level that has them. */
  waitForParts(id: TicketId, by: string, parts: Parts, why?: string): Promise<TicketView>
  /** The owner's own ticks on the card; one that contradicts the engineer's opens a complaint. */
  confirmChecklist(id: TicketId, by: string, ticks: Record<string, boolean>): Promise<TicketView>
  confirmBill(id: TicketId, by: string): Promise<TicketView>
  contestBill(id: TicketId, by: string, why: string): Promise<TicketView>
  /** The owner asks for another appliance, where they have the right to it. */
  claimSwap(id: TicketId, by: string): Promise<TicketView>
  checklistOf(ticket: Pick<Ticket, 'policy' | 'source' | 'job'>): {
    job: JobType
    items: ReturnType<typeof itemsOf>
  }
  close(id: TicketId, by: string, closure: Found): Promise<TicketView>
  /** The call-back after the visit, by a desk of another outlet: not solved reopens it. */
  callBack(id: TicketId, by: string, solved: boolean, note: string, desk: string): Promise<TicketView>
  rate(id: TicketId, stars: number, text: string): Promise<TicketView>
  reopen(id: TicketId, by: string, why?: string): Promise<TicketView>
  /** What the owner says of the guide that was offered, or of this one: it helped closes the ticket, and the appliance is asked for the proof. */
  guideTried(id: TicketId, by: string, helped: boolean, guide?: string): Promise<TicketView>
  /** What the owner says to the questions that stand on their page: it may spare the visit, or lead to a guide. */
  answerQuestions(id: TicketId, by: string, answers: OwnerAnswers): Promise<TicketView>
  /** What the appliance's own signal said of the repair. */
  verified(tx: UnitOfWork, rows: VerificationRow[]): Promise<TicketId[]>
  /** One ticket, and the whole desk, as they stood at a moment. */
  asOf(id: TicketId, at: number): Promise<Omit<TicketView, 'history'> | undefined>
  day(at: number): ReturnType<typeof dayAsOf>
  /** Another owner came: what the former one said, and how to reach them, goes; the appliance's history stays. */
  ownerLeft(tx: UnitOfWork, appliance: string, now: Registration['owner']): Promise<() => void>
  /** The appliance is out of service: what was under way for it ends. @returns makes it known, after the commit */
  retired(tx: UnitOfWork, appliance: string): Promise<() => void>
  /** What became of what an owner was told of it, in the transaction that learned so. */
  told(
    tx: UnitOfWork,
    ticket: TicketId,
    what: 'received' | 'unreached',
    news: { title: Text; key: string },
  ): Promise<void>
  /** Time passed: offers expire, accepted ones are planned, each ticket `apart`. @returns ids of what changed */
  tick(tx: UnitOfWork, apart?: Apart): Promise<TicketId[]>
}

export function openTicketService(options: TicketServiceOptions): TicketService {
  const { database, policies, clock, render, links } = options
  const carryOut = carryingOut(options, (tx, engineer) => rounds.refresh(tx, engineer))
  const rounds = ticketRounds(options, carryOut)
  const { viewOf, ...queries } = ticketQueries(options)
  const similar = similarCases(database, options.appliance)
  const checklistOf: TicketService['checklistOf'] = (ticket) => {
    const job = jobTypeOf(ticket)
    return { job, items: itemsOf(job, policies.rulesOf(ticket)) }
  }

  const command: Command = async (id, by, make) => {
    const ticket = await database.transaction(async (tx) => {
      const before = await loadTicket(tx, id)
      if (await wasCarriedOut(tx)) return before
      const made = typeof make === 'function' ? await make(tx, before) : make
      const after = await carryOut(tx, before, made, { by, holds: by.startsWith('user:') })
      await noteRequest(tx)
      return after
    })
    return viewOf(ticket)
  }

  return {
    ...alertService(options, carryOut),
    ...intakeService(options, carryOut, viewOf),
    ...inspectionOpener(carryOut, render),
    ...warrantyService(options),
    ...payService(carryOut),
    ...photoService(options),
    ...projectService(options),
    ...onTheWayService(options),
    ...crewService(
      options,
      rounds.refresh,
      async (tx, { type, ticket: id, doneBy: by = OURS, outcome: words = '' }) => {
        if (type === 'reach' && id) await carryOut(tx, await loadTicket(tx, id), { type: 'reached', words }, { by })
      },
    ),
    ...remoteService(options, carryOut, viewOf),
    ...dispatchService(options, rounds, queries),
    ...timeCalls(options, carryOut, rounds),
    ...visitCalls(options, command, checklistOf),
    ...queries,
    checklistOf,
    similar: (of, but) => similar({ ...of, model: options.appliance(of.appliance).model }, but),
    accept: (id, by, slot) => command(id, by, { type: 'accept', slot }),
    decline: (id, by, why) => command(id, by, { type: 'decline', why }),
    cancel: (id, by, why) =>
      command(id, by, { type: 'cancel', why: saidOr(why, because('cancelled-by-owner')), tells: true }),
    assign: (id, by, engineer, why) =>
      command(id, by, async (tx) => {
        const now = clock.now()
        const person = (await engineersNow(tx, { now, policy: options.policy })).find((known) => known.id === engineer)
        if (!person) throw notFound('engineer', engineer)
        return { type: 'assign', engineer: person, why }
      }),
    async slotsOf(ticket) {
      const parts = ticket.plan.kit.map(({ part }) => part)
      const means = await readMeans(database.query, options, { parts, around: 'open' })
      return slotsNow(ticket, options.appliance(ticket.appliance), means, policies.rulesOf(ticket))
    },
    hold: (id, by) => command(id, 'desk', { type: 'hold', by }),
    rate: (id, stars, text) => command(id, 'owner', { type: 'rate', stars, text }),
    reopen: (id, by, why) => command(id, by, { type: 'reopen', why }),
    answerQuestions: (id, by, answers) =>
      command(id, by, (tx, ticket) => answersOf(tx, options, ticket, answers, policies.rulesOf(ticket))),
    guideTried: (id, by, helped, guide) => command(id, by, { type: 'guideTried', helped, guide }),
    day: (at) => dayAsOf(database.query, at),
    told: toldOwner(carryOut),
    ownerLeft: async (tx, appliance, owner) => {
      await forgetOwner(tx, appliance, owner, carryOut, render)
      await options.announcer.forget(tx, appliance)
      return links.renew(tx, appliance)
    },
    async retired(tx, appliance) {
      const why = because('appliance-retired')
      for (const ticket of await tickets(tx, { appliance, states: ticketStatesWhere('living') }))
        await carryOut(tx, ticket, { type: 'cancel', why, tells: false })
      return options.commands.retired(tx, appliance)
    },
  }
}

type Rounds = ReturnType<typeof ticketRounds>
/** A command of a person: what it needs to know is read, and it is carried out, in one transaction. */
type Command = (
  id: TicketId,
  by: string,
  make: TicketCommand | ((tx: UnitOfWork, ticket: Ticket) => Promise<TicketCommand>),
) => Promise<TicketView>

/** What engineers say from on site, and what is said of it afterwards. */
function visitCalls(
  options: TicketServiceOptions,
  command: Command,
  checklistOf: TicketService['checklistOf'],
): Pick<
  TicketService,
  | 'noShow'
  | 'contact'
  | 'startVisit'
  | 'endVisit'
  | 'waitForParts'
  | 'confirmChecklist'
  | 'confirmBill'
  | 'contestBill'
  | 'claimSwap'
  | 'close'
  | 'callBack'
> {
  return {
    noShow: (id, by, why) => command(id, by, { type: 'noShow', why }),
    contact: (id, by, words, slot) => command(id, by, { type: 'contact', words, slot }),
    startVisit: (id, by) =>
      command(id, by, async (tx, ticket) => {
        await refuseWhereLocked(tx, ticket, options.appliance(ticket.appliance))
        await requireRecord(tx, ticket, options.policies.rulesOf(ticket), 'plan-review')
        return { type: 'startVisit' }
      }),
    endVisit: (id, by, checklist) =>
      command(id, by, async (tx, ticket) => {
        const rules = options.policies.rulesOf(ticket)
        const { items } = checklistOf(ticket)
        const answers = checkAnswers(id, items, checklist)
        await requirePhotos(tx, id, items, answers)
        // Elsewhere a serial number, or whatever stands on the package, is kept as it was scanned.
        if (rules.originalParts) scannedParts(id, items, answers, options.catalog.kind(ticket.kind).parts)
        await requireRecord(tx, ticket, rules, 'hidden-work')
        const lock =
          answers['safety-test']?.ok === false ? await lockOf(tx, options.appliance(ticket.appliance)) : undefined
        return { type: 'endVisit', answers, lock }
      }),
    waitForParts: (id, by, parts, why) => command(id, by, { type: 'waitForParts', parts, why }),
    confirmChecklist: (id, by, ticks) => command(id, by, { type: 'confirmChecklist', ticks }),
    confirmBill: (id, by) => command(id, by, { type: 'confirmBill' }),
    claimSwap: (id, by) => command(id, by, { type: 'claimSwap' }),
    contestBill: (id, by, why) => command(id, by, { type: 'contestBill', why }),
    close: (id, by, closure) =>
      command(id, by, async (tx, ticket) => {
        const rules = options.policies.rulesOf(ticket)
        await requireRecord(tx, ticket, rules, 'acceptance')
        requireScanned(ticket, closure.parts, rules, options.catalog.kind(ticket.kind).parts)
        return { type: 'close', closure, contracts: await contractsOf(tx, ticket.appliance) }
      }),
    callBack: (id, by, solved, note, desk) =>
      command(id, by, async (tx, ticket) => {
        await refuseOwnOutlet(tx, ticket, desk)
        return { type: 'callBack', desk, solved, note }
      }),
  }
}

/** What appliances prove, and what time alone does. */
function timeCalls(
  options: TicketServiceOptions,
  carryOut: ReturnType<typeof carryingOut>,
  rounds: Rounds,
): Pick<TicketService, 'verified' | 'tick'> {
  const { clock, policy } = options
  const timePasses = passTime(options, carryOut)
  let nextRound = 0
  let scoredOn = 0
  return {
    async verified(tx, rows) {
      const changed: TicketId[] = []
      for (const { ticket: id, outcome, evidence } of rows) {
        const [ticket] = await tickets(tx, { ids: [id] })
        if (ticket?.state !== 'closed' || ticket.closure.verification !== 'pending') continue
        await carryOut(tx, ticket, { type: 'verified', outcome, evidence })
        changed.push(ticket.id)
      }
      return changed
    },
    async tick(tx, apart = together) {
      const now = clock.now()
      await apart.each(tx, 'commands', 'that expire', () => options.commands.expire(tx))
      const changed = await timePasses(tx, apart)
      await options.escalations.tick(tx, apart)
      if (Math.floor(now / DAY) !== scoredOn) {
        scoredOn = Math.floor(now / DAY)
        await apart.each(tx, 'outlets', 'the scores of', () => scoreOutlets(tx, policy, now))
      }
      changed.push(...(await rounds.partsCame(tx, apart)))
      changed.push(
        ...(await decideGrabs(tx, now - policy.grabSeconds * 1_000, rounds.handOver(tx), apart, policy.grabChance)),
      )
      if (now >= nextRound) {
        nextRound = now + policy.planEveryMinutes * MINUTE
        const planned = await apart.each(tx, 'the round of', 'planning', () =>
          new PlanRound(options, carryOut, tx, apart).run(),
        )
        changed.push(...(planned ?? []))
      }
      return changed
    },
  }
}
