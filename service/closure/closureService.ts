import {
  because,
  type Closure,
  HOUR,
  Problem,
  type Reason,
  saidOr,
  ticketCan,
  type UnitOfWork,
  type VerificationRow,
} from '../../core/index.ts'
import { enqueueControl } from '../../database/index.ts'
import { applyRating, bindEngineer, boundEngineer } from '../crew/engineerRecord.ts'
import type { StoredTicket } from '../tickets/storedTicket.ts'
import { finishTasksOf } from '../tickets/taskTable.ts'
import type { Command } from '../tickets/ticketCommand.ts'
import type { TicketServiceOptions } from '../tickets/ticketServiceOptions.ts'
import type { TicketSteps } from '../tickets/ticketSteps.ts'
import { insertEvent, toStored, updateTicket } from '../tickets/ticketTable.ts'
import type { TicketView } from '../tickets/ticketView.ts'
import { billFor } from '../visit/bill.ts'
import { contractsOf, coversOf } from '../visit/coverage.ts'
import { liftLock } from '../visit/safetyLock.ts'
import { openCallBack, refuseOwnOutlet } from './callBack.ts'
import { checkClosure } from './checkClosure.ts'

export interface ClosureService {
  close(
    id: string,
    by: string,
    closure: Pick<Closure, 'cause' | 'verdict' | 'parts' | 'note' | 'accident'>,
  ): Promise<TicketView>
  /** The call-back after the visit, by a desk of another outlet: not solved reopens it. */
  callBack(id: string, by: string, solved: boolean, note: string, desk?: string): Promise<TicketView>
  rate(id: string, stars: number, text: string): Promise<TicketView>
  reopen(id: string, by: string, why?: string): Promise<TicketView>
  /** What the appliance's own signal said of the repair. */
  verified(tx: UnitOfWork, rows: VerificationRow[]): Promise<string[]>
}

