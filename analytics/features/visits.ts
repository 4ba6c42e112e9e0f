import type { Millis } from '../../core/index.ts'
import type { FeatureState } from './featureState.ts'

/** An engineer is at it until then, by this ticket: what it shows meanwhile is no evidence. */
export function visitBegins(
  sense: Pick<FeatureState, 'visits' | 'mutedUntil'>,
  { ticket, until }: FeatureState['visits'][number],
  now: Millis,
): void {
  // Whose time is over was forgotten by whoever should have ended it.
  visitsAre(sense, [...othersThan(sense, ticket).filter((other) => other.until > now), { ticket, until }])
}

/** That one is over; another of the same appliance may go on. */
export const visitEnds = (sense: Pick<FeatureState, 'visits' | 'mutedUntil'>, { ticket }: { ticket: string }): void =>
  visitsAre(sense, othersThan(sense, ticket))

const othersThan = ({ visits }: Pick<FeatureState, 'visits'>, ticket: string): FeatureState['visits'] =>
  visits.filter((other) => other.ticket !== ticket)

function visitsAre(sense: Pick<FeatureState, 'visits' | 'mutedUntil'>, visits: FeatureState['visits']): void {
  sense.visits = visits
  sense.mutedUntil = Math.max(-Infinity, ...visits.map(({ until }) => until))
}
