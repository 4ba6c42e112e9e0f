import type { ApplianceId } from './ids.ts'
import type { Millis } from './running/time.ts'

/** Who may sign in at the broker. Looked up synchronously, from memory, at every CONNECT. */
export interface Device {
  id: string
  /** Keyed hash of its secret; see `hashSecret`. */
  secretHash: Uint8Array
  /** What it signed in by before, which is good besides for a while: a rotation overlaps. */
  former?: FormerSecret
  /** Appliance → kind: itself alone, or all that a gateway speaks for. */
  speaksFor: ReadonlyMap<ApplianceId, string>
}
export interface FormerSecret {
  secretHash: Uint8Array
  until: Millis
}
export interface DeviceDirectory {
  /** Absent: unknown or retired. A former secret that is no longer good is not there. */
  find(id: string): Device | undefined
  /** It signed in by its present secret while a former one is kept: that one ends. */
  tookSecret?(id: string): void
  /** Ends the sessions of devices whose secret or appliances changed, or that retired. */
  onRevoked(listener: (id: string) => void): void
}

/** What goes down to an appliance. */
export interface ApplianceCommand {
  id: string
  type: string
  params: Record<string, unknown>
  expires: number
}
export const commandResults = ['done', 'refused', 'failed'] as const
export type CommandResult = (typeof commandResults)[number]
export interface CommandAck {
  appliance: ApplianceId
  id: string
  result: CommandResult
  detail?: string
}

/**
 * Commands on their way down, as the broker sees them. Their records are durable before they are here, so a command
 * outlives the program, and one that has expired is not here any more.
 */
export interface CommandQueue {
  /** Not yet with the appliance, the oldest first. From memory: asked at every sign-in. */
  waiting(appliance: ApplianceId): readonly ApplianceCommand[]
  /** Until this command is worth nothing, by the clock that it expires by. */
  remainingMs(command: ApplianceCommand): Millis
  /** More waits for this appliance now. */
  onQueued(listener: (appliance: ApplianceId) => void): void
  /** It is with the appliance: acknowledged, or written where QoS 0 was asked for. */
  delivered(appliance: ApplianceId, id: string): Promise<void>
  /** The appliance said what became of it. Resolves when that is committed. */
  answered(ack: CommandAck): Promise<void>
}

/** Subscriptions of the sessions that outlive their connection (MQTT 3.1.1, 3.1.2.4; MQTT 5, 4.1). */
export interface SessionStore {
  /** Those that have not expired. */
  all(): Promise<KeptSession[]>
  /**
   * What it subscribes to now; none ends the session. Resolves when that is durable.
   * @param expirySeconds of MQTT 5; absent: one of MQTT 3.1.1
   */
  keep(client: string, subscriptions: SessionSubscription[], expirySeconds?: number): Promise<void>
  /** Its client is gone, and the session is over then, unless it comes back. */
  away(client: string, expiresAt: Millis): Promise<void>
  /** Its client is here: it does not expire. */
  seen(client: string): Promise<void>
}
export interface KeptSession {
  client: string
  subscriptions: SessionSubscription[]
  /** Of MQTT 5: how long it outlives its connection. */
  expirySeconds?: number
  /** When it is over; absent: its connection was open. */
  expiresAt?: Millis
}
export interface SessionSubscription {
  topic: string
  qos: 0 | 1 | 2
  /** Of MQTT 5: comes with whatever is sent for it. */
  identifier?: number
}
/** What a message of somebody else's format says of one appliance, as the contract says it. */
export interface ForeignFrame {
  type: 'telemetry' | 'status'
  appliance: ApplianceId
  kind: string
  payload: Buffer
  /** A file of the installation says that it is this appliance's, whoever publishes it. */
  fromAnySource?: boolean
}

/** Topics that are none of the contract's: of plugs, hubs and other systems, turned into what appliances say. */
export interface ForeignTopics {
  /** May this device publish to them? */
  isOpenTo(device: string): boolean
  /**
   * @param source who published: a gateway, or the outside broker
   * @returns nothing where no appliance is mapped to it: it is remembered, and shown
   */
  translate(source: string, topic: string, payload: Buffer, at: Millis): ForeignFrame[]
}
