import { timingSafeEqual } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import type { Server as HttpServer, IncomingMessage } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Aedes, type AuthenticateError, type Client, type PublishPacket, type Subscription } from 'aedes'
import type { Packet } from 'mqtt-packet'
import { createWebSocketStream, WebSocketServer } from 'ws'
import { type ApplianceId, type Device, hashSecret, wallClock } from '../core/index.ts'
import { AddressLimits } from './addressLimits.ts'
import type { Broker, BrokerOptions } from './brokerOptions.ts'
import { CommandDelivery } from './commandDelivery.ts'
import { addFastPath, type Keep } from './fastPath.ts'
import { FrameGuard } from './frameGuard.ts'
import { Incoming } from './incoming.ts'
import { type AedesSessions, keepSessions } from './keptSessions.ts'
import { type BrokerLimits, type BrokerStats, brokerLimits, noStats } from './limits.ts'
import { isVouchedFor, listenAt, portOf } from './listening.ts'
import { Misdirected, type MisdirectedTopic } from './misdirected.ts'
import { PresenceBook } from './presence.ts'
import { breaksProtocol } from './protocolFault.ts'
import { mayHear, ownTopic, speaksOf, upTopic } from './topics.ts'
import { refuseUpgrade, upgradeFault, webSocketProtocols } from './webSocketIngress.ts'

const NOBODY = Buffer.alloc(32)
/** A peer without a keep-alive of its own that vanished is asked for by TCP: the system's two hours are long. */
const TCP_KEEP_ALIVE_MS = 60_000
/** CONNACK: unacceptable protocol version. */
const WRONG_VERSION = Buffer.from([0x20, 2, 0, 1])

/** @throws Problem `port-taken` or `cannot-listen`, which say what to change */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const broker = new ApplianceBroker(options)
  await broker.listen()
  return broker
}

