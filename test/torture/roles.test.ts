import { describe, expect, test } from 'vitest'
import { roles } from '../../lab/torture/roles.ts'
import { serversMissing } from '../servers/servers.ts'

describe.skipIf(serversMissing())('doors by themselves before one house', () => {
  test('whatever is killed, emptied or away meanwhile: each reading that was acknowledged is stored once', async () => {
    const options = { downMs: 2_000, messages: 5_000, rounds: 1, alone: 20, gateways: 6, seed: 5 }
    const findings = await roles({ ...options, progress: (line) => console.log(line) })
    expect(findings.length).toBeGreaterThan(8)
    expect(findings.filter(({ isGood }) => !isGood)).toEqual([])
  })
})
