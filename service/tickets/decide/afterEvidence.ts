import { because, HOUR } from '../../../core/index.ts'
import type { Policy } from '../../policy/policySchema.ts'
import type { Facts, TicketCommand } from '../ticketCommand.ts'
import { prepared } from './begin.ts'
import { OURS, type Step } from './step.ts'

type Weighed = Pick<Extract<TicketCommand, { type: 'checked' }>, 'after' | 'weighed'>

/** The finding as what a test showed, or its owner said, leaves it: its causes, and what a visit would cost and save. */
export function afterEvidence(step: Step, { after, weighed }: Weighed, facts: Facts, rules: Policy): Step {
  const failureMode = after.hypotheses[0]?.failureMode ?? step.ticket.finding.failureMode
  const found = { hypotheses: after.hypotheses, failureMode, weighed: { ...weighed, at: facts.at } }
  return prepared(step.finding(found), [], facts, rules)
}

/** No visit is worth it as far as is known: more is waited for. */
export const waitingForEvidence = (step: Step, { at }: Facts, { activeTests: { moreEvidenceHours } }: Policy): Step =>
  step
    .start('evidence', at + moreEvidenceHours * HOUR)
    .note(because('waits-for-evidence', { hours: moreEvidenceHours }), OURS)
