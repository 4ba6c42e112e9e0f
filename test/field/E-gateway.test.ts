// FIELD E: a gateway that is gone is one alert, and not one for each appliance that it speaks for.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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
  runToEnd,
  startProgram,
} from '../program.ts'
import { kindFile } from './kindFile.ts'

let dataDir: string
let program: Program
const clients = new Map<string, MqttClient>()
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { CLOCK: 'telemetry' })
  for (const id of others) await register(id)
})
afterAll(async () => {
  for (const client of clients.values()) await client.endAsync(true)
  await program.stop()
  await removeDataDir(dataDir)
})

/** They move the time: more than a tenth of all. */
const others = ['a', 'b', 'c', 'd', 'e', 'f']
let now = Date.now() - 20 * 24 * HOUR

async function register(id: string, more: object = {}): Promise<void> {
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id,
    kind: 'fridge',
    model: 'Test',
    ...more,
  })
  clients.set(id, await connectAppliance(program, id, mqtt.password))
}
/** Appliances that say nothing but through it. */
async function gateway(id: string, appliances: string[], more: object = {}): Promise<void> {
  for (const one of appliances)
    await program.call('POST', '/api/appliances', { id: one, kind: 'fridge', model: 'Test', ...more })
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/gateways', { id, appliances })
  const client = await connectAppliance(program, id, mqtt.password)
  clients.set(id, client)
  for (const one of appliances) clients.set(one, client)
}
async function pass(ids: string[], span: number, step = 10 * MINUTE): Promise<void> {
  for (let ts = now; ts < now + span; ts += step)
    for (const id of ids) {
      const reading = { ts, metrics: { cabinetTemp: 4 + ((ts / step) % 3) / 10, power: 80 + ((ts / step) % 5) } }
      await clients.get(id)!.publishAsync(`appliances/fridge/${id}/telemetry`, JSON.stringify(reading), { qos: 1 })
    }
  now += span
  await quiet(program)
}
const alertsOf = async (id: string): Promise<Alert[]> => {
  await quiet(program)
  return (await program.call<{ items: Alert[] }>('GET', `/api/alerts?appliance=${id}`)).items
}
const quietOf = async (id: string): Promise<{ status: string; why?: string }> => {
  const { status, quiet: why } = await program.call<{ status: string; quiet?: { why: string } }>(
    'GET',
    `/api/appliances/${id}`,
  )
  return { status, ...why }
}

test('E7 a gateway that is gone is one alert without a ticket, over a kill; it clears when it is heard again', async () => {
  const behind = ['e7-1', 'e7-2', 'e7-3']
  await gateway('e7', [...behind, 'e7-never', 'e7-before'])
  await pass([...others, ...behind, 'e7-before'], HOUR)
  await pass([...others, ...behind], 8 * HOUR, HOUR)
  // Silent by itself, while the gateway speaks for others.
  expect(await alertsOf('e7-before')).toMatchObject([{ state: 'open', failureMode: 'silent', kind: 'fridge' }])
  expect(await alertsOf('e7')).toEqual([])
  const last = now - HOUR
  await pass(others, 9 * HOUR, HOUR)
  const [alert, ...more] = await alertsOf('e7')
  expect(more).toEqual([])
  expect(alert).toMatchObject({
    appliance: 'e7',
    kind: 'gateway',
    failureMode: 'silent',
    state: 'open',
    severity: 'info',
    openedAt: last + 6 * HOUR,
  })
  expect(alert?.ticket).toBeUndefined()
  expect(alert?.explanation.engineer.en).toContain('3 appliances behind it fell silent together')
  for (const id of behind) expect(await alertsOf(id)).toEqual([])
  await eventually('its page says why', async () => {
    const why = await quietOf('e7-1')
    return why.why === 'gateway' && why
  }).then((why) => expect(why).toMatchObject({ status: 'silent', gateway: 'e7', alert: alert?.id }))
  const whole = await program.call<Alert & { similar: object[] }>('GET', `/api/alerts/${alert?.id}`)
  expect(whole).toMatchObject({ id: alert?.id, similar: [] })

  await program.kill()
  program = await startProgram(dataDir, { CLOCK: 'telemetry' })
  for (const [id, client] of [...clients]) {
    await client.endAsync(true)
    if (!others.includes(id) && id !== 'e7') continue
    const { mqtt: made } = await program.call<{ mqtt: { password: string } }>(
      'POST',
      `/api/appliances/${id}/credentials`,
    )
    clients.set(id, await connectAppliance(program, id, made.password))
  }
  for (const id of [...behind, 'e7-before']) clients.set(id, clients.get('e7')!)
  await pass([...others, 'e7-1', 'e7-2'], HOUR)
  expect(await alertsOf('e7')).toMatchObject([{ state: 'cleared' }])
  expect(await quietOf('e7-1')).not.toHaveProperty('why')
  // One that does not come back with it has its own alert, six hours later.
  await pass([...others, 'e7-1', 'e7-2'], 4 * HOUR, HOUR)
  expect(await alertsOf('e7-3')).toEqual([])
  await pass([...others, 'e7-1', 'e7-2'], 4 * HOUR, HOUR)
  expect(await alertsOf('e7-3')).toMatchObject([{ state: 'open', failureMode: 'silent', kind: 'fridge' }])
  expect(await alertsOf('e7-before')).toMatchObject([{ state: 'open' }])
  expect(await alertsOf('e7')).toMatchObject([{ state: 'cleared' }])
})

