/** A connection, in whichever version of the protocol. */
export interface Peer {
  readonly id: string
  readonly closed: boolean
  /** Its session ends with it. */
  readonly clean: boolean
  close(): void
}

export type Qos = 0 | 1 | 2

/** How commands reach a connection. */
export interface Hearer {
  /** Commands that it may have unacknowledged. */
  readonly mostInFlight: number
  /** The most that any of its subscriptions to this topic asks for; undefined: it does not listen. */
  qosOf(topic: string): Qos | undefined
  /** @returns false when it is larger than the peer takes: then it can never go */
  write(message: DownMessage): boolean
}

/** A command as it goes down. */
export interface DownMessage {
  topic: string
  payload: Buffer
  qos: 0 | 1
  /** Of QoS 1. */
  messageId: number | undefined
  dup: boolean
  command: string
  /** Until it is worth nothing. */
  expiresInMs: number
  /** Where it is answered. */
  answerTo: string
}

/** What a peer publishes; the last two are MQTT 5's. */
export interface UpMessage {
  topic: string
  payload: Buffer
  qos: Qos
  retain: boolean
  /** The id of the command that it answers. */
  answers?: string
  /** What its sender says besides: part of an event. */
  properties?: Record<string, string | string[]>
}

/** Why something is not kept, besides what the journal says. */
export type Unheard = 'unknown-topic' | 'foreign-topic' | 'unmapped' | 'closing'
