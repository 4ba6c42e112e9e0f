import type { EventEmitter } from 'node:events'
import type { Server as HttpServer, IncomingMessage } from 'node:http'
import { createServer, type Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { Aedes, type AuthenticateError, type Client, type Subscription } from 'aedes'
import type { Packet } from 'mqtt-packet'
import { type ApplianceId, wallClock } from '../core/index.ts'
import { AddressLimits } from './addressLimits.ts'
import type { Broker, BrokerOptions } from './brokerOptions.ts'
import { classicHearer, subscriptionsOf } from './classicHearer.ts'
import { CommandDelivery } from './commandDelivery.ts'
import { Connected } from './connected.ts'
import { addFastPath, type Keep } from './fastPath.ts'
import { FiveConnection } from './five/connection.ts'
import type { FiveHost } from './five/host.ts'
import { FiveSessions } from './five/sessions.ts'
import { StaffFeed } from './five/staffFeed.ts'
import { hearVersion } from './five/version.ts'
import { FrameGuard, guardReads } from './frameGuard.ts'
import { hearConnect } from './hearConnect.ts'
import { Incoming } from './incoming.ts'
import { type AedesSessions, keepSessions } from './keptSessions.ts'
import { type BrokerLimits, type BrokerStats, brokerLimits, MOST_FILTER, noStats } from './limits.ts'
import { isVouchedFor, listenAt, portOf } from './listening.ts'
import { Misdirected, type MisdirectedTopic } from './misdirected.ts'
import { OutsideBroker } from './outside/outsideBroker.ts'
import type { OutsideState } from './outside/outsideState.ts'
import { PresenceBook } from './presence.ts'
import { breaksProtocol, catchFaults } from './protocolFault.ts'
import { type Credentials, signIn } from './signIn.ts'
import { tellNobody } from './tellNobody.ts'
import { mayHear } from './topics.ts'
import { WebSocketIngress } from './webSocketIngress.ts'

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
  #webSockets: WebSocketIngress
  #addresses: AddressLimits
  #wills = new WeakMap<Client, string>()
  /** Gave no client id; Aedes gives them one. */
  #nameless = new WeakSet<Client>()
  #connected: Connected
  /** What a connection has subscribed to; before the first time that is what its kept session has. */
  #filters = new WeakMap<Client, Set<string>>()
  #streams = new Set<Duplex>()
  #presence = new PresenceBook()
  #delivery: CommandDelivery
  #misdirected = new Misdirected()
  #incoming: Incoming
  #five: FiveHost
  #staff: StaffFeed
  #outside: OutsideBroker | undefined
  #closing = false
  #stats = noStats()

  constructor(options: BrokerOptions) {
    this.#options = options
    this.#limits = { ...brokerLimits, ...options.limits }
    this.#delivery = new CommandDelivery(options.commands, (error) => options.onRetryableError('command', error))
    this.#staff = new StaffFeed(options.mayListen, () => this.#stats.staffMissed++)
    this.#incoming = new Incoming(options, {
      stats: this.#stats,
      presence: this.#presence,
      misdirected: this.#misdirected,
      staff: this.#staff,
      deviceOf: (peer) => this.#connected.deviceOf(peer),
    })
    this.#connected = new Connected({
      directory: options.directory,
      presence: this.#presence,
      delivery: this.#delivery,
      stats: this.#stats,
      sessionChanged: options.sessionChanged,
    })
    this.#five = this.#fiveHost()
    this.#addresses = new AddressLimits(this.#limits, wallClock)
    this.#webSockets = new WebSocketIngress(this.#limits.packetBytes + 16)
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
  }

  get port(): number {
    return portOf(this.#server) ?? 0
  }
  get securePort(): number | undefined {
    return portOf(this.#options.secure?.server)
  }

  async listen(): Promise<void> {
    await this.#aedes.listen()
    tellNobody(this.#aedes)
    await keepSessions(this.#persistence, this.#options.sessions, (client, filter) => this.#isHeard(client, filter))
    this.#aedes.on('client', (client) => void this.#connected.came(client))
    await this.#five.sessions.load()
    this.#aedes.on('clientReady', (client) => this.#opened(client))
    this.#aedes.on('subscribe', (_, client) => this.#delivery.heard(client))
    this.#aedes.on('unsubscribe', (filters, client) => {
      for (const filter of filters) this.#filters.get(client)?.delete(filter)
    })
    this.#aedes.on('clientDisconnect', (client) => this.#connected.went(client))
    const { host, port, secure, isBehind } = this.#options
    if (!isBehind) await this.#listenAt(this.#server, host, port, 'MQTT_PORT')
    if (this.#options.outside)
      this.#outside = new OutsideBroker({
        ...this.#options,
        ...this.#options.outside,
        incoming: this.#incoming,
        presence: this.#presence,
        isConnected: (id) => this.#connected.has(id),
      })
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

  get #persistence(): AedesSessions {
    return (this.#aedes as unknown as { persistence: AedesSessions }).persistence
  }

  attachWebSocket(server: HttpServer, path = '/mqtt', mayAsk = (_: IncomingMessage): boolean => true): void {
    this.#webSockets.attach(server, path, mayAsk, {
      accept: (stream, address, request) => this.#accept(stream, address, request),
      refused: () => this.#stats.refusedConnections++,
      malformed: () => this.#stats.malformed++,
    })
  }

  #accept(stream: Duplex, address: string, request?: IncomingMessage): void {
    if (this.#closing || !this.#addresses.opened(address)) {
      this.#stats.refusedConnections++
      stream.on('error', () => undefined)
      stream.destroy()
      return
    }
    stream.once('close', () => this.#addresses.closed(address))
    const elsewhere = this.#options.elsewhere?.()
    if (!elsewhere) {
      this.adopt(stream, request)
      return
    }
    this.#streams.add(stream)
    stream.once('close', () => this.#streams.delete(stream))
    hearConnect(stream, this.#limits, elsewhere, (other) => (other ?? this).adopt(stream, request))
  }
  adopt(stream: Duplex, request?: IncomingMessage): void {
    this.#stats.connections++
    this.#streams.add(stream)
    stream.once('close', () => {
      this.#stats.connections--
      this.#streams.delete(stream)
    })
    hearVersion(stream, this.#limits, (isFive) => {
      if (isFive) new FiveConnection(stream, this.#five)
      else this.#acceptClassic(stream, request)
    })
  }

  #acceptClassic(stream: Duplex, request?: IncomingMessage): void {
    guardReads(stream, new FrameGuard(this.#limits.bytesBeforeLogin, this.#limits.packetBytes), (fault) => {
      this.#stats[fault]++
    })
    const client = this.#aedes.handle(stream, request)
    const { _parser: parser } = client as unknown as { _parser?: EventEmitter & { parse: (bytes: Buffer) => number } }
    if (!parser) return
    // Of a version that is none of ours the parser knows nothing but that it is wrong (3.1.2-2).
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
    catchFaults(parser, (error) => {
      this.#stats.malformed++
      client.emit('error', error)
    })
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
    const { id, conn } = client
    const will = this.#wills.get(client)
    const device = this.#signIn({ id, username, password, will, isVouchedFor: isVouchedFor(conn, id) })
    if (device === 'unknown') return refuse(4)
    if (device === 'foreign-will') return refuse(5)
    this.#connected.signedIn(client, device)
    this.#connected.takeOver(id, 'aedes')
    // A session of the other version ends with the first word in this one.
    this.#five.sessions.end(id)
    done(null, true)
  }
  #signIn(credentials: Credentials): ReturnType<typeof signIn> {
    return signIn(this.#options.directory, this.#options.secretKey, credentials)
  }

  /** What connections of MQTT 5 share with the others: who is here, what goes up and down, the counts. */
  #fiveHost(): FiveHost {
    const { sessions, clock, onRetryableError } = this.#options
    const ended = (id: string): void => this.#delivery.ended(id)
    return {
      limits: this.#limits,
      stats: this.#stats,
      incoming: this.#incoming,
      delivery: this.#delivery,
      staff: this.#staff,
      sessions: new FiveSessions(sessions, clock, (error) => onRetryableError('session', error), ended),
      isVouchedFor,
      signIn: (credentials) => {
        if (this.#closing) return 'closing'
        const device = this.#signIn(credentials)
        if (typeof device === 'string') this.#stats.refusedLogins++
        return device
      },
      takeOver: async ({ id }) => {
        this.#connected.takeOver(id, 'five')
        await this.#persistence.cleanSubscriptions({ id })
      },
      came: (peer, device) => {
        this.#connected.signedIn(peer, device)
        return this.#connected.came(peer)
      },
      went: (peer) => this.#connected.went(peer),
      sayWill: (peer, { topic, payload, qos, retain, properties }) =>
        this.#incoming.hear(peer, { topic, payload, qos, retain, properties }, () => undefined),
    }
  }
  #audible(client: Client, subscription: Subscription): Subscription | null {
    const device = this.#connected.deviceOf(client)
    if (device && mayHear(device, subscription.topic) && this.#hasRoomFor(client, subscription.topic))
      return subscription
    this.#stats.refusedSubscriptions++
    return null
  }
  #isHeard(client: Client, filter: string): boolean {
    return this.#filters.get(client)?.has(filter) ?? false
  }
  /** A session is kept in memory and in the database for weeks: whoever makes up filters has to stop somewhere. */
  #hasRoomFor(client: Client, filter: string): boolean {
    const filters = this.#filters.get(client) ?? new Set(Object.keys(subscriptionsOf(client)))
    this.#filters.set(client, filters)
    const most = this.#limits.filtersPerAppliance * (this.#connected.deviceOf(client)?.speaksFor.size ?? 0)
    if (filter.length > MOST_FILTER || (!filters.has(filter) && filters.size >= most)) return false
    filters.add(filter)
    return true
  }

  /** It has its CONNACK, and what it subscribed to before. */
  #opened(client: Client): void {
    const device = this.#connected.deviceOf(client)
    if (!device || !this.#connected.isHere(client)) return
    this.#delivery.opened(client, classicHearer(client), device, client.clean)
    if (!client.clean)
      this.#options.sessions.seen(client.id).catch((error) => this.#options.onRetryableError('session', error))
  }
  isOnline(appliance: ApplianceId): boolean {
    return this.#presence.isOnline(appliance)
  }
  misdirected(appliance: ApplianceId): MisdirectedTopic[] {
    return this.#misdirected.of(appliance)
  }
  outside(): OutsideState | undefined {
    return this.#outside?.state()
  }
  isConnected(device: string): boolean {
    return this.#connected.has(device)
  }
  stats(): BrokerStats {
    return { ...this.#stats, sessions: this.#connected.size }
  }

  async close(): Promise<void> {
    if (this.#closing) return
    this.#closing = true
    this.#connected.closing()
    const serversClosed = [this.#server, this.#options.secure?.server]
      .filter((server) => server !== undefined)
      .filter(({ listening }) => listening)
      .map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
    await this.#incoming.drain(this.#limits.drainMs)
    await this.#outside?.close()
    // One more turn: the acknowledgements of what was just written leave before the sockets close.
    await new Promise((resolve) => setImmediate(resolve))
    this.#five.sessions.stop()
    this.#staff.stop()
    this.#connected.shutDown()
    this.#webSockets.goAway()
    await new Promise<void>((resolve) => this.#aedes.close(() => resolve()))
    this.#webSockets.terminate()
    for (const stream of this.#streams) stream.destroy()
    await Promise.all(serversClosed)
  }
}
