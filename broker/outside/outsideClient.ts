import { connect as dial, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as dialSecurely } from 'node:tls'
import packets, { type IConnackPacket, type IPublishPacket, type Packet } from 'mqtt-packet'
import { createWebSocketStream, WebSocket } from 'ws'
import { SECOND } from '../../core/index.ts'
import { puback } from '../fastPath.ts'
import type { HeldFilters } from './heldFilters.ts'
import type { OutsideSettings } from './outsideState.ts'

const KEEP_ALIVE_SECONDS = 30
const ANSWER_MS = 10 * SECOND
/** Between two tries, from the first to the last. */
const RETRY_MS = [500, 1_000, 2_000, 5_000, 10_000]
/** In a group: a broker that forgot it (Mosquitto does, when it ends) hands what comes to nobody until we are back. */
const RETRY_IN_GROUP_MS = [100, 200, 500]
/** A broker keeps what came meanwhile for so long, where version 5 lets us say. */
const SESSION_SECONDS = 30 * 86_400
/** Messages that it may send before the first is on disk; who sends more, or cannot be told so (3.1.1), is not read meanwhile. */
const RECEIVE_MAXIMUM = 500
/** A connection that lasted so long begins its tries anew, and is heard of when it ends. */
const STEADY_MS = 10 * SECOND
const MOST_PACKET_IDS = 65_535
/** Packet ids that no message has. */
const SUBSCRIBE_ID = MOST_PACKET_IDS
const UNSUBSCRIBE_ID = MOST_PACKET_IDS - 1
const MOST_PUBLISH_ID = MOST_PACKET_IDS - 2

export interface OutsideOptions extends OutsideSettings {
  held: HeldFilters
  /** `done` once: it may be acknowledged, or the connection begins anew and it comes again. */
  take: (packet: IPublishPacket, done: (isKept: boolean) => void) => void
  changed: (connected: boolean) => void
  onRetryableError: (error: unknown) => void
}

/** An acknowledgement in its place; it leaves when all before it have (MQTT 3.1.1, 4.6). */
interface Slot {
  messageId: number
  isKept?: boolean
}

/**
 * A session at somebody else's broker whose messages are acknowledged when they are on disk, many at once. A client library
 * would acknowledge one after the other: here a sync is shared by all that came with it.
 */
export class OutsideClient {
  readonly #of: OutsideOptions
  #version: 4 | 5
  #stream: Duplex | undefined
  #isUp = false
  /** What we asked for was granted: from here on everything comes. */
  #isGranted = false
  #isClosed = false
  #tries = 0
  #slots: Slot[] = []
  #timers: NodeJS.Timeout[] = []
  #lastPacketId = 0
  #wanted: string[] = []
  /** What its session has there, as far as is known. */
  #held: string[] | undefined
  /** What we published, by its packet id. */
  readonly #published = new Map<number, { resolve: () => void; reject: (error: Error) => void }>()
  #error: string | undefined
  #lie: string | undefined

  constructor(options: OutsideOptions) {
    this.#of = options
    this.#version = options.version
    this.#dial()
  }
  /** It lets us in, and sends what is published from now on. */
  get connected(): boolean {
    return this.#isUp && this.#isGranted
  }
  get version(): 4 | 5 {
    return this.#version
  }
  /** Why it is away, or what it does not keep to. */
  get error(): string | undefined {
    return this.#isUp ? this.#lie : this.#error
  }

