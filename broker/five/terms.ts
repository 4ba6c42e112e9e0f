import type { IConnackPacket, IConnectPacket } from 'mqtt-packet'
import { DAY, SECOND } from '../../core/index.ts'
import type { BrokerLimits } from '../limits.ts'
import type { Qos } from '../peer.ts'
import { type Fault, fault, reason } from './reasons.ts'

/** A session that nobody comes back to ends after so long, whatever was asked for. */
export const MOST_EXPIRY_SECONDS = (30 * DAY) / SECOND
/** Names that a client may abbreviate. */
export const MOST_ALIASES = 16
const MOST_ID_LENGTH = 64

export interface Will {
  topic: string
  payload: Buffer
  qos: Qos
  retain: boolean
  delaySeconds: number
  properties?: Record<string, string | string[]>
}

/** What a client and the broker agree on at the start of a connection. */
export interface Terms {
  id: string
  /** It named itself by its user name alone. */
  isIdAssigned: boolean
  startsClean: boolean
  /** How long its session outlives the connection; 0: not at all. */
  expirySeconds: number
  /** Nothing for so long: it is gone; undefined: never. */
  silentMs: number | undefined
  /** QoS 1 and 2 that it takes unacknowledged. */
  receiveMaximum: number
  /** Bytes that a packet to it may have. */
  packetBytes: number
  /** It wants to hear why something is refused. */
  hearsWhy: boolean
  wantsResponseTopic: boolean
  will: Will | undefined
}

/** What is agreed on, or why not. Pure. */
export function termsOf(packet: IConnectPacket): Terms | Fault {
  const { properties = {}, username } = packet
  if (properties.authenticationMethod !== undefined)
    return fault(reason.wrongMethod, 'Sign in with user name and password, or a certificate.')
  if (properties.authenticationData !== undefined)
    return fault(reason.protocolError, 'Authentication data come with a method.')
  const id = packet.clientId || (username ?? '')
  if (id === '') return fault(reason.wrongClientId, 'The client id is the id of the appliance.')
  if (id.length > MOST_ID_LENGTH)
    return fault(reason.wrongClientId, `A client id has at most ${MOST_ID_LENGTH} characters.`)
  const { will, keepalive = 0 } = packet
  return {
    id,
    isIdAssigned: packet.clientId === '',
    startsClean: packet.clean ?? true,
    expirySeconds: Math.min(properties.sessionExpiryInterval ?? 0, MOST_EXPIRY_SECONDS),
    // 3.1.2-22
    silentMs: keepalive > 0 ? keepalive * 1.5 * SECOND : undefined,
    receiveMaximum: properties.receiveMaximum ?? 65_535,
    packetBytes: properties.maximumPacketSize ?? Infinity,
    hearsWhy: properties.requestProblemInformation ?? true,
    wantsResponseTopic: properties.requestResponseInformation ?? false,
    will: will && {
      topic: will.topic,
      payload: Buffer.from(will.payload),
      qos: will.qos ?? 0,
      retain: will.retain ?? false,
      delaySeconds: will.properties?.willDelayInterval ?? 0,
      properties: will.properties?.userProperties,
    },
  }
}

/** What the broker says of itself, and of what it changed. */
export function connackOf(
  terms: Terms,
  asked: number | undefined,
  { sessionPresent, shares }: { sessionPresent: boolean; shares: boolean },
  limits: BrokerLimits,
  responseTopic: string | undefined,
): IConnackPacket {
  return {
    cmd: 'connack',
    reasonCode: reason.success,
    sessionPresent,
    properties: {
      receiveMaximum: limits.receiveMaximum,
      maximumPacketSize: limits.packetBytes,
      topicAliasMaximum: MOST_ALIASES,
      ...(shares ? {} : { sharedSubscriptionAvailable: false }),
      ...((asked ?? 0) > terms.expirySeconds ? { sessionExpiryInterval: terms.expirySeconds } : {}),
      ...(terms.isIdAssigned ? { assignedClientIdentifier: terms.id } : {}),
      ...(responseTopic !== undefined ? { responseInformation: responseTopic } : {}),
    },
  }
}
