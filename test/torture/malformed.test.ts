import { expect, test } from 'vitest'
import { malformed } from '../../lab/torture/malformed.ts'

test('malformed packets crash nothing, leave no connection open and stop no one else', async () => {
  const findings = await malformed({ packets: 2_000, seeds: [21] })
  // Memory and times are for `npm run torture`: a program just started still grows, and this machine may be busy.
  const counts = findings.filter(({ figure }) => !/^(resident memory|p99)/.test(figure))
  expect(counts).toHaveLength(5)
  expect(counts.filter(({ isGood }) => !isGood)).toEqual([])
})
