import { because, HOUR } from '../../../core/index.ts'
import type { Policy } from '../../policy/policySchema.ts'
import type { Facts } from '../ticketCommand.ts'
import { OURS, type Step } from './step.ts'

/** Before a visit is offered, its owner is asked what they see and hear. That is the first that they hear of it. */
export function asking(step: Step, questions: readonly string[], { at, hearsBack }: Facts, rules: Policy): Step {
  const { weighed, hypotheses } = step.ticket.finding
  const [leading] = hypotheses
  const asked = step
    .remote({ check: { questions, askedAt: at, real: weighed?.real ?? 0, ...(leading ? { leading } : {}) } })
    .start('questions', at + rules.ownerCheck.waitHours * HOUR)
    .note(because('questions-asked', { count: questions.length }), OURS)
    .tell('asked')
  return hearsBack ? asked : asked.stop('first-response')
}
