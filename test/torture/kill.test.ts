import { expect, test } from 'vitest'
import { killLoop } from '../../lab/torture/killLoop.ts'

test('kill -9 under load from many connections loses, doubles and mistakes nothing', async () => {
  const findings = await killLoop({ kills: 2, messages: 2_000, alone: 30, gateways: 4, seed: 5 })
  // How fast it is back is for `npm run torture`: a busy machine says nothing about it.
  const counts = findings.filter(({ figure }) => !figure.startsWith('kill to first PUBACK'))
  expect(counts.length).toBeGreaterThan(8)
  expect(counts.filter(({ isGood }) => !isGood)).toEqual([])
})
