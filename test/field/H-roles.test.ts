// FIELD H: what each role may do, asked of the running server, and printed in docs/access.md.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  actions,
  type Needs,
  type Role,
  roles,
  routePermissions,
  type Scope,
  scopeOf,
  workRoles,
} from '../../dashboards/index.ts'
import { connectAppliance, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const DOCUMENT = join(fileURLToPath(import.meta.url), '../../../docs/access.md')
const PASSWORD = 'correct horse battery'
const strangers = ['nobody', 'owner’s link', 'appliance', 'gateway'] as const
type Stranger = (typeof strangers)[number]
type Who = Stranger | Role
/** The owner last: by their link they may end what the engineer’s own job is. */
const everybody: readonly Who[] = [...roles, 'nobody', 'appliance', 'gateway', 'owner’s link']
let dataDir: string
let program: Program
let secrets: Record<'o' | 't' | 'p' | 'r', string>
let share = ''
/** Whose things are asked for: those of the engineer who asks, or another's. */
const things = {
  own: { appliance: 'a1', engineer: 'e1', ticket: '' },
  foreign: { appliance: 'a2', engineer: 'e2', ticket: '' },
}
const mqtt: Record<string, string> = {}
/** What an appliance and a gateway are let do: asked before any role may take the appliance from its gateway. */
const over: [string, boolean, boolean][] = []
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD })
  for (const id of ['e1', 'e2']) {
    const engineer = { id, name: `Engineer ${id}`, location: { lat: 48, lon: 14 }, grade: 'A', skills: ['fridge'] }
    await program.call('POST', '/api/engineers', engineer)
  }
  for (const role of roles.filter((one) => one !== 'admin')) {
    const engineer = role === 'engineer' ? { engineer: 'e1' } : {}
    await program.call('POST', '/api/accounts', { name: role, password: PASSWORD, roles: [role], ...engineer })
  }
  for (const id of ['a1', 'a2', 'a3']) {
    const made = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
      id,
      kind: 'fridge',
      model: 'M',
      owner: { name: 'Mia Owner', contact: 'mia@example.org', language: 'en' },
    })
    mqtt[id] = made.mqtt.password
  }
  const gateway = await program.call<{ mqtt: { password: string } }>('POST', '/api/gateways', {
    id: 'g1',
    appliances: ['a2'],
  })
  mqtt.g1 = gateway.mqtt.password
  for (const [what, deed] of deeds)
    over.push([what, await mayOverMqtt('a1', 'a1', deed), await mayOverMqtt('g1', 'a2', deed)])
  for (const thing of Object.values(things)) {
    const { id } = await program.call<{ id: string }>('POST', `/api/appliances/${thing.appliance}/report`, {
      text: 'it hums',
      contact: '+43 1 555',
    })
    await program.call('POST', `/api/tickets/${id}/assign`, { engineer: thing.engineer, why: 'to try' })
    thing.ticket = id
  }
  const { ownerLink } = await program.call<{ ownerLink: string }>('GET', `/api/tickets/${things.own.ticket}`)
  const { link } = await program.call<{ link: string }>('GET', '/api/appliances/a1/owner-link')
  const t = ownerLink.split('/t/')[1]!
  const { path: p } = await program.call<{ path: string }>('POST', `/api/t/${t}/own-page`, {})
  const shared = await program.call<{ id: string; path: string }>('POST', `/api${p}/shares`, {})
  share = shared.id
  secrets = { o: link.split('/o/')[1]!, t, p: p.split('/p/')[1]!, r: shared.path.split('/r/')[1]! }
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

