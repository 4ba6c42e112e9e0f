// FIELD B: names from outside are data, also those that every object inherits.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAppliance, newDataDir, type Program, quiet, removeDataDir, startProgram } from '../program.ts'

const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']
const T0 = Date.now() - 3_600_000
let dataDir: string
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir)
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

interface Answer {
  id: string
  lastReading: { metrics: Record<string, number> } | null
}

/** Registers an appliance and publishes one reading; JSON.parse and not a literal, which `__proto__` would bend. */
async function publish(id: string, metrics: string): Promise<void> {
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id,
    kind: 'fridge',
    model: 'Polar 300',
  })
  const client = await connectAppliance(program, id, mqtt.password)
  await client.publishAsync(`appliances/fridge/${id}/telemetry`, `{"ts":${T0},"metrics":${metrics}}`, { qos: 1 })
  await client.endAsync()
  await quiet(program)
}

test('B an appliance may be called __proto__ or constructor: it is listed with its last reading, over a restart', async () => {
  const ids = inherited.filter((id) => id.length <= 64)
  for (const id of ids) await publish(id, '{"power":80}')
  for (let round = 0; round < 2; round++) {
    const { items } = await program.call<{ items: Answer[] }>('GET', '/api/appliances?limit=100')
    for (const id of ids) {
      expect(items.find((item) => item.id === id)?.lastReading?.metrics).toEqual({ power: 80 })
      expect((await program.call<Answer>('GET', `/api/appliances/${id}`)).lastReading?.metrics).toEqual({ power: 80 })
    }
    expect((await fetch(`${program.url}/api/appliances/isPrototypeOf`, auth())).status).toBe(404)
    await program.kill()
    program = await startProgram(dataDir)
  }
}, 60_000)

test('B metrics of such names are kept, stored and shown like any unknown one', async () => {
  const metrics = `{"power":81,${inherited.map((name, i) => `"${name}":${i + 1}`).join(',')}}`
  await publish('named', metrics)
  const wanted = Object.entries(JSON.parse(metrics) as object)
  const text = await (await fetch(`${program.url}/api/appliances/named`, auth())).text()
  expect(Object.entries((JSON.parse(text) as { lastReading: { metrics: object } }).lastReading.metrics).sort()).toEqual(
    wanted.sort(),
  )
  for (const metrics of ['', `&metrics=${inherited.join(',')}`]) {
    const url = `${program.url}/api/appliances/named/telemetry?from=${T0 - 1}&to=${T0 + 1}&points=10${metrics}`
    const { series } = (await (await fetch(url, auth())).json()) as { series: Record<string, { mean: unknown[] }> }
    for (const [i, name] of inherited.entries()) {
      expect(Object.getOwnPropertyDescriptor(series, name)?.value.mean, name).toEqual([i + 1])
    }
  }
})

const auth = () => ({ headers: { authorization: `Bearer ${program.token}` } })
