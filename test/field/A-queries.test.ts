// Whatever stands in a path or a query: every GET route answers, none with 5xx, and the program lives.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectAppliance, newDataDir, type Program, quiet, removeDataDir, startProgram } from '../program.ts'
import { fetchServers, type RunningServer, serversMissing, startPostgres } from '../servers/servers.ts'

interface Parameter {
  name: string
  in: string
  required?: boolean
  schema?: { type?: string; enum?: unknown[]; pattern?: string }
}
interface Route {
  path: string
  parameters: Parameter[]
}
/** As they stand in a URL, so that what cannot be decoded is among them. */
const hostile = [
  '',
  '%20',
  'toString',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '%00',
  'a%00b',
  '%01%1b%7f',
  'a'.repeat(150),
  'b'.repeat(6_000),
  '1,'.repeat(2_000),
  '0',
  '-1',
  '1.5',
  '1e308',
  '-1e308',
  '1e400',
  'NaN',
  'Infinity',
  '-Infinity',
  '9000000000000000',
  '-9000000000000000',
  '9007199254740993',
  '4102444800000',
  '99999999999999999999999999',
  '0x10',
  '%',
  '%zz',
  '%E4%A',
  '%ED%A0%80',
  '%F0%9F%A7%8A',
  '%E2%80%AE',
  "'%3b%20drop%20table%20ticket%3b--",
  '%25%25',
  '*',
  '..%2f..%2fetc%2fpasswd',
  '{"$gt":""}',
  '1.1.1',
  '99999999999999999999999999.x',
  '99999999999999999999999999-1',
  '-1.x',
  '1-99999999999999999999999999',
  '.',
  '1.',
  '.x',
  'null',
  'true',
]

let dataDir: string
let program: Program
let known: Record<string, string>
async function open(env: Record<string, string> = {}): Promise<void> {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, env)
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id: 'w1',
    kind: 'washer',
    model: 'M1',
    owner: { name: 'Ada', contact: 'ada@example.org' },
  })
  const client = await connectAppliance(program, 'w1', mqtt.password)
  const ts = Date.now() - 3_600_000
  const send = (topic: string, body: object): Promise<unknown> =>
    client.publishAsync(`appliances/washer/w1/${topic}`, JSON.stringify(body), { qos: 1 })
  for (let i = 0; i < 20; i++) await send('telemetry', { ts: ts + i * 60_000, metrics: { power: i, mine: i } })
  await send('event', { ts, type: 'error', code: 'E18' })
  await send('telemetry', { ts: 1, metrics: {} })
  await client.endAsync()
  await program.call('POST', '/api/appliances/w1/report', { text: 'it hums' })
  await quiet(program)
  const [ticket] = (await program.call<{ items: { id: string; ownerLink: string }[] }>('GET', '/api/tickets')).items
  const [alert] = (await program.call<{ items: { id: string }[] }>('GET', '/api/alerts')).items
  const { link } = await program.call<{ link: string }>('GET', '/api/appliances/w1/owner-link')
  known = {
    '/api/appliances/': 'w1',
    '/api/tickets/': ticket?.id ?? '',
    '/api/alerts/': alert?.id ?? '',
    '/api/t/': ticket?.ownerLink.split('/t/')[1] ?? '',
    '/api/o/': link.split('/o/')[1] ?? '',
  }
}
async function close(): Promise<void> {
  await program.stop()
  await removeDataDir(dataDir)
}

async function routes(): Promise<Route[]> {
  const { paths } = await program.call<{ paths: Record<string, { get?: { parameters?: Parameter[] } }> }>(
    'GET',
    '/openapi.json',
  )
  return Object.entries(paths).flatMap(([path, { get }]) => (get ? [{ path, parameters: get.parameters ?? [] }] : []))
}

/** The route with one thing in each place of its path that exists, where we know one. */
const filled = (path: string): string =>
  path.replace(/\{\w+\}/, Object.entries(known).find(([begin]) => path.startsWith(begin))?.[1] ?? 'none')
const rest = (path: string): string => path.replace(/\{\w+\}/g, 'none')

/** What a sound call says for a parameter that is needed. */
function sound({ name, schema }: Parameter): string {
  const first = schema?.enum?.[0]
  if (first !== undefined) return String(first)
  if (name === 'month') return '2026-05'
  if (name === 'kind') return 'washer'
  if (name === 'failureMode') return 'drain-clog'
  return schema?.type === 'string' ? 'x' : String(Date.now())
}

