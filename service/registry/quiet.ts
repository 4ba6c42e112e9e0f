import type { Alert, CohortNotice, HealthRow, Hearing, Millis } from '../../core/index.ts'

/** Why nothing is heard of an appliance; absent while it is heard. */
export type Quiet =
  /** It said so itself. */
  | { why: 'off'; since: Millis; until?: Millis }
  /** Its whole area fell silent. */
  | { why: 'outage'; alert: string; cohort: string; since: Millis }
  | { why: 'silent'; alert: string; since: Millis }
  /** The gateway that speaks for it went. */
  | { why: 'gateway'; alert: string; gateway: string; since: Millis }
  /** It talks, and all that it says is refused. */
  | { why: 'refused'; alert: string; since: Millis }

/** What is known of an appliance that may have fallen silent. */
export interface QuietFacts {
  now: Millis
  heardAt?: Millis | undefined
  health?: Pick<HealthRow, 'off' | 'status'> | undefined
  /** Its alerts that stand, the newest first. */
  standing: readonly Pick<Alert, 'id' | 'failureMode' | 'firstSeenAt'>[]
  /** The notice that its silence is part of. */
  notice?: Pick<CohortNotice, 'id' | 'state'> | undefined
  /** The alert of a gateway that speaks for it. */
  gateway?: { id: string; alert: Pick<Alert, 'id' | 'firstSeenAt'> } | undefined
}

/** The alert that says why it is quiet. */
export const silenceIn = <A extends Pick<Alert, 'failureMode'>>(standing: readonly A[]): A | undefined =>
  standing.find(({ failureMode }) => failureMode === 'silent' || failureMode === 'refused')

/** Tells switched off, an outage of its area, its gateway's and its own silence apart. Pure. */
export function quietBecause({ now, heardAt, health, standing, notice, gateway }: QuietFacts): Quiet | undefined {
  const off = health?.off
  // What it says after it was off shows that it is on again.
  const isOff = off && (off.until ?? Number.POSITIVE_INFINITY) > now && !((heardAt ?? 0) > off.since)
  if (isOff) return { why: 'off', ...off }
  const alert = silenceIn(standing)
  if (!alert) {
    if (health?.status !== 'silent' || !gateway) return undefined
    return { why: 'gateway', gateway: gateway.id, alert: gateway.alert.id, since: gateway.alert.firstSeenAt }
  }
  const about = { alert: alert.id, since: alert.firstSeenAt }
  if (alert.failureMode === 'refused') return { why: 'refused', ...about }
  return notice?.state === 'open' ? { why: 'outage', cohort: notice.id, ...about } : { why: 'silent', ...about }
}

/** Why no reading of an appliance has ever counted. */
export interface Unheard {
  /** All that came was refused, or went to topics that nobody knows; it is connected and says nothing; or nothing came at all. */
  why: 'refused' | 'wrong-topic' | 'says-nothing' | 'not-connected'
  topic?: string
  lastRefused?: Hearing['lastRefused']
}

/** @param topic one that it published to and that is nobody's. Pure. */
export function unheardBecause({
  lastRefused,
  topic,
  isOnline,
}: {
  lastRefused?: Hearing['lastRefused']
  topic?: string | undefined
  isOnline: boolean
}): Unheard {
  if (lastRefused) return { why: 'refused', lastRefused }
  if (topic !== undefined) return { why: 'wrong-topic', topic }
  return { why: isOnline ? 'says-nothing' : 'not-connected' }
}
