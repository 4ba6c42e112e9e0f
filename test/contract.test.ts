// The program, driven from outside by what CONTRACT says: registration, MQTT, the balance, the pages' answers.
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from './program.ts'
import { fetchServers, serverEnv, serverProgram, serversMissing } from './servers/servers.ts'

let program: Program
let dataDir: string
const MINUTE = 60_000

const dishwasher = {
  kind: 'dishwasher',
  name: { en: 'Dishwasher', zh: '洗碗机' },
  cadenceSeconds: 30,
  metrics: {
    waterTemp: { unit: 'Cel', plausible: [0, 100], resolution: 0.5, text: { en: 'Water temperature', zh: '水温' } },
    power: { unit: 'W', plausible: [0, 3000], resolution: 1, text: { en: 'Power', zh: '功率' } },
  },
}

beforeAll(async () => {
  dataDir = await newDataDir()
  await mkdir(join(dataDir, 'catalog'), { recursive: true })
  await writeFile(join(dataDir, 'catalog', 'dishwasher.json'), JSON.stringify(dishwasher))
  program = await startProgram(dataDir, { CLOCK: 'telemetry' })
})
afterAll(async () => {
  expect(await program.stop()).toBe(0)
  await removeDataDir(dataDir)
})

interface Registered {
  id: string
  mqtt: { username: string; password?: string }
}
const register = (id: string, kind = 'fridge', more: object = {}): Promise<Registered> =>
  program.call('POST', '/api/appliances', { id, kind, model: 'M1', ...more })

