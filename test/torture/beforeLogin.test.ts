import { expect, test } from 'vitest'
import { beforeLogin } from '../../lab/torture/beforeLogin.ts'

test('twenty strangers with sixteen megabytes each are put out at every door, and nothing of it is kept', async () => {
  const findings = await beforeLogin()
  expect(findings.length).toBeGreaterThan(16)
  expect(findings.filter(({ isGood }) => !isGood)).toEqual([])
})
