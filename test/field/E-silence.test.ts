// Who is silent, since when, and who only seems to be: by the readings' own clock, so that days pass at once.
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Alert, HOUR, MINUTE } from '../../core/index.ts'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from '../program.ts'

let dataDir: string
let program: Program
const clients = new Map<string, MqttClient>()
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { CLOCK: 'telemetry' })
  for (const id of ['a', 'b', 'c']) await register(id)
})
afterAll(async () => {
  for (const client of clients.values()) await client.endAsync(true)
  await program.stop()
  await removeDataDir(dataDir)
})

async function register(id: string, more: object = {}): Promise<void> {
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id,
    kind: 'fridge',
    model: 'Test',
    ...more,
  })
  clients.set(id, await connectAppliance(program, id, mqtt.password))
}
const publish = async (id: string, payload: unknown, type = 'telemetry'): Promise<void> => {
  await clients.get(id)!.publishAsync(`appliances/fridge/${id}/${type}`, JSON.stringify(payload), { qos: 1 })
}
const readings = (from: number, to: number, step = 10 * MINUTE) =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => ({
    ts: from + i * step,
    metrics: { cabinetTemp: 4 + (i % 3) / 10, power: 80 + (i % 5) },
  }))
let now = Date.now() - 20 * 24 * HOUR
/** These say everything of this stretch, in turn. */
async function pass(ids: string[], span: number, step = 10 * MINUTE): Promise<void> {
  for (const { ts, metrics } of readings(now, now + span, step))
    for (const id of ids) await publish(id, { ts, metrics })
  now += span
  await quiet(program)
}
const alertsOf = async (id: string, mode = 'silent'): Promise<Alert[]> => {
  await quiet(program)
  const { items } = await program.call<{ items: Alert[] }>('GET', `/api/alerts?appliance=${id}`)
  return items.filter(({ failureMode }) => failureMode === mode)
}
const others = ['a', 'b', 'c']

test('E1 sound appliances that send eight hours at once are never silent, and one that stops is, from its last reading', async () => {
  await pass(others, HOUR)
  const ids = [...others, 'e1-gone']
  await register('e1-gone')
  for (let round = 0; round < 4; round++) {
    const batch = readings(now, now + 8 * HOUR)
    const speaking = round === 0 ? ids : others
    // In another order every time.
    for (const id of round % 2 ? speaking.toReversed() : speaking) await publish(id, batch)
    now += 8 * HOUR
  }
  for (const id of others) expect(await alertsOf(id)).toEqual([])
  const [silent] = await alertsOf('e1-gone')
  expect(silent?.openedAt).toBe(now - 24 * HOUR - 10 * MINUTE + 6 * HOUR)
  expect(silent?.explanation.engineer.en).toMatch(/Nothing was heard for 6\.00 h/)
})

test('E2 where everybody speaks once an hour, who stops is silent no less', async () => {
  await register('e2')
  await pass([...others, 'e2'], 3 * HOUR, HOUR)
  const last = now - HOUR
  await pass(others, 12 * HOUR, HOUR)
  expect((await alertsOf('e2')).map(({ openedAt }) => openedAt)).toEqual([last + 6 * HOUR])
})

test('E3 the threshold follows the cadence: twice a day is not silent between', async () => {
  await register('e3', { cadenceSeconds: 43_200 })
  for (let i = 0; i < 3; i++) {
    await publish('e3', readings(now, now + 1)[0])
    await pass(others, 12 * HOUR, HOUR)
  }
  expect(await alertsOf('e3')).toEqual([])
  const last = now - 12 * HOUR
  await pass(others, 27 * HOUR, HOUR)
  const [silent] = await alertsOf('e3')
  expect(silent?.openedAt).toBe(last + 36 * HOUR)
  expect(silent?.explanation.engineer.en).toMatch(/36\.0 h/)
})

test('E4 a silence ends with the first reading that comes, of any time (K5)', async () => {
  await register('e4')
  await pass([...others, 'e4'], HOUR)
  const last = now - 10 * MINUTE
  await pass(others, 8 * HOUR, HOUR)
  expect((await alertsOf('e4')).map(({ state }) => state)).toEqual(['open'])
  await publish('e4', { ts: last + 6 * HOUR - MINUTE, metrics: { power: 80 } })
  await eventually('it is heard again', async () => (await alertsOf('e4'))[0]?.state === 'cleared')
  await pass([...others, 'e4'], 2 * HOUR)
  expect((await alertsOf('e4')).map(({ state }) => state)).toEqual(['cleared'])
})

