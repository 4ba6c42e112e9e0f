import { type Alert, HOUR, type Reason, type Slot, type UnitOfWork } from '../../core/index.ts'
import { boundEngineer } from '../crew/engineerRecord.ts'
import { planKit, priorityOf } from '../dispatch/plan.ts'
import type { PlanSteps } from '../dispatch/planSteps.ts'
import { scopesOf } from '../policy/resolvePolicy.ts'
import { guideFor } from '../remote/guides.ts'
import type { BasicSteps } from './basicSteps.ts'
import type { StoredTicket } from './storedTicket.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'
import { insertEvent, nextNumber } from './ticketTable.ts'

/** How a ticket begins: made, prepared from what is known, offered to its owner, agreed on. */
export function beginSteps(
  options: TicketServiceOptions,
  { clockOf, move, rulesOf, stopClock }: BasicSteps,
  { dispatch, findCandidates, freshSlot, plan, slotsFor, visitsBooked }: PlanSteps,
) {
  const { catalog, policy, policies, clock } = options

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
      | 'said'
    >,
    why: Reason,
  ): Promise<StoredTicket> {
    const now = clock.now()
    const appliance = options.appliance(fields.appliance)
    const { policy: rules, stamp } = policies.now(scopesOf(appliance, policy))
    const ticket: StoredTicket = {
      ...fields,
      policy: stamp,
      number: `HW-${new Date(now).getUTCFullYear()}-${String(await nextNumber(tx)).padStart(5, '0')}`,
      kind: appliance.kind,
      model: appliance.model,
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

  /** Asks the owner to agree to a predicted visit. */
  async function offer(tx: UnitOfWork, ticket: StoredTicket, why: Reason): Promise<void> {
    await move(tx, ticket, 'offer', 'hearthwatch', why)
    ticket.offeredSlots = [...(await visitsBooked(tx, ticket)), ...(await slotsFor(tx, ticket))]
    clockOf(
      ticket,
      'owner-answer',
      clock.now() + (rulesOf(ticket).ownerAnswerHours[String(ticket.priority) as '1'] ?? 72) * HOUR,
    )
    stopClock(ticket, 'first-response')
  }

  /** It is to be done: at the time that was chosen, else at the first that can be promised. */
  async function toAccepted(tx: UnitOfWork, ticket: StoredTicket, by: string, why: Reason, slot?: Slot): Promise<void> {
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

  return { create, prepare, offer, toAccepted }
}
