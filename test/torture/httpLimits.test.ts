// The HTTP door from outside, where loopback's exemption does not help.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSqliteFile } from '../../database/index.ts'
import { migrations } from '../../workers/start/startDatabase.ts'
import { openTestApi } from '../desk/openTestApi.ts'

const dir = mkdtempSync(join(tmpdir(), 'guards-'))
let api: Awaited<ReturnType<typeof openTestApi>>
beforeAll(async () => {
  const database = await openSqliteFile(join(dir, 'guards.db'), migrations)
  api = await openTestApi(database, () => database.close())
})
afterAll(async () => {
  await api.close()
  rmSync(dir, { recursive: true, force: true })
})

const from = async (remoteAddress: string, method: 'GET' | 'POST', url: string, times: number): Promise<number[]> => {
  const seen: number[] = []
  for (let i = 0; i < times; i++) {
    const { statusCode } = await api.app.inject({ method, url, remoteAddress, payload: {} })
    seen.push(statusCode)
  }
  return seen
}
const refused = (statuses: number[]): number => statuses.filter((status) => status === 429).length

test('one address may try so many sign-ins a minute, another one and this machine go on', async () => {
  expect(refused(await from('203.0.113.7', 'POST', '/api/session', 30))).toBe(10)
  expect(refused(await from('203.0.113.8', 'POST', '/api/session', 5))).toBe(0)
  expect(refused(await from('127.0.0.1', 'POST', '/api/session', 30))).toBe(0)
})

test('one address may call so often a minute, whatever it calls', async () => {
  expect(refused(await from('203.0.113.9', 'GET', '/healthz', 1_250))).toBe(50)
})
