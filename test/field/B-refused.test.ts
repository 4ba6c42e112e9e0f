// FIELD B and A6: what people and owners name or choose is looked up as data, bounded, and refused by the name of its field.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']
let dataDir: string
let program: Program
let ticket: { id: string; ownerLink: string }
let sticker: string
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir)
  await program.call('POST', '/api/appliances', { id: 'f1', kind: 'fridge', model: 'M' })
  ticket = await program.call('POST', '/api/appliances/f1/report', { text: 'it hums' })
  const { link } = await program.call<{ link: string }>('GET', '/api/appliances/f1/owner-link')
  sticker = `/api${new URL(link).pathname}/report`
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

async function answer(method: string, path: string, body?: unknown): Promise<{ status: number; said: string }> {
  const response = await fetch(program.url + path, {
    method,
    headers: { authorization: `Bearer ${program.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, said: await response.text() }
}

test.each(inherited)('B %s is no cause, no part and no failure mode', async (name) => {
  const calls: [string, object][] = [
    [`/api/tickets/${ticket.id}/close`, { cause: name, parts: [] }],
    [`/api/tickets/${ticket.id}/close`, { cause: 'none', parts: [name] }],
    [`/api/tickets/${ticket.id}/wait`, { parts: [{ part: name }] }],
    ['/api/appliances/f1/report', { text: 'it hums', failureMode: name }],
    [sticker, { text: 'it hums', symptom: name }],
  ]
  for (const [path, body] of calls) {
    const { status, said } = await answer('POST', path, body)
    expect([400, 409, 422], `${path} ${JSON.stringify(body)}: ${said}`).toContain(status)
    expect(said).toMatch(/"code":/)
  }
  const { closure, costs } = await program.call<{ closure?: object; costs?: object }>(
    'GET',
    `/api/tickets/${ticket.id}`,
  )
  expect([closure, costs]).toEqual([undefined, undefined])
})

test.each(inherited)('B %s is no kind, depot, engineer, skill or setting', async (name) => {
  const calls: [string, string, unknown][] = [
    ['POST', '/api/appliances', { id: 'x1', kind: name, model: 'M' }],
    ['PUT', '/api/policy', { policy: { [name]: 1 }, why: 'x' }],
    ['POST', `/api/tickets/${ticket.id}/assign`, { engineer: name, why: 'x' }],
    ['GET', `/api/engineers/${name}`, undefined],
    ['GET', `/api/kinds/${name}`, undefined],
    ['GET', `/api/appliances/${name}`, undefined],
  ]
  for (const [method, path, body] of calls) {
    const { status, said } = await answer(method, path, body)
    expect(status, `${method} ${path}: ${said}`).toBeGreaterThanOrEqual(400)
    expect(status, `${method} ${path}: ${said}`).toBeLessThan(500)
  }
})

test.each([...inherited, 'nope', 'bearing-wear'])(
  'B no query is answered with zeros for the failure mode %s',
  async (name) => {
    const at = Date.now()
    for (const path of [
      `/api/quality/effect?kind=fridge&at=${at}&failureMode=${name}`,
      `/api/kpis?kind=fridge&failureMode=${name}`,
      `/api/tickets?kind=fridge&failureMode=${name}`,
      `/api/articles?kind=fridge&failureMode=${name}`,
      ...(name === 'bearing-wear' ? [] : [`/api/quality/life?failureMode=${name}`]),
    ]) {
      const { status, said } = await answer('GET', path)
      expect([status, said], path).toEqual([422, expect.stringContaining('unknown-failure-mode')])
    }
  },
)

test.each([...inherited, 'nope'])('B no query is answered with nothing for the kind or the cohort %s', async (name) => {
  const { paths } = await program.call<{ paths: Record<string, { get?: { parameters?: { name: string }[] } }> }>(
    'GET',
    '/openapi.json',
  )
  const withKind = Object.entries(paths).filter(([, { get }]) => get?.parameters?.some((one) => one.name === 'kind'))
  expect(withKind.length).toBeGreaterThan(7)
  for (const [path] of withKind) {
    const more = `failureMode=unknown&at=${Date.now()}&lat=1&lon=1`
    const { status, said } = await answer('GET', `${path}?kind=${name}&${more}`)
    expect([400, 422], `${path}: ${said}`).toContain(status)
    expect(said, path).toContain('unknown-kind')
  }
  for (const by of ['model', 'batch', 'firmware']) {
    const of = `kind=fridge&failureMode=compressor-wear&at=${Date.now()}`
    const { status, said } = await answer('GET', `/api/quality/effect?${of}&${by}=${name}`)
    expect([status, said]).toEqual([422, expect.stringContaining('unknown-cohort')])
  }
})

test('A6 an owner moves the visit to no year 287,000, and the desk reads its lists as before', async () => {
  const path = `/api${new URL(ticket.ownerLink).pathname}`
  for (const from of [9_000_000_000_000_000, 8_640_000_000_000_001, -1, 1e300, 253_402_300_800_000]) {
    for (const call of ['move', 'accept']) {
      const { status, said } = await answer('POST', `${path}/${call}`, { slot: { from, to: from + 3_600_000 } })
      expect(status, said).toBeGreaterThanOrEqual(400)
      expect(status, said).toBeLessThan(500)
    }
  }
  for (const list of ['/api/tickets', `/api/tickets/${ticket.id}`, '/api/inbox', path]) {
    expect((await answer('GET', list)).status, list).toBe(200)
  }
})
