import { setImmediate as nextTurn } from 'node:timers/promises'
import { type FoundQuery, type FoundRows, monotonicMs } from '../../core/index.ts'
import type { FoundTable } from './foundTable.ts'
import { tooLarge, tooLong } from './scanLimits.ts'

/** Appliances that are looked at before others have a turn. */
const AT_ONCE = 8

/** What was found of many appliances, one after another; in between the store does its work. @throws as `TelemetryStore.scan` */
export async function scanFound(table: FoundTable, query: FoundQuery): Promise<FoundRows> {
  const until = monotonicMs() + query.withinMs
  const appliances: string[] = []
  const [index, at, value]: [number[], number[], number[]] = [[], [], []]
  for (const [i, id] of query.appliances.entries()) {
    if (i % AT_ONCE === AT_ONCE - 1) await nextTurn()
    if (monotonicMs() > until) throw tooLong()
    const rows = table.one(id, query)
    if (rows.length === 0) continue
    if (at.length + rows.length > query.most) throw tooLarge(at.length + rows.length, query.most)
    const place = appliances.push(id) - 1
    for (const row of rows) {
      index.push(place)
      at.push(row.at)
      value.push(row.value)
    }
  }
  return {
    appliances,
    applianceIndex: Int32Array.from(index),
    at: Float64Array.from(at),
    value: Float64Array.from(value),
  }
}
