import {
  type ApplianceId,
  type FrameIn,
  type FrameIngress,
  type HourlyQuota,
  type Millis,
  type Offset,
  Problem,
  type TelemetryLog,
  wallClock,
} from '../../core/index.ts'
import { AdmissionControl } from './admissionControl.ts'
import { ApplianceQuota } from './applianceQuota.ts'

/** What may lie between the door and the end of analysis, and what may wait before the door; above it, PUBACKs wait. */
const SHARES = {
  shareBytes: 1 << 20,
  lagBytes: 64 << 20,
  waitingBytes: { one: 4 << 20, all: 64 << 20 },
  retryMs: 100,
}
/** What may wait for room in its appliance's quota: as much as one connection may have unacknowledged, and a few more. */
const HELD_BYTES = { one: 4 << 20, all: 64 << 20 }
/** Groups of the journal whose arrival is remembered. */
const MOST_ARRIVALS = 10_000

export type Admission = ReturnType<typeof openAdmission>

/**
 * What stands before the journal, and needs the journal alone: quotas, fair shares, and the count of what was acknowledged.
 * So it takes frames before the analysis is there; they wait in the journal, within the same bounds.
 */
export function openAdmission(options: {
  log: TelemetryLog
  /** What one appliance may send. */
  quota: HourlyQuota
  onRetryableError: (code: string, error: unknown) => void
}) {
  const { log } = options
  const from = log.end
  let acked = 0
  const fairShare = new AdmissionControl({ ...SHARES, log, from })
  const quota = new ApplianceQuota({
    next: fairShare,
    clock: wallClock,
    quota: options.quota,
    waitingBytes: HELD_BYTES,
    over: (appliance, { messages, bytes }) =>
      options.onRetryableError(
        'over-quota',
        new Error(`${appliance} is held back: ${messages.used} messages and ${bytes.used} bytes within an hour.`),
      ),
  })
  /** Of groups that are not in the store yet. */
  const arrivals: { upTo: Offset; at: Millis }[] = []
  log.onGroup((group) => {
    if (arrivals.length < MOST_ARRIVALS) arrivals.push({ upTo: group.upTo, at: wallClock.now() })
  })
  return {
    /** Where the journal ended when this was opened. */
    from,
    /** What the broker hands its frames to: beyond a quota, and when analysis lags past the bound, acknowledgements wait. */
    door: {
      take: (frame, done) =>
        quota.take(frame, (refused, offset) => {
          if (!refused && frame.type === 'telemetry' && !frame.withoutPromise) acked++
          done(refused, offset)
        }),
    } satisfies FrameIngress as FrameIngress,
    /** A frame that was acknowledged at another door is in the journal now. */
    carried(frame: Pick<FrameIn, 'type' | 'withoutPromise'>): void {
      if (frame.type === 'telemetry' && !frame.withoutPromise) acked++
    },
    /** Telemetry messages that were acknowledged here, or elsewhere and have come here. */
    acked: () => acked,
    /** Analysis is done with the journal up to here. */
    progress: (analysed: Offset) => fairShare.progress(analysed),
    /** The store has it up to here. */
    stored(upTo: Offset): void {
      while (arrivals.length > 0 && (arrivals[0]?.upTo ?? 0) <= upTo) arrivals.shift()
    },
    /** How an appliance stands with what it may send. */
    quota: (appliance: ApplianceId) => quota.of(appliance),
    /** All that have sent anything lately, in no order. */
    quotas: () => quota.all(),
    status: () => ({
      oldestUnscoredMs: arrivals[0] ? Math.max(0, wallClock.now() - arrivals[0].at) : 0,
      waitingAtDoor: fairShare.status(),
      heldByQuota: quota.status(),
    }),
    /** What is beyond a quota waits no longer: an end must not wait for it. */
    refuseHeld: () => quota.end(endingProblem()),
    end: () => fairShare.end(endingProblem()),
  }
}

const endingProblem = (): Problem =>
  new Problem({
    code: 'journal-closed',
    message: 'The service is ending.',
    remedy: 'Senders try again when it is back.',
    status: 503,
    retryable: true,
  })
