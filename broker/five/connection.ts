import type { Duplex } from 'node:stream'
import packets, { type IConnectPacket, type IDisconnectPacket, type Packet } from 'mqtt-packet'
import type { Device } from '../../core/index.ts'
import { MOST_IN_FLIGHT } from '../commandDelivery.ts'
import type { Publish } from '../fastPath.ts'
import type { DownMessage, Hearer, Peer, Qos } from '../peer.ts'
import { commandTopic, grantedQos, matches } from '../topics.ts'
import { checkPacket } from './checkPacket.ts'
import { commandPacket } from './commandPacket.ts'
import { type FiveHost, refusals } from './host.ts'
import { Inbound } from './inbound.ts'
import { Reader } from './reader.ts'
import { type Fault, fault, reason } from './reasons.ts'
import { type FiveSession, newSession } from './sessions.ts'
import { type Listener, STAFF } from './staffFeed.ts'
import { grantSubscriptions } from './subscriptions.ts'
import { connackOf, MOST_EXPIRY_SECONDS, type Terms, termsOf } from './terms.ts'

const VERSION_5 = { protocolVersion: 5 as const }

/** One connection of MQTT 5, from its CONNECT to its end. */
export class FiveConnection implements Peer, Hearer, Listener {
  id = ''
  closed = false
  readonly #host: FiveHost
  readonly #stream: Duplex
  readonly #reader: Reader
  readonly #login: NodeJS.Timeout
  #silence: NodeJS.Timeout | undefined
  /** What came between CONNECT and CONNACK. */
  #early: Packet[] = []
  #state: 'new' | 'signing-in' | 'open' = 'new'
  #terms: Terms | undefined
  #device: Device | undefined
  #session: FiveSession | undefined
  #inbound: Inbound | undefined
  #isStaff = false
  #isWillDropped = false
  #isBlocked = false

