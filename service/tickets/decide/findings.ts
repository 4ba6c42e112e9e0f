import { type Alert, type AlertId, because, HOUR, type Reason, ticketIs } from '../../../core/index.ts'
import { priorityOf } from '../../dispatch/plan.ts'
import type { Policy } from '../../policy/policySchema.ts'
import { withContact } from '../contact.ts'
import type { DeskTask } from '../taskTable.ts'
import type { Ticket } from '../ticket.ts'
import type { Decision, Facts, TicketCommand } from '../ticketCommand.ts'
import { adopted, contactOf, offered, prepared } from './begin.ts'
import { OURS, Step } from './step.ts'

type Of<T extends TicketCommand['type']> = Extract<TicketCommand, { type: T }>
type Faded = NonNullable<Ticket['finding']['faded']>

const joined = ({ alerts }: Ticket, id: AlertId): readonly AlertId[] => (alerts.includes(id) ? alerts : [...alerts, id])

export function joinAlert(ticket: Ticket, { alert }: Of<'joinAlert'>, facts: Facts, rules: Policy): Decision {
  const { failureMode, faded } = ticket.finding
  const step = new Step(ticket, facts).with({
    alerts: joined(ticket, alert.id),
    contacts: withContact(ticket.contacts, contactOf(alert, facts.at)),
  })
  const led = faded ? backAgain(adopted(step, alert)) : step
  const known = prepared(!failureMode || failureMode === 'unknown' ? adopted(led, alert) : led, [alert], facts, rules)
  if (!ticketIs(ticket.state, 'lost')) {
    const why = because('alert-joined', { alert: alert.id, mode: alert.failureMode })
    return known.note(why, OURS).tell('joined', `/${alert.id}`)
  }
  const changed = because('text', { text: alert.explanation.owner })
  const why = because('another-finding', { mode: alert.failureMode })
  return offered(known.finding({ changed }), why, facts, rules).tell('offered', `/${alert.id}`)
}

/** The appliance is still proving its repair: what it shows meanwhile belongs to that proof, and sends nobody. */
export const joinWhileVerifying = (ticket: Ticket, { alert }: Of<'joinWhileVerifying'>, facts: Facts): Decision =>
  new Step(ticket, facts)
    .with({ alerts: joined(ticket, alert.id) })
    .note(because('alert-while-verifying', { alert: alert.id, mode: alert.failureMode }), OURS)

/** What leads it has changed: it has grown, weakened, or shows again. */
export function grow(ticket: Ticket, { alert, weighed }: Of<'grow'>, facts: Facts, rules: Policy): Decision {
  const { faded } = ticket.finding
  const fades = alert.severity === 'info'
  const step = adopted(new Step(ticket, facts), alert)
  // What the owner agreed to stands as it was said.
  const isOpen = ticket.finding.weighed && ticketIs(ticket.state, 'undecided')
  const weighing = isOpen ? step.finding({ weighed: { ...weighed, at: facts.at } }) : step
  // What fits no fault makes nothing urgent, whatever is left of its time.
  const known = prepared(weighing, fades ? [] : [alert], facts, rules)
  if (fades && !faded && onAlertsAlone(ticket)) return weaker(known, facts, rules)
  if (!fades && faded) return shownAgain(known, alert, facts, rules)
  // What grows while it is tested, or waited for, waits no longer.
  if (ticket.state === 'new' && weighed.urgent) return known.follow({ do: 'offer', why: because('owner-asked') })
  const { priority, finding } = known.ticket
  if (!ticketIs(ticket.state, 'lost') || priority >= ticket.priority) return known
  const changed = grown(ticket.finding.lifeHours, finding.lifeHours)
  const why = because('grown', { from: ticket.priority, to: priority })
  return offered(known.finding({ changed }), why, facts, rules).tell('offered', `/${priority}`)
}

/** What the owner should know now that they did not when they said no. */
function grown(before: number | undefined, now: number | undefined): Reason {
  const days = (hours: number): number => Math.max(1, Math.round(hours / 24))
  if (now === undefined) return because('more-urgent')
  return because('fails-sooner', { days: days(now), ...(before === undefined ? {} : { was: days(before) }) })
}

/** Nothing but telemetry speaks for it: a person who reported the same is not contradicted by a signal. */
const onAlertsAlone = ({ source, contacts = [] }: Ticket): boolean =>
  source === 'predicted' && contacts.every(({ channel }) => channel === 'telemetry')

/** Nothing is seen any more of what it was for: an offer is withdrawn; what was agreed to, a desk decides. */
export function loseReason(ticket: Ticket, { alert }: Of<'loseReason'>, facts: Facts, rules: Policy): Decision {
  const step = new Step(ticket, facts)
  if (!onAlertsAlone(ticket) || ticket.finding.faded === 'gone') return step
  const { owner: noticed, engineer: diagnosis } = alert.explanation
  const faded = step.finding({ faded: 'gone', noticed, diagnosis, lifeHours: undefined, changed: undefined })
  if (!ticketIs(ticket.state, 'undecided')) return reconsidered(faded, 'gone', facts, rules)
  // Who said no, or nothing, was told of it as well.
  return faded.move('cancel', because('reason-gone'), OURS).stopAll().release(false, 'seen no more').tell('reason-gone')
}

/** It fits no fault any more, though it is still odd: nothing of it is urgent. */
function weaker(known: Step, facts: Facts, rules: Policy): Step {
  const faded = known.finding({ faded: 'weaker' })
  if (!ticketIs(known.ticket.state, 'undecided')) return reconsidered(faded, 'weaker', facts, rules)
  const calm = faded.with({ priority: 4 }).note(because('reason-weaker'), OURS)
  return ticketIs(known.ticket.state, 'lost') ? calm : calm.tell('reason-weaker')
}

/** Somebody is to come for what is not there any more: a desk decides, and the owner knows. */
function reconsidered(step: Step, faded: Faded, { at }: Facts, rules: Policy): Step {
  const { id, number, plan } = step.ticket
  const why = because(`reason-${faded}`)
  const task: DeskTask = {
    id: `reconsider/${id}/${at}`,
    type: 'reconsider',
    desk: 'central',
    ticket: id,
    ...(plan.engineer ? { engineer: plan.engineer } : {}),
    openedAt: at,
    // Decided before anybody sets out.
    dueAt: Math.max(at, Math.min(at + rules.supervisorHours * HOUR, plan.slot?.from ?? Number.POSITIVE_INFINITY)),
    what: because('task-reconsider', { number, why }),
  }
  return step.note(why, OURS).follow({ do: 'openTask', task }).tell(`reason-${faded}`, `/${at}`)
}

const backAgain = (step: Step): Step =>
  step.finding({ faded: undefined }).endTasks('reconsider', OURS, 'it shows again')

/** What had weakened warns again: as urgent as it is now. */
function shownAgain(known: Step, alert: Alert, facts: Facts, rules: Policy): Step {
  const step = backAgain(known).note(because('reason-back', { mode: alert.failureMode }), OURS)
  if (!ticketIs(step.ticket.state, 'undecided')) return step
  return offered(
    step.with({ priority: priorityOf([alert], rules) }).finding({ changed: because('more-urgent') }),
    because('another-finding', { mode: alert.failureMode }),
    facts,
    rules,
  ).tell('offered', `/again/${facts.at}`)
}
