import { describe, expect, test } from 'vitest'
import { outage, type ServerName } from '../../lab/torture/outage.ts'
import { serversMissing } from '../servers/servers.ts'

describe.skipIf(serversMissing())('a server is killed under load, and back after a while', () => {
  test.each(['postgres', 'influx', 'redis'] as ServerName[])(
    '%s: nothing is lost, doubled or mistaken',
    async (name) => {
      const findings = await outage(name, { downMs: 1_500, messages: 900, alone: 20, gateways: 4, seed: 4 })
      expect(findings.length).toBeGreaterThan(8)
      expect(findings.filter(({ isGood }) => !isGood)).toEqual([])
    },
  )
})
