// FIELD H: other ways in than a password: a code besides it, and keys of programs.
import { createOTP } from '@better-auth/utils/otp'
import mqtt from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAppliance, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'
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

interface Answer {
  status: number
  body: Record<string, unknown>
  cookies: string
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
  })
  const text = await response.text()
  return {
    status: response.status,
    body: (text.startsWith('{') ? JSON.parse(text) : {}) as Answer['body'],
    cookies: response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; '),
  }
}
const token = () => ({ authorization: `Bearer ${program.token}` })
const signIn = (name: string, code?: string, password = PASSWORD) =>
  ask('POST', '/api/session', { name, password, ...(code ? { code } : {}) })
async function person(name: string, roles: string[]): Promise<{ id: string; cookie: string }> {
  const made = await ask('POST', '/api/accounts', { name, password: PASSWORD, roles }, token())
  expect(made.status).toBe(201)
  return { id: String(made.body.id), cookie: (await signIn(name)).cookies }
}
const base32 = (text: string): Buffer => {
  const bits = [...text.replace(/=+$/, '')]
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
/** The code of an authenticator whose clock is `aheadMs` ahead. */
const codeOf = (secret: string, aheadMs = 0): Promise<string> =>
  createOTP(base32(secret)).hotp(Math.floor((Date.now() + aheadMs) / 30_000))

test('H a second factor is begun with the password, confirmed by a code, and asked for from then on', async () => {
  const { id, cookie } = await person('ann', ['care'])
  const begin = (password: string) => ask('POST', '/api/session/second-factor', { password }, { cookie })
  expect((await begin('guess')).status).toBe(403)
  const { secret, uri, recovery } = (await begin(PASSWORD)).body as { secret: string; uri: string; recovery: string[] }
  expect(uri).toMatch(/^otpauth:\/\/totp\/Hearthwatch/)
  expect(new Set(recovery).size).toBe(10)
  // Not confirmed, it is not asked for.
  expect((await signIn('ann')).status).toBe(200)
  expect((await ask('POST', '/api/session/second-factor/confirm', { code: '000000' }, { cookie })).body.code).toBe(
    'wrong-code',
  )
  // One that was written down proves no authenticator.
  const written = await ask('POST', '/api/session/second-factor/confirm', { code: recovery[0] }, { cookie })
  expect(written.body.code).toBe('wrong-code')
  expect(
    (await ask('POST', '/api/session/second-factor/confirm', { code: await codeOf(secret, -30_000) }, { cookie })).body,
  ).toEqual({
    enabled: true,
    recoveryLeft: 10,
  })
  // The password alone opens nothing; that a code is asked for is told to those alone who know it.
  expect(await signIn('ann')).toMatchObject({ status: 401, body: { code: 'code-needed' }, cookies: '' })
  expect((await signIn('ann', undefined, 'guess')).body.code).toBe('sign-in-refused')
  expect((await signIn('ann', '123456')).body.code).toBe('wrong-code')
  const far = await signIn('ann', await codeOf(secret, 5 * 60_000))
  expect(far.body).toMatchObject({ code: 'wrong-clock', title: expect.stringMatching(/5 min ahead/) })
  const code = await codeOf(secret)
  const both = await Promise.all([signIn('ann', code), signIn('ann', code)])
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 401])
  expect((await signIn('ann', code)).body.code).toBe('code-used')
  const mine = await signIn('ann', recovery[3]?.toUpperCase().replace(/(.{4})(?=.)/g, '$1-'))
  expect(mine.status).toBe(200)
  expect((await signIn('ann', recovery[3])).body.code).toBe('wrong-code')
  expect((await ask('GET', '/api/session/second-factor', undefined, { cookie: mine.cookies })).body).toEqual({
    enabled: true,
    recoveryLeft: 9,
  })
  // Lost: an administrator takes it away, and nobody else.
  const lost = `/api/accounts/${id}/second-factor`
  expect((await ask('DELETE', lost, undefined, { cookie: mine.cookies })).status).toBe(403)
  expect((await ask('DELETE', lost, undefined, token())).status).toBe(200)
  expect((await ask('GET', '/api/session', undefined, { cookie: mine.cookies })).body.account).toBeNull()
  expect((await signIn('ann')).status).toBe(200)
})

