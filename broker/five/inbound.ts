import packets, { type IPublishPacket } from 'mqtt-packet'
import { Problem } from '../../core/index.ts'
import { type Publish, puback } from '../fastPath.ts'
import type { Incoming } from '../incoming.ts'
import type { Peer, Unheard } from '../peer.ts'
import { isUtf8 } from './checkPacket.ts'
import { type Fault, fault, type ReasonCode, reason } from './reasons.ts'
import type { FiveSession } from './sessions.ts'
import { MOST_ALIASES } from './terms.ts'

const VERSION_5 = { protocolVersion: 5 as const }
const NOTHING = Buffer.alloc(0)

interface Options {
  peer: Peer
  session: FiveSession
  incoming: Pick<Incoming, 'hear' | 'keepFast'>
  receiveMaximum: number
  /** Sends bytes to the peer. */
  send: (bytes: Buffer) => void
  end: (fault: Fault) => void
  /** What is unacknowledged became less. */
  eased: () => void
  hearsWhy: boolean
  /** The most that a packet to it may have: explanations go first (3.1.2-24). */
  packetBytes: number
  /** Something was dropped for its form. */
  onMalformed: () => void
}

/** An acknowledgement in its place; it leaves when all before it have (4.6). */
interface Slot {
  bytes?: Buffer
}

/** What a peer of MQTT 5 publishes, from its packet to its acknowledgement: success says that it is on disk, synced. */
export class Inbound {
  readonly #of: Options
  readonly #aliases = new Map<number, string>()
  #slots: Slot[] = []
  /** QoS 2 that are being written: their PUBREC is on its way. */
  readonly #beingKept = new Set<number>()
  #unackedBytes = 0
  #isFlushing = false

  constructor(options: Options) {
    this.#of = options
  }
  get unackedBytes(): number {
    return this.#unackedBytes
  }

  /** @returns what ends the connection */
  take(packet: IPublishPacket): Fault | undefined {
    const topic = this.#topicOf(packet)
    if (typeof topic !== 'string') return topic
    const { session, receiveMaximum } = this.#of
    const { qos, messageId = 0, properties = {} } = packet
    const payload = Buffer.from(packet.payload)
    if (qos === 2) {
      // Sent again before its PUBREL it is still the same message (4.3.3).
      if (this.#beingKept.has(messageId)) return undefined
      if (session.unreleased.has(messageId)) return this.#answer(this.#slot(), packet, reason.success)
    }
    if (qos > 0 && this.#slots.length + session.unreleased.size >= receiveMaximum)
      return fault(reason.receiveMaximum, `At most ${receiveMaximum} messages may be unacknowledged.`)
    const slot = qos > 0 ? this.#slot() : undefined
    if (properties.payloadFormatIndicator && !isUtf8(payload)) {
      this.#of.onMalformed()
      return slot && this.#answer(slot, packet, reason.wrongPayload, 'It says that it is UTF-8, and is not.')
    }
    if (qos === 2) this.#beingKept.add(messageId)
    this.#unackedBytes += payload.length
    const message = {
      topic,
      payload,
      qos,
      retain: packet.retain,
      ...(properties.correlationData ? { answers: properties.correlationData.toString() } : {}),
      ...(properties.userProperties ? { properties: properties.userProperties } : {}),
    }
    const heard = (unheard?: Unheard | Problem): void => {
      this.#unackedBytes -= payload.length
      if (qos === 2) this.#beingKept.delete(messageId)
      this.#heard(packet, slot, unheard)
      this.#of.eased()
    }
    this.#of.incoming.hear(this.#of.peer, message, heard, qos > 0 ? this.#of.peer : undefined)
    return undefined
  }

  /** A publish at QoS 1 without properties. @returns false when it is for the parser, and its rules, after all */
  takeFast({ topic, id, payload }: Publish): boolean {
    const { session, receiveMaximum, peer, incoming } = this.#of
    if (this.#slots.length + session.unreleased.size >= receiveMaximum) return false
    const slot: Slot = {}
    this.#slots.push(slot)
    this.#unackedBytes += payload.length
    const isTaken = incoming.keepFast(peer, topic, payload, (refused) => {
      this.#unackedBytes -= payload.length
      if (refused) this.#refuse(refused)
      else this.#ready(slot, puback(id))
      this.#of.eased()
    })
    if (isTaken) return true
    this.#slots.pop()
    this.#unackedBytes -= payload.length
    return false
  }

  /** @returns false when there is none of this id */
  release(messageId: number): boolean {
    return this.#of.session.unreleased.delete(messageId)
  }

  #topicOf({ topic, properties }: IPublishPacket): string | Fault {
    const alias = properties?.topicAlias
    if (alias !== undefined && (alias === 0 || alias > MOST_ALIASES))
      return fault(reason.wrongAlias, `A topic alias lies between 1 and ${MOST_ALIASES}.`)
    if (topic === '') {
      const named = alias === undefined ? undefined : this.#aliases.get(alias)
      return named ?? fault(reason.protocolError, 'A PUBLISH without a topic has an alias that stands for one.')
    }
    if (alias !== undefined) this.#aliases.set(alias, topic)
    return topic
  }

  #heard(packet: IPublishPacket, slot: Slot | undefined, unheard: Unheard | Problem | undefined): void {
    if (unheard instanceof Problem) this.#refuse(unheard)
    else if (unheard === 'closing') {
      this.#of.end(fault(reason.shuttingDown, 'The service is stopping; connect again when it is back.'))
    } else if (!slot) return
    else if (unheard === 'foreign-topic') {
      this.#answer(slot, packet, reason.notAuthorized, 'This is the topic of somebody else.')
    } else if (unheard === 'unknown-topic') {
      this.#answer(
        slot,
        packet,
        reason.wrongTopic,
        'Below its own name there are telemetry, event, status, command/ack.',
      )
    } else {
      if (packet.qos === 2) this.#of.session.unreleased.add(packet.messageId ?? 0)
      this.#answer(slot, packet, unheard === 'unmapped' ? reason.nobodyHears : reason.success)
    }
  }

  /** Not acknowledged: it is sent again, once the connection is back. */
  #refuse({ retryable, message }: Problem): void {
    this.#of.end(fault(retryable ? reason.busy : reason.implementation, message))
  }

  #slot(): Slot {
    const slot: Slot = {}
    this.#slots.push(slot)
    return slot
  }

  #answer(slot: Slot, { qos, messageId }: IPublishPacket, code: ReasonCode, why?: string): undefined {
    const properties = why !== undefined && this.#of.hearsWhy ? { properties: { reasonString: why } } : {}
    const cmd = qos === 2 ? 'pubrec' : 'puback'
    const bare = { cmd, messageId, reasonCode: code } as const
    const whole = packets.generate({ ...bare, ...properties }, VERSION_5)
    this.#ready(slot, whole.length > this.#of.packetBytes ? packets.generate(bare, VERSION_5) : whole)
  }

  #ready(slot: Slot, bytes: Buffer): void {
    slot.bytes = bytes
    if (this.#slots[0] !== slot || this.#isFlushing) return
    this.#isFlushing = true
    // The microtask runs once the journal has told all that share a group: they leave in one write.
    queueMicrotask(() => this.flush())
  }
  /** Sends the acknowledgements that are ready, in their order. */
  flush(): void {
    this.#isFlushing = false
    let ready = 0
    while (this.#slots[ready]?.bytes) ready++
    if (ready === 0) return
    const bytes = this.#slots.splice(0, ready).map((one) => one.bytes ?? NOTHING)
    this.#of.send(bytes.length === 1 ? bytes[0]! : Buffer.concat(bytes))
  }
}
