import type { IngestCounters, QuarantineReason } from '../core/index.ts'

export const noCounters = (): IngestCounters => ({
  messages: { acked: 0, processed: 0, withoutPromise: 0 },
  readings: { received: 0, stored: 0, duplicates: 0, quarantined: {} },
  events: { received: 0, stored: 0, duplicates: 0, quarantined: 0 },
})

/** Adds what a stretch counted. Parts may be negative: what is tried again leaves the quarantine. */
export function addCounters(into: IngestCounters, more: IngestCounters): void {
  into.messages.acked += more.messages.acked
  into.messages.processed += more.messages.processed
  into.messages.withoutPromise += more.messages.withoutPromise
  into.readings.received += more.readings.received
  into.readings.stored += more.readings.stored
  into.readings.duplicates += more.readings.duplicates
  for (const [reason, count] of Object.entries(more.readings.quarantined) as [QuarantineReason, number][]) {
    const sum = (into.readings.quarantined[reason] ?? 0) + count
    if (sum) into.readings.quarantined[reason] = sum
    else delete into.readings.quarantined[reason]
  }
  into.events.received += more.events.received
  into.events.stored += more.events.stored
  into.events.duplicates += more.events.duplicates
  into.events.quarantined += more.events.quarantined
}
