import type { IPublishPacket } from 'mqtt-packet'
import { type ApplianceId, type CommandQueue, Problem } from '../../core/index.ts'
import type { Incoming } from '../incoming.ts'
import type { PresenceBook } from '../presence.ts'
import { commandTopic } from '../topics.ts'
import type { HeldFilters } from './heldFilters.ts'
import { OutsideClient } from './outsideClient.ts'
import type { OutsideSettings, OutsideState } from './outsideState.ts'

const OWN = ['telemetry', 'event', 'status', 'command/ack']

interface Options extends OutsideSettings {
  held: HeldFilters
  incoming: Pick<Incoming, 'hearOutside'>
  presence: PresenceBook
  commands: CommandQueue
  /** Has it a session of its own here? Then its commands go there. */
  isConnected: (device: string) => boolean
  onRetryableError: (what: string, error: unknown) => void
}

/**
 * Appliances that live at a broker of somebody else. Who may publish there is that broker's affair: here a topic says of
 * whom a message is. It is acknowledged to that broker when it is on disk here.
 */
export class OutsideBroker {
  readonly #of: Options
  readonly #client: OutsideClient
  readonly #heard = new Map<ApplianceId, string>()
  readonly #takesCommands = new Set<ApplianceId>()
  /** Commands that are on their way to the broker. */
  readonly #underWay = new Set<string>()

  constructor(options: Options) {
    this.#of = options
    const { url, clientId, version, group, filters, held } = options
    this.#client = new OutsideClient({
      url,
      clientId,
      version,
      group,
      held,
      filters: [...OWN.map((rest) => `appliances/+/+/${rest}`), ...filters],
      take: (packet, done) => this.#take(packet, done),
      changed: (connected) => this.#changed(connected),
      onRetryableError: (error) => options.onRetryableError('outside-broker', error),
    })
    options.commands.onQueued((appliance) => this.#send(appliance))
  }

  state(): OutsideState {
    const { connected, version, error } = this.#client
    return { connected, version, appliances: this.#heard.size, ...(error === undefined ? {} : { error }) }
  }
  close(): Promise<void> {
    return this.#client.close()
  }

  #take(packet: IPublishPacket, done: (isKept: boolean) => void): void {
    const { topic, qos, retain, properties } = packet
    const message = {
      topic,
      payload: Buffer.from(packet.payload),
      qos,
      // A broker marks with it what it kept: that is no wish of the appliance.
      retain: false,
      ...(properties?.correlationData ? { answers: properties.correlationData.toString() } : {}),
      ...(properties?.userProperties ? { properties: properties.userProperties } : {}),
    }
    const heard = this.#of.incoming.hearOutside(message, (unheard) => {
      // What nobody understands is over; what could not be kept comes again.
      const isLost = unheard === 'closing' || unheard instanceof Problem
      if (unheard instanceof Problem) this.#of.onRetryableError('outside-broker', unheard)
      done(!isLost)
    })
    // What the broker kept says nothing of now.
    if (!retain) for (const { appliance, kind, isOwn } of heard) this.#hearOf(appliance, kind, isOwn)
  }

  /** It is there, and its commands may go to it, where it speaks as the contract says. */
  #hearOf(appliance: ApplianceId, kind: string, takesCommands: boolean): void {
    if (this.#heard.has(appliance)) return
    this.#heard.set(appliance, kind)
    this.#of.presence.came(here(appliance, kind))
    if (!takesCommands) return
    this.#takesCommands.add(appliance)
    this.#send(appliance)
  }

  #changed(connected: boolean): void {
    for (const [appliance, kind] of this.#heard) {
      if (connected) {
        this.#of.presence.came(here(appliance, kind))
        this.#send(appliance)
      } else this.#of.presence.went(here(appliance, kind))
    }
  }

  #send(appliance: ApplianceId): void {
    const kind = this.#heard.get(appliance)
    if (
      kind === undefined ||
      !this.#takesCommands.has(appliance) ||
      !this.#client.connected ||
      this.#of.isConnected(appliance)
    )
      return
    const topic = commandTopic(kind, appliance)
    for (const command of this.#of.commands.waiting(appliance)) {
      if (this.#underWay.has(command.id)) continue
      this.#underWay.add(command.id)
      const about = {
        messageExpiryInterval: Math.max(1, Math.ceil(this.#of.commands.remainingMs(command) / 1_000)),
        responseTopic: `${topic}/ack`,
        correlationData: Buffer.from(command.id),
      }
      this.#client
        .publish(topic, Buffer.from(JSON.stringify(command)), about)
        .then(() => this.#of.commands.delivered(appliance, command.id))
        .catch((error: unknown) => this.#of.onRetryableError('command', error))
        .finally(() => this.#underWay.delete(command.id))
    }
  }
}

/** In the book of who is here, over that broker. */
const here = (appliance: ApplianceId, kind: string) => ({
  id: `outside/${appliance}`,
  secretHash: new Uint8Array(),
  speaksFor: new Map([[appliance, kind]]),
})