describe('an appliance', () => {
  test('is registered once, its password is shown once, and its first reading is on its page', async () => {
    const made = await register('fridge-a', 'fridge', {
      owner: { name: 'Ann', contact: 'ann@example.invalid', language: 'en' },
    })
    expect(made.mqtt).toMatchObject({ username: 'fridge-a', password: expect.any(String) })
    expect((await register('fridge-a')).mqtt.password).toBeUndefined()
    const client = await connectAppliance(program, 'fridge-a', made.mqtt.password ?? '')
    const ts = Date.UTC(2026, 0, 1, 12)
    await client.publishAsync(
      'appliances/fridge/fridge-a/telemetry',
      JSON.stringify({ ts, metrics: { cabinetTemp: 4.1, power: 81.5, somethingNew: 7 } }),
      { qos: 1 },
    )
    const seen = await eventually('the reading', async () => {
      const view = await program.call<{
        lastReading: { ts: number; metrics: Record<string, number> } | null
        online: boolean
        status: string
      }>('GET', '/api/appliances/fridge-a')
      return view.lastReading && view
    })
    expect(seen).toMatchObject({
      online: true,
      status: 'learning',
      lastReading: { ts, metrics: { cabinetTemp: 4.1, power: 81.5 } },
    })
    const series = await program.call<{ ts: number[]; series: Record<string, { mean: number[] }> }>(
      'GET',
      `/api/appliances/fridge-a/telemetry?from=${ts - 1}&to=${ts + 1}&points=10`,
    )
    expect(series).toMatchObject({ ts: [ts], series: { cabinetTemp: { mean: [4.1] }, power: { mean: [81.5] } } })
    await client.endAsync()
  })

  test('of a kind that is only a data file is accepted, stored and shown, and what does not fit is quarantined', async () => {
    const made = await register('dish-1', 'dishwasher')
    const client = await connectAppliance(program, 'dish-1', made.mqtt.password ?? '')
    const ts = Date.UTC(2026, 0, 1, 12)
    const before = await quiet(program)
    const send = (body: unknown) =>
      client.publishAsync(
        'appliances/dishwasher/dish-1/telemetry',
        typeof body === 'string' ? body : JSON.stringify(body),
        { qos: 1 },
      )
    await send([0, 1, 2, 3].map((i) => ({ ts: ts + i * 30_000, metrics: { waterTemp: 50 + i, power: 1800 } })))
    await send({ ts, metrics: { waterTemp: 50, power: 1800 } })
    await send({ ts, metrics: { waterTemp: 51, power: 1800 } })
    await send('not json')
    await send({ ts: 1, metrics: { power: 5 } })
    await send({ ts: ts + MINUTE * 9, metrics: { power: 99_999 } })
    await send([])
    const after = await quiet(program)
    const { readings } = after
    expect(readings.stored - before.readings.stored).toBe(4)
    expect(readings.duplicates - before.readings.duplicates).toBe(1)
    expect(readings.quarantined).toMatchObject({ conflict: 1, 'bad-json': 1, 'too-old': 1, 'no-valid-metric': 1 })
    const refused = Object.values(readings.quarantined).reduce((sum, count) => sum + count, 0)
    expect(readings.received).toBe(readings.stored + readings.duplicates + refused)
    const { items } = await program.call<{ items: { kind: string }[] }>('GET', '/api/catalog')
    expect(items.map(({ kind }) => kind)).toContain('dishwasher')
    const rows = await program.call<{ items: { reason: string; text: string }[] }>(
      'GET',
      '/api/quarantine?reason=bad-json',
    )
    expect(rows.items[0]).toMatchObject({ reason: 'bad-json', text: 'not json' })
    await client.endAsync()
  })

  test('gets no further than its own topics, and not in with a wrong or an ended password', async () => {
    const { mqtt } = await register('fridge-b')
    await expect(connectAppliance(program, 'fridge-b', 'wrong')).rejects.toThrow()
    const client = await connectAppliance(program, 'fridge-b', mqtt.password ?? '')
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
    client.publish('appliances/fridge/fridge-a/telemetry', '{}', { qos: 1 })
    await closed
    client.end(true)
    const renewed = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances/fridge-b/credentials')
    await expect(connectAppliance(program, 'fridge-b', mqtt.password ?? '')).rejects.toThrow()
    await (await connectAppliance(program, 'fridge-b', renewed.mqtt.password)).endAsync()
    await program.call('DELETE', '/api/appliances/fridge-b')
    await expect(connectAppliance(program, 'fridge-b', renewed.mqtt.password)).rejects.toThrow()
  })

  test('that retires is retired for its gateway, too, and retiring again changes nothing', async () => {
    const { mqtt } = await register('fridge-r')
    await register('fridge-s')
    const both = { id: 'gate-r', appliances: ['fridge-r', 'fridge-s'] }
    const gateway = await program.call<Registered>('POST', '/api/gateways', both)
    const client = await connectAppliance(program, 'gate-r', gateway.mqtt.password ?? '')
    expect((await program.call<Registered>('POST', '/api/gateways', both)).mqtt.password).toBeUndefined()
    expect(client.connected).toBe(true)
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
    const retired = await program.call('DELETE', '/api/appliances/fridge-r')
    await closed
    client.end(true)
    expect(await program.call('DELETE', '/api/appliances/fridge-r')).toEqual(retired)
    await expect(connectAppliance(program, 'fridge-r', mqtt.password ?? '')).rejects.toThrow()
    // H: registered again it is somebody else's, and the gateway of its former home neither speaks for it nor hears it.
    await register('fridge-r')
    const again = await connectAppliance(program, 'gate-r', gateway.mqtt.password ?? '')
    const [granted, refused] = await Promise.all(
      ['fridge-s', 'fridge-r'].map((id) => again.subscribeAsync(`appliances/fridge/${id}/command`).catch(() => [])),
    )
    again.end(true)
    expect([granted?.[0]?.qos, refused?.[0]?.qos ?? 128]).toEqual([0, 128])
    // Said anew, it does.
    await program.call('POST', '/api/gateways', both)
    const said = await connectAppliance(program, 'gate-r', gateway.mqtt.password ?? '')
    expect((await said.subscribeAsync('appliances/fridge/fridge-r/command'))[0]?.qos).toBe(0)
    said.end(true)
  })

  test('may be spoken for by its gateway, which speaks for no other', async () => {
    await register('fridge-c')
    const gateway = await program.call<Registered>('POST', '/api/gateways', { id: 'gate-1', appliances: ['fridge-c'] })
    const client = await connectAppliance(program, 'gate-1', gateway.mqtt.password ?? '')
    await client.publishAsync(
      'appliances/fridge/fridge-c/telemetry',
      JSON.stringify({ ts: Date.UTC(2026, 0, 1, 12), metrics: { power: 3 } }),
      { qos: 1 },
    )
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
    client.publish('appliances/fridge/fridge-a/telemetry', '{}', { qos: 1 })
    await closed
    client.end(true)
    await eventually(
      'the reading',
      async () => (await program.call<{ lastReading: unknown }>('GET', '/api/appliances/fridge-c')).lastReading,
    )
  })
})