  constructor(stream: Duplex, host: FiveHost) {
    this.#host = host
    this.#stream = stream
    this.#login = setTimeout(() => this.#destroy(), host.limits.loginTimeoutMs)
    this.#reader = new Reader({
      stream,
      host,
      isClosed: () => this.closed,
      isHeld: () => this.#isHeld(),
      fast: (publish) => this.#takeFast(publish),
      take: (packet) => this.#take(packet),
      end: (why) => this.end(why),
    })
    stream.on('error', () => stream.destroy())
    stream.once('end', () => this.#destroy())
    stream.once('close', () => this.#gone())
  }

  get clean(): boolean {
    return (this.#session?.expirySeconds ?? 0) === 0
  }
  close(): void {
    this.end(fault(reason.administrative, 'Its secret or its appliances changed, or it is retired.'))
  }
  takenOver(): void {
    this.end(fault(reason.takenOver, 'Somebody else signed in by this id.'))
  }
  shutDown(): void {
    this.end(fault(reason.shuttingDown, 'The service is stopping; connect again when it is back.'))
  }

  /** Says why, and ends the connection. */
  end({ code, why }: Fault): void {
    if (this.closed) return
    this.#inbound?.flush()
    const properties = { reasonString: why }
    if (this.#state === 'open') this.#send({ cmd: 'disconnect', reasonCode: code, properties })
    else this.#send({ cmd: 'connack', reasonCode: code, sessionPresent: false, properties })
    this.#destroy()
  }

  get mostInFlight(): number {
    return Math.min(MOST_IN_FLIGHT, this.#terms?.receiveMaximum ?? 0)
  }
  qosOf(topic: string): Qos | undefined {
    return grantedQos(this.#session?.subscriptions ?? [], topic)
  }
  write(message: DownMessage): boolean {
    const identifiers = [...(this.#session?.subscriptions ?? [])]
      .filter(([filter, { identifier }]) => identifier !== undefined && matches(filter, message.topic))
      .flatMap(([, { identifier }]) => identifier ?? [])
    const bytes = packets.generate(commandPacket(message, identifiers), VERSION_5)
    if (bytes.length > (this.#terms?.packetBytes ?? 0)) return false
    this.#write(bytes)
    return true
  }

  /** While it signs in, owes too much or does not listen to its answers, nothing more is read of it. */
  #isHeld(): boolean {
    const { unackedBytes } = this.#host.limits
    return this.#state === 'signing-in' || this.#isBlocked || (this.#inbound?.unackedBytes ?? 0) > unackedBytes
  }

  #takeFast(publish: Publish): boolean {
    if (this.closed || this.#state !== 'open' || !this.#inbound?.takeFast(publish)) return false
    this.#silence?.refresh()
    return true
  }
  #take(packet: Packet): void {
    if (this.closed) return
    if (this.#state === 'signing-in') {
      this.#early.push(packet)
      return
    }
    if (this.#state === 'new') {
      if (packet.cmd === 'connect') void this.#connect(packet)
      return
    }
    this.#silence?.refresh()
    const wrong = checkPacket(packet) ?? this.#handle(packet)
    if (!wrong) return
    this.#host.stats.malformed++
    this.end(wrong)
  }

  async #connect(packet: IConnectPacket): Promise<void> {
    this.#state = 'signing-in'
    clearTimeout(this.#login)
    const wrong = checkPacket(packet)
    if (wrong) this.#host.stats.malformed++
    const terms = wrong ?? termsOf(packet)
    if ('code' in terms) {
      if (!wrong) this.#host.stats.refusedLogins++
      return this.end(terms)
    }
    const { id, will } = terms
    const { username, password } = packet
    if (username === STAFF) return this.#connectStaff(packet, terms)
    const isVouchedFor = this.#host.isVouchedFor(this.#stream, id)
    const device = this.#host.signIn({ id, username, password, will: will?.topic, isVouchedFor })
    if (typeof device === 'string') return this.end(refusals[device])
    this.id = id
    this.#terms = terms
    this.#device = device
    // Nothing larger than it takes is sent (3.1.2-24), and without the bounds that CONNACK names it would break them.
    if (packets.generate(this.#connack(packet, terms, device, false), VERSION_5).length > terms.packetBytes)
      return this.end(fault(reason.tooLarge, 'It takes less than what CONNACK has to say.'))
    try {
      await this.#host.takeOver(this)
      const { session, isNew } = await this.#host.sessions.open(id, terms.startsClean, terms.expirySeconds)
      this.#session = session
      // It may have gone while its session was looked up, or may not be here any more.
      if (!this.closed && !this.#host.came(this, device)) this.end(refusals.unknown)
      if (this.closed) this.#host.sessions.closed(session, 0, undefined)
      else this.#open(packet, terms, device, session, isNew)
    } catch (error) {
      this.end(fault(reason.unavailable, (error as Error).message))
    }
  }

  /** A program of the staff: it listens to all, says nothing, and has no session of its own. */
  async #connectStaff(packet: IConnectPacket, terms: Terms): Promise<void> {
    const key = packet.password?.toString() ?? ''
    const may = !terms.will && (await this.#host.staff.mayCome(key).catch(() => false))
    if (!may) {
      this.#host.stats.refusedLogins++
      return this.end(refusals.staff)
    }
    if (this.closed) return
    this.id = `${STAFF}/${terms.id}`
    this.#terms = { ...terms, expirySeconds: 0 }
    this.#device = { id: this.id, secretHash: Buffer.alloc(0), speaksFor: new Map() }
    this.#session = newSession(this.id, 0)
    this.#isStaff = true
    this.#host.staff.came(this.id, key, this)
    this.#open(packet, this.#terms, this.#device, this.#session, true)
  }
  get subscriptions(): FiveSession['subscriptions'] {
    return this.#session?.subscriptions ?? new Map()
  }
  /** What an appliance said, for a program of the staff. */
  hear(topic: string, payload: Buffer, identifiers: number[]): boolean {
    const bytes = packets.generate(
      {
        cmd: 'publish',
        topic,
        payload,
        qos: 0,
        dup: false,
        retain: false,
        properties: identifiers.length > 0 ? { subscriptionIdentifier: identifiers } : {},
      },
      VERSION_5,
    )
    if (this.#isBlocked || bytes.length > (this.#terms?.packetBytes ?? 0)) return false
    this.#write(bytes)
    return true
  }

  #open(packet: IConnectPacket, terms: Terms, device: Device, session: FiveSession, isNew: boolean): void {
    const host = this.#host
    this.#inbound = new Inbound({
      peer: this,
      session,
      incoming: host.incoming,
      receiveMaximum: host.limits.receiveMaximum,
      send: (bytes) => this.#write(bytes),
      end: (why) => this.end(why),
      eased: () => this.#reader.eased(),
      hearsWhy: terms.hearsWhy,
      packetBytes: terms.packetBytes,
      onMalformed: () => host.stats.malformed++,
    })
    if (terms.silentMs !== undefined)
      this.#silence = setTimeout(
        () => this.end(fault(reason.keepAlive, 'Nothing was heard within one and a half keep-alives.')),
        terms.silentMs,
      )
    this.#send(this.#connack(packet, terms, device, !isNew))
    this.#state = 'open'
    if (!this.#isStaff) host.delivery.opened(this, this, device, isNew)
    for (const early of this.#early.splice(0)) this.#take(early)
    this.#reader.read()
  }

  #connack({ properties }: IConnectPacket, terms: Terms, { speaksFor }: Device, sessionPresent: boolean): Packet {
    const [[appliance, kind] = ['', '']] = speaksFor
    const responseTopic = terms.wantsResponseTopic ? `${commandTopic(kind, appliance)}/ack` : undefined
    const asked = properties?.sessionExpiryInterval
    return connackOf(terms, asked, { sessionPresent, shares: this.#isStaff }, this.#host.limits, responseTopic)
  }

  #handle(packet: Packet): Fault | undefined {
    const { delivery } = this.#host
    switch (packet.cmd) {
      case 'publish':
        return this.#inbound?.take(packet)
      case 'pubrel': {
        const messageId = packet.messageId ?? 0
        const isKnown = this.#inbound?.release(messageId)
        this.#send({ cmd: 'pubcomp', messageId, reasonCode: isKnown ? reason.success : reason.unknownPacketId })
        return undefined
      }
      case 'puback': {
        const { reasonCode = 0, properties } = packet
        const refused = reasonCode >= 0x80 ? (properties?.reasonString ?? `reason code ${reasonCode}`) : undefined
        delivery.acknowledged(this, packet.messageId ?? 0, refused)
        return undefined
      }
      case 'pubrec':
        // Nothing goes down at QoS 2.
        this.#send({ cmd: 'pubrel', messageId: packet.messageId, reasonCode: reason.unknownPacketId })
        return undefined
      case 'subscribe':
      case 'unsubscribe':
        return this.#subscribe(packet)
      case 'pingreq':
        this.#send({ cmd: 'pingresp' })
        return undefined
      case 'disconnect':
        return this.#disconnect(packet)
      case 'connect':
        return fault(reason.protocolError, 'A connection begins once.')
      default:
        return undefined
    }
  }

  #subscribe(packet: Extract<Packet, { cmd: 'subscribe' | 'unsubscribe' }>): Fault | undefined {
    if (!this.#session || !this.#device) return undefined
    const to = this.#isStaff ? 'staff' : this.#device
    const answer = grantSubscriptions(packet, this.#session, to, this.#host.limits)
    if ('code' in answer) return answer
    this.#host.stats.refusedSubscriptions += answer.granted.filter((code) => Number(code) >= 0x80).length
    const kept = this.#isStaff ? Promise.resolve() : this.#host.sessions.keep(this.#session)
    kept.then(
      () => {
        if (this.closed) return
        this.#send(answer)
        if (!this.#isStaff) this.#host.delivery.heard(this)
      },
      (error: Error) => this.end(fault(reason.unavailable, error.message)),
    )
    return undefined
  }

  #disconnect({ reasonCode, properties }: IDisconnectPacket): Fault | undefined {
    const expirySeconds = properties?.sessionExpiryInterval
    if (expirySeconds !== undefined && this.#session) {
      if (this.#session.expirySeconds === 0 && expirySeconds > 0)
        return fault(reason.protocolError, 'A session that ends with its connection is not kept on leaving.')
      this.#session.expirySeconds = Math.min(expirySeconds, MOST_EXPIRY_SECONDS)
    }
    this.#isWillDropped = reasonCode !== reason.disconnectWithWill
    this.#destroy()
    return undefined
  }

  #send(packet: Packet): void {
    let bytes = packets.generate(packet, VERSION_5)
    // What would be too large for it goes without its explanations (3.1.2.11.4).
    if (bytes.length > (this.#terms?.packetBytes ?? Infinity))
      bytes = packets.generate({ ...packet, properties: undefined } as Packet, VERSION_5)
    this.#write(bytes)
  }
  #write(bytes: Buffer): void {
    if (this.closed || this.#stream.destroyed) return
    this.#stream.write(bytes)
    if (this.#stream.writableLength <= this.#host.limits.unreadBytes || this.#isBlocked) return
    this.#isBlocked = true
    this.#stream.once('drain', () => {
      this.#isBlocked = false
      this.#reader.read()
    })
  }

  /** What was written leaves before the connection ends. */
  #destroy(): void {
    if (this.closed) return
    this.closed = true
    clearTimeout(this.#login)
    clearTimeout(this.#silence)
    this.#stream.removeAllListeners('readable')
    this.#stream.end()
    const gone = setTimeout(() => this.#stream.destroy(), LAST_WORDS_MS)
    gone.unref()
    // A peer that says nothing more closes its side; one that does is not listened to.
    this.#stream.resume()
    this.#gone()
  }
  #gone(): void {
    const wasOpen = this.#state === 'open'
    this.closed = true
    clearTimeout(this.#login)
    clearTimeout(this.#silence)
    this.#state = 'new'
    if (this.#isStaff) this.#host.staff.went(this.id, this)
    if (!wasOpen || !this.#session || this.#isStaff) return
    this.#host.went(this)
    const { will } = this.#terms ?? {}
    const say = will && !this.#isWillDropped ? () => this.#host.sayWill(this, will) : undefined
    this.#host.sessions.closed(this.#session, will?.delaySeconds ?? 0, say)
  }
}

/** So long a peer may take to hear why its connection ended. */
const LAST_WORDS_MS = 2_000
