import type { Client } from 'aedes'
import packets from 'mqtt-packet'
import type { ApplianceCommand, ApplianceId, CommandQueue, Device } from '../core/index.ts'
import { commandTopic, matches } from './topics.ts'

/** Commands that one session may have unacknowledged. */
const MOST_IN_FLIGHT = 32
const MOST_PACKET_IDS = 65_535

type Qos = 0 | 1 | 2
interface Sent {
  appliance: ApplianceId
  command: string
}
interface Session {
  client: Client
  device: Device
}

/**
 * Brings commands down. What waits is asked of the queue whenever a session is there to hear it: after its sign-in, after
 * a subscription, when more is queued. So nothing waits here, nothing is lost with the process, and what has expired
 * meanwhile is never sent. At least once: what was not acknowledged comes again, with DUP and its id in a session that was
 * kept (4.4.0-1).
 */
export class CommandDelivery {
  #queue: CommandQueue
  #onRetryableError: (error: unknown) => void
  #sessions = new Map<string, Session>()
  #hearers = new Map<ApplianceId, Set<Session>>()
  /** By client, packet id → what was sent; of a kept session it outlives the connection. */
  #unacked = new Map<string, Map<number, Sent>>()
  #lastPacketId = 0

  constructor(queue: CommandQueue, onRetryableError: (error: unknown) => void) {
    this.#queue = queue
    this.#onRetryableError = onRetryableError
    queue.onQueued((appliance) => {
      for (const session of this.#hearers.get(appliance) ?? []) this.#send(session, appliance)
    })
  }

  /** A session is open, with what it subscribed to before. */
  opened(client: Client, device: Device, isClean: boolean): void {
    if (isClean) this.#unacked.delete(client.id)
    const session = { client, device }
    this.#sessions.set(client.id, session)
    for (const appliance of device.speaksFor.keys()) {
      this.#hearers.set(appliance, (this.#hearers.get(appliance) ?? new Set()).add(session))
    }
    this.#sendAgain(session)
    this.heard(client)
  }

  /** It may hear more than before. */
  heard(client: Client): void {
    const session = this.#sessions.get(client.id)
    if (session?.client !== client) return
    for (const appliance of session.device.speaksFor.keys()) this.#send(session, appliance)
  }

  closed(client: Client, isClean: boolean): void {
    const session = this.#sessions.get(client.id)
    if (session?.client !== client) return
    this.#sessions.delete(client.id)
    for (const appliance of session.device.speaksFor.keys()) {
      const hearers = this.#hearers.get(appliance)
      hearers?.delete(session)
      if (hearers?.size === 0) this.#hearers.delete(appliance)
    }
    if (isClean) this.#unacked.delete(client.id)
  }

  acknowledged(client: Client, packetId: number): void {
    const session = this.#sessions.get(client.id)
    const sent = this.#unacked.get(client.id)?.get(packetId)
    if (session?.client !== client || !sent) return
    this.#unacked.get(client.id)?.delete(packetId)
    this.#delivered(sent)
    this.#send(session, sent.appliance)
  }

  #delivered({ appliance, command }: Sent): void {
    this.#queue.delivered(appliance, command).catch(this.#onRetryableError)
  }

  #send(session: Session, appliance: ApplianceId): void {
    const waiting = this.#queue.waiting(appliance)
    if (waiting.length === 0) return
    const qos = this.#qosOf(session, appliance)
    if (qos === undefined) return
    const unacked = this.#unackedOf(session)
    const underWay = new Set([...unacked.values()].map(({ command }) => command))
    for (const command of waiting) {
      if (underWay.has(command.id)) continue
      if (unacked.size >= MOST_IN_FLIGHT) return
      const sent = { appliance, command: command.id }
      if (qos === 0) {
        this.#write(session, appliance, command, 0, undefined, false)
        this.#delivered(sent)
      } else {
        const packetId = this.#nextPacketId(unacked)
        unacked.set(packetId, sent)
        this.#write(session, appliance, command, 1, packetId, false)
      }
    }
  }

  #sendAgain(session: Session): void {
    const unacked = this.#unackedOf(session)
    for (const [packetId, { appliance, command: id }] of unacked) {
      const command = this.#queue.waiting(appliance).find((one) => one.id === id)
      if (command && this.#qosOf(session, appliance)) this.#write(session, appliance, command, 1, packetId, true)
      else unacked.delete(packetId)
    }
  }

  #write(
    { client, device }: Session,
    appliance: ApplianceId,
    command: ApplianceCommand,
    qos: 0 | 1,
    messageId: number | undefined,
    dup: boolean,
  ): void {
    const topic = commandTopic(device.speaksFor.get(appliance) ?? '', appliance)
    const payload = Buffer.from(JSON.stringify(command))
    const id = messageId === undefined ? {} : { messageId }
    client.conn.write(packets.generate({ cmd: 'publish', topic, payload, qos, dup, retain: false, ...id }))
  }

  /** The most that any of its subscriptions asks for; undefined: it does not listen. */
  #qosOf({ client, device }: Session, appliance: ApplianceId): Qos | undefined {
    const kind = device.speaksFor.get(appliance)
    if (kind === undefined) return undefined
    const topic = commandTopic(kind, appliance)
    let most: Qos | undefined
    for (const [filter, { qos }] of Object.entries(subscriptionsOf(client))) {
      if ((most === undefined || qos > most) && matches(filter, topic)) most = qos
    }
    return most
  }

  #unackedOf({ client }: Session): Map<number, Sent> {
    const unacked = this.#unacked.get(client.id) ?? new Map<number, Sent>()
    this.#unacked.set(client.id, unacked)
    return unacked
  }
  #nextPacketId(taken: ReadonlyMap<number, Sent>): number {
    do this.#lastPacketId = (this.#lastPacketId % MOST_PACKET_IDS) + 1
    while (taken.has(this.#lastPacketId))
    return this.#lastPacketId
  }
}

/** What of Aedes' client its types leave out. */
const subscriptionsOf = (client: Client): Record<string, { qos: Qos }> =>
  (client as unknown as { subscriptions: Record<string, { qos: Qos }> }).subscriptions
