// Every question of the API, asked of a world in which things have happened: each answer is as it is described.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answers, otherMedia } from '../dashboards/api/answers/index.ts'
import { mismatch } from '../dashboards/api/answerWatch.ts'
import { routePermissions } from '../dashboards/index.ts'
import { eventually, newDataDir, type Program, removeDataDir, startProgram } from './program.ts'

const DAY = 86_400_000
const PASSWORD = 'correct horse battery'
let dataDir: string
let program: Program
/** What stands in a path, by how the path begins. */
let known: [begin: string, id: string][]
/** What is asked besides, by path. */
let asked: Record<string, string>
let cookies: Record<'admin' | 'engineer' | 'owner', string>

interface Listed<T> {
  items: T[]
}
const list = async <T>(path: string): Promise<T[]> => (await program.call<Listed<T>>('GET', path)).items
const simulator = () =>
  program.call<{ now: number; paused: boolean; opening?: true; lapse?: object }>('GET', '/api/simulator')
const first = async <T = { id: string }>(path: string): Promise<T> => {
  const [one] = await list<T>(path)
  if (!one) throw new Error(`${path} is empty`)
  return one
}
async function cookieOf(name: string, password: string): Promise<string> {
  const response = await fetch(`${program.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password }),
  })
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { SIMULATE: '9', SIMULATE_DAYS: '12', ADMIN_PASSWORD: PASSWORD })
  await eventually(
    'the end of the time-lapse',
    async () => !(await simulator()).opening && !(await simulator()).lapse,
    400_000,
  )
  const engineer = await first('/api/engineers')
  const appliance = await first('/api/appliances?kind=fridge')
  await program.call('POST', '/api/simulator/faults', {
    appliance: appliance.id,
    failureMode: 'start-relay-failure',
    days: 0.5,
  })
  await program.call('PATCH', '/api/simulator', { until: Math.round((await simulator()).now + DAY) })
  await eventually('a day later', async () => (await simulator()).paused, 120_000)
  const { now } = await simulator()
  await program.call('POST', `/api/appliances/${appliance.id}/report`, { text: 'it hums' })
  const ticket = await first<{ id: string; ownerLink: string }>('/api/tickets')
  const alert = await first('/api/alerts')
  const command = await program.call<{ id: string }>('POST', `/api/appliances/${appliance.id}/commands`, {
    type: 'restart',
  })
  await program.call('POST', '/api/accounts', {
    name: 'anna',
    password: PASSWORD,
    role: 'engineer',
    engineer: engineer.id,
  })
  await program.call('POST', '/api/accounts', { name: 'olga', password: PASSWORD, role: 'owner' })
  await program.call('POST', '/api/outlets', {
    id: 'o1',
    name: 'First',
    tier: 'star',
    location: { lat: 48, lon: 14 },
    withinKm: 30,
  })
  const account = await first('/api/accounts')
  const { items: templates } = await program.call<Listed<{ id: string; campaign: object }>>(
    'GET',
    '/api/campaigns/templates',
  )
  await program.call('PUT', '/api/campaigns/energy', templates.find(({ id }) => id === 'energy')?.campaign)
  await program.call('PUT', '/api/rules/warm', {
    name: { en: 'Warm', zh: '温度高' },
    owner: { en: 'It is warm.', zh: '温度偏高。' },
    scope: { kind: 'fridge' },
    severity: 'info',
    when: { of: 'reading', all: [{ metric: 'cabinetTemp', op: 'above', limit: 7 }] },
  })
  await program.call('POST', '/api/rules/warm/preview', { days: 5 })
  const { link } = await program.call<{ link: string }>('GET', `/api/appliances/${appliance.id}/owner-link`)
  const own = await program.call<{ link: string }>('GET', `/api/appliances/${appliance.id}/own-page`)
  const ownPage = own.link.split('/p/')[1] ?? ''
  const share = await program.call<{ path: string }>('POST', `/api/p/${ownPage}/shares`, { scope: 'signals', days: 1 })
  known = [
    ['/api/accounts/', account.id],
    ['/api/alerts/', alert.id],
    ['/api/appliances/', appliance.id],
    ['/api/articles/', 'fridge-inverter'],
    ['/api/commands/', command.id],
    ['/api/engineers/', engineer.id],
    ['/api/o/', link.split('/o/')[1] ?? ''],
    ['/api/outlets/', 'o1'],
    ['/api/p/', ownPage],
    ['/api/r/', share.path.split('/r/')[1] ?? ''],
    ['/api/campaigns/', 'energy'],
    ['/api/rules/', 'warm'],
    ['/api/t/', ticket.ownerLink.split('/t/')[1] ?? ''],
    ['/api/tickets/', ticket.id],
  ]
  const range = `from=${now - 20 * DAY}&to=${now + DAY}`
  asked = {
    '/api/appliances/:id/cycles': range,
    '/api/appliances/:id/events': range,
    '/api/appliances/:id/features': range,
    '/api/appliances/:id/telemetry': `${range}&points=50`,
    '/api/appliances/:id/telemetry/like': range,
    '/api/day': `at=${now}`,
    '/api/coverage': 'lat=48&lon=14',
    '/api/intake/template': 'kind=fridge',
    '/api/quality/effect': `kind=fridge&failureMode=compressor-wear&at=${now - 9 * DAY}`,
    '/api/quality/report': `month=${new Date(now).toISOString().slice(0, 7)}`,
    '/api/rules/words': 'kind=fridge',
    '/api/service-file': `code=${appliance.id}`,
  }
  cookies = {
    admin: await cookieOf('admin', PASSWORD),
    engineer: await cookieOf('anna', PASSWORD),
    owner: await cookieOf('olga', PASSWORD),
  }
}, 600_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

/** What is told to a person who signed in, and to no program. */
const personOf = (call: string): keyof typeof cookies | undefined =>
  call === 'GET /api/my'
    ? 'engineer'
    : call === 'GET /api/home'
      ? 'owner'
      : call.startsWith('GET /api/session/')
        ? 'admin'
        : undefined
/** Where the world of these tests has nothing to ask for. */
const nothingThere = new Set(['GET /api/cohorts/:id'])

async function ask(call: string): Promise<Response> {
  const route = call.slice('GET '.length)
  const id = known.find(([begin]) => route.startsWith(begin))?.[1] ?? 'none'
  const person = personOf(call)
  const query = asked[route] === undefined ? '' : `?${asked[route]}`
  return fetch(program.url + route.replace(/:\w+/, id) + query, {
    headers: person ? { cookie: cookies[person] } : { authorization: `Bearer ${program.token}` },
  })
}

test('every GET answers as it is described, nothing more and nothing less', async () => {
  const calls = Object.keys(answers).filter((call) => call.startsWith('GET '))
  expect(calls.length).toBeGreaterThan(65)
  const wrong: unknown[] = []
  let filled = 0
  const described = new Map(Object.entries(answers))
  for (const call of calls) {
    if (nothingThere.has(call)) continue
    const response = await ask(call)
    const answer = await response.json()
    const schema = described.get(call)
    if (response.status !== 200 || !schema) wrong.push([call, response.status, answer])
    else if (mismatch(schema, answer) !== undefined) wrong.push([call, mismatch(schema, answer)])
    if (!Array.isArray(answer.items) || answer.items.length > 0) filled++
  }
  expect(wrong).toEqual([])
  // Lists of a young world may be empty; most are not.
  expect(filled).toBeGreaterThan(55)
})

test('every call is described in the document, with what it answers and that it may be refused', async () => {
  interface Operation {
    responses: Record<string, { content?: Record<string, { schema?: object }> }>
  }
  const { openapi, paths } = await program.call<{
    openapi: string
    paths: Record<string, Record<string, Operation>>
  }>('GET', '/openapi.json')
  expect(openapi).toBe('3.1.0')
  const bare: string[] = []
  const media = new Map<string, readonly string[]>(Object.entries(otherMedia))
  for (const call of Object.keys(routePermissions)) {
    // The document itself, and what leads elsewhere.
    if (media.get(call)?.length === 0) continue
    const [method = '', path = ''] = call.split(' ')
    const responses = paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]?.responses ?? {}
    const good = Object.entries(responses).filter(
      ([status, { content = {} }]) =>
        status.startsWith('2') && Object.values(content).some(({ schema }) => Object.keys(schema ?? {}).length > 0),
    )
    const refused = responses['4XX']?.content?.['application/problem+json']?.schema
    if (good.length === 0 || !refused) bare.push(call)
  }
  expect(bare).toEqual([])
  expect(Object.keys(otherMedia).length).toBeLessThan(15)
})