type Proof = Record<string, string>
async function signedIn(name: string): Promise<Proof> {
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
const basic = (id: string): Proof => ({
  authorization: `Basic ${Buffer.from(`${id}:${mqtt[id]}`).toString('base64')}`,
})
const proofs: Record<Stranger, () => Proof> = {
  // As a stranger from outside is seen: through a proxy.
  nobody: () => ({ 'x-forwarded-for': '198.51.100.7' }),
  'owner’s link': () => ({ authorization: `Bearer ${secrets.o}`, 'x-forwarded-for': '198.51.100.8' }),
  appliance: () => ({ ...basic('a1'), 'x-forwarded-for': '198.51.100.9' }),
  gateway: () => ({ ...basic('g1'), 'x-forwarded-for': '198.51.100.10' }),
}
const proofOf = (who: Who): Promise<Proof> | Proof => (who in proofs ? proofs[who as Stranger]() : signedIn(who))

/** What the table says: to everything, to what is one's own alone, or not at all. */
function expected(who: Who, needs: Needs): Scope | undefined {
  if (needs === 'anybody') return 'all'
  if (needs === 'owner-link') return who === 'owner’s link' ? 'all' : undefined
  if ((strangers as readonly string[]).includes(who)) return undefined
  if (needs === 'signed-in') return 'all'
  return scopeOf([who as Role], typeof needs === 'string' ? needs : needs[0])
}

/** To programs on this machine they are open. */
const fromOutside = (route: string): Proof => (route === '/metrics' ? { 'x-forwarded-for': '198.51.100.11' } : {})

const secretOf = (route: string): string => secrets[/^\/api\/([otpr])\//.exec(route)?.[1] as 'o'] ?? ''

/** May it? A call that is let through and then fails for what it says is let through. */
async function may(who: Who, method: string, route: string, proof: Proof, of: keyof typeof things): Promise<boolean> {
  const bearsLink = who === 'owner’s link'
  const thing = things[of]
  // What nobody may do twice is asked of nothing that exists.
  const id = method === 'DELETE' ? 'none' : route.startsWith('/api/tickets/') ? thing.ticket : thing.appliance
  const path = route
    .replace(':secret', bearsLink ? secretOf(route) : 'AAAAAAAAAAAAAAAAAAAAAA')
    .replace(':share', share)
    .replace(':id', route.startsWith('/api/engineers/') ? thing.engineer : id)
    .replace(/:\w+/g, 'none')
  const hasBody = ['POST', 'PUT', 'PATCH'].includes(method)
  const response = await fetch(program.url + path, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(10_000),
    headers: { ...fromOutside(route), ...proof, ...(hasBody ? { 'content-type': 'application/json' } : {}) },
    ...(hasBody ? { body: JSON.stringify(route.endsWith('/grab') ? { engineer: thing.engineer } : {}) } : {}),
  })
  await response.body?.cancel()
  expect([429, 500], `${who}: ${method} ${route}`).not.toContain(response.status)
  if (route.includes(':secret')) return response.status !== 404 && response.status !== 401
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

const tableOf = (head: readonly string[], rows: (string | boolean | undefined)[][]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : ':-:')), ...rows]
    .map((row) => `| ${row.map(cellOf).join(' | ')} |`)
    .join('\n')
const cellOf = (cell: string | boolean | undefined): string =>
  cell === true || cell === 'all' ? '●' : cell === 'own' ? '○' : cell || ''

const routes = Object.entries(routePermissions as Record<string, Needs>).map(([call, needs]) => {
  const [method = '', route = ''] = call.split(' ')
  return { method, route, needs }
})

test('H how an owner is reached is told to those whose work it is, and to nobody else', async () => {
  const tells: Record<string, boolean> = {}
  for (const role of roles) {
    const proof = await signedIn(role)
    let heard = ''
    for (const path of [
      '/api/appliances',
      '/api/appliances/a2',
      '/api/tickets',
      `/api/tickets/${things.foreign.ticket}`,
      '/api/inbox?of=owners',
      '/api/jobs',
      '/api/day?at=0',
      '/api/tasks',
      '/api/service-file?code=a2',
      '/api/alerts',
    ])
      heard += await (await fetch(program.url + path, { headers: proof })).text()
    tells[role] = /Mia Owner|mia@example\.org|\+43 ?1 ?555/.test(heard)
    if (!tells[role]) expect(heard).not.toMatch(/\/[to]\/\S+\.\S{20}/)
  }
  expect(
    Object.keys(tells)
      .filter((role) => tells[role])
      .toSorted(),
  ).toEqual(['admin', 'callback', 'care', 'desk', 'dispatcher', 'supervisor'])
})

