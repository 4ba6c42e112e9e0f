// FIELD H: what each role may do, asked of the running server, and printed in docs/access.md.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAppliance, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const DOCUMENT = join(fileURLToPath(import.meta.url), '../../../docs/access.md')
const PASSWORD = 'correct horse battery'
const roles = ['nobody', 'owner’s link', 'viewer', 'desk', 'administrator', 'appliance', 'gateway'] as const
type Role = (typeof roles)[number]
let dataDir: string
let program: Program
let secrets: Record<'o' | 't', string>
const mqtt: Record<string, string> = {}
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD })
  for (const name of ['viewer', 'desk'])
    await program.call('POST', '/api/accounts', { name, password: PASSWORD, role: name })
  for (const id of ['a1', 'a2', 'a3']) {
    const made = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
      id,
      kind: 'fridge',
      model: 'M',
    })
    mqtt[id] = made.mqtt.password
  }
  const gateway = await program.call<{ mqtt: { password: string } }>('POST', '/api/gateways', {
    id: 'g1',
    appliances: ['a2'],
  })
  mqtt.g1 = gateway.mqtt.password
  await program.call('POST', '/api/appliances/a1/report', { text: 'it hums' })
  const { items } = await program.call<{ items: { ownerLink: string }[] }>('GET', '/api/tickets?appliance=a1')
  const { link } = await program.call<{ link: string }>('GET', '/api/appliances/a1/owner-link')
  secrets = { o: link.split('/o/')[1]!, t: items[0]!.ownerLink.split('/t/')[1]! }
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