export function closureService(options: TicketServiceOptions, steps: TicketSteps, command: Command): ClosureService {
  const { catalog, clock } = options
  const { announce, clockOf, dispatch, end, move, plan, refreshCandidates, release, reopenTicket, rulesOf, stopClock } =
    steps

  async function reopenForOwner(tx: UnitOfWork, ticket: StoredTicket, by: string, why: Reason): Promise<void> {
    await reopenTicket(tx, ticket, by, why)
    await enqueueControl(tx, { type: 'freeze', appliance: ticket.appliance, ticket: ticket.id })
    delete ticket.verification
    await finishTasksOf(tx, ticket.id, 'call-back', clock.now(), by, options.render(why).en)
  }

  return {
    close: (id, by, closure) =>
      command(id, by, async (tx, ticket) => {
        checkClosure(ticket, closure, catalog)
        await move(
          tx,
          ticket,
          'close',
          by,
          because('closed-with', { cause: closure.cause, ...(closure.verdict ? { verdict: closure.verdict } : {}) }),
        )
        const now = clock.now()
        const rules = rulesOf(ticket)
        for (const name of [
          'first-response',
          'owner-answer',
          'on-site',
          'visit',
          'contact',
          'second-contact',
          'remote',
        ])
          stopClock(ticket, name)
        if (ticket.visit && !ticket.visit.endedAt) ticket.visit.endedAt = now
        ticket.closure = { ...closure, at: now, by }
        const unaccounted = await dispatch.settleParts(tx, ticket, closure.parts, by)
        if (unaccounted.length > 0) {
          const why = because('unaccounted', { parts: unaccounted })
          await insertEvent(tx, id, { at: now, by: 'hearthwatch', from: 'closed', to: 'closed', why })
        }
        const appliance = options.appliance(ticket.appliance)
        const covers = coversOf(ticket, appliance, await contractsOf(tx, ticket.appliance), rules, now)
        ticket.bill = billFor(ticket, covers, catalog, rules)
        delete ticket.billConfirmedAt
        if (ticket.source === 'safety') await liftLock(tx, ticket, now, by)
        await finishTasksOf(tx, id, 'contact', now, by, 'closed')
        await enqueueControl(tx, { type: 'unmute', appliance: ticket.appliance, ticket: ticket.id })
        if (ticket.visit) {
          await openCallBack(tx, ticket, now, rules)
          if (ticket.owner && !ticket.rating) {
            delete ticket.ratingExpiredAt
            clockOf(ticket, 'rating', now + rules.ratingHours * HOUR)
          }
        }
        if (closure.verdict === 'refuted' || closure.cause === 'none') {
          delete ticket.verification
          await end(tx, ticket, 'refuted')
        } else {
          ticket.verification = 'pending'
          const { alerts } = ticket
          await enqueueControl(tx, {
            type: 'verify',
            appliance: ticket.appliance,
            ticket: ticket.id,
            at: now,
            cause: closure.cause,
            alerts,
          })
        }
        await announce(tx, ticket, 'closed', `/${ticket.reopened ?? 0}`)
      }),
    callBack: (id, by, solved, note, desk) =>
      command(id, by, async (tx, ticket) => {
        if (!ticket.clocks.some(({ name }) => name === 'call-back') || !ticketCan(ticket.state, 'callBack')) {
          throw new Problem({
            code: 'no-call-back',
            message: `Ticket ${id} waits for no call-back.`,
            remedy: 'A call-back follows a visit that has ended.',
            concerns: id,
            status: 409,
          })
        }
        await refuseOwnOutlet(tx, ticket, desk)
        stopClock(ticket, 'call-back')
        const said = note ? { words: note } : {}
        if (solved) {
          const { state } = ticket
          const why = because('called-solved', said)
          await insertEvent(tx, id, { at: clock.now(), by, from: state, to: state, why })
          await finishTasksOf(tx, id, 'call-back', clock.now(), by, options.render(why).en)
        } else await reopenForOwner(tx, ticket, by, because('called-unsolved', said))
      }),
    rate: (id, stars, text) =>
      command(id, 'owner', async (tx, ticket) => {
        const now = clock.now()
        if (!ticketCan(ticket.state, 'rate')) {
          throw new Problem({
            code: 'too-early',
            message: 'The work is not done yet.',
            remedy: 'Rate it after the visit.',
            concerns: id,
            status: 409,
          })
        }
        if (ticket.ratingExpiredAt !== undefined) {
          throw new Problem({
            code: 'rating-expired',
            message: 'The time to rate this visit is over.',
            remedy: 'Call us if something is still wrong.',
            concerns: id,
            status: 409,
          })
        }
        ticket.rating = { stars, text, at: now }
        stopClock(ticket, 'rating')
        const { state } = ticket
        await insertEvent(tx, id, { at: now, by: 'owner', from: state, to: state, why: because('rated', { stars }) })
        if (!ticket.engineer || !ticket.visit) return
        const rules = rulesOf(ticket)
        if (await applyRating(tx, ticket, ticket.engineer, stars, now, rules)) {
          ticket.compensation = { at: now, text: rules.compensation }
          // Out of every open ticket's candidates, and off every planned visit, in this same transaction.
          await refreshCandidates(tx, ticket.engineer)
        } else if (stars === 5) {
          const appliance = options.appliance(ticket.appliance)
          if (!(await boundEngineer(tx, appliance)))
            await bindEngineer(tx, appliance, ticket.engineer, now, 'five stars')
        }
      }),
    reopen: (id, by, why) =>
      command(id, by, (tx, ticket) => reopenForOwner(tx, ticket, by, saidOr(why, because('not-solved')))),
    async verified(tx, rows) {
      const changed: string[] = []
      for (const row of rows) {
        const found = await tx.selectFrom('ticket').select('body').where('id', '=', row.ticket).executeTakeFirst()
        const ticket = found && toStored(found)
        if (ticket?.state !== 'closed' || ticket.verification !== 'pending') continue
        ticket.verification = row.outcome
        ticket.verificationEvidence = row.evidence
        if (row.outcome === 'passed') {
          const how = ticket.visit
            ? undefined
            : ticket.remote?.result === 'done'
              ? 'fixed-remotely'
              : ticket.guide?.helped
                ? 'fixed-by-owner'
                : undefined
          await move(tx, ticket, 'verify', 'appliance', because(how ?? 'signal-back'))
          // Where nobody went, the appliance itself decides whether the prediction was right.
          if (how && ticket.closure && ticket.source === 'predicted') ticket.closure.verdict = 'confirmed'
          // The appliance itself has said that it is solved.
          stopClock(ticket, 'call-back')
          await finishTasksOf(
            tx,
            ticket.id,
            'call-back',
            clock.now(),
            'appliance',
            'its own signal is back in its band',
          )
          await release(tx, ticket, true, 'repaired and verified')
          await options.alertsEnded(tx, ticket.id, clock.now())
          await announce(tx, ticket, 'verified', `/${ticket.reopened ?? 0}`)
        } else if (row.outcome === 'failed') {
          if (ticket.guide?.helped) ticket.guide.failedAt = clock.now()
          await reopenTicket(tx, ticket, 'appliance', because('signal-not-back'))
          await plan(tx, ticket)
        } else await end(tx, ticket, 'no data came to verify the repair')
        await updateTicket(tx, ticket, clock.now())
        changed.push(ticket.id)
      }
      return changed
    },
  }
}
