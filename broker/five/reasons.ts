/** The reason codes of MQTT 5 that are given here (2.4). */
export const reason = {
  success: 0x00,
  disconnectWithWill: 0x04,
  nobodyHears: 0x10,
  noSubscription: 0x11,
  unspecified: 0x80,
  malformed: 0x81,
  protocolError: 0x82,
  implementation: 0x83,
  wrongVersion: 0x84,
  wrongClientId: 0x85,
  wrongPassword: 0x86,
  notAuthorized: 0x87,
  unavailable: 0x88,
  busy: 0x89,
  shuttingDown: 0x8b,
  wrongMethod: 0x8c,
  keepAlive: 0x8d,
  takenOver: 0x8e,
  wrongFilter: 0x8f,
  wrongTopic: 0x90,
  unknownPacketId: 0x92,
  receiveMaximum: 0x93,
  wrongAlias: 0x94,
  tooLarge: 0x95,
  quota: 0x97,
  administrative: 0x98,
  wrongPayload: 0x99,
  noShared: 0x9e,
} as const
export type ReasonCode = (typeof reason)[keyof typeof reason]

/** What ends a connection, and the sentence that its peer reads. */
export interface Fault {
  code: ReasonCode
  why: string
}
export const fault = (code: ReasonCode, why: string): Fault => ({ code, why })
