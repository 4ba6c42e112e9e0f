import { describe, expect, test } from 'vitest'
import { outside } from '../../lab/torture/outside/outside.ts'
import { serversMissing } from '../servers/servers.ts'

const load = { kills: 1, messages: 1_500, alone: 20, gateways: 3, seed: 7 }

describe.skipIf(serversMissing())('appliances at an outside broker, when both sides are killed', () => {
  test.each([
    { version: 5, brokerEnds: 'SIGTERM' },
    { version: 4, brokerEnds: 'SIGKILL' },
    { version: 5, brokerEnds: 'SIGTERM', group: 'desks' },
  ] as const)('%o: what it acknowledged and kept is stored once', { timeout: 180_000 }, async (how) => {
    const findings = await outside({ ...load, ...how })
    expect(findings.length).toBeGreaterThan(6)
    expect(findings.filter(({ isGood }) => !isGood)).toEqual([])
  })
})