test('H an engineer is told how the owner of an own job is reached on the day of the visit, and no day before', async () => {
  const proof = await signedIn('engineer')
  const see = async () =>
    (await (await fetch(`${program.url}/api/tickets/${things.own.ticket}`, { headers: proof })).json()) as {
      slot: { from: number }
      ownerLink: string
      history: { by: string }[]
    }
  const { slot, history, ownerLink } = await see()
  const appliance = await (await fetch(`${program.url}/api/appliances/a1`, { headers: proof })).text()
  const isToday = Math.floor(Date.now() / 86_400_000) >= Math.floor(slot.from / 86_400_000)
  expect(history.some(({ by }) => by.includes('555'))).toBe(isToday)
  expect(appliance.includes('mia@example.org')).toBe(isToday)
  expect(ownerLink).toBe('')
})

test('H each call, asked in each role, is answered as the table of permissions says', {
  timeout: 240_000,
}, async () => {
  const { paths } = await program.call<{ paths: Record<string, Record<string, unknown>> }>('GET', '/openapi.json')
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  )
  expect(described.length).toBeGreaterThan(130)
  expect(described.filter((call) => !(call in routePermissions))).toEqual([])
  const differences: string[] = []
  let asked = 0
  for (const who of everybody) {
    let proof = await proofOf(who)
    for (const { method, route, needs } of routes) {
      const scope = expected(who, needs)
      // Of what is another's: everything or nothing. Of what is one's own: even where one's own alone is allowed.
      for (const of of scope === 'own' ? (['foreign', 'own'] as const) : (['foreign'] as const)) {
        // What follows things that nobody else has, is not told apart by an id.
        if (of === 'foreign' && scope === 'own' && isOnesOwnAnyway(needs)) continue
        const let_ = await may(who, method, route, proof, of)
        asked++
        if (let_ !== (scope === 'all' || (scope === 'own' && of === 'own')))
          differences.push(`${who}: ${method} ${route} (${of}) is ${let_ ? 'let through' : 'refused'}`)
        // It may have ended its own session.
        if (route.startsWith('/api/session') && method !== 'GET' && 'cookie' in proof) proof = await proofOf(who)
      }
    }
  }
  console.log(`${asked} calls in ${everybody.length} roles: ${differences.length} differences`)
  expect(differences).toEqual([])
  expect(asked).toBeGreaterThan(2_000)
})
const isOnesOwnAnyway = (needs: Needs): boolean =>
  typeof needs === 'object' && (needs[1] === 'events' || needs[1] === 'self')

test('H docs/access.md is the table, as it stands in the code (UPDATE_DOCS=1 writes it)', {
  timeout: 60_000,
}, async () => {
  const text = `# Who may do what

Printed from \`dashboards/api/permissions.ts\` and \`dashboards/api/routePermissions.ts\` by \`test/field/H-roles.test.ts\`, which
asks the running server for each call in each role and fails when an answer differs; with \`UPDATE_DOCS=1\` it writes this page.
Every call, the event stream and every export ask this table at one place; a call without an entry keeps the program from
starting, and pages show nothing that would be refused.

Somebody may have several roles: the widest counts. An account of the role \`engineer\` is bound to an engineer, whose jobs
are its own. \`desk\` is the role of accounts that were made before its work places had roles: dispatcher, care and callback
in one. The administrator’s token in \`DATA_DIR/admin-token\` may what an administrator may.

## Actions

● everything, ○ what is one’s own alone.

${tableOf(
  ['', ...workRoles],
  actions.map((action) => [`\`${action}\``, ...workRoles.map((role) => scopeOf([role], action))]),
)}

\`owners.contact\` is no call: it says to whom answers show how an owner is called and reached. The engineer of a job is shown
it from the day of the visit until the visit is over.

## Calls

*anybody*: without a sign-in. *owner-link*: whoever holds the link, which opens one appliance and its tickets, and nothing
else. *signed-in*: in whatever role. \`/metrics\` is open to programs on the machine itself, too.

| | needs |
| --- | --- |
${routes.map(({ method, route, needs }) => `| \`${method} ${route}\` | ${needsInWords(needs)} |`).join('\n')}

## MQTT

A client without the id and password of an appliance or a gateway is refused at its CONNECT.

${tableOf(['', 'appliance', 'gateway'], over)}
`
  if (process.env.UPDATE_DOCS) await writeFile(DOCUMENT, text)
  expect(await readFile(DOCUMENT, 'utf8')).toBe(text)
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
const needsInWords = (needs: Needs): string =>
  typeof needs === 'object'
    ? `\`${needs[0]}\`, own by ${needs[1]}`
    : needs.includes('.')
      ? `\`${needs}\``
      : `*${needs}*`
