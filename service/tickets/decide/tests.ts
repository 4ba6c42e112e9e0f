import { because, HOUR, type Reason } from '../../../core/index.ts'
import type { Policy } from '../../policy/policySchema.ts'
import type { Ticket } from '../ticket.ts'
import type { Decision, Facts, TicketCommand } from '../ticketCommand.ts'
import { AFTER_ASKING } from '../ticketNotices.ts'
import { afterEvidence, waitingForEvidence } from './afterEvidence.ts'
import { offered, prepared } from './begin.ts'
import { asking } from './beginCheck.ts'
import { Step } from './step.ts'

type Of<T extends TicketCommand['type']> = Extract<TicketCommand, { type: T }>

/** What the test showed: part of the ticket's proof; and who waits for it is offered a visit, or waits for more. */
export function tested(ticket: Ticket, said: Of<'tested'>, facts: Facts, rules: Policy): Decision {
  const { test } = ticket.remote
  if (!test || test.endedAt !== undefined) return new Step(ticket, facts)
  const { result, text, measured, after, weighed } = said
  const own = { ...facts, by: 'appliance' }
  const ended = new Step(ticket, own).stop('test')
  const waits = ticket.state === 'new'
  if (!after || !weighed) {
    const noted = ended
      .remote({ test: { ...test, endedAt: facts.at, result } })
      .note(because('test-without-result', { test: text, result }))
    return waits ? offerAfter(noted, because('owner-asked')) : noted
  }
  const [top] = after.hypotheses
  const shown = ended
    .remote({
      test: {
        ...test,
        endedAt: facts.at,
        result,
        measured,
        realAfter: after.real,
        ...(top ? { leadingAfter: top } : {}),
      },
    })
    .note(
      because('test-showed', {
        test: text,
        percent: Math.round(after.real * 100),
        ...(top && after.real > 0.5 ? { mode: top.failureMode } : {}),
      }),
    )
  // What somebody has agreed to stands as it was said.
  if (!waits) return shown
  const known = afterEvidence(shown, { after, weighed }, facts, rules)
  if (weighed.act) return offerAfter(known, because('owner-asked'))
  return waitingForEvidence(known.stop('first-response'), facts, rules)
}

/** Its visit is offered: by a command of its own, once it is known who could come. */
const offerAfter = (step: Step, why: Reason): Step => step.follow({ do: 'offer', why })

export function offerNow(ticket: Ticket, { why, hasHeard }: Of<'offer'>, facts: Facts, rules: Policy): Decision {
  const step = new Step(ticket, facts).stop('test', 'evidence', 'questions')
  if (ticket.state !== 'new') return step
  // What a test could not tell its owner may see.
  if (facts.questions) return asking(step, facts.questions, facts, rules)
  const isOwed = ticket.clocks.some(({ name, doneAt }) => name === 'first-response' && doneAt === undefined)
  const owed = isOwed || hasHeard ? step : step.start('first-response', facts.at + rules.firstResponseHours * HOUR)
  const { owner } = facts.appliance
  const reason = !owner ? because('no-owner') : facts.isReachable ? why : because('owner-to-call')
  const ready = offered(prepared(owed, [], facts, rules), reason, facts, rules)
  // Who has just answered sees it on the same page.
  return hasHeard ? ready : ready.tell('offered', ticket.remote.check ? AFTER_ASKING : '')
}

/** No answer came, or nothing more was seen meanwhile that would settle it. */
export function testOver(step: Step, name: 'test' | 'evidence', facts: Facts): Step {
  const { test } = step.ticket.remote
  const over =
    name === 'test' && test && test.endedAt === undefined
      ? step.remote({ test: { ...test, endedAt: facts.at, result: 'expired' } })
      : step
  if (step.ticket.state !== 'new') return over.stop(name)
  return offerAfter(
    over.stop(name).note(because(name === 'test' ? 'test-unanswered' : 'evidence-stands')),
    because('owner-asked'),
  )
}