test('E8 one that falls silent while the others behind its gateway speak is itself silent', async () => {
  const behind = ['e8-1', 'e8-2', 'e8-3']
  await gateway('e8', behind)
  await pass([...others, ...behind], HOUR)
  await pass([...others, 'e8-2', 'e8-3'], 9 * HOUR, HOUR)
  expect(await alertsOf('e8')).toEqual([])
  expect(await alertsOf('e8-1')).toMatchObject([{ state: 'open', failureMode: 'silent' }])
})

test('E9 when all that were behind it are retired, nobody waits for the gateway any more', async () => {
  const behind = ['e9-1', 'e9-2']
  await gateway('e9', behind)
  await pass([...others, ...behind], HOUR)
  await pass(others, 9 * HOUR, HOUR)
  expect(await alertsOf('e9')).toMatchObject([{ state: 'open' }])
  for (const id of behind) await program.call('DELETE', `/api/appliances/${id}`)
  await eventually('it is heard', async () => {
    await pass(others, HOUR)
    return (await alertsOf('e9'))[0]?.state === 'cleared'
  })
})

test('E13 a gateway whose session ended took along whom it spoke for, however few, and not who has another connection', async () => {
  await gateway('e13', ['e13-1', 'e13-2', 'e13-own'])
  await gateway('e13-single', ['e13-only'])
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances/e13-own/credentials')
  clients.set('e13-own', await connectAppliance(program, 'e13-own', mqtt.password))
  await pass([...others, 'e13-1', 'e13-2', 'e13-only', 'e13-own'], HOUR)
  for (const id of ['e13', 'e13-single']) await clients.get(id)!.endAsync(true)
  await pass([...others, 'e13-own'], 9 * HOUR, HOUR)
  for (const id of ['e13', 'e13-single'])
    expect(await alertsOf(id)).toMatchObject([{ kind: 'gateway', failureMode: 'silent', state: 'open' }])
  for (const id of ['e13-1', 'e13-2', 'e13-only', 'e13-own']) expect(await alertsOf(id)).toEqual([])
  const { online } = await program.call<{ online: boolean }>('GET', '/api/appliances/e13-own')
  expect(online).toBe(true)
  // Whoever counts alerts finds one that is of no appliance.
  for (const path of [
    'scoreboard',
    'scoreboard/slices?by=kind',
    'trends',
    'fleet',
    'quality/emerging',
    `day?at=${now}`,
  ])
    await program.call('GET', `/api/${path}`)
  const [alert] = await alertsOf('e13')
  expect(await program.call('POST', `/api/alerts/${alert?.id}/dismiss`, { why: 'It was moved.' })).toMatchObject({
    state: 'closed',
  })
  await program.call('GET', '/api/scoreboard')
})

test('E14 who speaks on change alone is silent when it is away, and heard when it is back; with its gateway, as that', async () => {
  await register('e14', { reports: 'on-change' })
  await gateway('e14-gate', ['e14-plug'], { reports: 'on-change' })
  await pass([...others, 'e14', 'e14-plug'], HOUR)
  await pass(others, 30 * HOUR, HOUR)
  expect(await alertsOf('e14')).toEqual([])
  for (const id of ['e14', 'e14-gate']) await clients.get(id)!.endAsync(true)
  await pass(others, 9 * HOUR, HOUR)
  expect(await alertsOf('e14')).toMatchObject([{ failureMode: 'silent', state: 'open' }])
  expect(await alertsOf('e14-gate')).toMatchObject([{ kind: 'gateway', state: 'open' }])
  expect(await alertsOf('e14-plug')).toEqual([])
  for (const id of ['e14', 'e14-gate']) {
    const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', `/api/appliances/${id}/credentials`)
    clients.set(id, await connectAppliance(program, id, mqtt.password))
    await eventually('it is back', async () => (await alertsOf(id))[0]?.state === 'cleared')
  }
  await pass(others, 9 * HOUR, HOUR)
  expect(await alertsOf('e14')).toMatchObject([{ state: 'cleared' }])
})

