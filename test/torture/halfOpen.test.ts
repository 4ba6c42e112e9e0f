import { expect, test } from 'vitest'
import { halfOpen } from '../../lab/torture/halfOpen.ts'

test('who begins at a door and does not go on is cut, however slowly it drips', async () => {
  const [neverCut, ...times] = await halfOpen()
  expect(times).toHaveLength(7)
  expect(neverCut).toMatchObject({ measured: '0', isGood: true })
})
