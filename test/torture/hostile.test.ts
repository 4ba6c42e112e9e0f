import { expect, test } from 'vitest'
import { prepareFleet } from '../../lab/torture/fleetUnderFault.ts'
import { hostile } from '../../lab/torture/hostile/hostile.ts'
import { removeDataDir } from '../program.ts'

test('A to G whatever is sent, nothing ends, nothing is answered by a fault of ours, and a fleet beside notices nothing', {
  timeout: 600_000,
}, async () => {
  const prepared = await prepareFleet()
  const findings = await hostile({ frames: 3_000, kills: 2, seed: 41, progress: console.log }, prepared)
  await removeDataDir(prepared.dataDir)
  // Memory and times are for `npm run torture`: a program just started still grows, and this machine may be busy.
  const counts = findings.filter(({ figure }) => !/^(resident memory|p99)/.test(figure))
  expect(counts).toHaveLength(11)
  expect(counts.filter(({ isGood }) => !isGood)).toEqual([])
})
