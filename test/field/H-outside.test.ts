// FIELD H, A: what the API calls, keeps and takes: no private address, files for their own user, times that there are.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const WEBHOOK = 'https://8.8.8.8/hooks/k3y?token=t0k3n'
const SETTINGS = { WEBHOOK_URL: WEBHOOK, ALLOW_PRIVATE_TARGETS: '10.9.0.0/16' }
let dataDir: string
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, SETTINGS)
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: { code?: string } }> {
  const response = await fetch(program.url + path, {
    method,
    headers: { authorization: `Bearer ${program.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as { code?: string } }
}
const keys = {
  p256dh: 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM',
  auth: 'tBHItJI5svbpez7KI4CCXg',
}

test.each(['127.0.0.1', 'localhost', '169.254.169.254', '10.1.2.3', '[::1]', '[::ffff:192.168.0.1]', '2130706433'])(
  'H a push endpoint at %s is refused',
  async (host) => {
    expect(await ask('POST', '/api/push/subscriptions', { endpoint: `https://${host}:22/x`, keys })).toMatchObject({
      status: 400,
      body: { code: 'private-target' },
    })
  },
)

test('H a push endpoint tells nobody which port is open', async () => {
  const open = Number(new URL(program.url).port)
  const answers = await Promise.all(
    [open, 1].map((port) => ask('POST', '/api/push/subscriptions', { endpoint: `https://127.0.0.1:${port}/x`, keys })),
  )
  const said = answers.map(({ status, body }) => JSON.stringify([status, body]).replace(/:\d+\//g, ':PORT/'))
  expect(said[0]).toBe(said[1])
})

test('H one that is allowed is taken, and a call removes it', async () => {
  const endpoint = 'https://10.9.1.1/push'
  expect((await ask('POST', '/api/push/subscriptions', { endpoint, keys })).status).toBe(201)
  expect(await ask('DELETE', '/api/push/subscriptions', { endpoint })).toMatchObject({
    status: 200,
    body: { removed: 1 },
  })
  expect(await ask('DELETE', '/api/push/subscriptions', { endpoint })).toMatchObject({ body: { removed: 0 } })
})

test('H the settings show of a webhook its server, and no secret in its path', async () => {
  const { settings } = await program.call<{ settings: { name: string; value: unknown }[] }>('GET', '/api/settings')
  expect(settings.find(({ name }) => name === 'WEBHOOK_URL')?.value).toBe('https://8.8.8.8/••••')
  expect(JSON.stringify(settings)).not.toContain('t0k3n')
})

test('H whatever lies in DATA_DIR is for its own user alone', async () => {
  const open: string[] = []
  for (const entry of await readdir(dataDir, { recursive: true })) {
    const { mode } = await stat(join(dataDir, entry))
    if (mode & 0o077) open.push(`${entry} ${(mode & 0o777).toString(8)}`)
  }
  expect(open).toEqual([])
})

test.each([
  '/api/appliances/t1/telemetry?from=-1',
  '/api/appliances/t1/telemetry?from=1e15',
  '/api/appliances/t1/telemetry?to=8640000000000001',
  '/api/appliances/t1/telemetry?to=1e300',
  '/api/appliances/t1/telemetry?from=1.5',
  '/api/appliances/t1/events?from=-8640000000000000&to=9007199254740993',
  '/api/tickets?changedSince=1e17',
  '/api/alerts?since=1e17',
  '/api/policy?at=1e17',
  '/api/day?at=-5',
])('A no time there is: GET %s is refused', async (path) => {
  await program.call('POST', '/api/appliances', { id: 't1', kind: 'fridge', model: 'M' })
  const { status } = await ask('GET', path)
  expect(status).toBeGreaterThanOrEqual(400)
  expect(status).toBeLessThan(500)
})

test('A all there is, is from 0 on', async () => {
  expect((await ask('GET', '/api/appliances/t1/telemetry?from=0&to=4000000000000')).status).toBe(200)
})

test('H one link changes a bounded lot in a day, is told its state, and bothers no other link; a restart forgets none of it', {
  timeout: 120_000,
}, async () => {
  const linkOf = async (id: string): Promise<string> => {
    await program.call('POST', '/api/appliances', { id, kind: 'fridge', model: 'M' })
    const { link } = await program.call<{ link: string }>('GET', `/api/appliances/${id}/owner-link`)
    return `${program.url}/api${new URL(link).pathname}`
  }
  const report = (link: string) =>
    fetch(`${link}/report`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'it hums '.repeat(600) }),
    })
  const [loud, quiet] = [await linkOf('q1'), await linkOf('q2')]
  const statuses: number[] = []
  for (let i = 0; i < 45; i++) statuses.push((await report(loud)).status)
  expect(statuses.filter((status) => status === 201)).toHaveLength(40)
  const refused = await report(loud)
  expect(refused.status).toBe(429)
  expect(await refused.json()).toMatchObject({ code: 'link-quota' })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_600)
  const page = await fetch(loud)
  expect([page.status, page.headers.get('ratelimit-remaining')]).toEqual([200, '0'])
  expect((await report(quiet)).status).toBe(201)
  // Nobody else waits for what one link wrote.
  const began = performance.now()
  for (const path of [`/api/day?at=${Date.now()}`, '/api/tickets', '/api/inbox'])
    expect((await ask('GET', path)).status).toBe(200)
  expect(performance.now() - began).toBeLessThan(5_000)
  // A restart gives nobody a new day.
  await program.kill()
  program = await startProgram(dataDir, SETTINGS)
  const again = (link: string): string => program.url + new URL(link).pathname
  expect((await report(again(loud))).status).toBe(429)
  expect((await fetch(again(loud))).headers.get('ratelimit-remaining')).toBe('0')
  expect((await fetch(again(quiet))).headers.get('ratelimit-remaining')).toBe('39')
})
