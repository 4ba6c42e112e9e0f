import { MINUTE, type Millis, type Offset } from '../../core/index.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { FeatureState } from '../features/featureState.ts'
import type { Item } from '../features/item.ts'
import { hasSaidWhy, heedCode } from './faultCodes.ts'

/** Who stands in error for so long does not go on by itself. */
const STANDS_MS = 30 * MINUTE

/** What goes on does so within this. */
const GOES_ON_MS = 10 * MINUTE

/**
 * A program that ended in error is a cycle that failed; that counts like a code of its own. Many appliances wait in error
 * for their owner and then go on: what goes on has not ended.
 */
export function updateProgram(
  { phases, kind }: DetectionPlan,
  sense: FeatureState,
  states: Int32Array,
  ts: Millis,
  offset: Offset,
  items: Item[],
): void {
  if (!phases) return
  const word = states[phases.state]!
  if (word < 0) return
  const { program } = sense
  const isError = word === phases.error
  if (!isError && !Number.isNaN(program.errorFrom)) {
    if (phases.rests[word] || ts - program.errorAt > GOES_ON_MS) fail(ts)
    program.errorFrom = NaN
    program.isTold = false
  }
  if (isError) {
    if (Number.isNaN(program.errorFrom)) program.errorFrom = ts
    program.errorAt = ts
    if (ts - program.errorFrom >= STANDS_MS) fail(ts)
  } else program.hasRun = !phases.rests[word]

  function fail(at: Millis): void {
    // The same error, shown again after somebody looked.
    const isNew = program.hasRun || at - program.failedAt > STANDS_MS
    if (program.isTold || !isNew) return
    const { errorFrom } = program
    program.isTold = true
    program.hasRun = false
    program.failedAt = at
    if (hasSaidWhy(kind, sense, errorFrom)) return
    heedCode(kind, sense, { code: phases!.code, ts: errorFrom, at, offset, isProgram: true }, items)
  }
}
