// kill -9 while faults are being found.
import { SeededRandom } from '../../core/index.ts'
import type { Finding } from './finding.ts'
import { fleetUnderFault, type PreparedFleet } from './fleetUnderFault.ts'

export async function killedFleet(prepared: PreparedFleet, kills: number, seed: number): Promise<Finding[]> {
  const random = new SeededRandom(seed, 'fleet kills')
  const at = Array.from({ length: kills }, () => random.next()).sort((a, b) => a - b)
  return await fleetUnderFault(prepared, {
    fault: `kill -9 × ${kills}`,
    before: async (done, world) => {
      if (at.length === 0 || done < at[0]!) return
      at.shift()
      // Not before a message but in the midst of some: the next ones are under way by then.
      setTimeout(() => void world.kill().then(() => world.start()), random.next() * 30)
    },
  })
}
