import {
  type Alert,
  type AlertId,
  alertIdSchema,
  type Detection,
  hash64,
  type Millis,
  Problem,
  type Severity,
} from '../core/index.ts'
import { type AlertEvent, isStanding, nextAlertState } from './alertMachine.ts'

export interface AlertDecision {
  alert: Alert
  effects: AlertEffect[]
}
type AlertEffect = 'created' | 'opened' | 'updated' | 'cleared' | 'closed'

const eventOf: Record<Detection['phase'], AlertEvent> = {
  suspected: 'suspect',
  confirmed: 'confirm',
  recovered: 'recover',
}

/** The same condition has the same id for ever, so that a repeat is a no-op in the database. */
export const alertIdOf = (condition: string): AlertId => alertIdSchema.parse(`al-${hash64(condition)}`)

/**
 * What one detection does to an alert. Pure.
 * @param alert the one that this detection is about, if there is one
 * @param otherModes failure modes of the other standing alerts of the appliance, which this one may not take
 * @returns null when nothing changes
 */
export function decideAlert(
  alert: Alert | null,
  detection: Detection,
  otherModes: ReadonlySet<string>,
): AlertDecision | null {
  if (!alert && detection.phase === 'recovered') return null
  if (alert?.state === 'closed') return null
  if (alert && detection.at < alert.updatedAt) return null
  const before = alert ?? newAlert(detection)
  const state = nextAlertState[before.state][eventOf[detection.phase]]
  const after: Alert = { ...before, state, updatedAt: detection.at }
  if (detection.phase === 'recovered') {
    // What was said of a fault that is over would still ask for a visit.
    after.explanation = detection.explanation
    delete after.remainingLife
  } else learn(after, detection, otherModes)

  const effects: AlertEffect[] = alert ? [] : ['created']
  if (isStanding(state) && !isStanding(before.state)) {
    if (after.openedAt === undefined) after.detector = detection.detector
    after.openedAt ??= detection.at
    after.opened ??= {
      at: detection.at,
      failureMode: after.failureMode,
      hypotheses: after.hypotheses,
      remainingLife: after.remainingLife,
      // The one record of what fired: pages draw it, whatever is known later.
      ...(after.evidence[0] ? { fired: after.evidence[0] } : {}),
    }
    delete after.clearedAt
    // Who looked after it before it had cleared has not taken it again.
    delete after.acknowledgedBy
    delete after.assignedTo
    effects.push('opened')
  } else if (state === 'cleared' && before.state !== 'cleared') {
    after.clearedAt = detection.at
    effects.push('cleared')
  } else if (state === 'closed') {
    after.closedAt = detection.at
    effects.push('closed')
  } else if (alert) effects.push('updated')
  return { alert: after, effects }
}

function newAlert(detection: Detection): Alert {
  return {
    id: alertIdOf(detection.condition),
    appliance: detection.appliance,
    kind: detection.kind,
    failureMode: detection.hypotheses[0]?.failureMode ?? 'unknown',
    hypotheses: detection.hypotheses,
    severity: detection.severity,
    state: 'pending',
    confidence: detection.confidence,
    firstSeenAt: detection.firstSeenAt,
    evidence: detection.evidence,
    explanation: detection.explanation,
    detector: detection.detector,
    updatedAt: detection.at,
  }
}

/** Takes over what is known now. */
function learn(alert: Alert, detection: Detection, otherModes: ReadonlySet<string>): void {
  // What another standing alert already says is not said here as well: the first of the rest is what this one is of.
  const hypotheses = detection.hypotheses.filter(({ failureMode }) => !otherModes.has(failureMode))
  if (hypotheses[0]) {
    alert.failureMode = hypotheses[0].failureMode
    alert.hypotheses = hypotheses
  }
  // What a person made less of stays so until detection makes more of it than it did then.
  const isLess = alert.downgraded && rank(detection.severity) <= rank(alert.downgraded.from)
  if (!isLess) {
    alert.severity = detection.severity
    delete alert.downgraded
  }
  alert.confidence = detection.confidence
  // A look that finds nothing outside of its band leaves what was seen outside of it.
  if (detection.evidence.length > 0) alert.evidence = detection.evidence
  alert.explanation = detection.explanation
  if (detection.remainingLife) alert.remainingLife = detection.remainingLife
  else delete alert.remainingLife
  for (const key of ['failedAt', 'repairedAt'] as const) {
    if (detection[key] === undefined) delete alert[key]
    else alert[key] = detection[key]
  }
}

const severities = ['info', 'warning', 'critical'] as const
const rank = (severity: Severity): number => severities.indexOf(severity)

/** It opened a moment ago by what detection said, and marks keep it from that: as it was, and seen again. Pure. */
export function stayPending(
  { alert, effects }: AlertDecision,
  before: Alert | null,
  heldBack: string[],
): AlertDecision {
  const { openedAt, opened, ...rest } = alert
  const kept = before?.openedAt === undefined ? {} : { openedAt, opened }
  return {
    // One that has cleared stays cleared.
    alert: { ...rest, ...kept, state: before?.state ?? 'pending', heldBack },
    effects: effects.filter((effect) => effect !== 'opened'),
  }
}

/** What was held back opens after all, as of when it was last heard of. Pure. */
export function opensNow({ heldBack: _, ...alert }: Alert): Alert {
  const { updatedAt: at, failureMode, hypotheses, remainingLife } = alert
  return {
    ...alert,
    state: 'open',
    openedAt: at,
    opened: { at, failureMode, hypotheses, ...(remainingLife ? { remainingLife } : {}) },
  }
}

/** People write about one alert, not in it. */
const MOST_NOTES = 50
/** @throws Problem `too-many-notes` */
export function noted(alert: Alert, note: NonNullable<Alert['notes']>[number]): Alert {
  const notes = [...(alert.notes ?? []), note]
  if (notes.length <= MOST_NOTES) return { ...alert, notes }
  throw new Problem({
    code: 'too-many-notes',
    message: `Alert ${alert.id} has ${MOST_NOTES} notes, and takes no more.`,
    remedy: 'Write what follows on its ticket, or mark it for what it is.',
    concerns: alert.id,
    status: 409,
  })
}

/** @throws Problem `no-downgrade` */
export function downgraded(
  alert: Alert,
  { severity, ...said }: { severity: Severity; by: string; why: string; at: Millis },
): Alert {
  if (rank(severity) < rank(alert.severity))
    return { ...alert, severity, downgraded: { ...said, from: alert.downgraded?.from ?? alert.severity } }
  throw new Problem({
    code: 'no-downgrade',
    message: `${severity} is not less than ${alert.severity}.`,
    remedy: 'Only detection makes more of an alert.',
    concerns: alert.id,
    status: 409,
  })
}