test('E10 gateways of one area that go at once are an outage of it', { timeout: 60_000 }, async () => {
  const homes = Array.from({ length: 12 }, (_, i) => `e10-${i}`)
  for (const home of homes)
    await gateway(home, [`${home}-1`, `${home}-2`], { homeId: home, location: { lat: 52.5, lon: 13.4 } })
  const behind = homes.flatMap((home) => [`${home}-1`, `${home}-2`])
  await pass([...others, ...behind], 30 * MINUTE)
  await pass(others, 9 * HOUR, HOUR)
  const notice = await eventually('they are told as an outage', async () => {
    const { items } = await program.call<{ items: { cause: string; joined: number }[] }>('GET', '/api/cohorts')
    return items.find(({ joined }) => joined === homes.length)
  })
  expect(notice).toMatchObject({ cause: 'outage', cohort: '53,13', failureMode: 'silent' })
  const { items } = await program.call<{ items: Alert[] }>('GET', '/api/alerts?apart=true&state=open')
  expect(items.filter(({ appliance }) => appliance.startsWith('e10'))).toEqual([])
})

test('E11 no kind of appliances may be called gateway', async () => {
  const dir = await newDataDir()
  await mkdir(join(dir, 'catalog'))
  await writeFile(join(dir, 'catalog', 'mine.json'), JSON.stringify(kindFile('gateway', ['t1'])))
  const { code, output } = await runToEnd(dir, {})
  expect(code).not.toBe(0)
  expect(output).toContain("'gateway' is kept for alerts about gateways: choose another name")
  await removeDataDir(dir)
})

test('E12 many silent ones of one area are one notice, and the alerts stay under it', { timeout: 60_000 }, async () => {
  const ids = Array.from({ length: 10 }, (_, i) => `e12-${i}`)
  for (const id of ids) await register(id, { homeId: id, location: { lat: 31.2, lon: 121.5 } })
  await pass([...others, ...ids], 30 * MINUTE)
  await pass(others, 9 * HOUR, HOUR)
  const { items } = await program.call<{ items: object[] }>('GET', '/api/cohorts?state=open')
  expect(items).toContainEqual(
    expect.objectContaining({ cause: 'outage', cohort: '31,122', joined: ids.length, size: ids.length }),
  )
  const apart = await program.call<{ items: Alert[] }>('GET', '/api/alerts?apart=true&state=open')
  expect(apart.items.filter(({ appliance }) => appliance.startsWith('e12'))).toEqual([])
})

test('E10 what is somebody else’s has left the gateway of its former home, and what stays there has not', async () => {
  const at = (id: string, homeId: string, name: string) =>
    program.call('POST', '/api/appliances', {
      id,
      kind: 'fridge',
      model: 'M',
      homeId,
      owner: { name, contact: `${name}@example.org`, language: 'en' },
    })
  const ids = ['fridge-t', 'fridge-u', 'fridge-v', 'fridge-w']
  for (const id of ids) await at(id, 'home-1', 'ada')
  const all = { id: 'gate-t', appliances: ids }
  const made = await program.call<{ mqtt: { password: string } }>('POST', '/api/gateways', all)
  const client = await connectAppliance(program, 'gate-t', made.mqtt.password)
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
  const owner = { name: 'bob', contact: 'bob@example.org', language: 'en' }
  await program.call('POST', '/api/appliances/fridge-t/transfer', { owner, homeId: 'home-2' })
  await closed
  client.end(true)
  await at('fridge-u', 'home-2', 'bob')
  // Of its own home: another tenant, and another name of the same entry.
  await program.call('POST', '/api/appliances/fridge-v/transfer', { owner, homeId: 'home-1' })
  await at('fridge-w', 'home-1', 'bob')
  const again = await connectAppliance(program, 'gate-t', made.mqtt.password)
  const granted = await Promise.all(
    ids.map(async (id) => (await again.subscribeAsync(`appliances/fridge/${id}/command`).catch(() => []))[0]?.qos),
  )
  expect(granted.map((qos) => qos ?? 128)).toEqual([128, 128, 0, 0])
  const refused = new Promise<void>((resolve) => again.once('close', () => resolve()))
  again.publish('appliances/fridge/fridge-t/telemetry', '{}', { qos: 1 })
  await refused
  again.end(true)
})
