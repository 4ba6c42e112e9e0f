import { MINUTE, type Millis } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { EscalationCause } from './causes.ts'

export type Chain = Policy['escalations'][EscalationCause]

/** A chain that somebody's doing will stop. */
export interface Escalation {
  readonly id: string
  readonly cause: EscalationCause
  /** Since when it stands. */
  readonly since: Millis
  /** Which step comes next, and when; null: it has come to its end. */
  readonly next: number | null
  readonly nextAt: Millis | null
  readonly endedAt?: Millis
  readonly endedBy?: string
}

/** Every chain begins before its first step. */
export function beginEscalation(id: string, cause: EscalationCause, since: Millis, chain: Chain): Escalation {
  return { id, cause, since, ...stepAt(chain, 0, since) }
}

/**
 * What time does to a chain: at most one step, so that whoever is called has until the next one to act; a step that was
 * missed (the program was away) is made up for now, and the ones after it keep their distance from it.
 */
export function climb(
  escalation: Escalation,
  chain: Chain,
  now: Millis,
): { escalation: Escalation; step?: { index: number; to: string } } {
  const { next, nextAt, since } = escalation
  if (next === null || nextAt === null || nextAt > now) return { escalation }
  const step = chain[next]
  if (!step) return { escalation: { ...escalation, next: null, nextAt: null } }
  // How much later than the rule says.
  const late = now - (since + step.afterMinutes * MINUTE)
  return {
    escalation: { ...escalation, ...stepAt(chain, next + 1, since + Math.max(0, late)) },
    step: { index: next, to: step.to },
  }
}

/** Nobody could be told: the next step is due. */
export const hasten = (escalation: Escalation, now: Millis): Escalation =>
  escalation.next === null ? escalation : { ...escalation, nextAt: now }

export const endEscalation = (escalation: Escalation, at: Millis, by: string): Escalation => ({
  ...escalation,
  next: null,
  nextAt: null,
  endedAt: at,
  endedBy: by,
})

function stepAt(chain: Chain, index: number, since: Millis): Pick<Escalation, 'next' | 'nextAt'> {
  const step = chain[index]
  return step ? { next: index, nextAt: since + step.afterMinutes * MINUTE } : { next: null, nextAt: null }
}
