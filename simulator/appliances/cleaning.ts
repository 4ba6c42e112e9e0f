import type { Millis } from '../../core/index.ts'
import { courseOf, type Fault } from './faults.ts'
import type { SimulatedAppliance } from './simulatedAppliance.ts'

/** What an owner can do with their own hands. */
export type Chore = 'rinse-filter' | 'new-filter' | 'brush-back' | 'descale' | 'hot-wash'

/** What a chore takes off: a deposit, and how much of it when it is done badly and when it is done well. */
interface Reach {
  failureMode: string
  /** Where the fault needs none of these, something else is broken, and no hand of an owner helps. */
  needs: readonly string[]
  takesOff: readonly [number, number]
}

/**
 * By kind, the simulator's own: a filter in the hand is rinsed nearly clean, dust at the back is reached in part, scale comes
 * off where the descaler stands. A hot wash cleans what no fault of the table is made of.
 */
const reaches: Record<string, Partial<Record<Chore, Reach>>> = {
  fridge: { 'brush-back': { failureMode: 'condenser-fouling', needs: ['condenser-brush-kit'], takesOff: [0.4, 0.9] } },
  washer: { descale: { failureMode: 'heater-scale', needs: ['descaler'], takesOff: [0.4, 0.85] } },
  ac: {
    'rinse-filter': { failureMode: 'filter-clog', needs: ['air-filter'], takesOff: [0.5, 0.9] },
    'new-filter': { failureMode: 'filter-clog', needs: ['air-filter'], takesOff: [0.9, 1] },
  },
}

/** An owner cleans it; the physics has it at its next ten minutes. @param care 0 badly, 1 well @returns whether there was anything to take off */
export const cleanAppliance = (
  { faults, kind, trueTs }: Pick<SimulatedAppliance, 'faults' | 'kind' | 'trueTs'>,
  chore: Chore,
  care: number,
): boolean => faults.filter((fault) => clean(kind, fault, chore, care, trueTs)).length > 0

/**
 * Takes off what a chore reaches of a fault that is there. What has already cost the appliance its job stays counted as it
 * was; it works again all the same. @param care 0 badly, 1 well @returns whether there was anything to take off
 */
function clean(kind: string, fault: Fault, chore: Chore, care: number, at: Millis): boolean {
  const reach = reaches[kind]?.[chore]
  const { failureMode, needs, abrupt, onset, repairedAt } = fault
  // What came at once is no deposit.
  if (!reach || reach.failureMode !== failureMode || abrupt || at <= onset || repairedAt !== undefined) return false
  if (!needs.some((part) => reach.needs.includes(part))) return false
  const [badly, well] = reach.takesOff
  const left = courseOf(fault, at) * (1 - (badly + (well - badly) * care))
  const takes = fault.cleaned?.takes ?? fault.courseEndsAt - onset
  if (!fault.failed && at < fault.courseEndsAt) {
    fault.courseEndsAt = at + (1 - left) * takes
    fault.functionalFailureAt = fault.courseEndsAt
  }
  fault.cleaned = { at, left, takes }
  return true
}
