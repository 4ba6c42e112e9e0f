import {
  type Alert,
  because,
  hash64,
  type Reason,
  ruleOfDetector,
  type TicketPort,
  ticketCan,
  ticketIdSchema,
  ticketIs,
  type UnitOfWork,
} from '../../core/index.ts'

import { recallOf } from '../closure/recall.ts'
import { type Weighed, weighVisit } from '../dispatch/weighVisit.ts'
import { scopesOf } from '../policy/resolvePolicy.ts'
import { guidesFailed } from '../remote/guides.ts'
import type { CarryOut } from './carryOut.ts'
import { contactOf, openFromAlert } from './decide/begin.ts'
import { ticketOfAlert } from './decide/joins.ts'
import { tickets } from './store/ticketRepository.ts'
import type { Ticket } from './ticket.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'

/** So many of an appliance's tickets are looked at: older ones say nothing of the fault at hand. */
const LOOKED_AT = 30

/** An appliance's tickets, the newest first. */
export const newestOf = (tx: UnitOfWork, appliance: string): Promise<Ticket[]> =>
  tickets(tx, { appliance, order: ['createdAt', 'id'], newestFirst: true, limit: LOOKED_AT })

/** What alerts ask of the desk, inside their own transaction; and what a visit for one would cost and save now. */
export function alertService(
  options: TicketServiceOptions,
  carryOut: CarryOut,
): TicketPort & { weigh(alert: Alert): Weighed } {
  const { clock, alerts, policies, policy } = options
  const weigh = (alert: Alert): Weighed =>
    weighVisit(alert, policies.now(scopesOf(options.appliance(alert.appliance), policy)).policy)

  async function make(tx: UnitOfWork, alert: Alert, before: readonly Ticket[]): Promise<Ticket> {
    const { id, failureMode: mode } = alert
    const leading = alert.hypotheses.slice(0, 1)
    // The telemetry itself says that a repair did not last, before its owner calls.
    for (const failed of guidesFailed(before, policies, clock.now(), leading))
      await carryOut(tx, failed, { type: 'guideFailed' })
    const recall = recallOf(before, policies, clock.now(), leading)
    return carryOut.open(tx, openFromAlert, alert.appliance, {
      made: {
        id: ticketIdSchema.parse(`tk-${hash64(id)}`),
        source: 'predicted',
        failureMode: mode,
        alerts: [id],
        hypotheses: alert.hypotheses,
        evidence: alert.evidence,
        noticed: alert.explanation.owner,
        diagnosis: alert.explanation.engineer,
        lifeHours: alert.remainingLife?.p50,
        said: saidOf(alert),
      },
      why: recall
        ? because('alert-again', { alert: id, mode, days: recall.days, before: recall.number })
        : openedBecause(alert),
      contact: contactOf(alert, clock.now()),
      recall,
      alert,
      weighed: weigh(alert),
    })
  }

  /** The ticket of an alert, as far as it has one. */
  const ticketOf = async (tx: UnitOfWork, { ticket }: Alert): Promise<Ticket | undefined> =>
    ticket === undefined ? undefined : (await tickets(tx, { ids: [ticket] }))[0]

  /** An alert of it has changed, or ended: it is led by the first that still warns, else by the first that stands. */
  async function follow(tx: UnitOfWork, alert: Alert, stands: boolean): Promise<void> {
    const ticket = await ticketOf(tx, alert)
    if (!ticket || !ticketIs(ticket.state, 'living')) return
    const others = (await alerts.standingOf(tx, ticket.id)).filter(({ id }) => id !== alert.id)
    const order = ({ id }: Alert): number => ticket.alerts.indexOf(id)
    const standing = [...others, ...(stands ? [alert] : [])].sort((a, b) => order(a) - order(b))
    const lead = standing.find(({ severity }) => severity !== 'info') ?? standing[0]
    if (!lead) {
      if (ticketCan(ticket.state, 'dismiss')) await carryOut(tx, ticket, { type: 'loseReason', alert })
    } else if (lead.id === alert.id || ticket.alerts[0] === alert.id)
      await carryOut(tx, ticket, { type: 'grow', alert: lead, weighed: weigh(lead) })
  }

  return {
    weigh,
    worthVisit: (alert) => weigh(alert).act,
    async ticketFor(tx, alert) {
      const before = await newestOf(tx, alert.appliance)
      const known = ticketOfAlert(before, alert.failureMode)
      if (!known) return (await make(tx, alert, before)).id
      const type = known.state === 'closed' ? 'joinWhileVerifying' : 'joinAlert'
      return (await carryOut(tx, known, { type, alert })).id
    },
    alertChanged: (tx, alert) => follow(tx, alert, true),
    alertEnded: (tx, alert) => follow(tx, alert, false),
    async alertMarked(tx, alert, by, verdict, why) {
      const ticket = await ticketOf(tx, alert)
      if (!ticket || !ticketCan(ticket.state, 'dismiss') || (await alerts.hasOther(tx, ticket.id, alert.id))) return
      // Of a fault that is known, or not worth a visit, nobody was wrong.
      if (verdict === 'normal-here') await carryOut(tx, ticket, { type: 'dismiss', why }, { by })
      else {
        const reason = because(verdict === 'known' ? 'marked-known' : 'marked-not-worth', why ? { words: why } : {})
        await carryOut(tx, ticket, { type: 'cancel', why: reason, tells: true }, { by })
      }
    },
    async alertDismissed(tx, alert, by, why) {
      const ticket = await ticketOf(tx, alert)
      if (!ticket || !ticketCan(ticket.state, 'dismiss') || (await alerts.hasOther(tx, ticket.id, alert.id))) return
      await carryOut(tx, ticket, { type: 'dismiss', why }, { by })
    },
  }
}

function openedBecause({ id, failureMode, detector }: Alert): Reason {
  const rule = ruleOfDetector(detector)
  return rule
    ? because('rule-spoke', { alert: id, rule: rule.id, version: rule.version })
    : because('alert-opened', { alert: id, mode: failureMode })
}

/** What is judged later. `hearthwatch/1 DETECTOR VERSION`; detectors without a model have the product's own version. */
function saidOf({ detector, hypotheses, remainingLife }: Alert): NonNullable<Ticket['finding']['said']> {
  const [product = '', , version = product] = detector.split(' ')
  return {
    version,
    probability: hypotheses[0]?.probability ?? 0,
    ...(remainingLife ? { lifeHours: remainingLife.p50 } : {}),
  }
}