test('E5 a reading after off means on; off that comes late is no news; until is milliseconds within a year', async () => {
  for (const id of ['e5', 'e5-late']) await register(id)
  await pass([...others, 'e5', 'e5-late'], HOUR)
  await publish('e5', { ts: now - 5 * MINUTE, type: 'power', code: 'off' }, 'event')
  await publish('e5-late', { ts: now - HOUR, type: 'power', code: 'off' }, 'event')
  await pass([...others, 'e5'], HOUR)
  await pass(others, 9 * HOUR, HOUR)
  expect((await alertsOf('e5')).map(({ state }) => state)).toEqual(['open'])
  expect((await alertsOf('e5-late')).map(({ state }) => state)).toEqual(['open'])
  for (const until of [Math.floor(Date.now() / 1000), Date.UTC(2100, 0, 1)])
    await publish('e5', { online: false, until }, 'status')
  await quiet(program)
  const { items } = await program.call<{ items: { appliance: string; reason: string; detail: string }[] }>(
    'GET',
    '/api/quarantine',
  )
  const refused = items.filter(({ appliance }) => appliance === 'e5')
  expect(refused.map(({ reason }) => reason)).toEqual(['bad-shape', 'bad-shape'])
  expect(refused.map(({ detail }) => detail).join()).toMatch(/looks like seconds/)
})

test('E6 who speaks on change alone is not silent at rest, and by its heartbeat where it has one', async () => {
  await register('e6', { reports: 'on-change' })
  await register('e6-beats', { reports: 'on-change', heartbeatSeconds: 7_200 })
  await pass([...others, 'e6', 'e6-beats'], HOUR)
  const last = now - 10 * MINUTE
  await pass(others, 30 * HOUR, HOUR)
  expect(await alertsOf('e6')).toEqual([])
  expect((await alertsOf('e6-beats')).map(({ openedAt }) => openedAt)).toEqual([last + 2 * HOUR])
})

test('D6 who talks and is refused is not silent: it is said, and why', async () => {
  await register('d6')
  await register('d6-never')
  await pass([...others, 'd6'], HOUR)
  for (let hour = 0; hour < 9; hour++) {
    for (const id of ['d6', 'd6-never']) await publish(id, { ts: Math.floor(now / 1000), metrics: { power: 80 } })
    await pass(others, HOUR)
  }
  for (const id of ['d6', 'd6-never']) {
    expect(await alertsOf(id)).toEqual([])
    const refused = await alertsOf(id, 'refused')
    expect(refused).toHaveLength(1)
    expect(refused[0]?.ticket).toBeUndefined()
    expect(refused[0]?.explanation.engineer.en).toMatch(/It talks, and we refuse what it says, because ts .* seconds/)
    const { status, quiet: why } = await program.call<{ status: string; quiet?: { why: string } }>(
      'GET',
      `/api/appliances/${id}`,
    )
    expect([status, why?.why]).toEqual(['watch', 'refused'])
  }
  await pass([...others, 'd6'], 20 * MINUTE)
  expect((await alertsOf('d6', 'refused')).map(({ state }) => state)).toEqual(['cleared'])
})

test('D7 its own fault code is an alert of the mode it stands for; an unknown one that returns is told', async () => {
  await register('d7')
  await pass([...others, 'd7'], HOUR)
  await publish('d7', { ts: now, type: 'error', code: '22E' }, 'event')
  await publish('d7', { ts: now, type: 'error', code: 'Q77' }, 'event')
  expect(await alertsOf('d7', 'unknown')).toEqual([])
  await publish('d7', { ts: now + HOUR, type: 'error', code: 'Q77' }, 'event')
  const [fan] = await alertsOf('d7', 'evaporator-fan-failure')
  expect([fan?.state, fan?.severity]).toEqual(['open', 'warning'])
  expect(fan?.explanation.engineer.en).toMatch(/It reported 22E itself/)
  const [unknown] = await alertsOf('d7', 'unknown')
  expect([unknown?.state, unknown?.severity, unknown?.explanation.engineer.en]).toEqual([
    'open',
    'info',
    expect.stringMatching(/It reported Q77 itself/),
  ])
})
