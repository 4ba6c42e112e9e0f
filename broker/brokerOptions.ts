import type { Server as HttpServer, IncomingMessage } from 'node:http'
import type { Server as SecureServer } from 'node:tls'
import type { Catalog } from '../catalog/index.ts'
import type {
  ApplianceId,
  Clock,
  CommandQueue,
  DeviceDirectory,
  ForeignTopics,
  FrameIngress,
  SessionStore,
} from '../core/index.ts'
import type { MayListen } from './five/staffFeed.ts'
import type { Adopts, Elsewhere } from './hearConnect.ts'
import type { BrokerLimits, BrokerStats } from './limits.ts'
import type { MisdirectedTopic } from './misdirected.ts'
import type { HeldFilters } from './outside/heldFilters.ts'
import type { OutsideSettings, OutsideState } from './outside/outsideState.ts'

export interface BrokerOptions {
  host: string
  port: number
  /** It listens nowhere: connections are brought to it by another one, which has the ports. */
  isBehind?: boolean
  /**
   * Whose connection it is, where several brokers share these ports; asked for each connection once it has said who it is.
   * Absent: all are its own. @returns undefined for its own
   */
  elsewhere?: (() => Elsewhere | undefined) | undefined
  /** Where it listens with a certificate besides; the server is not open yet. */
  secure?: { host: string; port: number; server: SecureServer }
  log: FrameIngress
  /** The session of a device began or ended; the end of the program ends none. */
  sessionChanged?: (device: string, online: boolean) => void
  directory: DeviceDirectory
  /** Keys the hashes of the devices' secrets. */
  secretKey: Uint8Array
  catalog: Catalog
  /** Stamps what arrives. The wall clock, in every world. */
  clock: Clock
  commands: CommandQueue
  sessions: SessionStore
  /** Who may publish to topics that are none of the contract's, and what is made of it. Absent: nobody. */
  foreign?: ForeignTopics
  /** Which keys let programs of the staff hear what all appliances say. Absent: none. */
  mayListen?: MayListen
  /** A broker of somebody else at which appliances live, besides this one. */
  outside?: OutsideSettings & { held: HeldFilters }
  /** Something could not be written down now; nobody else notices. */
  onRetryableError: (what: string, error: unknown) => void
  limits?: Partial<BrokerLimits>
}

export interface Broker extends Adopts {
  readonly port: number
  /** With a certificate; undefined where there is none. */
  readonly securePort: number | undefined
  /** Serves MQTT over WebSocket on `path` of an HTTP server, to whoever may ask. */
  attachWebSocket(server: HttpServer, path?: string, mayAsk?: (request: IncomingMessage) => boolean): void
  /** A session that may speak for it is open, and it has not said that it is off. */
  isOnline(appliance: ApplianceId): boolean
  /** What it published to topics below its own name that the contract does not know, since the start; the last first. */
  misdirected(appliance: ApplianceId): MisdirectedTopic[]
  isConnected(device: string): boolean
  stats(): BrokerStats
  /** How it stands with the broker of somebody else; undefined where there is none. */
  outside(): OutsideState | undefined
  /** Stops accepting, lets what is being written finish and be acknowledged, closes. The journal stays open. */
  close(): Promise<void>
}
