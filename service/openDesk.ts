import {
  type Closure,
  DAY,
  HOUR,
  MINUTE,
  notFound,
  Problem,
  type Slot,
  type TicketDesk,
  type UnitOfWork,
  type VerificationRow,
} from '../core/index.ts'
import { enqueueControl } from '../database/index.ts'
import { billFor } from './bill.ts'
import { checkClosure } from './checkClosure.ts'
import { type DispatchBoard, dispatchBoard } from './dispatch/dispatchBoard.ts'
import { decideGrabs, type GrabView, listGrabs, recordGrab } from './dispatch/grabs.ts'
import { forgetOwner } from './forgetOwner.ts'
import { type Intake, intakeDesk } from './intake/intakeDesk.ts'
import { engineersNow } from './people.ts'
import { alertDesk } from './ticketFromAlert.ts'
import { livingStates, nextTicketState, ticketMoves } from './ticketMachine.ts'
import { loadTicket, type TicketQuery, type TicketView, ticketQueries } from './ticketQueries.ts'
import { type DeskOptions, ticketSteps } from './ticketSteps.ts'
import { dayAsOf, type TicketThen, ticketAsOf } from './tickets/ticketHistory.ts'
import { insertEvent, type StoredTicket, type TicketEventRow, toStored, updateTicket } from './ticketTable.ts'

export interface Desk extends TicketDesk, Intake {
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
  /** The visit goes on when these parts have come: they are ordered from the nearest level that has them. */
  waitForParts(id: string, by: string, parts: { part: string; quantity: number }[], why: string): Promise<TicketView>
  /** An engineer wants an open job; who gets it is decided when better ones had their chance. */
  grab(id: string, engineer: string): Promise<GrabView>
  grabs(of: { ticket?: string; engineer?: string }): Promise<GrabView[]>
  /** What an engineer may take now, the nearest first. */
  openJobs(engineer: string): Promise<{ ticket: TicketView; reasons: string[] }[]>
  board(at: number): Promise<DispatchBoard>
  close(id: string, by: string, closure: Pick<Closure, 'cause' | 'verdict' | 'parts' | 'note'>): Promise<TicketView>
  cancel(id: string, by: string, why: string): Promise<TicketView>
  /** The call-back after the visit: not solved reopens it. */
  callBack(id: string, by: string, solved: boolean, note: string): Promise<TicketView>
  rate(id: string, stars: number, text: string): Promise<TicketView>
  reopen(id: string, by: string, why: string): Promise<TicketView>
  hold(id: string, by: string | null): Promise<TicketView>
  /** The owner was not there: recorded, and they choose another time. */
  noShow(id: string, by: string, why: string): Promise<TicketView>
  /** One ticket, and the whole desk, as they stood at a moment. */
  asOf(id: string, at: number): Promise<TicketThen | undefined>
  day(at: number): ReturnType<typeof dayAsOf>
  /** Another owner came: what the former one said, and how to reach them, goes; the appliance's history stays. */
  ownerLeft(tx: UnitOfWork, appliance: string): Promise<void>
  /** What the appliance's own signal said of the repair. */
  verified(tx: UnitOfWork, rows: VerificationRow[]): Promise<string[]>
  /** Time passed: offers expire, accepted ones are planned. @returns ids of what changed */
  tick(tx: UnitOfWork): Promise<string[]>
}

/** A call-back that is missed is looked for this long after its deadline. */
const CALL_BACK_KNOWN = 30 * DAY
const missedCallBack = (ticket: StoredTicket, now: number): boolean =>
  ticket.clocks.some(({ name, dueAt, doneAt }) => name === 'call-back' && doneAt === undefined && dueAt <= now)

