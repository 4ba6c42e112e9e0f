// A broker with a log in memory, and a peer that speaks MQTT byte by byte.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import packets, { type Packet } from 'mqtt-packet'
import { brokerContext, MemoryCommands, memorySessions } from '../../broker/commands.fixture.ts'
import { type Broker, type BrokerLimits, openBroker } from '../../broker/index.ts'
import { loadCatalog } from '../../catalog/index.ts'
import { type Device, type FrameIngress, hashSecret, type Problem, wallClock } from '../../core/index.ts'

const secretKey = Buffer.alloc(32, 7)
const device = (id: string, speaksFor: [string, string][]): Device => ({
  id,
  secretHash: hashSecret(secretKey, `secret-${id}`),
  speaksFor: new Map(speaksFor),
})
/** Two fridges, and a gateway that speaks for the second one, too: so it may hear what that one says. */
const devices = new Map(
  [
    device('f1', [['f1', 'fridge']]),
    device('f2', [['f2', 'fridge']]),
    device('gate', [
      ['f2', 'fridge'],
      ['g1', 'fridge'],
    ]),
  ].map((each) => [each.id, each]),
)

export class TestBroker {
  readonly broker: Broker
  /** What was journaled: type, appliance, payload. */
  readonly said: [string, string, string][]
  readonly commands: MemoryCommands
  /** What the journal says instead of keeping something. */
  readonly refusal: { problem?: Problem }
  #peers: Peer[] = []
  private constructor(of: Pick<TestBroker, 'broker' | 'said' | 'commands' | 'refusal'>) {
    this.broker = of.broker
    this.commands = of.commands
    this.said = of.said
    this.refusal = of.refusal
  }

  /** @param sessions those that a broker before this one left */
  static async open(limits: Partial<BrokerLimits> = {}, sessions = memorySessions()): Promise<TestBroker> {
    const said: [string, string, string][] = []
    const refusal: { problem?: Problem } = {}
    const log: FrameIngress = {
      take({ type, appliance, payload }, done) {
        if (refusal.problem) return done(refusal.problem, -1)
        said.push([type, appliance, Buffer.from(payload).toString()])
        queueMicrotask(() => done(undefined, said.length))
      },
    }
    const commands = new MemoryCommands()
    const broker = await openBroker({
      host: '127.0.0.1',
      port: 0,
      log,
      directory: { find: (id) => devices.get(id), onRevoked: () => undefined },
      secretKey,
      catalog: loadCatalog(),
      clock: wallClock,
      limits,
      mayListen: async (key) => key === 'key-of-staff',
      ...brokerContext(commands, sessions),
    })
    return new TestBroker({ broker, said, commands, refusal })
  }

  async dial(version: 4 | 5 = 4): Promise<Peer> {
    const socket = connect({ port: this.broker.port, host: '127.0.0.1', noDelay: true })
    const peer = new Peer(socket, version)
    this.#peers.push(peer)
    await once(socket, 'connect')
    return peer
  }
  /** Dials, signs in, and expects to be let in. */
  async signIn(id: string, more: object = {}): Promise<Peer & { sessionPresent: boolean }> {
    const peer = await this.dial()
    peer.send(hello(id, more))
    const answer = await peer.next()
    if (answer?.cmd !== 'connack' || answer.returnCode !== 0) throw new Error(`not let in: ${JSON.stringify(answer)}`)
    return Object.assign(peer, { sessionPresent: answer.sessionPresent })
  }
  async close(): Promise<void> {
    for (const peer of this.#peers) peer.socket.destroy()
    await this.broker.close()
  }
}

export const hello = (id: string, more: object = {}): Buffer =>
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
  } as Packet)

export class Peer {
  readonly socket: Socket
  #heard: Packet[] = []
  #wanted: ((packet: Packet | undefined) => void)[] = []
  #isClosed = false
  readonly #version: { protocolVersion: 4 | 5 }
  constructor(socket: Socket, version: 4 | 5 = 4) {
    this.socket = socket
    this.#version = { protocolVersion: version }
    const parser = packets.parser(this.#version)
    parser.on('packet', (packet) => {
      const wanted = this.#wanted.shift()
      if (wanted) wanted(packet)
      else this.#heard.push(packet)
    })
    socket.on('data', (bytes) => parser.parse(bytes))
    // The broker may cut us off in the midst of a word.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#isClosed = true
      for (const wanted of this.#wanted.splice(0)) wanted(undefined)
    })
  }

  send(...what: (Buffer | Packet)[]): void {
    this.socket.write(
      Buffer.concat(what.map((one) => (Buffer.isBuffer(one) ? one : packets.generate(one, this.#version)))),
    )
  }
  /** The next packet that comes; undefined when the connection ends instead. */
  next(): Promise<Packet | undefined> {
    const packet = this.#heard.shift()
    if (packet || this.#isClosed) return Promise.resolve(packet)
    return new Promise((resolve) => this.#wanted.push(resolve))
  }
  /** Whatever comes until the connection ends. */
  async rest(): Promise<Packet[]> {
    const all: Packet[] = []
    for (let packet = await this.next(); packet; packet = await this.next()) all.push(packet)
    return all
  }
  /** Whatever came before the answer to a ping: when nothing did, there was nothing. */
  async untilPong(): Promise<Packet[]> {
    this.send({ cmd: 'pingreq' })
    const all: Packet[] = []
    for (let packet = await this.next(); packet?.cmd !== 'pingresp'; packet = await this.next()) {
      if (!packet) throw new Error('the connection ended')
      all.push(packet)
    }
    return all
  }
}

/** Raw parts of packets that no library would write. */
export const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from([Buffer.byteLength(value) >> 8, Buffer.byteLength(value) & 255]), Buffer.from(value)])
export const frame = (first: number, ...body: Buffer[]): Buffer => {
  const all = Buffer.concat(body)
  if (all.length > 127) throw new Error('too long for one byte of length')
  return Buffer.concat([Buffer.from([first, all.length]), all])
}
export const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255])

export const topicOf = (id: string, rest = 'telemetry'): string => `appliances/fridge/${id}/${rest}`
export const publish = (id: string, payload: string, more: object = {}): Packet =>
  ({
    cmd: 'publish',
    topic: topicOf(id),
    payload,
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
    ...more,
  }) as Packet
export const subscribe = (messageId: number, ...filters: [string, 0 | 1 | 2][]): Packet =>
  ({ cmd: 'subscribe', messageId, subscriptions: filters.map(([topic, qos]) => ({ topic, qos })) }) as Packet
