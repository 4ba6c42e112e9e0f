// What a registration may say, and what is left of an appliance that is retired.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAppliance, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const YEAR = 365 * 86_400_000
let dataDir: string
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir)
})
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})
const post = (path: string, body: string, type = 'application/json'): Promise<Response> =>
  fetch(program.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${program.token}`, 'content-type': type },
    body,
  })
const register = (more: object): Promise<Response> =>
  post('/api/appliances', JSON.stringify({ id: 'h1', kind: 'fridge', model: 'M', ...more }))

test.each([
  [{ installedAt: Math.round(Date.now() / 1000) }, 'installedAt'],
  [{ installedAt: -1 }, 'installedAt'],
  [{ installedAt: 0 }, 'installedAt'],
  [{ installedAt: Date.now() + 2 * YEAR }, 'installedAt'],
  // All that nobody names a home of would be of one home.
  [{ homeId: '' }, 'homeId'],
  [{ homeId: ' ' }, 'homeId'],
  [{ cadenceSeconds: 5e-324 }, 'cadenceSeconds'],
  [{ heartbeatSeconds: 1e-300, reports: 'on-change' }, 'heartbeatSeconds'],
])('H %j is refused with its name', async (more, field) => {
  const answer = await register(more)
  expect([400, 422]).toContain(answer.status)
  expect(((await answer.json()) as { concerns: string }).concerns).toContain(field)
})
test('H what a reading may say of its firmware a registration may, and old appliances are older than telemetry', async () => {
  expect((await register({ firmware: 'x'.repeat(128), installedAt: Date.UTC(1985, 0, 1) })).status).toBe(201)
  expect((await register({ installedAt: Date.now() + 0.9 * YEAR })).status).toBe(201)
})
test('B a field called __proto__ is refused with its path, and does not vanish', async () => {
  const body = '{"id":"h2","kind":"fridge","model":"M","units":{"__proto__":"degF"}}'
  const answer = await post('/api/appliances', body)
  expect(answer.status).toBe(422)
  expect(await answer.json()).toMatchObject({ concerns: 'units.__proto__' })
})
test('G a list of appliances says which line was installed at no such time', async () => {
  const rows = 'id,kind,model,installedAt\nh3,fridge,M,2025-02-01\nh4,fridge,M,2999-01-01\n'
  const answer = await post('/api/imports/appliances?preview=true', rows, 'text/csv')
  expect(await answer.json()).toMatchObject({ usable: 1, refused: [{ line: 3, column: 4 }] })
})
test('H a retired appliance keeps neither the home nor the place of its owner, when it is registered again either', async () => {
  const make = (more: object = {}) =>
    program.call<object>('POST', '/api/appliances', { id: 'h6', kind: 'fridge', model: 'M', ...more })
  const owner = { name: 'Ada', contact: 'ada@example.org', language: 'en' }
  await make({ owner, homeId: 'home-1', location: { lat: 52.5, lon: 13.4 } })
  const retired = await program.call<object>('DELETE', '/api/appliances/h6')
  for (const left of [retired, await make()])
    for (const field of ['owner', 'homeId', 'location']) expect(left).not.toHaveProperty(field)
})
test('H of two changes at once the later one builds on the earlier: what is retired stays retired, and no change is lost', async () => {
  const owner = { name: 'Ada', contact: 'ada@example.org', language: 'en' }
  for (const id of ['h7', 'h8', 'h9']) {
    await register({ id, owner })
    const [retired, moved] = await Promise.all([
      program.call<object>('DELETE', `/api/appliances/${id}`),
      post(`/api/appliances/${id}/transfer`, JSON.stringify({ owner: { name: 'Bob', contact: 'bob@example.org' } })),
    ])
    expect(retired).toHaveProperty('retiredAt')
    expect(moved.status).toBe(409)
    expect(await program.call('GET', `/api/appliances/${id}`)).toHaveProperty('retiredAt')
  }
  await register({ id: 'h10', owner })
  await Promise.all([
    register({ id: 'h10', model: 'N' }),
    post('/api/appliances/h10/erase', JSON.stringify({ confirm: 'h10' })),
    register({ id: 'h10', firmware: '7' }),
  ])
  const left = await program.call('GET', '/api/appliances/h10')
  expect(left).toMatchObject({ model: 'M', firmware: '7' })
  expect(left).not.toHaveProperty('owner')
})
test('H what waits for a retired appliance has failed, and is not sent when it is back', async () => {
  const make = () =>
    program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', { id: 'h5', kind: 'fridge', model: 'M' })
  await make()
  const body = { type: 'restart', expiresInSeconds: 3_600 }
  const { id } = await program.call<{ id: string }>('POST', '/api/appliances/h5/commands', body)
  await program.call('DELETE', '/api/appliances/h5')
  const command = () => program.call<{ state: string; detail?: string }>('GET', `/api/commands/${id}`)
  expect(await command()).toMatchObject({ state: 'failed', detail: expect.stringContaining('retired') })
  const { mqtt } = await make()
  const client = await connectAppliance(program, 'h5', mqtt.password)
  const heard: string[] = []
  client.on('message', (_, payload) => heard.push(payload.toString()))
  await client.subscribeAsync('appliances/fridge/h5/command', { qos: 1 })
  const next = await program.call<{ id: string }>('POST', '/api/appliances/h5/commands', body)
  await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(1)
  expect(heard[0]).toContain(next.id)
  await client.endAsync(true)
})
