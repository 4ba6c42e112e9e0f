import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openAccounts } from './accounts.ts'
import { askedBy, passwordChecks } from './passwordChecks.ts'

test('one password is checked at a time, as many wait as may, and more are refused retryably', async () => {
  let running = 0
  let most = 0
  const slow = async (): Promise<void> => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
  }
  const checks = passwordChecks(
    { hash: async (password) => slow().then(() => `hash of ${password}`), verify: async () => slow().then(() => true) },
    5,
  )
  const all = await Promise.allSettled(
    Array.from({ length: 8 }, (_, i) => (i % 2 ? checks.hash('x') : checks.verify({ hash: '', password: '' }))),
  )
  expect(most).toBe(1)
  expect(all.map(({ status }) => status)).toEqual([...Array(5).fill('fulfilled'), ...Array(3).fill('rejected')])
  expect(all[7]).toMatchObject({ reason: { code: 'too-many-sign-ins', retryable: true } })
  expect(await checks.hash('again')).toBe('hash of again')
})

const from = { address: '192.0.2.1', agent: 'test' }

test('a crowd at the sign-in is let in, refused, or told to come again, and the next one signs in', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'accounts-'))
  const accounts = await openAccounts({ dataDir, publicUrl: 'http://127.0.0.1', adminPassword: 'correct horse' })
  const crowd = await Promise.allSettled(
    Array.from({ length: 60 }, (_, i) => accounts.signIn(i % 3 ? 'admin' : 'nobody', 'wrong horse', from)),
  )
  const told = crowd.map((one) => (one.status === 'fulfilled' ? one.value.status : one.reason.code))
  expect(new Set(told)).toEqual(new Set([401, 'too-many-sign-ins']))
  expect((await accounts.signIn('admin', 'correct horse', from)).status).toBe(200)
  // However many strangers wait, whoever is known waits for one check at most.
  const strangers = Promise.allSettled(
    Array.from({ length: 45 }, (_, i) =>
      askedBy({ address: `198.51.100.${i}`, isKnown: false }, () => accounts.signIn('admin', 'wrong', from)),
    ),
  )
  const known = askedBy({ address: '198.51.100.99', isKnown: true }, () =>
    accounts.signIn('admin', 'correct horse', from),
  )
  expect((await known).status).toBe(200)
  await strangers
  await accounts.close()
  rmSync(dataDir, { recursive: true })
})