export function openDesk(options: DeskOptions): Desk {
  const { database, catalog, policy, clock } = options
  const steps = ticketSteps(options)
  const {
    announce,
    clockOf,
    dispatch,
    end,
    findCandidates,
    give,
    move,
    plan,
    planRound,
    release,
    reopenTicket,
    rulesOf,
    slotsFor,
    stopAllClocks,
    stopClock,
    toAccepted,
  } = steps
  const queries = ticketQueries(database, options.publicUrl)
  let nextRound = 0
  const read = queries.get

  /** A command of a person: load, change, save, in one transaction; who works on it is remembered. */
  async function command(id: string, by: string, work: (tx: UnitOfWork, ticket: StoredTicket) => Promise<void>) {
    await database.transaction(async (tx) => {
      const ticket = await loadTicket(tx, id)
      await work(tx, ticket)
      if (by.startsWith('user:')) ticket.heldBy = by
      await updateTicket(tx, ticket, clock.now())
    })
    return read(id)
  }

  /** Parts that were waited for have come: the next time is set, with the same engineer. */
  async function partsCame(tx: UnitOfWork): Promise<string[]> {
    const came = await dispatch.arrivals(tx, async (id) => {
      const row = await tx.selectFrom('ticket').select('state').where('id', '=', id).executeTakeFirst()
      return row !== undefined && (livingStates as string[]).includes(row.state)
    })
    for (const id of came) {
      const ticket = await loadTicket(tx, id)
      await dispatch.describeSupply(tx, ticket)
      const missing = ticket.supply?.some(({ dueAt }) => dueAt !== undefined)
      if (ticket.state === 'waiting' && !missing) {
        ticket.slot = (await slotsFor(tx, ticket))[0]
        stopClock(ticket, 'parts')
        clockOf(ticket, 'on-site', ticket.slot?.to ?? clock.now() + rulesOf(ticket).onSiteHours * HOUR)
        await move(tx, ticket, 'assign', 'hearthwatch', 'the parts are there: the next visit is planned')
        await announce(tx, ticket, 'assigned', `/${ticket.engineer}/${ticket.slot?.from ?? 0}`)
      }
      await updateTicket(tx, ticket, clock.now())
    }
    return came
  }

  const grabsOf = (of: { ticket?: string; engineer?: string }) => listGrabs(database, of, policy.grabSeconds * 1_000)

  /** A job goes to who won it, if it is still open and they may still do it. */
  const handOver = (tx: UnitOfWork) => async (id: string, engineer: string, why: string) => {
    const ticket = await loadTicket(tx, id)
    const own = (await dispatch.rank(tx, ticket)).find((candidate) => candidate.engineer === engineer)
    if (!['accepted', 'reopened'].includes(ticket.state) || own?.rank === undefined) return false
    await give(tx, ticket, engineer, `taken by ${engineer}: ${why}`)
    await updateTicket(tx, ticket, clock.now())
    return true
  }

  async function reopenForOwner(tx: UnitOfWork, ticket: StoredTicket, by: string, why: string): Promise<void> {
    await reopenTicket(tx, ticket, by, why)
    await enqueueControl(tx, { type: 'freeze', appliance: ticket.appliance, ticket: ticket.id })
    delete ticket.verification
  }

  return {
    ...alertDesk(options, steps),
    ...intakeDesk(options, steps, read),
    asOf: (id, at) => ticketAsOf(database, id, at),
    day: (at) => dayAsOf(database, at),
    ...queries,
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
        ticket.assignedByHand = true
        await announce(tx, ticket, 'assigned', `/${engineer}/${ticket.slot?.from ?? 0}`)
      }),
    startVisit: (id, by) =>
      command(id, by, async (tx, ticket) => {
        await move(tx, ticket, 'start', by, 'arrived')
        const now = clock.now()
        stopClock(ticket, 'on-site')
        ticket.visit = { startedAt: now }
        clockOf(ticket, 'visit', now + rulesOf(ticket).visitHours * HOUR)
        const until = now + rulesOf(ticket).visitHours * HOUR
        await enqueueControl(tx, { type: 'mute', appliance: ticket.appliance, ticket: ticket.id, until })
      }),
    endVisit: (id, by, checklist) =>
      command(id, by, async (tx, ticket) => {
        await move(tx, ticket, 'complete', by, `left; checklist: ${Object.keys(checklist).join(', ') || 'none'}`)
        const now = clock.now()
        stopClock(ticket, 'visit')
        ticket.visit = { startedAt: ticket.visit?.startedAt ?? now, endedAt: now }
        clockOf(ticket, 'call-back', now + rulesOf(ticket).callBackHours * HOUR)
        await enqueueControl(tx, { type: 'unmute', appliance: ticket.appliance, ticket: ticket.id })
      }),
    async grab(id, engineer) {
      await database.transaction(async (tx) => {
        const ticket = await loadTicket(tx, id)
        const own = (await dispatch.rank(tx, ticket)).find((candidate) => candidate.engineer === engineer)
        const person = (await engineersNow(tx)).find((known) => known.id === engineer)
        await recordGrab(tx, clock, ticket, person, engineer, own?.rejectedBecause)
      })
      return (await grabsOf({ ticket: id, engineer }))[0] as GrabView
    },
    grabs: grabsOf,
    async openJobs(engineer) {
      const open = await queries.list({ state: 'accepted,reopened', limit: 1_000 })
      const jobs = open.items.flatMap((ticket) => {
        const own = ticket.candidates.find((candidate) => candidate.engineer === engineer)
        return own?.rank === undefined ? [] : [{ ticket, reasons: own.reasons, rank: own.rank }]
      })
      return jobs.sort((a, b) => a.rank - b.rank).map(({ rank: _, ...job }) => job)
    },
    board: (at) => dispatchBoard(database, options.appliance, at),
    waitForParts: (id, by, parts, why) =>
      command(id, by, async (tx, ticket) => {
        const known = catalog.kind(ticket.kind).parts
        const unknown = parts.find(({ part }) => !(part in known))
        if (unknown) {
          throw new Problem({
            code: 'unknown-part',
            message: `'${unknown.part}' is no part of a ${ticket.kind}.`,
            remedy: `Use one of: ${Object.keys(known).join(', ')}.`,
            concerns: id,
            status: 400,
          })
        }
        await move(tx, ticket, 'wait', by, `${why}: ${parts.map(({ part }) => part).join(', ')}`)
        stopClock(ticket, 'visit')
        await enqueueControl(tx, { type: 'unmute', appliance: ticket.appliance, ticket: ticket.id })
        await dispatch.bringParts(tx, ticket, parts)
        const comes = Math.max(clock.now(), ...(ticket.supply ?? []).flatMap(({ dueAt }) => dueAt ?? []))
        clockOf(ticket, 'parts', comes)
        await announce(tx, ticket, 'waiting', `/${comes}`)
      }),
    close: (id, by, closure) =>
      command(id, by, async (tx, ticket) => {
        checkClosure(ticket, closure, catalog)
        await move(tx, ticket, 'close', by, `${closure.cause}${closure.verdict ? `, ${closure.verdict}` : ''}`)
        const now = clock.now()
        for (const name of ['first-response', 'owner-answer', 'on-site', 'visit']) stopClock(ticket, name)
        if (ticket.visit && !ticket.visit.endedAt) ticket.visit.endedAt = now
        ticket.closure = { ...closure, at: now, by }
        const unaccounted = await dispatch.settleParts(tx, ticket, closure.parts, by)
        if (unaccounted.length > 0) {
          const why = `fitted, but in no stock that we know: ${unaccounted.join(', ')}`
          await insertEvent(tx, id, { at: now, by: 'hearthwatch', from: 'closed', to: 'closed', why })
        }
        ticket.bill = billFor(ticket, options.appliance(ticket.appliance), catalog, rulesOf(ticket), now)
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
        stopAllClocks(ticket)
        await enqueueControl(tx, { type: 'unmute', appliance: ticket.appliance, ticket: ticket.id })
        await release(tx, ticket, false, 'cancelled')
        await announce(tx, ticket, 'cancelled')
      }),
    callBack: (id, by, solved, note) =>
      command(id, by, async (tx, ticket) => {
        if (!ticket.clocks.some(({ name }) => name === 'call-back') || !('reopen' in ticketMoves[ticket.state])) {
          throw new Problem({
            code: 'no-call-back',
            message: `Ticket ${id} waits for no call-back.`,
            remedy: 'A call-back follows a visit that has ended.',
            concerns: id,
            status: 409,
          })
        }
        stopClock(ticket, 'call-back')
        const words = note ? `: ${note}` : ''
        if (solved) {
          const { state } = ticket
          const why = `called back, solved${words}`
          await insertEvent(tx, id, { at: clock.now(), by, from: state, to: state, why })
        } else await reopenForOwner(tx, ticket, by, `called back, not solved${words}`)
      }),
    rate: (id, stars, text) =>
      command(id, 'owner', async (_tx, ticket) => {
        ticket.rating = { stars, text, at: clock.now() }
      }),
    reopen: (id, by, why) =>
      command(id, by, async (tx, ticket) => {
        await reopenForOwner(tx, ticket, by, why)
      }),
    ownerLeft: async (tx, appliance) => {
      await forgetOwner(tx, appliance, options.appliance(appliance).owner)
      await options.announcer.forget(tx, appliance)
    },
    noShow: (id, by, why) =>
      command(id, by, async (tx, ticket) => {
        if (ticket.state !== 'assigned') nextTicketState(id, ticket.state, 'start')
        ticket.noShows = [...(ticket.noShows ?? []), clock.now()]
        delete ticket.slot
        delete ticket.slotChosen
        await toAccepted(tx, ticket, by, `nobody was at home: ${why}`)
        await announce(tx, ticket, 'no-show', `/${ticket.noShows.length}`)
      }),
    hold: (id, by) =>
      command(id, 'desk', async (_tx, ticket) => {
        if (by) ticket.heldBy = by
        else delete ticket.heldBy
      }),
    async verified(tx, rows) {
      const changed: string[] = []
      for (const row of rows) {
        const found = await tx.selectFrom('ticket').select('body').where('id', '=', row.ticket).executeTakeFirst()
        const ticket = found && toStored(found)
        if (ticket?.state !== 'closed' || ticket.verification !== 'pending') continue
        ticket.verification = row.outcome
        ticket.verificationEvidence = row.evidence
        if (row.outcome === 'passed') {
          await move(tx, ticket, 'verify', 'appliance', 'its own signal is back in its band')
          // The appliance itself has said that it is solved.
          stopClock(ticket, 'call-back')
          await release(tx, ticket, true, 'repaired and verified')
          await options.alertsEnded(tx, ticket.id, clock.now())
          await announce(tx, ticket, 'verified', `/${ticket.reopened ?? 0}`)
        } else if (row.outcome === 'failed') {
          await reopenTicket(tx, ticket, 'appliance', 'its own signal is not back in its band')
          await plan(tx, ticket)
        } else await end(tx, ticket, 'no data came to verify the repair')
        await updateTicket(tx, ticket, clock.now())
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
        .where((eb) =>
          eb.or([
            eb('state', 'in', ['offered', 'completed']),
            eb.and([
              eb('state', '=', 'closed'),
              eb('closedAt', '>=', now - policy.callBackHours * HOUR - CALL_BACK_KNOWN),
            ]),
          ]),
        )
        .execute()
      for (const ticket of rows.map(toStored)) {
        if (ticket.state === 'completed' || ticket.state === 'closed') {
          if (!missedCallBack(ticket, now)) continue
          stopClock(ticket, 'call-back')
          const { state } = ticket
          const why = 'nobody called back in time'
          await insertEvent(tx, ticket.id, { at: now, by: 'hearthwatch', from: state, to: state, why })
          await updateTicket(tx, ticket, clock.now())
          changed.push(ticket.id)
          continue
        }
        const answer = ticket.clocks.find(({ name }) => name === 'owner-answer')
        if (ticket.state === 'offered' && ticket.owner && answer && answer.dueAt <= now) {
          await move(tx, ticket, 'expire', 'hearthwatch', 'the owner did not answer in time')
          await release(tx, ticket, false, 'expired')
        } else continue
        await updateTicket(tx, ticket, clock.now())
        changed.push(ticket.id)
      }
      changed.push(...(await partsCame(tx)))
      changed.push(...(await decideGrabs(tx, now - policy.grabSeconds * 1_000, handOver(tx))))
      if (now >= nextRound) {
        nextRound = now + policy.planEveryMinutes * MINUTE
        changed.push(...(await planRound(tx)))
      }
      return changed
    },
  }
}
