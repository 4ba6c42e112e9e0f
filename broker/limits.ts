/** Every bound of the appliances' door. */
export interface BrokerLimits {
  /** Of the CONNECT packet. */
  bytesBeforeLogin: number
  /** Of any later packet. */
  packetBytes: number
  loginTimeoutMs: number
  connections: number
  perAddress: number
  perAddressPerSecond: number
  exemptLoopback: boolean
  /** Filters that a session may hold for each appliance that it speaks for: they outlive the connection. */
  filtersPerAppliance: number
  /** A QoS 2 sender may have this many unfinished. */
  qos2Unfinished: number
  /** MQTT 5: QoS 1 and 2 that a sender may have unacknowledged. */
  receiveMaximum: number
  /** Bytes that a connection may have unacknowledged before it is read no more. */
  unackedBytes: number
  /** Bytes of acknowledgements that a connection may leave unread before it is read no more. */
  unreadBytes: number
  /** An orderly end waits this long for what is being written. */
  drainMs: number
}
export const brokerLimits: BrokerLimits = {
  bytesBeforeLogin: 4 * 1024,
  packetBytes: 1024 * 1024,
  loginTimeoutMs: 9_000,
  connections: 100_000,
  perAddress: 1_000,
  perAddressPerSecond: 100,
  exemptLoopback: true,
  filtersPerAppliance: 32,
  qos2Unfinished: 100,
  receiveMaximum: 1_000,
  unackedBytes: 1024 * 1024,
  unreadBytes: 64 * 1024,
  drainMs: 5_000,
}

/** Characters of a filter: kind, id and what is below them have fewer. */
export const MOST_FILTER = 1_024

/** What the door counts, since it opened; the first three say how it stands now. */
export interface BrokerStats {
  connections: number
  sessions: number
  /** Being written to the journal. */
  inFlight: number
  acked: number
  withoutPromise: number
  withoutPromiseDropped: number
  retainIgnored: number
  refusedLogins: number
  refusedPublishes: number
  /** To topics below its own name that the contract does not know: acknowledged and dropped. */
  misdirected: number
  /** Of whoever may publish to any topic, and mapped to no appliance: acknowledged, shown and dropped. */
  unmapped: number
  refusedSubscriptions: number
  /** Told to a program of the staff that did not keep up. */
  staffMissed: number
  refusedConnections: number
  oversize: number
  malformed: number
  /** Connections whose readings all take the slow way, since Aedes is not built as the fast path expects. */
  slowConnections: number
  takeovers: number
}

export const noStats = (): BrokerStats => ({
  connections: 0,
  sessions: 0,
  inFlight: 0,
  acked: 0,
  withoutPromise: 0,
  withoutPromiseDropped: 0,
  retainIgnored: 0,
  refusedLogins: 0,
  refusedPublishes: 0,
  misdirected: 0,
  unmapped: 0,
  refusedSubscriptions: 0,
  staffMissed: 0,
  refusedConnections: 0,
  oversize: 0,
  malformed: 0,
  slowConnections: 0,
  takeovers: 0,
})
