import { describe, expect, test } from 'vitest'
import { roles } from '../../lab/torture/roles.ts'
import { rolesFleet } from '../../lab/torture/rolesFleet.ts'
import { serversMissing } from '../servers/servers.ts'

/** Six faults, each with starts of several processes, which a busy machine takes its time for. */
const MOST_MS = 300_000

describe.skipIf(serversMissing())('doors by themselves before one house', () => {
  test(
    'whatever is killed, emptied or away meanwhile: each reading that was acknowledged is stored once',
    async () => {
      const options = { downMs: 2_000, messages: 5_000, rounds: 1, alone: 20, gateways: 6, seed: 5 }
      const findings = await roles({ ...options, progress: (line) => console.log(line) })
      expect(findings.length).toBeGreaterThan(8)
      expect(findings.filter(({ isGood }) => !isGood)).toEqual([])
    },
    MOST_MS,
  )

  test(
    'a faulty fleet that comes through them has the alerts and tickets that it has in one process',
    async () => {
      const findings = await rolesFleet((line) => console.log(line))
      expect(findings.map(({ figure }) => figure)).toEqual(expect.arrayContaining(['alerts', 'tickets']))
      expect(findings.filter(({ isGood }) => !isGood)).toEqual([])
    },
    MOST_MS,
  )
})
