import { DAY, type Hypothesis, type Millis, ticketIs } from '../../core/index.ts'
import type { Policies } from '../policy/openPolicies.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { Ticket } from '../tickets/ticket.ts'

/** The guide that fits the likeliest fault; undefined when none does. */
export const guideFor = (
  { kind, failureMode }: { kind: string; failureMode?: string | undefined },
  rules: Policy,
): Policy['guides'][number] | undefined =>
  rules.guides.find((guide) => guide.kind === kind && guide.modes.includes(failureMode ?? ''))

/** Tickets whose guide had helped, where the fault came back so soon that it had not (S60). Pure. */
export function guidesFailed(
  before: readonly Ticket[],
  policies: Pick<Policies, 'rulesOf'>,
  now: Millis,
  hypotheses: readonly Hypothesis[],
): Ticket[] {
  const names = hypotheses.map(({ failureMode }) => failureMode)
  return before.filter((ticket) => {
    const { guide } = ticket.remote
    const { failureMode = '' } = ticket.finding
    if (!ticketIs(ticket.state, 'mended') || !guide?.helped || guide.failedAt !== undefined) return false
    if (guide.triedAt === undefined) return false
    if (now - guide.triedAt >= policies.rulesOf(ticket).guideFailedDays * DAY) return false
    return names.includes(failureMode) || names.every((name) => name === 'unknown')
  })
}
