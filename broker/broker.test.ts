import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect as dial, type Socket } from 'node:net'
import fc from 'fast-check'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import packets from 'mqtt-packet'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { loadCatalog } from '../catalog/index.ts'
import {
  type Device,
  type FrameIn,
  type FrameIngress,
  hashSecret,
  Problem,
  type Taken,
  wallClock,
} from '../core/index.ts'
import { serverEnv, serverProgram, serversMissing } from '../test/servers/servers.ts'
import { brokerContext, MemoryCommands } from './commands.fixture.ts'
import { type Broker, type BrokerLimits, openBroker } from './index.ts'

const secretKey = Buffer.alloc(32, 7)
const device = (id: string, speaksFor: [string, string][]): Device => ({
  id,
  secretHash: hashSecret(secretKey, `secret-${id}`),
  speaksFor: new Map(speaksFor),
})
const devices = new Map(
  [
    device('f1', [['f1', 'fridge']]),
    device('f2', [['f2', 'fridge']]),
    device('w1', [['w1', 'washer']]),
    device('g1', [['g1', 'fridge']]),
    device('gate', [
      ['g1', 'fridge'],
      ['g2', 'washer'],
    ]),
  ].map((each) => [each.id, each]),
)

/** A log in memory whose appends finish when the test says so; the journal itself is ingest's, tested there. */
class HeldLog implements FrameIngress {
  frames: FrameIn[] = []
  hold: Promise<void> | undefined
  problem: Problem | undefined
  #wanted: { count: number; resolve: () => void }[] = []
  take(frame: FrameIn, done: Taken): void {
    if (this.problem) {
      done(this.problem, -1)
      return
    }
    const kept = { ...frame, payload: Buffer.from(frame.payload) }
    void Promise.resolve(this.hold).then(() => {
      this.frames.push(kept)
      for (const { count, resolve } of this.#wanted) if (this.frames.length >= count) resolve()
      done(undefined, this.frames.length)
    })
  }
  has(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wanted.push({ count, resolve })
      if (this.frames.length >= count) resolve()
    })
  }
}

let log: HeldLog
let broker: Broker
let commands: MemoryCommands
let clients: MqttClient[]
let sockets: Socket[]
let revoke: (id: string) => void = () => undefined

const open = async (limits: Partial<BrokerLimits> = {}): Promise<void> => {
  broker = await openBroker({
    host: '127.0.0.1',
    port: 0,
    log,
    directory: {
      find: (id) => devices.get(id),
      onRevoked: (listener) => {
        revoke = listener
      },
    },
    secretKey,
    catalog: loadCatalog(),
    clock: wallClock,
    limits,
    ...brokerContext(commands),
  })
}
beforeEach(async () => {
  log = new HeldLog()
  commands = new MemoryCommands()
  clients = []
  sockets = []
  await open()
})
afterEach(async () => {
  for (const client of clients) client.end(true)
  for (const socket of sockets) socket.destroy()
  await broker.close()
})

const signIn = async (
  id: string,
  more: IClientOptions = {},
  url = `mqtt://127.0.0.1:${broker.port}`,
): Promise<MqttClient> => {
  const client = mqtt.connect(url, {
    clientId: id,
    username: id,
    password: `secret-${id}`,
    reconnectPeriod: 0,
    protocolVersion: 4,
    ...more,
  })
  clients.push(client)
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('error', reject)
    client.once('close', () => reject(new Error('closed')))
  })
  client.on('error', () => undefined)
  return client
}
const raw = (): ReturnType<typeof rawTo> => rawTo(broker.port)
const rawTo = async (port: number): Promise<{ socket: Socket; answer: Promise<Buffer> }> => {
  const socket = dial(port, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => undefined)
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  const answer = once(socket, 'close').then(() => Buffer.concat(chunks))
  await once(socket, 'connect')
  return { socket, answer }
}
const hello = (id: string, more: object = {}): Buffer =>
  packets.generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: id,
    username: id,
    password: Buffer.from(`secret-${id}`),
    clean: true,
    keepalive: 60,
    ...more,
  } as packets.IConnectPacket)
