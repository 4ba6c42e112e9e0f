import type { Client, PublishPacket } from 'aedes'
import { z } from 'zod'
import { type ApplianceId, commandResults, type Device, type FrameIn, type FrameType, Problem } from '../core/index.ts'
import type { BrokerOptions } from './brokerOptions.ts'
import type { AedesSessions } from './keptSessions.ts'
import type { BrokerStats } from './limits.ts'
import type { Misdirected } from './misdirected.ts'
import type { PresenceBook } from './presence.ts'
import { type OwnTopic, speaksOf, upTopic } from './topics.ts'

/** Characters of what an appliance says of a command; the rest is cut. */
const MOST_DETAIL = 2_000
const ackSchema = z.object({
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

/** What devices publish on its way to the log: whose it is, what it says at once, and when it may be acknowledged. */
export class Incoming {
  readonly #options: BrokerOptions
  readonly #stats: BrokerStats
  readonly #presence: PresenceBook
  readonly #misdirected: Misdirected
  readonly #deviceOf: (client: Client) => Device | undefined
  #isClosing = false
  #drained: (() => void) | undefined

  constructor(
    options: BrokerOptions,
    of: {
      stats: BrokerStats
      presence: PresenceBook
      misdirected: Misdirected
      deviceOf: (client: Client) => Device | undefined
    },
  ) {
    this.#options = options
    this.#stats = of.stats
    this.#presence = of.presence
    this.#misdirected = of.misdirected
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

  authorize(client: Client | null, packet: PublishPacket, done: Done): void {
    const device = client && this.#deviceOf(client)
    const own = device && upTopic(device, packet.topic)
    const meant = own || !device ? undefined : speaksOf(device, packet.topic)
    if (client && meant !== undefined) {
      // Its own, but no topic of the contract: dropped with a word to whoever looks, and the connection lives.
      this.#stats.misdirected++
      this.#misdirected.add(meant, client.id, packet.topic, this.#options.clock.now())
      packet.payload = NOTHING
      done(null)
      return
    }
    if (!client || !own) {
      this.#stats.refusedPublishes++
      done(new Error('not its topic'))
      return
    }
    if (this.#isClosing) {
      done(new Error('the broker is closing'))
      return
    }
    if (packet.retain) {
      packet.retain = false
      this.#stats.retainIgnored++
    }
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload)
    // A will is no word of its own: it may be here by another session.
    if (!client.closed) this.#presence.spoke(own.appliance, own.rest === 'status' && saysOff(payload))
    // The journal has the payload; a QoS 2 message waits for its PUBREL without it.
    if (packet.qos === 2) packet.payload = NOTHING
    if (own.rest === 'command/ack') this.#hearAck(own.appliance, payload, done)
    else
      this.#keep(own, payload, packet.qos === 0, (refused) => {
        const dropped = packet.qos === 0 && refused?.retryable
        if (dropped) this.#stats.withoutPromiseDropped++
        done(dropped ? null : refused)
      })
  }

  /** Sent again before its PUBREL, a message of QoS 2 is still the same one: it is in the journal already (4.3.3-2). */
  authorizeRepeat(persistence: AedesSessions, client: Client, packet: PublishPacket, done: Done): void {
    persistence.incomingGetPacket(client, packet).then(
      () => done(null),
      () => this.authorize(client, packet, done),
    )
  }

  /** What the fast path may take: telemetry and events of its own appliances. The rest has rules of its own. */
  keepFast(client: Client, topic: string, payload: Buffer, done: (refused?: Problem) => void): boolean {
    const device = this.#deviceOf(client)
    const own = device && upTopic(device, topic)
    if (!own || this.#isClosing || (own.rest !== 'telemetry' && own.rest !== 'event')) return false
    this.#presence.spoke(own.appliance)
    this.#keep(own, payload, false, done, client)
    return true
  }

  /** Gives a message to the log, and says when it is on disk, or why it is not: then nothing was promised. */
  #keep(
    own: OwnTopic,
    payload: Buffer,
    withoutPromise: boolean,
    done: (refused?: Problem) => void,
    sender?: Client,
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
      this.#written()
    })
  }

  #written(): void {
    if (--this.#stats.inFlight === 0) this.#drained?.()
  }

  #hearAck(appliance: ApplianceId, payload: Buffer, done: Done): void {
    this.#stats.inFlight++
    this.#tellAck(appliance, payload)
      .then(
        () => done(null),
        (error: unknown) => {
          // What cannot be written down now is sent again; what never can is not, or it would cut the line for ever.
          if (error instanceof Problem && error.retryable) return done(error)
          this.#stats.malformed++
          this.#options.onRetryableError('command', error)
          done(null)
        },
      )
      .finally(() => this.#written())
  }

  async #tellAck(appliance: ApplianceId, payload: Buffer): Promise<void> {
    let ack: z.infer<typeof ackSchema>
    try {
      ack = ackSchema.parse(parseSmall(payload))
    } catch {
      this.#stats.malformed++
      return
    }
    await this.#options.commands.answered({ appliance, ...ack })
  }
}

/** As telemetry is read: a byte order mark before it and NULs behind it are no part of it. @throws where it is no JSON */
const parseSmall = (payload: Buffer): unknown => JSON.parse(payload.toString().replace(/^\uFEFF|\0+$/g, ''))
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
