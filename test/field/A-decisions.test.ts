// What one appliance's frame brings about and cannot be decided costs that frame, and nothing of its neighbours.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Alert, Ticket } from '../../core/index.ts'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from '../program.ts'

const washers = ['w1', 'w2', 'w3']
let dataDir: string
let program: Program
let passwords: Map<string, string>
let clients: Map<string, MqttClient>
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir)
  const made = await program.call<{ id: string; mqtt: { password: string } }[]>(
    'POST',
    '/api/appliances',
    washers.map((id) => ({ id, kind: 'washer', model: 'M1' })),
  )
  passwords = new Map(made.map(({ id, mqtt }) => [id, mqtt.password]))
  await connect()
})
afterAll(async () => {
  for (const client of clients.values()) client.end(true)
  await program.stop()
  await removeDataDir(dataDir)
})
async function connect(): Promise<void> {
  clients = new Map()
  for (const id of washers) clients.set(id, await connectAppliance(program, id, passwords.get(id) ?? ''))
}

/** What it does to the tables, from outside and beside the program. */
function inTheDatabase(statement: string): void {
  const database = new DatabaseSync(join(dataDir, 'live', 'hearthwatch.db'), { timeout: 5_000 })
  database.exec(statement)
  database.close()
}
const refuse = (appliance: string): void =>
  inTheDatabase(`create trigger refuse before insert on alert when new.appliance = '${appliance}'
    begin select raise(abort, 'no alert of this one'); end`)

let ts = Date.now() - 3_600_000
const next = (): number => {
  ts += 1_000
  return ts
}
const send = (id: string, topic: string, body: object): Promise<unknown> =>
  clients.get(id)!.publishAsync(`appliances/washer/${id}/${topic}`, JSON.stringify(body), { qos: 1 })
/** Codes that mean different faults, so each opens an alert of its own. */
const fault = (id: string, code: string): Promise<unknown> => send(id, 'event', { ts: next(), type: 'error', code })
const alertsOf = async (id: string): Promise<Alert[]> =>
  (await program.call<{ items: Alert[] }>('GET', `/api/alerts?appliance=${id}`)).items
const ticketsOf = async (id: string): Promise<Ticket[]> =>
  (await program.call<{ items: Ticket[] }>('GET', `/api/tickets?appliance=${id}`)).items
interface Row {
  appliance: string
  reason: string
  detail: string
  text: string
}
const setAside = async (): Promise<Row[]> =>
  (await program.call<{ items: Row[] }>('GET', '/api/quarantine?reason=unprocessable')).items

test('A what one appliance’s frame brings about and cannot be decided is set aside, its neighbours are decided', async () => {
  refuse('w1')
  await Promise.all(washers.map((id) => fault(id, 'E18')))
  const rows = await eventually('it is set aside', async () => {
    const found = await setAside()
    return found.length > 0 && found
  })
  await quiet(program)
  expect(rows).toMatchObject([{ appliance: 'w1', detail: 'decide: no alert of this one' }])
  expect(rows[0]?.text).toContain('E18')
  expect(await alertsOf('w1')).toEqual([])
  for (const id of ['w2', 'w3']) {
    expect((await alertsOf(id)).map(({ failureMode, state }) => `${failureMode} ${state}`)).toEqual(['drain-clog open'])
    expect((await ticketsOf(id)).length).toBe(1)
  }
})

test('A after a kill nothing is decided twice, and what failed is not tried again', async () => {
  inTheDatabase('drop trigger refuse')
  await program.kill()
  program = await startProgram(dataDir)
  await connect()
  for (const id of washers) await send(id, 'telemetry', { ts: next(), metrics: { power: 3 } })
  await quiet(program)
  expect(await alertsOf('w1')).toEqual([])
  for (const id of ['w2', 'w3']) {
    expect((await alertsOf(id)).length).toBe(1)
    const [ticket, ...others] = await ticketsOf(id)
    expect(others).toEqual([])
    expect(ticket?.history.filter(({ to }) => to === 'new').length).toBe(1)
  }
  expect((await setAside()).length).toBe(1)
})

test('A the same appliance is decided again once its trouble is over', async () => {
  await fault('w1', 'E10')
  await eventually('its alert', async () => (await alertsOf('w1')).some(({ state }) => state === 'open'))
  expect(await program.stop()).toBe(0)
  program = await startProgram(dataDir)
  await connect()
  expect((await alertsOf('w1')).length).toBe(1)
})
