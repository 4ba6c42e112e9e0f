import { MINUTE, type Millis } from '../../core/index.ts'
import type { Fleet } from './fleet.ts'
import type { SimulatedAppliance } from './simulatedAppliance.ts'

/**
 * All readings of a fleet that end after `from` and not after `to`, in true time by blocks: within one block, one
 * appliance after the other, each in its own order. Yields the appliance itself, which holds the reading until the
 * next is asked for. What a gap or a power cut swallows is left out; earlier readings are made and not told.
 */
export function* readingsOf(
  fleet: Fleet,
  from: Millis,
  to: Millis,
  blockMs: Millis = 10 * MINUTE,
): Generator<SimulatedAppliance> {
  for (let end = Math.min(to, from + blockMs); ; end = Math.min(to, end + blockMs)) {
    for (const appliance of fleet.appliances) {
      while (appliance.nextAt() <= end) if (appliance.next() && appliance.trueTs > from) yield appliance
    }
    if (end >= to) return
  }
}
