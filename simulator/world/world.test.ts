import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises'
import { createServer as createHttp, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Aedes } from 'aedes'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, HOUR, ManualClock, type Reading } from '../../core/index.ts'
import { openSimulatedWorld, type SimulatedWorld } from './world.ts'
import type { WorldOptions } from './worldFleet.ts'

/** The product's two doors, no more than the world knocks at: a real MQTT broker, and an HTTP API that remembers. */
class Product {
  readings = new Map<string, Map<number, string>>()
  conflicts: string[] = []
  repeats = 0
  longest = 0
  events: { type: string }[] = []
  statuses = new Set<string>()
  refused = 0
  secrets = new Map<string, string>()
  posted: Record<string, unknown[]> = {}
  deleted: string[] = []
  http!: Server
  tcp!: ReturnType<typeof createTcp>
  broker!: Aedes

  async open(): Promise<void> {
    this.broker = await Aedes.createBroker()
    this.broker.authenticate = (client, username, password, done) => {
      const good = client.id === username && this.secrets.get(client.id) === String(password)
      if (!good) this.refused++
      done(null, good)
    }
    this.broker.on('publish', ({ topic, payload }, client) => {
      if (client) this.#hear(client.id, topic, JSON.parse(payload.toString()))
    })
    this.tcp = createTcp(this.broker.handle).listen(0, '127.0.0.1')
    this.http = createHttp((request, response) => {
      let text = ''
      request.on('data', (chunk) => {
        text += chunk
      })
      request.on('end', () => {
        const good = request.headers.authorization === 'Bearer a-token-of-a-test'
        response.writeHead(good ? 200 : 401, { 'content-type': 'application/json' })
        response.end(
          JSON.stringify(good ? this.#answer(`${request.method} ${request.url}`, text && JSON.parse(text)) : {}),
        )
      })
    }).listen(0, '127.0.0.1')
    await vi.waitFor(() => expect(this.tcp.listening && this.http.listening).toBe(true))
  }
  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.broker.close(() => resolve()))
    this.tcp.close()
    this.http.closeAllConnections()
    this.http.close()
  }
  get mqttUrl(): string {
    return `mqtt://127.0.0.1:${(this.tcp.address() as AddressInfo).port}`
  }
  get apiUrl(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`
  }
  total(): number {
    return [...this.readings.values()].reduce((sum, { size }) => sum + size, 0)
  }

  #hear(id: string, topic: string, body: unknown): void {
    const [, , owner, what] = topic.split('/')
    expect(owner).toBe(id)
    if (what === 'status') this.statuses.add(id)
    if (what === 'event') this.events.push(body as { type: string })
    if (what !== 'telemetry') return
    const list = (Array.isArray(body) ? body : [body]) as Reading[]
    this.longest = Math.max(this.longest, list.length)
    const known = this.readings.get(id) ?? new Map<number, string>()
    this.readings.set(id, known)
    for (const { ts, ...content } of list) {
      const text = JSON.stringify(content)
      const before = known.get(ts)
      if (before === text) this.repeats++
      else if (before !== undefined) this.conflicts.push(`${id} ${ts}`)
      else known.set(ts, text)
    }
  }
  #answer(call: string, body: unknown): unknown {
    const [method, path] = call.split(' ') as [string, string]
    if (method === 'DELETE') {
      const id = path.split('/').at(-1)!
      this.deleted.push(id)
      this.secrets.delete(id)
    }
    if (method === 'POST' && Array.isArray(body)) this.posted[path] = [...(this.posted[path] ?? []), ...body]
    if (call === 'POST /api/appliances') {
      return (body as { id: string }[]).map(({ id }) => {
        // Shown once.
        if (this.secrets.has(id)) return { id, mqtt: { username: id } }
        this.secrets.set(id, `secret-of-${id}`)
        return { id, mqtt: { username: id, password: this.secrets.get(id) } }
      })
    }
    if (path === '/api/ingest') return { waitingBytes: 0 }
    return { items: [] }
  }
}

const wall = new ManualClock(Date.UTC(2026, 3, 1))
const catalog = loadCatalog()
let product: Product
let worldDir: string
let world: SimulatedWorld | undefined
beforeAll(() => {
  vi.setConfig({ testTimeout: 60_000 })
})
beforeEach(async () => {
  product = new Product()
  await product.open()
  worldDir = await mkdtemp(join(tmpdir(), 'hearthwatch-world-'))
})
afterEach(async () => {
  await world?.close()
  world = undefined
  await product.close()
  await rm(worldDir, { recursive: true, force: true })
})
afterAll(() => {
  vi.resetConfig()
})

const options = (over: Partial<WorldOptions> = {}): WorldOptions => ({
  worldDir,
  catalog,
  seed: 7,
  appliances: 6,
  speed: 0,
  days: 2,
  mqttUrl: product.mqttUrl,
  apiUrl: product.apiUrl,
  token: 'a-token-of-a-test',
  wall,
  ...over,
})
const lapsed = (): Promise<void> =>
  vi.waitFor(() => expect(world!.status().lapse).toBeUndefined(), { timeout: 120_000, interval: 50 })

test('a new world begins days ago and sends every reading until now, in arrays, by appliances of their own', async () => {
  world = await openSimulatedWorld(options())
  expect(world.status().lapse).toMatchObject({ from: wall.now() - 2 * DAY, to: wall.now() })
  await lapsed()
  expect(world.status()).toMatchObject({ appliances: 6, now: wall.now() })
  // The last arrays may still be on their way.
  await vi.waitFor(
    () => {
      for (const [id, readings] of product.readings) {
        if (!id.startsWith('washer')) expect(Math.max(...readings.keys())).toBeGreaterThan(wall.now() - HOUR)
      }
    },
    { timeout: 30_000, interval: 50 },
  )
  expect(product.statuses.size).toBe(6)
  expect(product.refused).toBe(0)
  expect(product.conflicts).toEqual([])
  expect(product.longest).toBeGreaterThan(50)
  expect(product.longest).toBeLessThanOrEqual(1_000)
  for (const readings of product.readings.values()) {
    expect(Math.min(...readings.keys())).toBeLessThan(wall.now() - 2 * DAY + HOUR)
  }
  expect(product.total()).toBeGreaterThan(4 * 2 * 1_000)
  expect(product.posted['/api/engineers']!.length).toBeGreaterThanOrEqual(9)
  expect(product.posted['/api/depots']!.length).toBeGreaterThan(2)
  expect((await stat(join(worldDir, 'simulator.json'))).mode & 0o777).toBe(0o600)
})

test('a world that is opened again goes on where it stopped; what it sends twice is the same', async () => {
  world = await openSimulatedWorld(options())
  await lapsed()
  const { now } = world.status()
  const before = product.total()
  await world.close()
  world = await openSimulatedWorld(options())
  expect(world.status().now).toBe(now)
  world.set({ until: now + 6 * HOUR })
  await vi.waitFor(() => expect(world!.status()).toMatchObject({ now: now + 6 * HOUR, paused: true }), {
    timeout: 60_000,
  })
  expect(product.total()).toBeGreaterThan(before + 4 * 300)
  expect(product.conflicts).toEqual([])
  expect(product.posted['/api/engineers']!.length).toBe(
    new Set(product.posted['/api/engineers']!.map((one) => (one as { id: string }).id)).size,
  )
})

test('killed before it saved, it sends again what it had sent: identical, so duplicates and no conflicts', async () => {
  const abandoned = await openSimulatedWorld(options({ days: 1 }))
  await vi.waitFor(() => expect(product.total()).toBeGreaterThan(2_000), { timeout: 60_000, interval: 5 })
  // What a kill leaves behind: the registration's snapshot, and a broker that has heard more since.
  const early = join(worldDir, 'early.json')
  await copyFile(join(worldDir, 'simulator.json'), early)
  await vi.waitFor(() => expect(abandoned.status().lapse).toBeUndefined(), { timeout: 60_000 })
  await abandoned.close()
  await copyFile(early, join(worldDir, 'simulator.json'))
  const before = product.total()
  world = await openSimulatedWorld(options({ days: 1 }))
  await lapsed()
  expect(product.repeats).toBeGreaterThan(1_000)
  expect(product.conflicts).toEqual([])
  expect(product.total()).toBe(before)
})

test('a fault that is injected takes its course from now on, and shows in the truth', async () => {
  world = await openSimulatedWorld(options({ days: 0.1 }))
  await lapsed()
  const { now } = world.status()
  const course = world.inject({ appliance: 'fridge-0001', failureMode: 'compressor-wear', days: 10, shape: 'linear' })
  expect(course).toMatchObject({ onset: now, severity: 0 })
  world.set({ until: now + 12 * HOUR })
  await vi.waitFor(() => expect(world!.status().now).toBe(now + 12 * HOUR), { timeout: 60_000 })
  expect(world.faults()[0]).toMatchObject({ appliance: 'fridge-0001', failureMode: 'compressor-wear' })
  expect(world.faults()[0]!.severity).toBeCloseTo(0.05, 2)
  expect(() => world!.inject({ appliance: 'nobody', failureMode: 'compressor-wear' })).toThrow(/not simulated/)
  expect(() => world!.inject({ appliance: 'fridge-0001', failureMode: 'bearing-wear' })).toThrow(/no fault/)
})

test('with a smaller number the others retire, with a larger one new ones join', async () => {
  world = await openSimulatedWorld(options({ days: 0.1 }))
  await lapsed()
  await world.close()
  world = await openSimulatedWorld(options({ days: 0.1, appliances: 3 }))
  expect(product.deleted.length).toBeGreaterThan(0)
  expect(world.status().appliances).toBe(3)
  await world.close()
  world = await openSimulatedWorld(options({ days: 0.1, appliances: 9 }))
  expect(world.status().appliances).toBe(9)
})