const closing = (client: MqttClient): Promise<void> => new Promise((resolve) => client.once('close', () => resolve()))
const said = (): [string, string, string][] =>
  log.frames.map(({ type, appliance, payload }) => [type, appliance, Buffer.from(payload).toString()])

describe('the appliances’ door', () => {
  test('a reading is acknowledged only after it is in the journal, with who, what and when', async () => {
    const client = await signIn('f1')
    const held = Promise.withResolvers<void>()
    log.hold = held.promise
    let acknowledged = false
    const published = client.publishAsync('appliances/fridge/f1/telemetry', '{"a":1}', { qos: 1 }).then(() => {
      acknowledged = true
    })
    const other = await signIn('f2')
    await other.publishAsync('appliances/fridge/f2/telemetry', 'x', { qos: 0 })
    expect(acknowledged).toBe(false)
    expect(log.frames).toEqual([])
    held.resolve()
    await published
    await log.has(2)
    const frame = log.frames.find(({ appliance }) => appliance === 'f1')
    expect(frame).toMatchObject({ type: 'telemetry', kind: 'fridge', withoutPromise: false })
    expect(frame!.arrivedAt).toBeGreaterThan(Date.now() - 60_000)
    expect(log.frames.find(({ appliance }) => appliance === 'f2')).toMatchObject({ withoutPromise: true })
    expect(broker.stats()).toMatchObject({ acked: 1, withoutPromise: 1 })
  })

  test('QoS 2 is served, its PUBREC carrying the promise, and the retain flag is ignored and counted', async () => {
    const client = await signIn('f1')
    await client.publishAsync('appliances/fridge/f1/telemetry', 'two', { qos: 2, retain: true })
    await client.publishAsync('appliances/fridge/f1/event', 'one', { qos: 1 })
    expect(said()).toEqual([
      ['telemetry', 'f1', 'two'],
      ['event', 'f1', 'one'],
    ])
    expect(broker.stats()).toMatchObject({ acked: 1, retainIgnored: 1 })
  })

  test.each([
    ['an unknown id', { clientId: 'nobody', username: 'nobody' }],
    ['a wrong secret', { password: 'guess' }],
    ['no secret', { password: undefined }],
    ['another’s user name', { username: 'f2' }],
    ['an inherited name', { clientId: '__proto__', username: '__proto__' }],
    [
      'a will on a foreign topic',
      { will: { topic: 'appliances/fridge/f2/status', payload: Buffer.from('x'), qos: 1, retain: false } },
    ],
    [
      'a will on its telemetry',
      { will: { topic: 'appliances/fridge/f1/telemetry', payload: Buffer.from('x'), qos: 1, retain: false } },
    ],
  ] as [string, IClientOptions][])('refuses to sign in %s', async (_, more) => {
    await expect(signIn('f1', more)).rejects.toThrow()
    expect(broker.stats()).toMatchObject({ refusedLogins: 1, sessions: 0 })
  })

  test.each([
    'appliances/fridge/f2/telemetry',
    'appliances/f1/f2/telemetry',
    'appliances/f1/f2/command/ack/more',
    'appliances/fridge/f10/state',
    'appliances/fridge/F1/telemetry',
    'appliances/fridge',
    '$SYS/x',
    '$SYS/appliances/fridge/f1/telemetry',
    'tele/f1/STATE',
    'appliances//fridge/f1/telemetry',
    '/appliances/fridge/f1/telemetry',
    'Appliances/fridge/f1/telemetry',
    'x',
  ])('a publish to %s is dropped, counted, and ends the connection', async (topic) => {
    const client = await signIn('f1')
    const closed = closing(client)
    client.publish(topic, 'x', { qos: 1 })
    await closed
    expect(log.frames).toEqual([])
    expect(broker.stats().refusedPublishes).toBe(1)
    expect(broker.misdirected('f1')).toEqual([])
  })

  test.each([
    'appliances/washer/f1/telemetry',
    'appliances/fridge/f1/command',
    'appliances/fridge/f1/state',
    'appliances/fridge/f1/telemetry/',
    'appliances/fridge/f1/telemetry/more',
    'appliances/fridge/f1',
    'appliances/fridge/f1/',
    'appliances/f1/telemetry',
    'appliances/f1/command/ack',
  ])(
    'D a publish to %s, its own but unknown, is acknowledged, dropped and shown, and the connection lives',
    async (topic) => {
      const client = await signIn('f1')
      for (const qos of [0, 1, 2] as const) await client.publishAsync(topic, 'x', { qos })
      await client.publishAsync('appliances/fridge/f1/telemetry', 'heard', { qos: 1 })
      expect(said()).toEqual([['telemetry', 'f1', 'heard']])
      expect(broker.stats()).toMatchObject({ misdirected: 3, refusedPublishes: 0, sessions: 1 })
      expect(broker.misdirected('f1')).toMatchObject([{ topic, count: 3, from: 'f1' }])
    },
  )

  test('D one wrong topic of a gateway locks out none of its appliances', async () => {
    const gate = await signIn('gate')
    await gate.publishAsync('appliances/fridge/g2/telemetry', 'x', { qos: 1 })
    await gate.publishAsync('appliances/fridge/g1/telemetry', '1', { qos: 1 })
    expect(said()).toEqual([['telemetry', 'g1', '1']])
    expect(broker.misdirected('g2')).toMatchObject([{ topic: 'appliances/fridge/g2/telemetry', from: 'gate' }])
  })

  test('what is remembered of wrong topics is bounded, and shows the last', async () => {
    const client = await signIn('f1')
    for (let i = 0; i < 20; i++) await client.publishAsync(`appliances/fridge/f1/${i}`, 'x', { qos: 1 })
    await client.publishAsync(`appliances/fridge/f1/${'y'.repeat(10_000)}`, 'x', { qos: 1 })
    const shown = broker.misdirected('f1')
    expect(shown).toHaveLength(8)
    expect(shown[0]?.topic).toHaveLength(256)
    expect(shown[1]?.topic).toBe('appliances/fridge/f1/19')
  })

  test('subscriptions elsewhere, with wildcards above its name, to $SYS and shared ones are refused with 0x80', async () => {
    const client = await signIn('f1', { clean: false })
    const topics = [
      '#',
      '+/+/+/command',
      'appliances/fridge/+/command',
      '$SYS/#',
      '$share/g/appliances/fridge/f1/command',
      'appliances/fridge/f2/command',
      'appliances/washer/f1/command',
    ]
    for (const topic of topics) await expect(client.subscribeAsync(topic, { qos: 1 })).rejects.toThrow()
    expect(broker.stats().refusedSubscriptions).toBe(topics.length)
    expect(await client.subscribeAsync('appliances/fridge/f1/command', { qos: 1 })).toMatchObject([{ qos: 1 }])
  })

  test('filters of one’s own are granted up to a bound, also over connections, and one that is given up makes room', async () => {
    await broker.close()
    await open({ filtersPerAppliance: 4 })
    const kept = { clean: false }
    const client = await signIn('f1', kept)
    const filter = (n: number | string): string => `appliances/fridge/f1/${n}`
    for (let n = 0; n < 4; n++) await client.subscribeAsync(filter(n), { qos: 1 })
    await expect(client.subscribeAsync(filter(4), { qos: 1 })).rejects.toThrow()
    expect(await client.subscribeAsync(filter(3), { qos: 0 })).toMatchObject([{ qos: 0 }])
    await client.endAsync()
    const again = await signIn('f1', kept)
    await expect(again.subscribeAsync(filter(5), { qos: 1 })).rejects.toThrow()
    await again.unsubscribeAsync(filter(0))
    await expect(again.subscribeAsync(filter('x'.repeat(2_000)), { qos: 1 })).rejects.toThrow()
    expect(await again.subscribeAsync(filter('command'), { qos: 1 })).toMatchObject([{ qos: 1 }])
  })

  test('a command reaches its appliance alone, waits for one that is away, and its answer comes back', async () => {
    const one = await signIn('f1', { clean: false })
    const other = await signIn('f2', { clean: false })
    const stray: string[] = []
    other.on('message', (topic) => stray.push(topic))
    await other.subscribeAsync(['appliances/fridge/f2/command'])
    // Asked for together with a topic that is its own, a foreign one is still not remembered for the session.
    await other
      .subscribeAsync(['appliances/fridge/f2/status', 'appliances/fridge/f1/command'], { qos: 1 })
      .catch(() => undefined)
    await one.subscribeAsync('appliances/fridge/f1/command', { qos: 1 })
    await one.endAsync()
    await other.endAsync()
    const command = { id: 'c1', type: 'defrost', params: {}, expires: 5 }
    commands.queue('f1', command)
    const back = mqtt.connect(`mqtt://127.0.0.1:${broker.port}`, {
      clientId: 'f1',
      username: 'f1',
      password: 'secret-f1',
      clean: false,
      protocolVersion: 4,
    })
    clients.push(back)
    const [topic, payload] = await new Promise<[string, Buffer]>((resolve) =>
      back.once('message', (...args) => resolve([args[0], args[1]])),
    )
    expect([topic, JSON.parse(payload.toString())]).toEqual(['appliances/fridge/f1/command', command])
    await back.publishAsync('appliances/fridge/f1/command/ack', '{"id":"c1","result":"done"}', { qos: 1 })
    await back.publishAsync('appliances/fridge/f1/command/ack', 'junk', { qos: 1 })
    expect(commands.acks).toEqual([{ appliance: 'f1', id: 'c1', result: 'done' }])
    const again = await signIn('f2', { clean: false })
    await again.publishAsync('appliances/fridge/f2/event', '{}', { qos: 1 })
    expect(stray).toEqual([])
  })

  test('an answer to a command counts whatever its detail is, and one that is none cuts nobody off', async () => {
    const client = await signIn('f1')
    const answer = (payload: string) => client.publishAsync('appliances/fridge/f1/command/ack', payload, { qos: 1 })
    await answer(`\uFEFF{"id":"c1","result":"done","detail":${JSON.stringify(`${'x'.repeat(5_000)}`)}}\0\0`)
    await answer('{"id":"c2","result":"failed","detail":{"code":"a\\u0000b"},"more":1}')
    for (const bad of ['', 'null', '[]', '{"id":"c3"}', '{"id":"c4","result":"constructor"}', '['.repeat(50_000)]) {
      await answer(bad)
    }
    await answer(`{"id":"c5","result":"done","detail":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)
    expect(client.connected).toBe(true)
    expect(commands.acks.map(({ id, detail }) => [id, detail?.length])).toEqual([
      ['c1', 2_000],
      ['c2', '{"code":"a\\u0000b"}'.length],
    ])
    expect(broker.stats().malformed).toBe(7)
  })

  test('a gateway speaks for its appliances and no other', async () => {
    const gate = await signIn('gate')
    await gate.publishAsync('appliances/fridge/g1/telemetry', '1', { qos: 1 })
    await gate.publishAsync('appliances/washer/g2/telemetry', '2', { qos: 1 })
    expect(said().map(([, appliance]) => appliance)).toEqual(['g1', 'g2'])
    const closed = closing(gate)
    gate.publish('appliances/fridge/f1/telemetry', '3', { qos: 1 })
    await closed
    expect(log.frames).toHaveLength(2)
  })

  test('the last will is journaled when the connection breaks, and not when it ends well', async () => {
    const will = {
      topic: 'appliances/fridge/f1/status',
      payload: Buffer.from('{"online":false}'),
      qos: 1 as const,
      retain: false,
    }
    const good = await signIn('f1', { will })
    await good.endAsync()
    const bad = await signIn('f1', { will })
    bad.stream.destroy()
    await log.has(1)
    expect(said()).toEqual([['status', 'f1', '{"online":false}']])
  })

  test('an appliance is online while any session that may speak for it is open, until it says that it is off', async () => {
    const [own, gate] = [await signIn('g1'), await signIn('gate')]
    expect([broker.isOnline('g1'), broker.isOnline('g2'), broker.isOnline('f1')]).toEqual([true, true, false])
    const isGone = closing(gate)
    gate.stream.destroy()
    await isGone
    await vi.waitUntil(() => !broker.isOnline('g2'), { timeout: 10_000 })
    expect(broker.isOnline('g1')).toBe(true)
    await own.publishAsync('appliances/fridge/g1/status', '{"online":false}', { qos: 1 })
    expect(broker.isOnline('g1')).toBe(false)
    await own.publishAsync('appliances/fridge/g1/telemetry', '{}', { qos: 1 })
    expect(broker.isOnline('g1')).toBe(true)
  })

  test('a second sign-in takes the session over', async () => {
    const first = await signIn('f1')
    const closed = closing(first)
    const second = await signIn('f1')
    await closed
    await second.publishAsync('appliances/fridge/f1/telemetry', 'second', { qos: 1 })
    expect(broker.stats()).toMatchObject({ sessions: 1, takeovers: 1 })
    expect(broker.isConnected('f1')).toBe(true)
  })

  test('a device whose secret changed is put out', async () => {
    const client = await signIn('f1')
    const closed = closing(client)
    revoke('f1')
    await closed
  })

  test('a packet above the limit ends the connection: a small one before sign-in, 1 MiB after', async () => {
    const before = await raw()
    before.socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x07]))
    expect(await before.answer).toEqual(Buffer.alloc(0))
    const notConnect = await raw()
    notConnect.socket.write(packets.generate({ cmd: 'pingreq' }))
    await notConnect.answer
    const client = await signIn('f1')
    await client.publishAsync('appliances/fridge/f1/telemetry', Buffer.alloc(1024 * 1024 - 100, 120), { qos: 1 })
    expect(log.frames[0]!.payload.length).toBe(1024 * 1024 - 100)
    const closed = closing(client)
    client.publish('appliances/fridge/f1/telemetry', Buffer.alloc(1024 * 1024 + 1, 120), { qos: 1 })
    await closed
    expect(broker.stats()).toMatchObject({ oversize: 2, malformed: 1 })
    expect(log.frames).toHaveLength(1)
  })

  test('who connects and says nothing is put out in time', async () => {
    await broker.close()
    await open({ loginTimeoutMs: 50 })
    const { answer } = await raw()
    expect(await answer).toEqual(Buffer.alloc(0))
  })

  test('one address may hold and open only so many connections, when loopback is not exempt', async () => {
    await broker.close()
    await open({ exemptLoopback: false, perAddress: 2 })
    await signIn('f1')
    await signIn('f2')
    await expect(signIn('w1')).rejects.toThrow()
    expect(broker.stats().refusedConnections).toBe(1)
    await broker.close()
    await open({ exemptLoopback: false, perAddressPerSecond: 1 })
    const tries = await Promise.allSettled(['f1', 'f2', 'w1'].map((id) => signIn(id)))
    expect(tries.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  })

  test('MQTT 5 is served beside it, over WebSocket too', async () => {
    const server = createServer()
    broker.attachWebSocket(server, '/mqtt')
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    for (const url of [`mqtt://127.0.0.1:${broker.port}`, `ws://127.0.0.1:${port}/mqtt`]) {
      const client = await signIn('f1', { protocolVersion: 5 }, url)
      await client.publishAsync('appliances/fridge/f1/telemetry', url, { qos: 1 })
      await client.endAsync()
    }
    expect(said().map(([, , text]) => text)).toHaveLength(2)
    server.close()
  })

  test('MQTT over WebSocket works alike, on its own path', async () => {
    const server = createServer()
    broker.attachWebSocket(server, '/mqtt')
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const client = await signIn('w1', {}, `ws://127.0.0.1:${port}/mqtt`)
    await client.publishAsync('appliances/washer/w1/telemetry', Buffer.alloc(100_000, 120), { qos: 1 })
    expect(log.frames[0]).toMatchObject({ appliance: 'w1', kind: 'washer' })
    for (const [path, protocol] of [
      ['/mqtt/', 'mqtt'],
      ['/mqtt', 'mqttv3.1'],
      ['/mqtt/?x=1', 'mqttv3.1'],
    ] as const) {
      const peer = new WebSocket(`ws://127.0.0.1:${port}${path}`, [protocol])
      peer.binaryType = 'arraybuffer'
      await once(peer, 'open')
      expect(peer.protocol).toBe(protocol)
      const answer: number[] = []
      const isWhole = new Promise<void>((resolve) => {
        peer.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
          answer.push(...new Uint8Array(data))
          if (answer.length >= 4) resolve()
        })
      })
      peer.send(
        Uint8Array.from(hello('f1', protocol === 'mqttv3.1' ? { protocolId: 'MQIsdp', protocolVersion: 3 } : {})),
      )
      await isWhole
      expect(answer).toEqual([0x20, 2, 0, 0])
      peer.close()
    }
    for (const [path, protocol, status, why] of [
      ['/other', 'mqtt', 404, '/mqtt'],
      ['/mqtt', 'soap', 400, 'mqttv3.1'],
    ] as const) {
      const { socket, answer } = await rawTo(port)
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
      )
      const text = (await answer).toString()
      expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
      expect(text).toContain(why)
    }
    await expect(signIn('w1', {}, `ws://127.0.0.1:${port}/other`)).rejects.toThrow()
    await client.endAsync()
    server.close()
  })

  test('publishes are acknowledged in their order, and no more are read than may be unacknowledged', async () => {
    await broker.close()
    await open({ unackedBytes: 4_000 })
    const { socket } = await raw()
    const answers: Buffer[] = []
    socket.on('data', (bytes) => answers.push(bytes))
    socket.write(hello('f1'))
    await once(socket, 'data')
    const held = Promise.withResolvers<void>()
    log.hold = held.promise
    const topic = 'appliances/fridge/f1/telemetry'
    const count = 2_000
    for (let id = 1; id <= count; id++) {
      const payload = Buffer.from(`${id}`.padEnd(400))
      socket.write(
        packets.generate({ cmd: 'publish', topic, payload, qos: 1, messageId: id, retain: false, dup: id % 5 === 0 }),
      )
    }
    while (broker.stats().inFlight === 0) await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setTimeout(resolve, 100))
    // What one read of the socket brought, and not the rest.
    expect(broker.stats().inFlight).toBeLessThan(400)
    held.resolve()
    await log.has(count)
    const acks = (): number[] => {
      const bytes = Buffer.concat(answers).subarray(4)
      return Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readUInt16BE(i * 4 + 2))
    }
    while (acks().length < count) await new Promise((resolve) => setImmediate(resolve))
    expect(acks()).toEqual(Array.from({ length: count }, (_, i) => i + 1))
    expect(said().map(([, , text]) => Number(text))).toEqual(acks())
    expect(broker.stats()).toMatchObject({ acked: count, inFlight: 0, slowConnections: 0 })
  })

  test('once the journal has failed nothing is acknowledged and the connection ends', async () => {
    const client = await signIn('f1')
    log.problem = new Problem({ code: 'journal-failed', message: 'failed', remedy: 'check the disk' })
    let acknowledged = false
    const closed = closing(client)
    client.publish('appliances/fridge/f1/telemetry', 'x', { qos: 1 }, (error) => {
      acknowledged = !error
    })
    await closed
    expect(acknowledged).toBe(false)
  })

  test('an orderly end acknowledges what is being written, and writes no wills', async () => {
    const will = {
      topic: 'appliances/fridge/f1/status',
      payload: Buffer.from('{"online":false}'),
      qos: 1 as const,
      retain: false,
    }
    const client = await signIn('f1', { will })
    const held = Promise.withResolvers<void>()
    log.hold = held.promise
    const published = client.publishAsync('appliances/fridge/f1/telemetry', 'last', { qos: 1 })
    while (broker.stats().inFlight === 0) await new Promise((resolve) => setImmediate(resolve))
    const closed = broker.close()
    held.resolve()
    await published
    await closed
    expect(said()).toEqual([['telemetry', 'f1', 'last']])
  })

  test('a taken port is one clear problem', async () => {
    const second = openBroker({
      host: '127.0.0.1',
      port: broker.port,
      log,
      secretKey,
      catalog: loadCatalog(),
      clock: wallClock,
      directory: { find: () => undefined, onRevoked: () => undefined },
      ...brokerContext(),
    })
    await expect(second).rejects.toMatchObject({ code: 'port-taken' })
  })
})

