import { expect, test } from 'vitest'
import { damagedJournal } from '../../lab/torture/disks/damagedJournal.ts'

test('flipped bits in the middle of the journal cost what the repair names, and nothing else', async () => {
  const findings = await damagedJournal({ flips: 2, messages: 600, alone: 20, gateways: 2, seed: 10 })
  expect(findings).toHaveLength(8)
  expect(findings.filter(({ isGood }) => !isGood)).toEqual([])
})
