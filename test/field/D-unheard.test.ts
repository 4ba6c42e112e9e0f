// FIELD D: a registered appliance of which no reading has ever counted is shown as that, and why.
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from '../program.ts'

interface Answer {
  items: { id: string; unheard?: { why: string; topic?: string; lastRefused?: { detail: string; sample: string } } }[]
  total: number
  next?: string
}

let dataDir: string
let program: Program
const clients: MqttClient[] = []
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir)
})
afterAll(async () => {
  for (const client of clients) await client.endAsync(true)
  await program.stop()
  await removeDataDir(dataDir)
})

async function register(id: string): Promise<string> {
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id,
    kind: 'fridge',
    model: 'Test',
  })
  return mqtt.password
}
async function connect(id: string): Promise<(payload: object, topic?: string) => Promise<unknown>> {
  const client = await connectAppliance(program, id, await register(id))
  clients.push(client)
  return (payload, topic = 'telemetry') =>
    client.publishAsync(`appliances/fridge/${id}/${topic}`, JSON.stringify(payload), { qos: 1 })
}
const unheard = () => program.call<Answer>('GET', '/api/appliances?unheard=true')

test('D12 who never sent a reading, or only refused ones, is listed with why, also after a kill', async () => {
  await register('d12-never')
  await connect('d12-mute')
  const refused = await connect('d12-refused')
  const astray = await connect('d12-astray')
  const heard = await connect('d12-heard')
  await refused({ ts: Math.floor(Date.now() / 1000), metrics: { power: 80 } })
  await astray({ ts: Date.now(), metrics: { power: 80 } }, 'state')
  await heard({ ts: Date.now(), metrics: { power: 80 } })
  await quiet(program)
  const { items, total } = await eventually('four are left', async () => {
    const answer = await unheard()
    return answer.total === 4 && answer
  })
  expect(total).toBe(items.length)
  const why = Object.fromEntries(items.map(({ id, unheard }) => [id, unheard]))
  expect(why).toMatchObject({
    'd12-never': { why: 'not-connected' },
    'd12-mute': { why: 'says-nothing' },
    'd12-refused': { why: 'refused', lastRefused: { detail: expect.stringMatching(/looks like seconds/) } },
    'd12-astray': { why: 'wrong-topic', topic: expect.stringContaining('d12-astray/state') },
  })
  expect(why['d12-refused']?.lastRefused?.sample).toContain('"power":80')
  const one = await program.call<Answer['items'][0]>('GET', '/api/appliances/d12-heard')
  expect(one).not.toHaveProperty('unheard')
  expect((await program.call<Answer>('GET', '/api/appliances')).items).toHaveLength(5)
  const page = await program.call<Answer>('GET', '/api/appliances?unheard=true&limit=3')
  expect([page.items.length, page.total, page.next !== undefined]).toEqual([3, 4, true])

  await program.kill()
  program = await startProgram(dataDir)
  const again = await unheard()
  expect(again.total).toBe(4)
  expect(again.items.find(({ id }) => id === 'd12-refused')?.unheard?.why).toBe('refused')
  await program.call('DELETE', '/api/appliances/d12-never')
  expect((await unheard()).total).toBe(3)
})