describe('the API', () => {
  test('asks for a sign-in everywhere but where the contract says, and its errors are problem documents', async () => {
    const open = ['/healthz', '/readyz', '/metrics']
    for (const path of open) expect([path, (await fetch(program.url + path)).status]).toEqual([path, 200])
    for (const path of [
      '/api/appliances',
      '/api/alerts',
      '/api/tickets',
      '/api/stream',
      '/api/ingest',
      '/openapi.json',
    ]) {
      const response = await fetch(program.url + path)
      expect([path, response.status, response.headers.get('content-type')?.split(';')[0]]).toEqual([
        path,
        401,
        'application/problem+json',
      ])
    }
    const missing = await fetch(`${program.url}/api/appliances/nobody`, {
      headers: { authorization: `Bearer ${program.token}` },
    })
    expect(await missing.json()).toMatchObject({
      status: 404,
      code: 'not-found',
      title: expect.any(String),
      detail: expect.any(String),
    })
    const bad = await fetch(`${program.url}/api/appliances`, {
      method: 'POST',
      headers: { authorization: `Bearer ${program.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'spaces are bad', kind: 'fridge', model: 'x' }),
    })
    expect([bad.status, (await bad.json()) as unknown]).toMatchObject([400, { code: 'bad-request' }])
  })

  test('judges who may call by what answers, however the URL is written, and lets no other page act by a cookie', async () => {
    for (const path of ['/%61pi/appliances', '/api/%61ppliances', '/openapi%2Ejson', '/%61pi/accounts']) {
      expect([path, (await fetch(program.url + path)).status]).toEqual([path, 401])
    }
    const foreign = await fetch(`${program.url}/api/session`, {
      method: 'DELETE',
      headers: { origin: 'http://elsewhere.example', cookie: 'better-auth.session_token=x' },
    })
    expect([foreign.status, await foreign.json()]).toMatchObject([403, { code: 'other-origin' }])
    const own = await fetch(`${program.url}/api/session`, { method: 'DELETE', headers: { origin: program.url } })
    expect(own.status).toBe(200)
    const undecodable = await fetch(`${program.url}/%zz`)
    expect([undecodable.status, undecodable.headers.get('content-type')?.split(';')[0]]).toEqual([
      400,
      'application/problem+json',
    ])
    expect((await fetch(`${program.url}/api/t/nobody-has-this`)).status).toBe(404)
    for (const list of ['appliances', 'alerts', 'tickets', 'inbox', 'engineers', 'depots', 'quarantine']) {
      await expect(program.call('GET', `/api/${list}?cursor=garbage`)).rejects.toThrow(/: 400 .*cursor/)
    }
  })

  test('describes itself, pages lists, and signs in by the link until a password is set', async () => {
    const api = await program.call<{
      paths: Record<string, unknown>
      components: { schemas: Record<string, { properties?: Record<string, unknown> }> }
    }>('GET', '/openapi.json')
    expect(Object.keys(api.components.schemas['dishwasher-reading']?.properties ?? {})).toContain('metrics')
    for (const path of [
      '/api/appliances/{id}/telemetry',
      '/api/tickets/{id}/close',
      '/api/quarantine/replay',
      '/api/simulator/faults',
    ]) {
      expect(Object.keys(api.paths)).toContain(path)
    }
    await program.call(
      'POST',
      '/api/appliances',
      Array.from({ length: 5 }, (_, i) => ({ id: `many-${i}`, kind: 'ac', model: 'M' })),
    )
    const first = await program.call<{ items: unknown[]; next: string }>('GET', '/api/appliances?limit=3')
    const second = await program.call<{ items: { id: string }[] }>(
      'GET',
      `/api/appliances?limit=3&cursor=${first.next}`,
    )
    expect([first.items.length, second.items.length]).toEqual([3, 3])
    const key = /sign-in#(\S+)/.exec(program.output())?.[1]
    const signIn = (body: unknown) =>
      fetch(`${program.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const byLink = await signIn({ key })
    const cookie = byLink.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    expect((await fetch(`${program.url}/api/fleet`, { headers: { cookie } })).status).toBe(200)
    const set = await fetch(`${program.url}/api/session/password`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ password: 'correct horse' }),
    })
    expect(set.status).toBe(200)
    expect((await signIn({ key })).status).toBe(401)
    expect((await signIn({ name: 'admin', password: 'wrong horse' })).status).toBe(401)
    expect((await signIn({ name: 'admin', password: 'correct horse' })).status).toBe(200)
  })
})

describe.skipIf(serversMissing())('an outside client', () => {
  test('following the README only, mosquitto_pub gets a reading onto the page', async () => {
    await fetchServers()
    const { mqtt } = await register('kitchen-fridge')
    const ts = Date.UTC(2026, 0, 2)
    await promisify(execFile)(
      serverProgram('mosquitto_pub'),
      [
        '-h',
        '127.0.0.1',
        '-p',
        new URL(program.mqttUrl).port,
        '-i',
        'kitchen-fridge',
        '-u',
        'kitchen-fridge',
        '-P',
        mqtt.password ?? '',
        '-q',
        '1',
        '-t',
        'appliances/fridge/kitchen-fridge/telemetry',
        '-m',
        JSON.stringify({ ts, metrics: { cabinetTemp: 4.1 } }),
      ],
      { env: { ...process.env, ...serverEnv() } },
    )
    const view = await eventually('the reading', async () => {
      const now = await program.call<{ lastReading: { ts: number } | null }>('GET', '/api/appliances/kitchen-fridge')
      return now.lastReading && now
    })
    expect(view.lastReading?.ts).toBe(ts)
  })
})
