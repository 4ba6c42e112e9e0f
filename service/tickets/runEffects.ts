import {
  because,
  type EngineerId,
  HOUR,
  type Millis,
  type Notice,
  personOf,
  type TicketId,
  type UnitOfWork,
} from '../../core/index.ts'
import { enqueueControl } from '../../database/index.ts'
import { calmFrom } from '../calendar/quietHours.ts'
import { zoneOf } from '../calendar/workCalendar.ts'
import { openCallBack } from '../closure/callBack.ts'
import { applyRating, bindEngineer, boundEngineer } from '../crew/engineerRecord.ts'
import { engineerOf } from '../crew/people.ts'
import { bookKit, consumeParts } from '../parts/kit.ts'
import type { Policy } from '../policy/policySchema.ts'
import { mayMessage } from '../privacy/consents.ts'
import { ownerTold } from '../registry/ownerTold.ts'
import { insertCommand } from '../remote/commandTable.ts'
import { liftLock } from '../visit/safetyLock.ts'
import { OURS } from './decide/step.ts'
import { finishTasksOf, openTask } from './taskTable.ts'
import type { Ticket } from './ticket.ts'
import type { Effect, TicketCommand } from './ticketCommand.ts'
import { noticesOf } from './ticketNotices.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'

/** From this priority on nobody is woken. */
const CALM_PRIORITY = 3
/** Largest attachment, characters of JSON; a day at five minutes of 20 metrics is about 150 kB. */
const LARGEST_ATTACHMENT = 1_000_000

/** What effects do to other tickets than their own. */
export interface Others {
  /** They begin at other times. */
  retime(tx: UnitOfWork, times: Extract<Effect, { do: 'retime' }>['times']): Promise<void>
  openSafety(tx: UnitOfWork, of: Ticket, id: TicketId, by: string): Promise<void>
  /** An engineer's standing changed. */
  refresh(tx: UnitOfWork, engineer: EngineerId): Promise<void>
}

/**
 * Carries out what must follow from a command, in its transaction.
 * @returns the command that follows for the same ticket, where an effect found something out
 */
export async function runEffect(
  tx: UnitOfWork,
  options: TicketServiceOptions,
  others: Others,
  ticket: Ticket,
  effect: Effect,
): Promise<TicketCommand | undefined> {
  const at = options.clock.now()
  switch (effect.do) {
    case 'plan':
      return { type: 'plan', promise: effect.promise }
    case 'tell':
      return void (await tell(tx, options, ticket, effect))
    case 'control':
      return void (await enqueueControl(tx, effect.control))
    case 'book':
      return void (await bookKit(tx, { ticket: ticket.id, by: OURS, at }, effect.kit))
    case 'settleParts':
      return settleParts(tx, ticket, effect, at)
    case 'retime':
      return void (await others.retime(tx, effect.times))
    case 'openTask':
      return void (await openTask(tx, effect.task))
    case 'endTasks':
      return void (await finishTasksOf(tx, ticket.id, effect.type, at, effect.by, effect.outcome))
    case 'callBack':
      return void (await openCallBack(tx, ticket, at, options.policies.rulesOf(ticket)))
    case 'openSafety':
      return void (await others.openSafety(tx, ticket, effect.id, effect.by))
    case 'liftLock':
      return (await liftLock(tx, ticket.id, at)) ? { type: 'unlocked', by: effect.by } : undefined
    case 'send':
      return void (await insertCommand(tx, effect.command))
    case 'sendTest':
      await insertCommand(tx, effect.command)
      return void options.commands.queuedOnCommit(effect.command)
    case 'offer':
      return { type: 'offer', why: effect.why, ...(effect.hasHeard ? { hasHeard: true } : {}) }
    case 'countRating':
      return countRating(tx, options, others, ticket, effect)
    case 'endAlerts':
      return void (await options.alertsEnded(tx, ticket.id, at, refutedThere(ticket)))
    case 'attach':
      return void (await attach(tx, ticket.id, at, effect))
  }
}

/** Somebody was there, and found nothing of what telemetry had said. */
function refutedThere({ source, visit, closure: { found } }: Ticket): { by: string; why: string } | undefined {
  const isRefuted = source === 'predicted' && visit.times !== undefined && found?.verdict === 'refuted'
  return isRefuted ? { by: found.by, why: found.note } : undefined
}

