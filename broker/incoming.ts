import type { Client, PublishPacket } from 'aedes'
import { z } from 'zod'
import { type ApplianceId, commandResults, type Device, type FrameIn, type FrameType, Problem } from '../core/index.ts'
import type { BrokerOptions } from './brokerOptions.ts'
import type { StaffFeed } from './five/staffFeed.ts'
import type { AedesSessions } from './keptSessions.ts'
import type { BrokerStats } from './limits.ts'
import type { Misdirected } from './misdirected.ts'
import type { Peer, Unheard, UpMessage } from './peer.ts'
import type { PresenceBook } from './presence.ts'
import { type OwnTopic, speaksOf, topicOf, upTopic } from './topics.ts'

/** Characters of what an appliance says of a command; the rest is cut. */
const MOST_DETAIL = 2_000
/** What an appliance says of a command. */
export const commandAckSchema = z.object({
  id: z.string().min(1).max(128),
  result: z.enum(commandResults),
  detail: z
    .unknown()
    .transform((detail) => (typeof detail === 'string' ? detail : JSON.stringify(detail)))
    .transform((detail) => detail?.replaceAll('\0', '').slice(0, MOST_DETAIL))
    .optional(),
})
const NOTHING = Buffer.alloc(0)
type Done = (error?: Error | null) => void
type Heard = (unheard?: Unheard | Problem) => void

/** Who speaks over the broker of somebody else. */
const OUTSIDE: Peer = { id: 'outside-broker', closed: false, clean: false, close: () => undefined }
const everybody = { has: () => true }
interface OutsideHeard {
  appliance: ApplianceId
  kind: string
  /** It speaks as the contract says. */
  isOwn: boolean
}

/** What devices publish on its way to the log: whose it is, what it says at once, and when it may be acknowledged. */
export class Incoming {
  readonly #options: BrokerOptions
  readonly #stats: BrokerStats
  readonly #presence: PresenceBook
  readonly #misdirected: Misdirected
  readonly #staff: StaffFeed
  readonly #deviceOf: (peer: Peer) => Device | undefined
  #isClosing = false
  #drained: (() => void) | undefined

  constructor(
    options: BrokerOptions,
    of: {
      stats: BrokerStats
      presence: PresenceBook
      misdirected: Misdirected
      staff: StaffFeed
      deviceOf: (peer: Peer) => Device | undefined
    },
  ) {
    this.#options = options
    this.#stats = of.stats
    this.#presence = of.presence
    this.#misdirected = of.misdirected
    this.#staff = of.staff
    this.#deviceOf = of.deviceOf
  }

  /** Takes nothing any more. Resolves when what is being written is on disk, or after so long. */
  async drain(longestMs: number): Promise<void> {
    this.#isClosing = true
    if (this.#stats.inFlight === 0) return
    const drained = Promise.withResolvers<void>()
    const timer = setTimeout(drained.resolve, longestMs)
    this.#drained = drained.resolve
    await drained.promise
    clearTimeout(timer)
  }

  /** As Aedes asks: an error ends the connection. */
  authorize(client: Client | null, packet: PublishPacket, done: Done): void {
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload)
    this.hear(client, { topic: packet.topic, payload, qos: packet.qos, retain: packet.retain }, (unheard) => {
      packet.retain = false
      // The journal has the payload; a QoS 2 message waits for its PUBREL without it.
      if (packet.qos === 2 || unheard) packet.payload = NOTHING
      if (unheard === undefined || unheard === 'unknown-topic' || unheard === 'unmapped') done(null)
      else if (unheard instanceof Problem) done(unheard)
      else done(new Error(unheard === 'closing' ? 'the broker is closing' : 'not its topic'))
    })
  }

  /**
   * Takes what a peer sent. `done` says once that it is on disk (what was sent without a promise: or dropped), or why not.
   * @param sender who sends again what it was not told of, so that it need not be kept once they are gone
   */
  hear(peer: Peer | null, message: UpMessage, done: Heard, sender?: Peer): void {
    this.#hearAs(peer ? this.#deviceOf(peer) : undefined, peer, message, done, sender)
  }

