// FIELD H: the audit from outside: what a flood of refusals costs it, who may read and export it, and what shows that it was altered.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'
const FLOOD = 25
let dataDir: string
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD })
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

interface Row {
  seq: number
  who: string
  action: string
  times?: number
}
const rows = (query: string) => program.call<{ items: Row[] }>('GET', `/api/audit?limit=1000&${query}`)
const signIn = async (password: string): Promise<number> =>
  (
    await fetch(`${program.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'admin', password }),
    })
  ).status
function verify(...args: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['scripts/audit.ts', 'verify', ...args], {
    env: { ...process.env, DATA_DIR: dataDir, SIMULATE: '0', NODE_NO_WARNINGS: '1' },
    encoding: 'utf8',
  })
  return { status, said: stdout + stderr }
}

test('H a flood of wrong passwords is a row at once and one with how many there were', async () => {
  for (let i = 0; i < FLOOD; i++) expect([401, 429]).toContain(await signIn('guess'))
  expect((await rows('action=sign-in-refused')).items).toHaveLength(1)
  await program.stop()
  program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD })
  const { items } = await rows('action=sign-in-refused')
  expect(items).toHaveLength(2)
  expect(items.reduce((sum, { times = 1 }) => sum + times, 0)).toBe(FLOOD)
})

test('H what somebody may not do is written down, with a token that opens nothing too', async () => {
  await fetch(`${program.url}/api/audit`, { headers: { authorization: 'Bearer made-up-token' } })
  expect((await rows('who=stranger')).items).toMatchObject([{ action: 'refused GET /api/audit' }])
})

test('H it is filtered, and exported whole as CSV and JSON lines', async () => {
  for (const id of ['a1', 'a2', 'a3']) await program.call('POST', '/api/appliances', { id, kind: 'fridge', model: 'M' })
  await program.call('POST', '/api/appliances/a2/credentials', {})
  expect((await rows('subject=a2')).items).toMatchObject([
    { who: 'token', action: 'POST /api/appliances/:id/credentials' },
  ])
  const now = Date.now()
  expect((await rows(`from=${now + 60_000}`)).items).toEqual([])
  const ask = async (query: string, token = program.token) => {
    const answer = await fetch(`${program.url}/api/audit/export?${query}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
  }
  const csv = await ask('action=sign-in-refused')
  expect(csv.type).toMatch(/^text\/csv/)
  expect(csv.text.split('\r\n').filter(Boolean)).toHaveLength(3)
  expect(csv.text.split('\r\n')[0]).toBe('seq,time,who,action,subject,address,times,detail')
  const all = (await ask('format=json')).text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
  expect(all.at(-1)?.seq).toBe(1)
  expect(all.length).toBe(all[0]?.seq)
  expect((await ask('', 'nobody')).status).toBe(401)
})

test('H it is checked beside the running service and on the page’s call, and a change, a gap and a cut are named', async () => {
  expect(await program.call('GET', '/api/audit/check')).toMatchObject({ faults: [], endKnown: true })
  const whole = verify()
  expect(whole).toMatchObject({ status: 0 })
  expect(whole.said).toContain('Every row is as it was written')
  await program.stop()
  const head = /ends at (\S+)/.exec(verify().said)?.[1] ?? ''
  const [last] = head.split(':').map(Number) as [number]
  const db = new DatabaseSync(join(dataDir, 'live', 'hearthwatch.db'))
  db.exec('drop trigger "audit-no-update"; drop trigger "audit-no-delete"')
  db.exec(`update audit set who = 'user:eve' where seq = 1; delete from audit where seq in (3, ${last})`)
  db.close()
  const told = verify()
  expect(told.status).toBe(1)
  expect(told.said).toContain('Row 1 was changed')
  expect(told.said).toContain('Row 3 is missing')
  expect(told.said).toContain(`Row ${last} is missing: the end was cut off`)
  expect(verify('--head', head).said).toContain('the end was cut off')
  expect(verify('--head', 'nonsense').said).toMatch(/--head nonsense is no end/)
  program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD })
})
