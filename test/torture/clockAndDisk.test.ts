import { expect, test } from 'vitest'
import { clockJumps } from '../../lab/torture/clockJumps.ts'
import { slowDisk } from '../../lab/torture/disks/slowDisk.ts'

const load = { messages: 900, alone: 20, gateways: 4, seed: 6 }

test.each([
  ['the clock jumps by minutes to months', () => clockJumps(load)],
  ['each sync takes fifty milliseconds', () => slowDisk({ ...load, meanMs: 50 })],
])('when %s, everything is still told right', async (_, run) => {
  const findings = await run()
  expect(findings.length).toBeGreaterThan(8)
  expect(findings.filter(({ isGood }) => !isGood)).toEqual([])
})