  /**
   * Takes what came over a broker of somebody else, who looked after who may say it: the topic says of whom it is.
   * @returns the appliances that it is of
   */
  hearOutside(message: UpMessage, done: Heard): OutsideHeard[] {
    const [root, kind = '', id = ''] = message.topic.split('/')
    if (root !== 'appliances') return this.#hearForeign(OUTSIDE, everybody, message, done)
    const device = this.#options.directory.find(id)
    this.#hearAs(device, OUTSIDE, message, done)
    return device?.speaksFor.get(id) === kind ? [{ appliance: id, kind, isOwn: true }] : []
  }

  #hearAs(device: Device | undefined, peer: Peer | null, message: UpMessage, done: Heard, sender?: Peer): void {
    const own = device && upTopic(device, message.topic)
    const meant = own || !device ? undefined : speaksOf(device, message.topic)
    if (peer && meant !== undefined) {
      // Its own, but no topic of the contract: dropped with a word to whoever looks, and the connection lives.
      this.#stats.misdirected++
      this.#misdirected.add(meant, peer.id, message.topic, this.#options.clock.now())
      done('unknown-topic')
      return
    }
    if (device && peer && !own && this.#options.foreign?.isOpenTo(device.id)) {
      this.#hearForeign(peer, device.speaksFor, message, done, sender)
      return
    }
    if (!peer || !own) {
      this.#stats.refusedPublishes++
      done('foreign-topic')
      return
    }
    if (this.#isClosing) {
      done('closing')
      return
    }
    if (message.retain) this.#stats.retainIgnored++
    const { payload } = message
    // A will is no word of its own: it may be here by another session.
    if (!peer.closed) this.#presence.spoke(own.appliance, own.rest === 'status' && saysOff(payload))
    if (own.rest === 'command/ack') this.#hearAck(own.appliance, message, (error) => done(error ?? undefined))
    else {
      const withoutPromise = message.qos === 0
      const kept = (refused?: Problem): void => {
        const dropped = withoutPromise && refused?.retryable
        if (dropped) this.#stats.withoutPromiseDropped++
        done(dropped ? undefined : refused)
      }
      this.#keep(own, own.rest === 'event' ? withProperties(message) : payload, withoutPromise, kept, sender)
    }
  }

  /** What somebody else's format says of appliances is kept like their own word; `done` when all of it is on disk. */
  #hearForeign(
    peer: Peer,
    speaksFor: { has(appliance: ApplianceId): boolean },
    { topic, payload, qos }: UpMessage,
    done: Heard,
    sender?: Peer,
  ): OutsideHeard[] {
    if (this.#isClosing) {
      done('closing')
      return []
    }
    const said = this.#options.foreign?.translate(peer.id, topic, payload, this.#options.clock.now()) ?? []
    const frames = said.filter(({ appliance, fromAnySource }) => fromAnySource || speaksFor.has(appliance))
    if (frames.length === 0) {
      this.#stats.unmapped++
      done('unmapped')
    }
    let left = frames.length
    let failed: Problem | undefined
    const kept = (refused?: Problem): void => {
      failed ??= refused
      if (--left === 0) done(qos === 0 && failed?.retryable ? undefined : failed)
    }
    for (const frame of frames) {
      const { type, appliance, kind } = frame
      if (!peer.closed) this.#presence.spoke(appliance, type === 'status' && saysOff(frame.payload))
      this.#keep({ appliance, kind, rest: type }, frame.payload, qos === 0, kept, sender)
    }
    return frames.map(({ appliance, kind }) => ({ appliance, kind, isOwn: false }))
  }

  /** Sent again before its PUBREL, a message of QoS 2 is still the same one: it is in the journal already (4.3.3-2). */
  authorizeRepeat(persistence: AedesSessions, client: Client, packet: PublishPacket, done: Done): void {
    persistence.incomingGetPacket(client, packet).then(
      () => done(null),
      () => this.authorize(client, packet, done),
    )
  }

  /** What the fast path may take: telemetry and events of its own appliances. The rest has rules of its own. */
  keepFast(peer: Peer, topic: string, payload: Buffer, done: (refused?: Problem) => void): boolean {
    const device = this.#deviceOf(peer)
    const own = device && upTopic(device, topic)
    if (!own || this.#isClosing || (own.rest !== 'telemetry' && own.rest !== 'event')) return false
    this.#presence.spoke(own.appliance)
    this.#keep(own, payload, false, done, peer)
    return true
  }

  /** Gives a message to the log, and says when it is on disk, or why it is not: then nothing was promised. */
  #keep(
    own: OwnTopic,
    payload: Buffer,
    withoutPromise: boolean,
    done: (refused?: Problem) => void,
    sender?: Peer,
  ): void {
    const frame: FrameIn = {
      type: own.rest as FrameType,
      appliance: own.appliance,
      kind: own.kind,
      payload,
      arrivedAt: this.#options.clock.now(),
      withoutPromise,
      sender,
    }
    this.#stats.inFlight++
    this.#options.log.take(frame, (refused) => {
      if (!refused && own.rest === 'telemetry') this.#stats[withoutPromise ? 'withoutPromise' : 'acked']++
      done(refused)
      if (!refused && this.#staff.isHeard) this.#staff.tell(topicOf(own), payload)
      this.#written()
    })
  }

  #written(): void {
    if (--this.#stats.inFlight === 0) this.#drained?.()
  }

  #hearAck(appliance: ApplianceId, message: UpMessage, done: (error?: Problem) => void): void {
    this.#stats.inFlight++
    this.#tellAck(appliance, message)
      .then(
        () => done(),
        (error: unknown) => {
          // What cannot be written down now is sent again; what never can is not, or it would cut the line for ever.
          if (error instanceof Problem && error.retryable) return done(error)
          this.#stats.malformed++
          this.#options.onRetryableError('command', error)
          done()
        },
      )
      .finally(() => this.#written())
  }

  async #tellAck(appliance: ApplianceId, { payload, answers }: UpMessage): Promise<void> {
    let ack: z.infer<typeof commandAckSchema>
    try {
      const said = parseSmall(payload)
      ack = commandAckSchema.parse(answers !== undefined && isObject(said) ? { id: answers, ...said } : said)
    } catch {
      this.#stats.malformed++
      return
    }
    await this.#options.commands.answered({ appliance, ...ack })
  }
}

const isObject = (said: unknown): said is object => typeof said === 'object' && said !== null

/** What an event's sender says besides is part of it, as `properties`; what it says itself by that name stands. */
function withProperties({ payload, properties }: UpMessage): Buffer {
  if (!properties || payload.length > MOST_EVENT_BYTES) return payload
  try {
    const event = parseSmall(payload)
    return isObject(event) && !Array.isArray(event) ? Buffer.from(JSON.stringify({ properties, ...event })) : payload
  } catch {
    // What is no JSON is refused as it came.
    return payload
  }
}

/** As telemetry is read: a byte order mark before it and NULs behind it are no part of it. @throws where it is no JSON */
const parseSmall = (payload: Buffer): unknown => JSON.parse(payload.toString().replace(/^\uFEFF|\0+$/g, ''))
/** Beyond it an event goes as it came. */
const MOST_EVENT_BYTES = 64 * 1024
/** A status is a few words. */
const MOST_STATUS_BYTES = 4_096

/** Only what is well said counts; what is not ends in the quarantine. */
function saysOff(payload: Buffer): boolean {
  if (payload.length > MOST_STATUS_BYTES) return false
  try {
    return (parseSmall(payload) as { online?: unknown } | null)?.online === false
  } catch {
    return false
  }
}
