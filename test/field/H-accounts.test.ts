// FIELD H: who signs in, how often they may try, and what ends with it.
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'
let dataDir: string
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD, TRUSTED_PROXIES: '127.0.0.1' })
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

interface Answer {
  status: number
  body: Record<string, unknown> & { items?: { id: string; name: string; current?: boolean }[] }
  cookies: string
  headers: Headers
}
async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(program.url + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'manual',
  })
  const cookies = response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
  const text = await response.text()
  return {
    status: response.status,
    body: (text.startsWith('{') ? JSON.parse(text) : {}) as Answer['body'],
    cookies,
    headers: response.headers,
  }
}
const token = { authorization: '' }
beforeAll(() => {
  token.authorization = `Bearer ${program.token}`
})
const signIn = (name: string, password: string, headers: Record<string, string> = {}) =>
  ask('POST', '/api/session', { name, password }, headers)
async function person(name: string, role: string): Promise<{ id: string; cookie: string }> {
  const made = await ask('POST', '/api/accounts', { name, password: PASSWORD, role }, token)
  expect(made.status).toBe(201)
  return { id: String(made.body.id), cookie: (await signIn(name, PASSWORD)).cookies }
}
const mine = async (cookie: string) => (await ask('GET', '/api/session', undefined, { cookie })).body.account

test('H a password is changed with the one before, and every other session ends', async () => {
  const { cookie } = await person('ann', 'desk')
  const other = (await signIn('ann', PASSWORD)).cookies
  for (const body of [{ password: 'another horse' }, { password: 'another horse', current: 'guess' }]) {
    expect((await ask('POST', '/api/session/password', body, { cookie })).status).toBe(403)
  }
  const changed = await ask(
    'POST',
    '/api/session/password',
    { password: 'another horse', current: PASSWORD },
    { cookie },
  )
  expect(changed.status).toBe(200)
  expect(await mine(cookie)).toMatchObject({ name: 'ann' })
  expect(await mine(other)).toBeNull()
  expect((await signIn('ann', PASSWORD)).status).toBe(401)
  expect((await signIn('ann', 'another horse')).status).toBe(200)
})

test('H sessions are listed and ended, by oneself and by an administrator; others may not', async () => {
  const one = await person('bob', 'desk')
  const two = await person('eve', 'desk')
  const second = (await signIn('bob', PASSWORD, { 'user-agent': 'A phone' })).cookies
  const { items = [] } = (await ask('GET', '/api/session/all', undefined, { cookie: one.cookie })).body
  expect(items).toHaveLength(2)
  const phone = items.find(({ current }) => !current)
  expect(phone).toMatchObject({ agent: 'A phone' })
  const path = `/api/session/all/${phone?.id}`
  expect((await ask('DELETE', path, undefined, { cookie: two.cookie })).status).toBe(404)
  expect((await ask('DELETE', path, undefined, { cookie: one.cookie })).status).toBe(200)
  expect(await mine(second)).toBeNull()
  const sessions = `/api/accounts/${one.id}/sessions`
  expect((await ask('GET', sessions, undefined, { cookie: two.cookie })).status).toBe(403)
  const left = (await ask('GET', sessions, undefined, token)).body.items ?? []
  expect((await ask('DELETE', `${sessions}/${left[0]?.id}`, undefined, token)).status).toBe(200)
  expect(await mine(one.cookie)).toBeNull()
})

