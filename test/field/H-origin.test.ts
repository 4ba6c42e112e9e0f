// FIELD H: whose pages may use what people carry in their browsers, and speak MQTT over WebSocket.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'
const ALLOWED = 'https://desk.example.org'
let dataDir: string
let program: Program
let cookie = ''
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, {
    ADMIN_PASSWORD: PASSWORD,
    ALLOWED_ORIGINS: ALLOWED,
    PUBLIC_URL: 'https://hearth.example.org',
    TRUSTED_PROXIES: '127.0.0.1',
  })
  const response = await fetch(`${program.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'admin', password: PASSWORD }),
  })
  expect(response.status).toBe(200)
  const cookies = response.headers.getSetCookie().map((one) => one.split(';')[0])
  cookie = cookies.join('; ')
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

type Headers = Record<string, string>
/** Headers that a browser, or an appliance, sends; and may a stream, a change and MQTT over WebSocket begin? */
const asks: [string, () => Headers, { people: boolean; mqtt: boolean }][] = [
  ['no page', () => ({}), { people: true, mqtt: true }],
  ['our own page', () => ({ origin: program.url }), { people: true, mqtt: true }],
  ['a page of PUBLIC_URL', () => ({ origin: 'https://hearth.example.org' }), { people: true, mqtt: true }],
  ['a page that is allowed', () => ({ origin: ALLOWED }), { people: true, mqtt: true }],
  [
    'a page behind a trusted proxy',
    () => ({ origin: 'https://seen.example.org', 'x-forwarded-host': 'seen.example.org' }),
    { people: true, mqtt: true },
  ],
  ['a page of another server', () => ({ origin: 'https://evil.example' }), { people: false, mqtt: false }],
  ['a page of another port', () => ({ origin: 'http://127.0.0.1:1' }), { people: false, mqtt: false }],
  ['a framed page without origin', () => ({ origin: 'null' }), { people: false, mqtt: false }],
  ['a library of a small device', () => ({ origin: 'file://' }), { people: false, mqtt: true }],
]

async function statusOf(method: string, path: string, headers: Headers): Promise<number> {
  const stop = new AbortController()
  const response = await fetch(program.url + path, { method, headers, signal: stop.signal })
  stop.abort()
  return response.status
}
/** @returns 101 once it is open, or the HTTP status that refused it */
const webSocket = (path: string, headers: Headers): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(program.url.replace('http', 'ws') + path, ['mqtt'], { headers })
    socket.once('open', () => {
      resolve(101)
      socket.terminate()
    })
    socket.once('unexpected-response', (_, { statusCode = 0 }) => resolve(statusCode))
    socket.once('error', reject)
  })

test.each(asks)('H %s: stream, change and MQTT over WebSocket', async (_, headers, { people, mqtt }) => {
  const asked = { ...headers(), cookie }
  expect(await statusOf('GET', '/api/stream', asked)).toBe(people ? 200 : 403)
  expect(await statusOf('POST', '/api/jobs/replay', asked)).toBe(people ? 200 : 403)
  for (const path of ['/mqtt', '/mqtt/']) expect(await webSocket(path, asked)).toBe(mqtt ? 101 : 403)
})

test('H a token is no cookie: who shows one may follow from anywhere', async () => {
  const headers = { authorization: `Bearer ${program.token}`, origin: 'https://evil.example' }
  expect(await statusOf('GET', '/api/stream', headers)).toBe(200)
})

test('H what a stranger says of the host counts for nothing', async () => {
  const dir = await newDataDir()
  const other = await startProgram(dir, {})
  try {
    const headers = { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example', cookie: 'x=y' }
    const response = await fetch(`${other.url}/api/stream`, { headers })
    expect([response.status, await response.json()]).toMatchObject([403, { code: 'other-origin' }])
  } finally {
    await other.stop()
    await removeDataDir(dir)
  }
}, 120_000)
