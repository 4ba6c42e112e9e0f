import { expect, test } from 'vitest'
import { storm } from '../../lab/torture/storm.ts'

test('a thousand that sign in at once are all let in', async () => {
  const [accepted, ...costs] = await storm(1_000)
  expect(costs).toHaveLength(2)
  expect(accepted).toMatchObject({ measured: '1,000', isGood: true })
})