class ApplianceBroker implements Broker {
  #options: BrokerOptions
  #limits: BrokerLimits
  #aedes: Aedes
  #server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS }, (socket) =>
    this.#accept(socket, socket.remoteAddress ?? ''),
  )
  #webSockets: WebSocketServer
  #addresses: AddressLimits
  #devices = new WeakMap<Client, Device>()
  #wills = new WeakMap<Client, string>()
  /** Gave no client id; Aedes gives them one. */
  #nameless = new WeakSet<Client>()
  #sessions = new Map<string, Client>()
  /** What a connection has subscribed to; before the first time that is what its kept session has. */
  #filters = new WeakMap<Client, Set<string>>()
  #streams = new Set<Duplex>()
  #presence = new PresenceBook()
  #delivery: CommandDelivery
  #misdirected = new Misdirected()
  #incoming: Incoming
  #closing = false
  #stats = noStats()

  constructor(options: BrokerOptions) {
    this.#options = options
    this.#limits = { ...brokerLimits, ...options.limits }
    this.#delivery = new CommandDelivery(options.commands, (error) => options.onRetryableError('command', error))
    this.#incoming = new Incoming(options, {
      stats: this.#stats,
      presence: this.#presence,
      misdirected: this.#misdirected,
      deviceOf: (client) => this.#devices.get(client),
    })
    this.#addresses = new AddressLimits(this.#limits, wallClock)
    this.#webSockets = new WebSocketServer({
      noServer: true,
      maxPayload: this.#limits.packetBytes + 16,
      handleProtocols: (offered) => webSocketProtocols.find((protocol) => offered.has(protocol)) ?? false,
    })
    this.#aedes = new Aedes({
      connectTimeout: this.#limits.loginTimeoutMs,
      queueLimit: 1_000,
      maxInflightInbound: this.#limits.qos2Unfinished,
      maxClientsIdLength: 64,
      drainTimeout: 10_000,
      preConnect: (client, packet, done) => {
        if (packet.will) this.#wills.set(client, packet.will.topic)
        if (packet.clientId === '') this.#nameless.add(client)
        done(null, !this.#closing)
      },
      authenticate: (client, username, password, done) => this.#authenticate(client, username, password, done),
      authorizePublish: (client, packet, done) =>
        client && packet.qos === 2 && packet.dup
          ? this.#incoming.authorizeRepeat(this.#persistence, client, packet, done)
          : this.#incoming.authorize(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => done(null, this.#audible(client, subscription)),
      // What goes down is written by the delivery of commands alone.
      authorizeForward: () => null,
    })
    options.directory.onRevoked((id) => this.#sessions.get(id)?.close())
  }

  get port(): number {
    return portOf(this.#server) ?? 0
  }
  get securePort(): number | undefined {
    return portOf(this.#options.secure?.server)
  }

  async listen(): Promise<void> {
    await this.#aedes.listen()
    this.#restrict()
    await keepSessions(this.#persistence, this.#options.sessions, (client, filter) => this.#isHeard(client, filter))
    this.#aedes.on('client', (client) => this.#came(client))
    this.#aedes.on('clientReady', (client) => this.#opened(client))
    this.#aedes.on('subscribe', (_, client) => this.#delivery.heard(client))
    this.#aedes.on('unsubscribe', (filters, client) => {
      for (const filter of filters) this.#filters.get(client)?.delete(filter)
    })
    this.#aedes.on('clientDisconnect', (client) => this.#went(client))
    const { host, port, secure } = this.#options
    await this.#listenAt(this.#server, host, port, 'MQTT_PORT')
    if (!secure) return
    secure.server.on('secureConnection', (socket) => this.#accept(socket, socket.remoteAddress ?? ''))
    secure.server.on('tlsClientError', () => this.#stats.refusedConnections++)
    await this.#listenAt(secure.server, secure.host, secure.port, 'MQTTS_PORT')
  }
  async #listenAt(server: Server, host: string, port: number, setting: string): Promise<void> {
    server.maxConnections = this.#limits.connections
    server.on('drop', () => this.#stats.refusedConnections++)
    await listenAt(server, host, port, setting).catch(async (error: unknown) => {
      await this.close()
      throw error
    })
  }

  /** What appliances publish goes to the journal and to nobody else. */
  #restrict(): void {
    const aedes = this.#aedes as unknown as {
      publish: (packet: PublishPacket, client: unknown, done?: (error?: Error) => void) => void
    }
    const publish = aedes.publish.bind(aedes)
    aedes.publish = (packet, client, done) => {
      if (client && typeof client === 'object') done?.()
      else publish(packet, client, done)
    }
  }
  get #persistence(): AedesSessions {
    return (this.#aedes as unknown as { persistence: AedesSessions }).persistence
  }

  attachWebSocket(server: HttpServer, path = '/mqtt', mayAsk = (_: IncomingMessage): boolean => true): void {
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const wrong = upgradeFault(request, path, mayAsk)
      if (wrong) {
        if (wrong.status === 403) this.#stats.refusedConnections++
        refuseUpgrade(socket, wrong)
        return
      }
      const address = socket.remoteAddress ?? ''
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('error', () => {
          this.#stats.malformed++
          // What it still sends is not read.
          webSocket.terminate()
        })
        this.#accept(createWebSocketStream(webSocket), address, request)
      })
    })
  }

  #accept(stream: Duplex, address: string, request?: IncomingMessage): void {
    if (this.#closing || !this.#addresses.opened(address)) {
      this.#stats.refusedConnections++
      stream.on('error', () => undefined)
      stream.destroy()
      return
    }
    this.#stats.connections++
    this.#streams.add(stream)
    stream.once('close', () => {
      this.#stats.connections--
      this.#streams.delete(stream)
      this.#addresses.closed(address)
    })
    this.#guard(stream)
    const client = this.#aedes.handle(stream, request)
    // The parser throws on a few malformed packets instead of saying so; thrown in an event, that would end the process.
    const { _parser: parser } = client as unknown as { _parser?: EventEmitter & { parse: (bytes: Buffer) => number } }
    if (!parser) return
    // MQTT 5 is told so by Aedes; of any other version the parser knows nothing but that it is wrong (3.1.2-2).
    parser.prependListener('error', (error: Error) => {
      if (error.message === 'Invalid protocol version') stream.write(WRONG_VERSION)
    })
    parser.prependListener('packet', (packet: Packet) => {
      if (packet.cmd === 'puback' && packet.messageId) this.#delivery.acknowledged(client, packet.messageId)
      if (!breaksProtocol(packet)) return
      this.#stats.malformed++
      // Aedes ends the connection over a packet of no type that it knows.
      ;(packet as { cmd: string }).cmd = 'none'
    })
    const keep: Keep = (from, topic, payload, done) => this.#incoming.keepFast(from, topic, payload, done)
    if (!addFastPath(client, stream, keep, this.#limits)) this.#stats.slowConnections++
    const parse = parser.parse.bind(parser)
    parser.parse = (bytes) => {
      try {
        return parse(bytes)
      } catch (error) {
        this.#stats.malformed++
        client.emit('error', error as Error)
        return 0
      }
    }
  }

  /** Aedes takes bytes by read() alone: what the guard refuses never reaches its parser. */
  #guard(stream: Duplex): void {
    const guard = new FrameGuard(this.#limits.bytesBeforeLogin, this.#limits.packetBytes)
    const read = stream.read.bind(stream)
    stream.read = (size?: number) => {
      const bytes = read(size)
      const fault = bytes === null ? undefined : guard.see(bytes)
      if (!fault) return bytes
      this.#stats[fault]++
      stream.destroy()
      return null
    }
  }

  #authenticate(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): undefined {
    const refuse = (returnCode: 2 | 4 | 5): undefined => {
      this.#stats.refusedLogins++
      done(Object.assign(new Error('not authorized'), { returnCode }) as AuthenticateError, null)
    }
    if (this.#nameless.has(client)) return refuse(2)
    const device = this.#options.directory.find(client.id)
    const knows = this.#knows(device, password) && username === client.id
    if (!device || !(knows || (!password && isVouchedFor(client)))) return refuse(4)
    const will = this.#wills.get(client)
    if (will !== undefined && !mayWill(device, will)) return refuse(5)
    this.#devices.set(client, device)
    if (this.#sessions.has(client.id)) this.#stats.takeovers++
    done(null, true)
  }

  /** Takes as long for a device that there is not. */
  #knows(device: Device | undefined, password: Buffer | undefined): boolean {
    const given = hashSecret(this.#options.secretKey, password?.toString() ?? '')
    const wanted = device?.secretHash.length === given.length ? device.secretHash : NOBODY
    return timingSafeEqual(given, wanted) && password !== undefined
  }

  #mayHear(client: Client, filter: string): boolean {
    const device = this.#devices.get(client)
    return device !== undefined && mayHear(device, filter)
  }
  #audible(client: Client, subscription: Subscription): Subscription | null {
    if (this.#mayHear(client, subscription.topic) && this.#hasRoomFor(client, subscription.topic)) return subscription
    this.#stats.refusedSubscriptions++
    return null
  }
  #isHeard(client: Client, filter: string): boolean {
    return this.#filters.get(client)?.has(filter) ?? false
  }
  /** A session is kept in memory and in the database for weeks: whoever makes up filters has to stop somewhere. */
  #hasRoomFor(client: Client, filter: string): boolean {
    const filters = this.#filters.get(client) ?? new Set(subscriptionsOf(client))
    this.#filters.set(client, filters)
    const most = this.#limits.filtersPerAppliance * (this.#devices.get(client)?.speaksFor.size ?? 0)
    if (filter.length > MOST_FILTER || (!filters.has(filter) && filters.size >= most)) return false
    filters.add(filter)
    return true
  }

  #came(client: Client): void {
    this.#sessions.set(client.id, client)
    // Its secret may have changed while it signed in.
    const now = this.#options.directory.find(client.id)
    if (!now || Buffer.compare(now.secretHash, this.#devices.get(client)?.secretHash ?? NOTHING) !== 0) {
      client.close()
      return
    }
    this.#presence.came(this.#devices.get(client) ?? now)
    this.#options.sessionChanged?.(now.id, true)
  }
  /** It has its CONNACK, and what it subscribed to before. */
  #opened(client: Client): void {
    const device = this.#devices.get(client)
    if (!device || this.#sessions.get(client.id) !== client) return
    this.#delivery.opened(client, device, client.clean)
    if (!client.clean)
      this.#options.sessions.seen(client.id).catch((error) => this.#options.onRetryableError('session', error))
  }
  #went(client: Client): void {
    this.#delivery.closed(client, client.clean)
    if (this.#sessions.get(client.id) !== client) return
    this.#sessions.delete(client.id)
    const device = this.#devices.get(client)
    if (!device) return
    this.#presence.went(device)
    if (!this.#closing) this.#options.sessionChanged?.(device.id, false)
  }

  isOnline(appliance: ApplianceId): boolean {
    return this.#presence.isOnline(appliance)
  }
  misdirected(appliance: ApplianceId): MisdirectedTopic[] {
    return this.#misdirected.of(appliance)
  }
  isConnected(device: string): boolean {
    return this.#sessions.has(device)
  }
  stats(): BrokerStats {
    return { ...this.#stats, sessions: this.#sessions.size }
  }

  async close(): Promise<void> {
    if (this.#closing) return
    this.#closing = true
    const servers: Server[] = [this.#server]
    if (this.#options.secure) servers.push(this.#options.secure.server)
    const serversClosed = servers
      .filter(({ listening }) => listening)
      .map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
    await this.#incoming.drain(this.#limits.drainMs)
    // One more turn: the acknowledgements of what was just written leave before the sockets close.
    await new Promise((resolve) => setImmediate(resolve))
    for (const client of this.#webSockets.clients) client.close(1001)
    await new Promise<void>((resolve) => this.#aedes.close(() => resolve()))
    for (const client of this.#webSockets.clients) client.terminate()
    for (const stream of this.#streams) stream.destroy()
    await Promise.all(serversClosed)
  }
}

const NOTHING = Buffer.alloc(0)
/** Kind, id and what is below them have fewer characters. */
const MOST_FILTER = 1_024
/** What of Aedes' client its types leave out. */
const subscriptionsOf = (client: Client): string[] =>
  Object.keys((client as unknown as { subscriptions: object }).subscriptions)
/** A will says that its appliance is gone; one on a topic of its own that nobody knows says nothing, and is dropped. */
function mayWill(device: Device, topic: string): boolean {
  const known = upTopic(device, topic)
  if (known) return known.rest === 'status'
  return speaksOf(device, topic) !== undefined && ownTopic(device, topic)?.rest !== 'command'
}