  /** Resolves when the broker has it. @param expirySeconds version 5 forgets it then */
  publish(topic: string, payload: Buffer, properties: NonNullable<IPublishPacket['properties']>): Promise<void> {
    if (!this.#isUp) return Promise.reject(new Error('the outside broker is away'))
    do this.#lastPacketId = (this.#lastPacketId % MOST_PUBLISH_ID) + 1
    while (this.#published.has(this.#lastPacketId))
    const messageId = this.#lastPacketId
    const about = this.#version === 5 ? { properties } : {}
    return new Promise((resolve, reject) => {
      this.#published.set(messageId, { resolve, reject })
      this.#send({ cmd: 'publish', topic, payload, qos: 1, dup: false, retain: false, messageId, ...about })
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#isUp) this.#send({ cmd: 'disconnect', reasonCode: 0 })
    this.#stream?.end()
    this.#lost(new Error('closed'))
  }

  #dial(): void {
    const stream = streamTo(new URL(this.#of.url))
    this.#stream = stream
    const parser = packets.parser({ protocolVersion: this.#version })
    const fail = (error: Error): void => {
      if (this.#stream === stream) this.#lost(error)
      stream.destroy()
    }
    const answer = setTimeout(() => fail(new Error('it does not answer')), ANSWER_MS)
    parser.on('packet', (packet) => {
      if (this.#stream !== stream) return
      if (packet.cmd === 'connack') clearTimeout(answer)
      try {
        this.#hear(packet)
      } catch (error) {
        fail(error as Error)
      }
    })
    parser.on('error', fail)
    stream.on('error', fail)
    stream.on('close', () => {
      clearTimeout(answer)
      fail(new Error('the connection ended'))
    })
    stream.on('data', (bytes: Buffer) => parser.parse(bytes))
    const { username, password } = new URL(this.#of.url)
    this.#send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: this.#version,
      clientId: this.#of.clientId,
      clean: false,
      keepalive: KEEP_ALIVE_SECONDS,
      ...(username ? { username: decodeURIComponent(username) } : {}),
      ...(password ? { password: Buffer.from(decodeURIComponent(password)) } : {}),
      ...(this.#version === 5
        ? { properties: { sessionExpiryInterval: SESSION_SECONDS, receiveMaximum: RECEIVE_MAXIMUM } }
        : {}),
    })
  }

  #hear(packet: Packet): void {
    switch (packet.cmd) {
      case 'connack':
        this.#begin(packet)
        return
      case 'publish':
        this.#take(packet)
        return
      case 'puback': {
        const waiting = this.#published.get(packet.messageId ?? 0)
        this.#published.delete(packet.messageId ?? 0)
        const { reasonCode = 0 } = packet
        if (reasonCode >= 0x80) waiting?.reject(new Error(`refused with reason code ${reasonCode}`))
        else waiting?.resolve()
        return
      }
      case 'suback':
        this.#granted(packet.granted.map(Number))
        return
      case 'unsuback':
        this.#hold(this.#wanted).catch(this.#of.onRetryableError)
        return
      case 'disconnect':
        throw new Error(packet.properties?.reasonString ?? `it ended the connection, reason code ${packet.reasonCode}`)
      default:
    }
  }

  #granted(codes: readonly number[]): void {
    if (!this.#isGranted) {
      this.#isGranted = true
      this.#of.changed(true)
    }
    const [refused, less] = [codes.filter((code) => code >= 0x80).length, codes.filter((code) => code === 0).length]
    if (refused > 0)
      this.#say(
        `The outside broker refuses ${refused} of ${this.#of.filters.length} subscriptions: look at its access rules.`,
      )
    else if (less > 0)
      this.#say(
        `The outside broker grants ${less} of ${this.#of.filters.length} subscriptions at QoS 0 alone: of what it sends so, some may be lost.`,
      )
  }
  #say(lie: string): void {
    this.#lie = lie
    this.#of.onRetryableError(new Error(lie))
  }

  #begin(packet: IConnackPacket): void {
    const code = (this.#version === 5 ? packet.reasonCode : packet.returnCode) ?? 0
    if (code !== 0) {
      // A broker of 3.1.1 alone: 1 in its words, 0x84 in those of version 5.
      if (this.#version === 5 && (code === 1 || code === 0x84)) {
        this.#version = 4
        this.#tries = 0
      }
      throw new Error(packet.properties?.reasonString ?? `it refuses the sign-in, code ${code}`)
    }
    this.#isUp = true
    this.#lie = undefined
    this.#timers.push(
      setTimeout(() => {
        this.#tries = 0
      }, STEADY_MS).unref(),
    )
    const mayShare = this.#version === 5 && packet.properties?.sharedSubscriptionAvailable !== false
    const isShared = mayShare && this.#of.group !== undefined
    this.#wanted = this.#of.filters.map((filter) => (isShared ? `$share/${this.#of.group}/${filter}` : filter))
    void this.#subscribe(packet.sessionPresent)
    const ping = setInterval(() => this.#send({ cmd: 'pingreq' }), (KEEP_ALIVE_SECONDS * SECOND) / 2)
    ping.unref()
    this.#timers.push(ping)
  }

  /** Asks for all that is wanted, and takes back what a session has from a former group, or a format that is gone. */
  async #subscribe(isResumed: boolean): Promise<void> {
    const stream = this.#stream
    let former: string[] = []
    try {
      this.#held ??= await this.#of.held.of(this.#heldAt)
      if (isResumed) former = this.#held.filter((filter) => !this.#wanted.includes(filter))
      // Before it is asked for: whoever is killed in between knows it afterwards.
      await this.#hold([...this.#wanted, ...former])
    } catch (error) {
      this.#of.onRetryableError(error)
    }
    if (this.#stream !== stream) return
    const subscriptions = this.#wanted.map((topic) => ({ topic, qos: 1 as const }))
    this.#send({ cmd: 'subscribe', messageId: SUBSCRIBE_ID, subscriptions })
    // After the others: what comes in between comes twice, and not to nobody.
    if (former.length > 0) this.#send({ cmd: 'unsubscribe', messageId: UNSUBSCRIBE_ID, unsubscriptions: former })
  }
  async #hold(filters: readonly string[]): Promise<void> {
    const isSame = this.#held?.length === filters.length && filters.every((filter) => this.#held?.includes(filter))
    if (isSame) return
    await this.#of.held.keep(this.#heldAt, filters)
    this.#held = [...filters]
  }
  /** A session is one broker's. */
  get #heldAt(): string {
    return `${this.#of.clientId}@${new URL(this.#of.url).host}`
  }

  #take(packet: IPublishPacket): void {
    if (packet.qos === 0) {
      this.#of.take(packet, () => undefined)
      return
    }
    const { messageId = 0 } = packet
    if (packet.qos === 2) throw this.#fault(0x9b, 'it sends at QoS 2 what was asked for at QoS 1')
    if (messageId === 0) throw this.#fault(0x82, 'it sends a message at QoS 1 without a packet id')
    // To cut it off would be for ever: it sends the same again.
    if (this.#version === 5 && this.#slots.length >= RECEIVE_MAXIMUM && this.#lie === undefined)
      this.#say(
        `The outside broker sends more than ${RECEIVE_MAXIMUM} messages unacknowledged, against its word; it is read more slowly.`,
      )
    const slot: Slot = { messageId }
    this.#slots.push(slot)
    const stream = this.#stream
    if (this.#slots.length >= RECEIVE_MAXIMUM) stream?.pause()
    this.#of.take(packet, (isKept) => {
      // Of a connection before this one: it comes again.
      if (this.#stream !== stream) return
      if (!isKept) {
        this.#lost(new Error('a message could not be kept'))
        return
      }
      slot.isKept = true
      let ready = 0
      while (this.#slots[ready]?.isKept) ready++
      const acks = this.#slots.splice(0, ready)
      if (acks.length > 0) stream?.write(Buffer.concat(acks.map((one) => puback(one.messageId))))
      if (this.#slots.length < RECEIVE_MAXIMUM / 2 && stream?.isPaused()) stream.resume()
    })
  }

  /** Ends the connection: what is wrong with it is said to the broker, and to whoever asks here. */
  #fault(reasonCode: number, why: string): Error {
    if (this.#version === 5) this.#send({ cmd: 'disconnect', reasonCode, properties: { reasonString: why } })
    return new Error(why)
  }

  #lost(error: Error): void {
    const stream = this.#stream
    if (!stream && !this.#isUp) return
    this.#stream = undefined
    this.#error = error.message
    this.#slots = []
    for (const timer of this.#timers.splice(0)) clearInterval(timer)
    for (const { reject } of this.#published.values()) reject(error)
    this.#published.clear()
    this.#isUp = false
    if (this.#isGranted) {
      this.#isGranted = false
      this.#of.changed(false)
    }
    if (this.#isClosed) return
    stream?.destroy()
    if (this.#tries === 0) this.#of.onRetryableError(new Error(`The outside broker is away: ${error.message}.`))
    const waits = this.#of.group === undefined ? RETRY_MS : RETRY_IN_GROUP_MS
    const retry = setTimeout(() => this.#dial(), waits[Math.min(this.#tries++, waits.length - 1)])
    retry.unref()
  }

  #send(packet: Packet): void {
    this.#stream?.write(packets.generate(packet, { protocolVersion: this.#version }))
  }
}

function streamTo(url: URL): Duplex {
  const { protocol, hostname, port } = url
  const host = hostname.replace(/^\[|\]$/g, '')
  if (protocol === 'ws:' || protocol === 'wss:') return createWebSocketStream(new WebSocket(url, 'mqtt'))
  // An address is no name to ask for (RFC 6066, 3); the certificate is looked at for it all the same.
  const name = isIP(host) ? {} : { servername: host }
  if (protocol === 'mqtts:') return dialSecurely({ host, port: Number(port || 8883), ...name })
  const socket: Socket = dial({ host, port: Number(port || 1883), noDelay: true })
  return socket
}
