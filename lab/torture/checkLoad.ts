// What must hold once it is quiet, whatever was done to the program.
import { type IngestAnswer, type Program, quiet } from '../../test/program.ts'
import { between, exactly, type Finding } from './finding.ts'
import { CADENCE_MS, FIRST_TS, type Load, powerOf } from './senders.ts'

/**
 * Compares the product's counts and every stored reading with what the senders know. A message in doubt may have
 * arrived twice, which the bounds allow; nothing else is allowed.
 */
export async function checkLoad(fault: string, program: Program, load: Load, withinMs = 300_000): Promise<Finding[]> {
  const { messages, readings } = await quiet(program, withinMs)
  const { acked, readings: sent, repeats, conflicts, doubt } = load.tally
  const appliances = load.senders.flatMap((sender) => sender.appliances)
  const unique = appliances.reduce((sum, one) => sum + one.sent, 0)
  const found = await compareStored(program, appliances)
  const { conflict = 0, ...others } = readings.quarantined
  return [
    between(fault, 'messages processed', acked, acked + doubt.messages, messages.processed),
    exactly(fault, 'acknowledged and not processed', 0, messages.acked - messages.processed),
    exactly(fault, 'received − stored − duplicates − quarantined', 0, imbalance(readings)),
    between(fault, 'readings received', sent, sent + doubt.readings, readings.received),
    exactly(fault, 'readings stored', unique, readings.stored),
    exactly(fault, 'readings lost', 0, found.lostOnes.length),
    exactly(fault, 'readings doubled or strange', 0, found.strange),
    exactly(fault, 'readings with a wrong value', 0, found.wrong),
    between(fault, 'repeats told right', repeats, repeats + doubt.readings, readings.duplicates),
    between(fault, 'conflicts told right', conflicts, conflicts + doubt.conflicts, conflict),
    exactly(fault, 'quarantined for any other reason', 0, total(others)),
  ]
}

const total = (counts: Record<string, number>): number => Object.values(counts).reduce((sum, count) => sum + count, 0)

export const imbalance = ({ received, stored, duplicates, quarantined }: IngestAnswer['readings']): number =>
  received - stored - duplicates - total(quarantined)

/** What is stored, against what the senders know. */
export async function compareStored(program: Program, appliances: { id: string; sent: number }[]) {
  const found = { lostOnes: [] as { id: string; n: number }[], strange: 0, wrong: 0 }
  for (const { id, sent } of appliances) {
    if (sent === 0) continue
    const to = FIRST_TS + (sent + 1_000) * CADENCE_MS
    const { ts, series } = await program.call<{ ts: number[]; series: { power?: { mean: (number | null)[] } } }>(
      'GET',
      `/api/appliances/${id}/telemetry?from=${FIRST_TS - CADENCE_MS}&to=${to}&points=1000000&metrics=power`,
    )
    const seen = new Set<number>()
    for (const [i, at] of ts.entries()) {
      const n = (at - FIRST_TS) / CADENCE_MS
      if (!Number.isInteger(n) || n < 0 || n >= sent || seen.has(n)) found.strange++
      else if (series.power?.mean[i] !== powerOf(id, n)) found.wrong++
      seen.add(n)
    }
    for (let n = 0; n < sent; n++) if (!seen.has(n)) found.lostOnes.push({ id, n })
  }
  return found
}