type Of<D extends Effect['do']> = Extract<Effect, { do: D }>

async function tell(tx: UnitOfWork, options: TicketServiceOptions, ticket: Ticket, effect: Of<'tell'>): Promise<void> {
  const { clock, appliance, policy, announcer, catalog, render } = options
  const { news, step } = effect
  const name = effect.engineer ?? (tellsOfEngineer.has(news) ? await nameOf(tx, ticket.plan.engineer) : undefined)
  const now = clock.now()
  const zone = zoneOf(appliance(ticket.appliance), options.policies.rulesOf(ticket))
  // What is not urgent waits for the morning.
  const pushFrom = ticket.priority >= CALM_PRIORITY ? calmFrom(now, zone, policy.acting.quietHours) : now
  const { owner } = ticket
  const to = owner && ownerTold(owner, appliance(ticket.appliance), policy)
  const isReachable = !to || options.reaches(to)
  const notices = noticesOf({ ticket, to, isReachable }, news, step, now, catalog, render, zone, name)
  // Who wants no messages finds everything on the page of the ticket.
  const isTold = owner && notices.some(({ to }) => to.role === 'owner')
  const isQuiet = isTold && !(await mayMessage(tx, personOf(ticket.appliance, owner)))
  if (!isQuiet && !isReachable) await haveCalled(tx, ticket, notices, now, options.policies.rulesOf(ticket))
  await announcer.announce(
    tx,
    ...notices.map((notice) => ({
      ...notice,
      ...(pushFrom > now ? { pushFrom } : {}),
      ...(isQuiet && notice.to.role === 'owner' ? { quiet: true as const } : {}),
    })),
  )
}
/** What cannot be written to an owner a person tells them: one task a ticket, about the newest. */
async function haveCalled(
  tx: UnitOfWork,
  { id, number, plan }: Ticket,
  notices: readonly Notice[],
  now: Millis,
  rules: Policy,
): Promise<void> {
  for (const { key, to, title } of notices) {
    if (to.role !== 'owner') continue
    await finishTasksOf(tx, id, 'reach', now, OURS, 'something newer is to be told')
    await openTask(tx, {
      id: `reach/${key}`,
      type: 'reach',
      desk: 'central',
      ticket: id,
      openedAt: now,
      dueAt: Math.max(now + rules.firstResponseHours * HOUR, plan.contactBy ?? 0),
      what: because('task-reach', { number, news: because('text', { text: title }) }),
    })
  }
}

const tellsOfEngineer: ReadonlySet<string> = new Set(['assigned', 'escalated'])
const nameOf = async (tx: UnitOfWork, engineer: string | undefined): Promise<string | undefined> =>
  engineer === undefined ? undefined : (await engineerOf(tx, engineer))?.name

/** What was fitted leaves the van, the rest is free again. */
async function settleParts(
  tx: UnitOfWork,
  { id, plan }: Ticket,
  { fitted, supply, by }: Of<'settleParts'>,
  at: number,
): Promise<TicketCommand> {
  const van = plan.engineer ? (await engineerOf(tx, plan.engineer))?.depot : undefined
  return { type: 'settled', ...(await consumeParts(tx, { ticket: id, by, at }, supply, fitted, van)) }
}

/** A rating counts for who made the visit; so few stars take them off everything at once, five may make them the home's own. */
async function countRating(
  tx: UnitOfWork,
  options: TicketServiceOptions,
  others: Others,
  ticket: Ticket,
  { engineer, stars }: Of<'countRating'>,
): Promise<TicketCommand | undefined> {
  const now = options.clock.now()
  if (await applyRating(tx, ticket, engineer, stars, now, options.policies.rulesOf(ticket))) {
    // Out of every open ticket's candidates, and off every planned visit, in this same transaction.
    await others.refresh(tx, engineer)
    return { type: 'compensate' }
  }
  const appliance = options.appliance(ticket.appliance)
  if (stars === 5 && !(await boundEngineer(tx, appliance)))
    await bindEngineer(tx, appliance, engineer, now, 'five stars')
  return undefined
}

async function attach(tx: UnitOfWork, ticket: string, at: number, { series }: Of<'attach'>): Promise<void> {
  const body = JSON.stringify(series)
  if (body.length > LARGEST_ATTACHMENT) return
  await tx.insertInto('ticketAttachment').values({ ticket, at, kind: 'telemetry', body }).execute()
}
