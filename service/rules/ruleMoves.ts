import type { RuleLife } from '../../core/index.ts'

/** What can be done to a rule besides writing another version of it. */
export const ruleMoves = ['arm', 'pause', 'withdraw'] as const
export type RuleMove = (typeof ruleMoves)[number]

/** Every state answers every move; the same state means: refused. An armed one is armed again with a newer version. */
export const nextRuleState: Record<RuleLife, Record<RuleMove, RuleLife>> = {
  draft: { arm: 'armed', pause: 'draft', withdraw: 'withdrawn' },
  armed: { arm: 'armed', pause: 'paused', withdraw: 'withdrawn' },
  paused: { arm: 'armed', pause: 'paused', withdraw: 'withdrawn' },
  withdrawn: { arm: 'withdrawn', pause: 'withdrawn', withdraw: 'withdrawn' },
}
