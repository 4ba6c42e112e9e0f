import { expect, test } from 'vitest'
import { malformed } from '../../lab/torture/malformed.ts'

test.each([4, 5] as const)(
  'malformed packets of version %i crash nothing, leave no connection open and stop no one else',
  async (version) => {
    const findings = await malformed({ packets: 1_000, seeds: [21], version })
    // Memory and times are for `npm run torture`: a program just started still grows, and this machine may be busy.
    const counts = findings.filter(({ figure }) => !/^(resident memory|p99)/.test(figure))
    expect(counts).toHaveLength(5)
    expect(counts.filter(({ isGood }) => !isGood)).toEqual([])
  },
)
