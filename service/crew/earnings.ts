import { because, type Millis, type Reason, type TicketId } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { Ticket } from '../tickets/ticket.ts'

/** One line of what an engineer earned; `cents` may be less than nothing. */
export interface Earned {
  at: Millis
  cents: number
  why: Reason
  ticket?: string | undefined
}

/** What lines are worked out from. */
export interface EarningFacts {
  /** Jobs that ended, whoever ended them, as far as this engineer had to do with them. */
  tickets: readonly Pick<Ticket, 'id' | 'number' | 'plan' | 'closure' | 'finding' | 'policy'>[]
  /** The owners' stars for visits of this engineer. `visit`: how often the job had been reopened before. */
  ratings: readonly { ticket: TicketId; visit: number; stars: number; at: Millis }[]
  corrections: readonly { at: Millis; by: string; cents: number; why: string; ticket: string | null }[]
  /** Under which rules a ticket was made. */
  rulesOf(ticket: Pick<Ticket, 'policy'>): Pick<Policy, 'earnings' | 'bonusCents'>
}

/**
 * Every line of one engineer, the oldest first: a sum for each job that stands closed by them, what the owner's stars make
 * of it, and what a person corrected. The same facts give the same lines, so nothing is kept but corrections. Pure.
 * @param engineer whose lines
 */
export function earningsOf({ tickets, ratings, corrections, rulesOf }: EarningFacts, engineer: string): Earned[] {
  const lines: Earned[] = []
  const known = new Map(tickets.map((ticket) => [ticket.id, ticket]))
  for (const ticket of tickets) {
    if (ticket.plan.engineer !== engineer || !ticket.closure.found) continue
    const { at } = ticket.closure.found
    const { number, finding } = ticket
    const { recallOf } = ticket.closure
    const former = recallOf && known.get(recallOf)
    if (former?.plan.engineer === engineer) {
      const { recallPercent: percent } = rulesOf(ticket).earnings
      const why = because('earned-again', { number, before: former.number, percent })
      lines.push({ at, cents: baseOf(ticket, rulesOf, percent), why, ticket: ticket.id })
      continue
    }
    const why = because('earned-visit', { number, difficulty: finding.difficulty })
    lines.push({ at, cents: baseOf(ticket, rulesOf), why, ticket: ticket.id })
  }
  for (const { ticket: id, visit, stars, at } of ratings) {
    const ticket = known.get(id)
    if (!ticket) continue
    lines.push(...starLines(ticket, visit, stars, at, rulesOf))
  }
  for (const { at, by, cents, why, ticket } of corrections)
    lines.push({
      at,
      cents,
      why: because('earned-corrected', { by: by.replace(/^user:/, ''), words: why }),
      ticket: ticket ?? undefined,
    })
  return lines.sort((a, b) => a.at - b.at)
}

type Paid = EarningFacts['tickets'][number]

function starLines(ticket: Paid, visit: number, stars: number, at: Millis, rulesOf: EarningFacts['rulesOf']): Earned[] {
  const { number, id } = ticket
  // What was done over again pays whoever did it well at last.
  if (visit < (ticket.closure.reopened ?? 0))
    return [{ at, cents: 0, why: because('earned-nothing', { number }), ticket: id }]
  const { earnings, bonusCents } = rulesOf(ticket)
  const percent = earnings.starsPercent[stars - 1] ?? 100
  const cents = baseOf(ticket, rulesOf, percent) - baseOf(ticket, rulesOf)
  const lines: Earned[] = [{ at, cents, why: because('earned-stars', { number, stars, percent }), ticket: id }]
  if (stars === 5 && bonusCents > 0)
    lines.push({ at, cents: bonusCents, why: because('earned-bonus', { number }), ticket: id })
  return lines
}

const baseOf = (ticket: Paid, rulesOf: EarningFacts['rulesOf'], percent = 100): number => {
  const { visitCents, difficultyCents } = rulesOf(ticket).earnings
  return Math.round(((visitCents + difficultyCents * Math.max(0, ticket.finding.difficulty - 1)) * percent) / 100)
}
