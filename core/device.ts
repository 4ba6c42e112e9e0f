import type { ApplianceId } from './ids.ts'

/** Who may sign in at the broker. Looked up synchronously, from memory, at every CONNECT. */
export interface Device {
  id: string
  /** Keyed hash of its secret; see `hashSecret`. */
  secretHash: Uint8Array
  /** Appliance → kind: itself alone, or all that a gateway speaks for. */
  speaksFor: ReadonlyMap<ApplianceId, string>
}
export interface DeviceDirectory {
  /** Absent: unknown or retired. */
  find(id: string): Device | undefined
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
export interface CommandAck {
  appliance: ApplianceId
  id: string
  result: 'done' | 'refused' | 'failed'
  detail?: string
}