test('H an account is disabled, demoted, reset and deleted, and its sessions end with it', async () => {
  const leaver = await person('leaver-1', 'admin')
  const change = (body: object) => ask('PATCH', `/api/accounts/${leaver.id}`, body, token)
  expect((await change({ role: 'viewer' })).body).toMatchObject({ role: 'viewer' })
  expect(await mine(leaver.cookie)).toBeNull()
  expect((await change({ password: 'a new password' })).status).toBe(200)
  expect((await signIn('leaver-1', PASSWORD)).status).toBe(401)
  const again = (await signIn('leaver-1', 'a new password')).cookies
  expect((await change({ disabled: true })).body).toMatchObject({ disabled: true })
  expect(await mine(again)).toBeNull()
  expect((await signIn('leaver-1', 'a new password')).status).toBe(401)
  expect((await change({ disabled: false })).status).toBe(200)
  expect((await signIn('leaver-1', 'a new password')).status).toBe(200)
  expect((await ask('DELETE', `/api/accounts/${leaver.id}`, undefined, token)).status).toBe(200)
  expect((await signIn('leaver-1', 'a new password')).status).toBe(401)
  const { items = [] } = (await ask('GET', '/api/accounts', undefined, token)).body
  expect(items.map(({ name }) => name)).not.toContain('leaver-1')
  const admin = items.find(({ name }) => name === 'admin')
  for (const body of [{ role: 'viewer' }, { disabled: true }]) {
    expect((await ask('PATCH', `/api/accounts/${admin?.id}`, body, token)).status).toBe(409)
  }
  expect((await ask('DELETE', `/api/accounts/${admin?.id}`, undefined, token)).status).toBe(409)
})

test('H somebody is invited by a link that works once, and gets another one when they forget their password', async () => {
  const made = await ask('POST', '/api/accounts', { name: 'ivy', roles: ['care', 'callback'] }, token)
  expect(made.body).toMatchObject({ name: 'ivy', roles: ['care', 'callback'] })
  expect(made.body.expiresAt).toBeGreaterThan(Date.now() + 6 * 86_400_000)
  const keyOf = ({ body }: Answer): string => String(body.link).split('#set.')[1] ?? ''
  const set = (key: string, password: string) => ask('POST', '/api/session/link', { key, password })
  expect((await set('made-up', 'a horse of my own')).status).toBe(401)
  // A weak one is refused, and does not use the link up.
  expect((await set(keyOf(made), 'short')).body.code).toBe('weak-password')
  const both = await Promise.all([set(keyOf(made), 'a horse of my own'), set(keyOf(made), 'another horse of mine')])
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 401])
  const first = both[0]?.status === 200 ? 'a horse of my own' : 'another horse of mine'
  const { cookies } = await signIn('ivy', first)
  expect(await mine(cookies)).toMatchObject({ name: 'ivy', roles: ['care', 'callback'] })
  const reset = await ask('POST', `/api/accounts/${made.body.id}/link`, {}, token)
  expect((await ask('POST', `/api/accounts/${made.body.id}/link`, {}, { cookie: cookies })).status).toBe(403)
  expect((await set(keyOf(reset), 'the third horse is mine')).body).toEqual({ name: 'ivy' })
  expect(await mine(cookies)).toBeNull()
  expect((await signIn('ivy', first)).status).toBe(401)
  expect((await signIn('ivy', 'the third horse is mine')).status).toBe(200)
  const { items = [] } = (await ask('GET', '/api/accounts', undefined, token)).body
  const ivy = items.find(({ name }) => name === 'ivy') as unknown as { lastSignInAt: number }
  expect(Math.abs(Date.now() - ivy.lastSignInAt)).toBeLessThan(60_000)
})

test('H a password has twelve characters at least, is none of the commonest, and does not have the name in it', async () => {
  const create = async (password: string) =>
    (await ask('POST', '/api/accounts', { name: 'weakling', password, role: 'viewer' }, token)).body.code
  for (const password of [
    'elevenchars',
    'password1234',
    'qwertyqwerty',
    'iloveyou2026',
    'monkeymonkey',
    'weakling-2026',
  ])
    expect(await create(password), password).toBe('weak-password')
  const { cookie } = await person('strong', 'viewer')
  const change = await ask('POST', '/api/session/password', { current: PASSWORD, password: 'password1234' }, { cookie })
  expect(change.body.code).toBe('weak-password')
})