test('H a key of a program is shown once, does what its roles may, perhaps only reads, and ends', async () => {
  const { cookie, id } = await person('bob', ['dispatcher', 'fleet'])
  const make = (body: object) =>
    ask('POST', '/api/session/keys', { name: 'export', roles: ['fleet'], ...body }, { cookie })
  expect((await make({ roles: ['admin'] })).body.code).toBe('not-your-role')
  expect((await make({ days: 1_000 })).status).toBe(400)
  const made = (await make({ readOnly: true, days: 30 })).body as { key: string; id: string; expiresAt: number }
  expect(made.key).toMatch(/^hwk_[\w-]{43}$/)
  const bearer = { authorization: `Bearer ${made.key}` }
  expect((await ask('GET', '/api/fleet', undefined, bearer)).status).toBe(200)
  // Its own role is fleet: what a dispatcher may, it may not.
  expect((await ask('POST', '/api/tickets/none/assign', { engineer: 'e', why: 'w' }, bearer)).body.code).toBe(
    'not-allowed',
  )
  const appliance = { id: 'k1', kind: 'fridge', model: 'M' }
  expect((await ask('POST', '/api/appliances', appliance, bearer)).body.code).toBe('read-only-key')
  const writing = (await make({ name: 'import' })).body as { key: string; id: string }
  expect((await ask('POST', '/api/appliances', appliance, { authorization: `Bearer ${writing.key}` })).status).toBe(201)
  // A key makes no keys, and sets no password.
  expect((await ask('POST', '/api/session/keys', { name: 'x', roles: ['fleet'] }, bearer)).status).toBe(401)
  const listed = await ask('GET', '/api/session/keys', undefined, { cookie })
  expect(JSON.stringify(listed.body)).not.toContain('hwk_')
  expect(listed.body.items).toMatchObject([
    { name: 'import', lastUsedAt: expect.any(Number) },
    { name: 'export', readOnly: true },
  ])
  const rows = (await ask('GET', '/api/audit?who=key:bob/import', undefined, token())).body.items
  expect(rows).toMatchObject([{ action: 'POST /api/appliances' }])
  expect((await ask('DELETE', `/api/session/keys/${writing.id}`, undefined, { cookie })).status).toBe(200)
  expect((await ask('GET', '/api/fleet', undefined, { authorization: `Bearer ${writing.key}` })).status).toBe(401)
  // Demoted, disabled, deleted: so is the key.
  await ask('PATCH', `/api/accounts/${id}`, { roles: ['dispatcher'] }, token())
  expect((await ask('GET', '/api/fleet', undefined, bearer)).status).toBe(401)
  await ask('PATCH', `/api/accounts/${id}`, { roles: ['fleet'] }, token())
  expect((await ask('GET', '/api/fleet', undefined, bearer)).status).toBe(200)
  const all = (await ask('GET', '/api/keys', undefined, token())).body.items
  expect(all).toMatchObject([{ name: 'export', of: 'bob' }])
  await ask('DELETE', `/api/accounts/${id}`, undefined, token())
  expect((await ask('GET', '/api/fleet', undefined, bearer)).status).toBe(401)
})

test('H a key lets a program of the staff hear what appliances say, where its roles may see all signals', async () => {
  const appliance = await ask('POST', '/api/appliances', { id: 'said', kind: 'fridge', model: 'M' }, token())
  const { password } = appliance.body.mqtt as { password: string }
  const { cookie } = await person('vera', ['viewer'])
  const make = async () =>
    (await ask('POST', '/api/session/keys', { name: 'feed', roles: ['viewer'] }, { cookie })).body as {
      id: string
      key: string
    }
  const listen = (password: string, clientId: string) =>
    mqtt.connectAsync(
      program.mqttUrl,
      { protocolVersion: 5, clientId, username: '$staff', password, reconnectPeriod: 0 },
      false,
    )
  const ended = await make()
  await ask('DELETE', `/api/session/keys/${ended.id}`, undefined, { cookie })
  for (const wrong of [ended.key, 'hwk_guess', program.token, '']) await expect(listen(wrong, 'a')).rejects.toThrow()
  const one = await listen((await make()).key, 'b')
  const heard = new Promise<string>((resolve) => one.once('message', (topic, body) => resolve(`${topic} ${body}`)))
  await one.subscribeAsync('$share/desk/appliances/+/+/telemetry', { qos: 0 })
  const fridge = await connectAppliance(program, 'said', password)
  const reading = JSON.stringify({ ts: Date.now(), metrics: { power: 5 } })
  await fridge.publishAsync('appliances/fridge/said/telemetry', reading, { qos: 1 })
  expect(await heard).toBe(`appliances/fridge/said/telemetry ${reading}`)
  await fridge.endAsync()
  await one.endAsync()
})

test('H no file has a key, a code’s secret or a recovery code as it is', async () => {
  const { cookie } = await person('eve', ['viewer'])
  const { key } = (await ask('POST', '/api/session/keys', { name: 'k', roles: ['viewer'] }, { cookie })).body as {
    key: string
  }
  const { secret, recovery } = (await ask('POST', '/api/session/second-factor', { password: PASSWORD }, { cookie }))
    .body as {
    secret: string
    recovery: string[]
  }
  const { readdir, readFile } = await import('node:fs/promises')
  const { join } = await import('node:path')
  const files = (await readdir(dataDir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  for (const file of files) {
    const bytes = await readFile(join(file.parentPath, file.name)).catch(() => Buffer.alloc(0))
    for (const text of [key, secret, base32(secret).toString('base64'), ...recovery])
      expect(bytes.includes(text), file.name).toBe(false)
  }
  expect(files.length).toBeGreaterThan(5)
})