describe.skipIf(serversMissing())('an outside client', () => {
  test('mosquitto_pub gets a reading in, and hears no when its secret is wrong', async () => {
    const publish = async (secret: string): Promise<number> => {
      const topic = 'appliances/fridge/f1/telemetry'
      const args = [
        '-p',
        String(broker.port),
        '-i',
        'f1',
        '-u',
        'f1',
        '-P',
        secret,
        '-q',
        '1',
        '-t',
        topic,
        '-m',
        '{"ts":1}',
      ]
      const child = spawn(serverProgram('mosquitto_pub'), args, { env: serverEnv(), stdio: 'ignore' })
      const [code] = (await once(child, 'exit')) as [number]
      return code
    }
    expect(await publish('secret-f1')).toBe(0)
    expect(said()).toEqual([['telemetry', 'f1', '{"ts":1}']])
    expect(await publish('guess')).not.toBe(0)
    expect(said()).toHaveLength(1)
  })
})

describe('bad input', () => {
  test('malformed bytes, before and after sign-in, hurt only who sends them', async () => {
    const good = await signIn('f2')
    const whole = hello('f1')
    const publish = packets.generate({
      cmd: 'publish',
      topic: 'appliances/fridge/f1/telemetry',
      payload: 'x',
      qos: 1,
      messageId: 1,
      dup: false,
      retain: false,
    })
    const arbitrary = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 64 }),
      fc.uint8Array({ minLength: 1, maxLength: 64 }).map((bytes) => Buffer.concat([whole, bytes])),
      fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => {
        const changed = Buffer.from(whole)
        changed[at] = byte
        return changed
      }),
      fc.tuple(fc.nat(publish.length - 1), fc.nat(255)).map(([at, byte]) => {
        const changed = Buffer.from(publish)
        changed[at] = byte
        return Buffer.concat([whole, changed])
      }),
    )
    let sent = 0
    await fc.assert(
      fc.asyncProperty(fc.array(arbitrary, { minLength: 10, maxLength: 10 }), async (all) => {
        await Promise.all(
          all.map(async (bytes) => {
            const { socket, answer } = await raw()
            socket.end(bytes)
            await answer
            sent++
          }),
        )
      }),
      { numRuns: 40 },
    )
    expect(sent).toBe(400)
    await good.publishAsync('appliances/fridge/f2/telemetry', 'still here', { qos: 1 })
    expect(said()).toContainEqual(['telemetry', 'f2', 'still here'])
  })

  test('a frame cut anywhere is put together again', async () => {
    const { socket } = await raw()
    socket.setNoDelay(true)
    const bytes = Buffer.concat([
      hello('f1'),
      ...Array.from({ length: 3 }, (_, i) =>
        packets.generate({
          cmd: 'publish',
          topic: 'appliances/fridge/f1/telemetry',
          payload: `${i}`,
          qos: 1,
          messageId: i + 1,
          dup: false,
          retain: false,
        }),
      ),
    ])
    for (const byte of bytes) {
      socket.write(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await log.has(3)
    expect(said().map(([, , text]) => text)).toEqual(['0', '1', '2'])
  })
})