test('H the event stream ends with the session, however it ends', async () => {
  const ways: [string, (who: { id: string; cookie: string }) => Promise<unknown>][] = [
    ['signed-out', ({ cookie }) => ask('DELETE', '/api/session', undefined, { cookie })],
    ['demoted', ({ id }) => ask('PATCH', `/api/accounts/${id}`, { role: 'viewer' }, token)],
    ['deleted', ({ id }) => ask('DELETE', `/api/accounts/${id}`, undefined, token)],
  ]
  for (const [name, end] of ways) {
    const who = await person(`s-${name}`, 'desk')
    const stream = await fetch(`${program.url}/api/stream`, { headers: { cookie: who.cookie } })
    const reader = stream.body?.getReader()
    expect((await reader?.read())?.done).toBe(false)
    await end(who)
    await eventually(`the stream of one ${name} ends`, async () => (await reader?.read())?.done === true, 10_000)
  }
})

test('H behind a proxy on this machine each address has its own tries, and strangers do not shut the owner out', async () => {
  const from = (address: string) => ({ 'x-forwarded-for': address })
  const known = await signIn('admin', PASSWORD, from('203.0.113.1'))
  expect(known.status).toBe(200)
  const guesses: number[] = []
  for (let i = 0; i < 30; i++) guesses.push((await signIn('admin', 'guess', from('203.0.113.7'))).status)
  expect(guesses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(10)
  // Many addresses, one account: no more tries than one address has.
  const crowd = await Promise.all(
    Array.from({ length: 45 }, (_, i) =>
      signIn('admin', 'guess', from(`198.51.100.${i}`)).then(({ status }) => status),
    ),
  )
  expect(new Set(crowd)).toEqual(new Set([429]))
  expect((await signIn('admin', PASSWORD, from('203.0.113.9'))).status).toBe(429)
  // The browser that signed in before is counted by itself, and so is a program on this machine.
  const owner = await signIn('admin', PASSWORD, { ...from('203.0.113.10'), cookie: known.cookies })
  expect(owner.status).toBe(200)
  expect((await signIn('admin', PASSWORD)).status).toBe(200)
})

test('H behind a proxy that nobody named, guesses are limited too, and whoever is here signs in', async () => {
  const dir = await newDataDir()
  const other = await startProgram(dir, { ADMIN_PASSWORD: PASSWORD })
  const attempt = async (password: string, headers: Record<string, string> = {}): Promise<number> => {
    const body = JSON.stringify({ name: 'admin', password })
    const sent = { 'content-type': 'application/json', ...headers }
    return (await fetch(`${other.url}/api/session`, { method: 'POST', headers: sent, body })).status
  }
  try {
    const guesses: number[] = []
    for (let i = 0; i < 60; i++) guesses.push(await attempt('guess', { 'x-forwarded-for': `198.51.100.${i}` }))
    expect(guesses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(40)
    expect(guesses).not.toContain(503)
    expect(await attempt(PASSWORD)).toBe(200)
  } finally {
    await other.stop()
    await removeDataDir(dir)
  }
}, 120_000)

test('H metrics are open to a program on this machine alone, whatever a proxy calls its header', async () => {
  expect((await ask('GET', '/metrics')).status).toBe(200)
  for (const header of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via', 'cf-connecting-ip', 'x-forwarded-proto']) {
    expect((await ask('GET', '/metrics', undefined, { [header]: '203.0.113.5' })).status, header).toBe(401)
  }
  expect((await ask('GET', '/metrics', undefined, { 'x-real-ip': '203.0.113.5', ...token })).status).toBe(200)
})

test('H a tunnel on this machine that adds no header is no program on it: it hands over what people asked for', async () => {
  const { hostname, port } = new URL(program.url)
  const statusOf = async (host: string, version = '1.1'): Promise<number> => {
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.write(`GET /metrics HTTP/${version}\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
    return Number((await text(socket)).split(' ')[1])
  }
  for (const own of [`127.0.0.1:${port}`, `localhost:${port}`, 'LOCALHOST', `[::1]:${port}`])
    expect(await statusOf(own), own).toBe(200)
  for (const host of ['hearth.example.org', '203.0.113.5:3000', 'localhost.example.org', '127.0.0.1.example.org'])
    expect(await statusOf(host), host).toBe(401)
  // As nginx passes on where nobody told it more.
  expect(await statusOf(`127.0.0.1:${port}`, '1.0')).toBe(401)
})

test('H the sign-in link works once, and a new start prints another', async () => {
  const dir = await newDataDir()
  let own = await startProgram(dir)
  try {
    const printed = (): Promise<string> =>
      eventually('the link', async () => /sign-in#(\S+)/.exec(own.output())?.[1], 10_000)
    const use = async (key: string): Promise<number> =>
      (
        await fetch(`${own.url}/api/session`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ key }),
        })
      ).status
    const first = await printed()
    const atOnce = await Promise.all([use(first), use(first), use(first)])
    expect(atOnce.toSorted()).toEqual([200, 401, 401])
    expect(await use(first)).toBe(401)
    await own.kill()
    own = await startProgram(dir)
    const second = await printed()
    expect(second).not.toBe(first)
    expect([await use(first), await use(second)]).toEqual([401, 200])
  } finally {
    await own.stop()
    await removeDataDir(dir)
  }
}, 60_000)

test('H administrators who end each other at once leave one who can', async () => {
  const two = [await person('first-of-two', 'admin'), await person('second-of-two', 'admin')] as const
  const all = (await ask('GET', '/api/accounts', undefined, token)).body.items as unknown as {
    id: string
    role: string
  }[]
  const others = all.filter(({ id, role }) => role === 'admin' && !two.some((one) => one.id === id))
  for (const { id } of others) await ask('PATCH', `/api/accounts/${id}`, { role: 'desk' }, token)
  const done = await Promise.all(
    two.map(({ id }) => ask('PATCH', `/api/accounts/${id}`, { role: 'viewer' }, token).then(({ status }) => status)),
  )
  expect(done.toSorted()).toEqual([200, 409])
  for (const { id } of others) await ask('PATCH', `/api/accounts/${id}`, { role: 'admin' }, token)
})

test('H answers are kept by nobody, pages connect to this server alone, and any other authorization changes nothing', async () => {
  const page = await ask('GET', '/')
  expect(page.headers.get('content-security-policy')).toMatch(/connect-src 'self'(?:;|$)/)
  for (const path of ['/t/whatever', '/o/whatever']) {
    expect((await ask('GET', path)).headers.get('cache-control')).toBe('no-store')
  }
  expect((await ask('GET', '/api/session')).headers.get('cache-control')).toBe('no-store')
  const { cookie } = await person('carl', 'desk')
  const foreign = { cookie, origin: 'http://evil.example', authorization: 'Basic eDp5' }
  expect((await ask('DELETE', '/api/session', undefined, foreign)).status).toBe(403)
})

test('H every sign-in, refusal, change and command is in the audit, which nobody can change', async () => {
  const { cookie, id } = await person('dora', 'supervisor')
  await signIn('dora', 'wrong')
  const made = await ask('POST', '/api/appliances', { id: 'audited', kind: 'fridge', model: 'M' }, { cookie })
  expect(made.status).toBe(201)
  await ask('POST', '/api/appliances/audited/commands', { type: 'identify' }, { cookie })
  await ask('POST', '/api/appliances/audited/credentials', {}, { cookie })
  await ask('GET', '/api/appliances/audited', undefined, { cookie })
  await ask('GET', '/api/appliances/audited', undefined, { cookie })
  expect((await ask('GET', '/api/audit', undefined, { cookie })).status).toBe(403)
  const rows = (await ask('GET', '/api/audit?who=user:dora&limit=50', undefined, token)).body.items as unknown as {
    action: string
    subject?: string
    address: string
  }[]
  expect(rows.map(({ action, subject }) => [action, subject])).toEqual([
    ['refused GET /api/audit', undefined],
    ['GET /api/appliances/:id', 'audited'],
    ['POST /api/appliances/:id/credentials', 'audited'],
    ['POST /api/appliances/:id/commands', 'audited'],
    ['POST /api/appliances', undefined],
    ['sign-in-refused', undefined],
    ['sign-in', undefined],
  ])
  await ask('DELETE', `/api/accounts/${id}`, undefined, token)
  const about = (await ask('GET', `/api/audit?subject=${id}`, undefined, token)).body.items ?? []
  expect(about).toMatchObject([{ who: 'token', action: 'DELETE /api/accounts/:id' }])
})
