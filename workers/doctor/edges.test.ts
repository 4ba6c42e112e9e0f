import { expect, test } from 'vitest'
import { edgeFinding } from './edges.ts'

const now = Date.parse('2026-01-02T00:00:00Z')
const well = { id: 'e1', heardAt: now - 300, behindBytes: 0, isAskedAgain: false }
const gone = { ...well, heardAt: now - 61_000 }

test.each([
  [well, 'ok', 'the house has all that it acknowledged'],
  [{ ...well, behindBytes: 2e6 }, 'ok', 'it holds 2.0 MB'],
  [{ ...well, behindBytes: 100e6 }, 'warn', 'it holds 100.0 MB'],
  [{ ...well, isAskedAgain: true }, 'warn', 'something of it did not arrive'],
  [gone, 'warn', 'not heard since 2026-01-01T23:58:59.000Z'],
  // What it alone holds is lost with its disk: that is worse than a door that is merely shut.
  [{ ...gone, behindBytes: 1 }, 'fail', 'not heard since'],
] as const)('of an edge as %o it is said: %s, %s', (edge, state, says) => {
  const found = edgeFinding(edge, now)
  expect(found).toMatchObject({ what: 'edge e1', state, says: expect.stringContaining(says) })
  expect(found.remedy === undefined).toBe(state === 'ok')
  expect(edgeFinding(edge, now, true).what).toBe('edge e1 (this one)')
})
