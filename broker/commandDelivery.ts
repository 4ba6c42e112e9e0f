import type { ApplianceCommand, ApplianceId, CommandQueue, Device } from '../core/index.ts'
import type { Hearer, Peer, Qos } from './peer.ts'
import { commandTopic } from './topics.ts'

/** Commands that one session may have unacknowledged. */
export const MOST_IN_FLIGHT = 32
const MOST_PACKET_IDS = 65_535

interface Sent {
  appliance: ApplianceId
  command: string
}
interface Session {
  peer: Peer
  hearer: Hearer
  device: Device
  /** Larger than it takes: they are over, as soon as that is written down. */
  tooLarge: Set<string>
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
  opened(peer: Peer, hearer: Hearer, device: Device, isNew: boolean): void {
    if (isNew) this.#unacked.delete(peer.id)
    const session = { peer, hearer, device, tooLarge: new Set<string>() }
    this.#sessions.set(peer.id, session)
    for (const appliance of device.speaksFor.keys()) {
      this.#hearers.set(appliance, (this.#hearers.get(appliance) ?? new Set()).add(session))
    }
    this.#sendAgain(session)
    this.heard(peer)
  }

  /** It may hear more than before. */
  heard(peer: Peer): void {
    const session = this.#sessions.get(peer.id)
    if (session?.peer !== peer) return
    for (const appliance of session.device.speaksFor.keys()) this.#send(session, appliance)
  }

  closed(peer: Peer): void {
    const session = this.#sessions.get(peer.id)
    if (session?.peer !== peer) return
    this.#sessions.delete(peer.id)
    for (const appliance of session.device.speaksFor.keys()) {
      const hearers = this.#hearers.get(appliance)
      hearers?.delete(session)
      if (hearers?.size === 0) this.#hearers.delete(appliance)
    }
    if (peer.clean) this.#unacked.delete(peer.id)
  }

  /** A kept session is over: what it did not acknowledge is sent anew to whoever comes. */
  ended(id: string): void {
    if (!this.#sessions.has(id)) this.#unacked.delete(id)
  }

  /** @param refused why the peer does not take it (MQTT 5) */
  acknowledged(peer: Peer, packetId: number, refused?: string): void {
    const session = this.#sessions.get(peer.id)
    const sent = this.#unacked.get(peer.id)?.get(packetId)
    if (session?.peer !== peer || !sent) return
    this.#unacked.get(peer.id)?.delete(packetId)
    if (refused === undefined) this.#delivered(sent)
    else this.#over(sent, 'refused', refused)
    this.#send(session, sent.appliance)
  }

  #delivered({ appliance, command }: Sent): void {
    this.#queue.delivered(appliance, command).catch(this.#onRetryableError)
  }
  #over({ appliance, command }: Sent, result: 'refused' | 'failed', detail: string): void {
    this.#queue.answered({ appliance, id: command, result, detail }).catch(this.#onRetryableError)
  }

  #send(session: Session, appliance: ApplianceId): void {
    const waiting = this.#queue.waiting(appliance)
    if (waiting.length === 0) return
    const qos = this.#qosOf(session, appliance)
    if (qos === undefined) return
    const unacked = this.#unackedOf(session)
    const underWay = new Set([...unacked.values()].map(({ command }) => command))
    for (const command of waiting) {
      if (underWay.has(command.id) || session.tooLarge.has(command.id)) continue
      if (unacked.size >= session.hearer.mostInFlight) return
      const sent = { appliance, command: command.id }
      const packetId = qos === 0 ? undefined : this.#nextPacketId(unacked)
      if (!this.#write(session, appliance, command, packetId, false)) {
        session.tooLarge.add(command.id)
        this.#over(sent, 'failed', 'it is larger than the appliance takes')
      } else if (packetId === undefined) this.#delivered(sent)
      else unacked.set(packetId, sent)
    }
  }

  #sendAgain(session: Session): void {
    const unacked = this.#unackedOf(session)
    for (const [packetId, { appliance, command: id }] of unacked) {
      const command = this.#queue.waiting(appliance).find((one) => one.id === id)
      const goes = command && this.#qosOf(session, appliance)
      if (!goes || !this.#write(session, appliance, command, packetId, true)) unacked.delete(packetId)
    }
  }

  /** @param messageId of QoS 1; undefined: it goes at QoS 0 */
  #write(
    { hearer, device }: Session,
    appliance: ApplianceId,
    command: ApplianceCommand,
    messageId: number | undefined,
    dup: boolean,
  ): boolean {
    const topic = commandTopic(device.speaksFor.get(appliance) ?? '', appliance)
    return hearer.write({
      topic,
      payload: Buffer.from(JSON.stringify(command)),
      qos: messageId === undefined ? 0 : 1,
      messageId,
      dup,
      command: command.id,
      expiresInMs: this.#queue.remainingMs(command),
      answerTo: `${topic}/ack`,
    })
  }

  /** The most that any of its subscriptions asks for; undefined: it does not listen. */
  #qosOf({ hearer, device }: Session, appliance: ApplianceId): Qos | undefined {
    const kind = device.speaksFor.get(appliance)
    return kind === undefined ? undefined : hearer.qosOf(commandTopic(kind, appliance))
  }

  #unackedOf({ peer }: Session): Map<number, Sent> {
    const unacked = this.#unacked.get(peer.id) ?? new Map<number, Sent>()
    this.#unacked.set(peer.id, unacked)
    return unacked
  }
  #nextPacketId(taken: ReadonlyMap<number, Sent>): number {
    do this.#lastPacketId = (this.#lastPacketId % MOST_PACKET_IDS) + 1
    while (taken.has(this.#lastPacketId))
    return this.#lastPacketId
  }
}
