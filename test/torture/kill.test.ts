import { expect, test } from 'vitest'
import { killLoop } from '../../lab/torture/killLoop.ts'

test.each([4, 5] as const)(
  'kill -9 under load from many connections of version %i loses, doubles and mistakes nothing',
  async (version) => {
    const findings = await killLoop({ kills: 1, messages: 1_000, alone: 30, gateways: 4, seed: 5, version })
    // How fast it is back is for `npm run torture`: a busy machine says nothing about it.
    const counts = findings.filter(({ figure }) => !figure.startsWith('kill to first PUBACK'))
    expect(counts.length).toBeGreaterThan(8)
    expect(counts.filter(({ isGood }) => !isGood)).toEqual([])
  },
)
