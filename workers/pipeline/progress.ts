import type { Hearing, IngestCounters, KindDrift, Millis, Offset, TelemetryLog, WrongClock } from '../../core/index.ts'
import { decodeGroup } from '../../ingest/index.ts'
import type { FromAnalysis } from '../protocol.ts'

export type Ready = Extract<FromAnalysis, { type: 'ready' }>
export type Output = Extract<FromAnalysis, { type: 'output' }>

/** How far analysis, store and decisions have come, and what the analysis last said of appliances and of its models. */
export class Progress {
  analysed: Offset = 0
  storedUpTo: Offset = 0
  decidedUpTo: Offset = 0
  held = 0
  counters: IngestCounters | undefined
  drift: KindDrift[] = []
  shadowBytes = 0
  readonly wrongClocks = new Map<string, WrongClock>()
  readonly hearings = new Map<string, Hearing>()

  /** A thread goes on from its snapshot. @returns the telemetry's time there */
  begin(ready: Ready): Millis {
    this.analysed = ready.from
    this.storedUpTo = Math.max(ready.from, ready.stored.upTo)
    this.counters = ready.stored.counters
    for (const clock of ready.clocks) this.wrongClocks.set(clock.appliance, clock)
    for (const hearing of ready.hearings) this.hearings.set(hearing.appliance, hearing)
    return ready.now
  }
  take({ output, held, hearings, clocks }: Output): void {
    this.analysed = output.upTo
    this.held = held
    for (const hearing of hearings) this.hearings.set(hearing.appliance, hearing)
    for (const clock of clocks) {
      if (clock.aheadMs === null) this.wrongClocks.delete(clock.appliance)
      else this.wrongClocks.set(clock.appliance, clock)
    }
  }
  stored(upTo: Offset, counters: IngestCounters): void {
    this.storedUpTo = Math.max(this.storedUpTo, upTo)
    this.counters = counters
  }
  decided(upTo: Offset): void {
    this.decidedUpTo = Math.max(this.decidedUpTo, upTo)
  }
}

/** Telemetry messages with a promise that the journal holds after what is stored, as far as an earlier run wrote it. */
export async function ackedBetween(log: TelemetryLog, stored: Offset, end: Offset): Promise<number> {
  let count = 0
  if (stored >= end) return 0
  for await (const group of log.read(stored)) {
    if (group.from >= end) return count
    for (const { type, withoutPromise, offset } of decodeGroup(group.bytes)) {
      if (type === 'telemetry' && !withoutPromise && offset > stored && offset <= end) count++
    }
  }
  return count
}