function urlsOf({ path, parameters }: Route): string[] {
  const urls: string[] = []
  const queries = parameters.filter((one) => one.in === 'query')
  const needed = queries.filter(({ required }) => required)
  for (const place of path.match(/\{\w+\}/g) ?? [])
    for (const value of hostile) urls.push(rest(path.replace(place, value)))
  const base = rest(filled(path))
  const others = (but: string): string[] =>
    needed.filter(({ name }) => name !== but).map((one) => `${one.name}=${sound(one)}`)
  for (const { name } of queries) {
    for (const value of hostile) {
      const asked = `${name}=${value}`
      urls.push(`${base}?${[...others(name), asked].join('&')}`)
    }
    urls.push(`${base}?${[...others(name), `${name}=1`, `${name}=2`].join('&')}`)
    urls.push(`${base}?${[...others(name), `${name}[]=1`, `${name}[x]=2`, `${name}.y=3`].join('&')}`)
  }
  for (const asked of ['', '__proto__=1', '__proto__[x]=1', 'constructor=1&toString=2', '%', '%00', '&&=&=1'])
    urls.push(`${base}?${[...others(''), asked].join('&')}`)
  return urls
}

async function statusOf(url: string): Promise<number> {
  const headers = { authorization: `Bearer ${program.token}` }
  const response = await fetch(program.url + url, {
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(20_000),
  })
  await response.body?.cancel()
  return response.status
}

/** Every route with everything hostile in each place of its path and its query. */
async function walk(): Promise<void> {
  const found = await routes()
  expect(found.length).toBeGreaterThan(40)
  const bad: string[] = []
  const counts = new Map<number, number>()
  for (const route of found) {
    for (const url of urlsOf(route)) {
      const status = await statusOf(url).catch((error: Error) => `${error.message} ${error.cause}`)
      if (typeof status === 'number') counts.set(status, (counts.get(status) ?? 0) + 1)
      if (typeof status !== 'number' || status >= 500 || status === 429) bad.push(`${status} ${url.slice(0, 300)}`)
    }
  }
  console.log(`${[...counts.values()].reduce((a, b) => a + b, 0)} calls of ${found.length} routes`, counts)
  expect(bad).toEqual([])
  expect(counts.get(200)).toBeGreaterThan(500)
  expect((await program.call<{ id: string }>('GET', '/api/appliances/w1')).id).toBe('w1')
}

describe('on SQLite', () => {
  beforeAll(() => open(), 120_000)
  afterAll(close)
  test('A no path and no query makes any GET route fail, or the program end', { timeout: 600_000 }, walk)

  test('A a text with control characters is refused with 422 and the field, tabs and line breaks are taken', async () => {
    const refused: [string, string, object, string][] = [
      ['POST', '/api/appliances', { id: 'w2', kind: 'washer', model: 'M\u0000' }, 'model'],
      ['PATCH', '/api/appliances/w1', { owner: { name: 'A\u001bda', contact: '' } }, 'owner.name'],
      ['POST', '/api/appliances/w1/report', { text: 'it \u0000 hums' }, 'text'],
      ['POST', '/api/appliances', { id: 'w2', kind: 'washer', model: 'M\ud83d' }, 'model'],
      ['POST', '/api/accounts', { name: 'ada', password: 'correct\u0007horse', role: 'desk' }, 'password'],
    ]
    for (const [method, path, body, field] of refused) {
      const answer = await program.call(method, path, body).catch((error: Error) => error.message)
      expect(answer).toMatch(/ 422 .*(control character|half a character)/)
      expect(answer).toContain(`"concerns":"${field}"`)
    }
    await program.call('POST', '/api/appliances/w1/report', { text: 'it\thums\nand\r\nleaks' })
  })

  test('A a body is UTF-8 with a byte order mark or without, and none of its letters becomes another', async () => {
    const send = async (body: Buffer, type = 'application/json') => {
      const headers = { authorization: `Bearer ${program.token}`, 'content-type': type }
      const answer = await fetch(`${program.url}/api/appliances`, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
      })
      return { status: answer.status, ...((await answer.json()) as { model?: string; title?: string }) }
    }
    const washer = '{"id":"w3","kind":"washer","model":"洗衣机 😀"}'
    expect(await send(Buffer.from(`\uFEFF${washer}`))).toMatchObject({ status: 201, model: '洗衣机 😀' })
    const gbk = Buffer.concat([
      Buffer.from('{"id":"w4","kind":"washer","model":"'),
      Buffer.from([0xb1, 0xf9, 0x22, 0x7d]),
    ])
    for (const type of ['application/json', 'application/json; charset=gbk'])
      expect(await send(gbk, type)).toMatchObject({ status: 400, title: expect.stringContaining('not UTF-8') })
    expect(await send(Buffer.from(washer, 'utf16le'))).toMatchObject({ status: 400 })
  })
})

describe.skipIf(serversMissing())('on PostgreSQL', () => {
  let postgres: RunningServer
  beforeAll(async () => {
    fetchServers()
    postgres = await startPostgres()
    await open({ POSTGRES_URL: postgres.url })
  }, 180_000)
  afterAll(async () => {
    await close()
    await postgres.stop()
  })
  test('A no path and no query makes any GET route fail, or the program end', { timeout: 600_000 }, walk)
})
