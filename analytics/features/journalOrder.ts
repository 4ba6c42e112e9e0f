import type {
  AnalysisInput,
  ApplianceEvent,
  DetectionControl,
  Millis,
  Offset,
  PresenceNote,
  ReadingBatch,
  RefusalNote,
} from '../../core/index.ts'

/** Who hears one stretch of the journal. */
export interface JournalListener {
  reading(batch: ReadingBatch, batchIndex: number, row: number): void
  event(event: ApplianceEvent): void
  presence(note: PresenceNote): void
  refusal(note: RefusalNote): void
  control(control: DetectionControl, offset: Offset): void
  tick(at: Millis, offset: Offset): void
}

interface Stream {
  length: number
  at: number
  offset(i: number): Offset
  play(i: number): void
}

/**
 * Plays a stretch in the order of its offsets, whatever lists it came in. Lists are in order themselves; runs of one list
 * are played without asking the others. O(rows + switches · lists).
 */
export function playInOrder(input: AnalysisInput, listener: JournalListener): void {
  const streams: Stream[] = []
  const add = (length: number, offset: (i: number) => Offset, play: (i: number) => void): void => {
    if (length > 0) streams.push({ length, at: 0, offset, play })
  }
  add(
    input.controls.length,
    (i) => input.controls[i]!.offset,
    (i) => listener.control(input.controls[i]!.control, input.controls[i]!.offset),
  )
  add(
    input.ticks.length,
    (i) => input.ticks[i]!.offset,
    (i) => listener.tick(input.ticks[i]!.at, input.ticks[i]!.offset),
  )
  add(
    input.presence.length,
    (i) => input.presence[i]!.offset,
    (i) => listener.presence(input.presence[i]!),
  )
  const refusals = input.refusals ?? []
  add(
    refusals.length,
    (i) => refusals[i]!.offset,
    (i) => listener.refusal(refusals[i]!),
  )
  add(
    input.events.length,
    (i) => input.events[i]!.offset,
    (i) => listener.event(input.events[i]!),
  )
  for (const [index, batch] of input.readings.entries()) {
    add(
      batch.count,
      (i) => batch.offset[i]!,
      (i) => listener.reading(batch, index, i),
    )
  }
  while (streams.length > 0) {
    let first = 0
    let next = Infinity
    for (let s = 1; s < streams.length; s++) {
      const offset = streams[s]!.offset(streams[s]!.at)
      const least = streams[first]!.offset(streams[first]!.at)
      if (offset < least) {
        next = Math.min(next, least)
        first = s
      } else next = Math.min(next, offset)
    }
    const stream = streams[first]!
    do stream.play(stream.at++)
    while (stream.at < stream.length && stream.offset(stream.at) <= next)
    if (stream.at === stream.length) streams.splice(first, 1)
  }
}