async function signedIn(name: string): Promise<Record<string, string>> {
  const response = await fetch(`${program.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password: PASSWORD }),
  })
  expect(response.status).toBe(200)
  return {
    cookie: response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; '),
  }
}
const basic = (id: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${id}:${mqtt[id]}`).toString('base64')}`,
})
const proofs: Record<Role, () => Promise<Record<string, string>> | Record<string, string>> = {
  // As a stranger from outside is seen: through a proxy.
  nobody: () => ({ 'x-forwarded-for': '198.51.100.7' }),
  'owner’s link': () => ({ authorization: `Bearer ${secrets.o}`, 'x-forwarded-for': '198.51.100.8' }),
  viewer: () => signedIn('viewer'),
  desk: () => signedIn('desk'),
  administrator: () => signedIn('admin'),
  appliance: () => ({ ...basic('a1'), 'x-forwarded-for': '198.51.100.9' }),
  gateway: () => ({ ...basic('g1'), 'x-forwarded-for': '198.51.100.10' }),
}

/** May it? A call that is let through and then fails for what it says is let through. */
async function may(role: Role, method: string, route: string, proof: Record<string, string>): Promise<boolean> {
  const bearsLink = role === 'owner’s link'
  const path = route
    .replace('{secret}', bearsLink ? (route.startsWith('/api/o/') ? secrets.o : secrets.t) : 'AAAAAAAAAAAAAAAAAAAAAA')
    .replace(/\{\w+\}/g, 'none')
  const hasBody = ['POST', 'PUT', 'PATCH'].includes(method)
  const response = await fetch(program.url + path, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(10_000),
    headers: { ...proof, ...(hasBody ? { 'content-type': 'application/json' } : {}) },
    ...(hasBody ? { body: '{}' } : {}),
  })
  await response.body?.cancel()
  expect([429, 500], `${role}: ${method} ${route}`).not.toContain(response.status)
  if (route.includes('{secret}')) return response.status !== 404 && response.status !== 401
  return response.status !== 401 && response.status !== 403
}

/** What an MQTT client is let do. */
const deeds: [string, (id: string, other: string) => { publish?: string; subscribe?: string }][] = [
  ['publish its own telemetry', (id) => ({ publish: `appliances/fridge/${id}/telemetry` })],
  ['receive its own commands', (id) => ({ subscribe: `appliances/fridge/${id}/commands` })],
  ['publish to a topic of its own that nobody knows', (id) => ({ publish: `appliances/fridge/${id}/other` })],
  ['publish another’s telemetry', (_, other) => ({ publish: `appliances/fridge/${other}/telemetry` })],
  ['receive another’s commands', (_, other) => ({ subscribe: `appliances/fridge/${other}/commands` })],
  ['receive everything', () => ({ subscribe: '#' })],
  ['publish below $SYS', () => ({ publish: '$SYS/x' })],
]
async function mayOverMqtt(user: string, id: string, deed: (typeof deeds)[number][1]): Promise<boolean> {
  const client = await connectAppliance(program, user, mqtt[user] ?? '')
  try {
    const { publish, subscribe } = deed(id, 'a3')
    const closed = new Promise<never>((_, reject) => client.once('close', () => reject(new Error('closed'))))
    closed.catch(() => {})
    if (publish) {
      const body = JSON.stringify({ ts: Date.now(), metrics: { cabinetTemp: 4 } })
      await Promise.race([closed, client.publishAsync(publish, body, { qos: 1 })])
      return true
    }
    const granted = await Promise.race([closed, client.subscribeAsync(subscribe!, { qos: 1 })])
    return granted.every(({ qos }) => qos < 128)
  } catch {
    return false
  } finally {
    await client.endAsync(true)
  }
}

const tableOf = (head: readonly string[], rows: (string | boolean)[][]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : ':-:')), ...rows]
    .map((row) => `| ${row.map((cell) => (cell === true ? '●' : cell === false ? '' : cell)).join(' | ')} |`)
    .join('\n')

test('H what each role may do is what docs/access.md says (UPDATE_DOCS=1 writes it)', {
  timeout: 240_000,
}, async () => {
  const { paths } = await program.call<{ paths: Record<string, Record<string, { summary?: string }>> }>(
    'GET',
    '/openapi.json',
  )
  const calls = Object.entries(paths).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, { summary }]) => ({ route, method: method.toUpperCase(), summary })),
  )
  expect(calls.length).toBeGreaterThan(80)
  for (const route of ['/metrics', '/healthz', '/readyz', '/openapi.json'])
    if (!paths[route]) calls.push({ route, method: 'GET', summary: undefined })
  calls.sort((a, b) => (a.route < b.route ? -1 : a.route > b.route ? 1 : a.method < b.method ? -1 : 1))
  const granted = new Map<Role, boolean[]>()
  for (const role of roles) {
    let proof = await proofs[role]()
    const row: boolean[] = []
    for (const { route, method } of calls) {
      row.push(await may(role, method, route, proof))
      // It may have ended its own session.
      if (route.startsWith('/api/session') && method !== 'GET' && 'cookie' in proof) proof = await proofs[role]()
    }
    granted.set(role, row)
  }
  const http = calls.map(({ route, method, summary }, i) => [
    `\`${method} ${route}\` ${summary ?? ''}`.trim(),
    ...roles.map((role) => granted.get(role)![i]!),
  ])
  const over: (string | boolean)[][] = []
  for (const [what, deed] of deeds)
    over.push([what, await mayOverMqtt('a1', 'a1', deed), await mayOverMqtt('g1', 'a2', deed)])
  const text = `# Who may do what

Asked of the running server by \`test/field/H-roles.test.ts\`, which fails when an answer changes; with \`UPDATE_DOCS=1\` it
writes this page. ● is let through (and may then fail for what it says); an empty cell is answered 401, 403 or, for a
link that is none, 404. The administrator's token in \`DATA_DIR/admin-token\` may what an administrator may. \`/metrics\` is
open to programs on the machine itself. An owner's link opens the pages of one appliance and its tickets, and nothing else.

## HTTP

${tableOf(['', ...roles], http)}

## MQTT

A client without the id and password of an appliance or a gateway is refused at its CONNECT.

${tableOf(['', 'appliance', 'gateway'], over)}
`
  if (process.env.UPDATE_DOCS) await writeFile(DOCUMENT, text)
  expect(await readFile(DOCUMENT, 'utf8')).toBe(text)
  const of = (call: string): (string | boolean)[] =>
    http.find(([cell]) => String(cell).startsWith(`\`${call}\``))!.slice(1)
  expect(of('GET /api/audit')).toEqual([false, false, false, false, true, false, false])
  expect(of('POST /api/appliances')).toEqual([false, false, false, true, true, false, false])
  expect(of('GET /api/appliances')).toEqual([false, false, true, true, true, false, false])
  expect(of('GET /api/simulator/faults')).toEqual([false, false, false, true, true, false, false])
  for (const call of ['POST /api/t/{secret}/move', 'POST /api/t/{secret}/cancel', 'POST /api/o/{secret}/report'])
    expect(of(call), call).toEqual([false, true, false, false, false, false, false])
  expect(over.map(([, ...cells]) => cells)).toEqual([
    [true, true],
    [true, true],
    [true, true],
    [false, false],
    [false, false],
    [false, false],
    [false, false],
  ])
})
