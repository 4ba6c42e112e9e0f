import { isUtf8 as isUtf8Bytes } from 'node:buffer'
import type { Packet } from 'mqtt-packet'
import { type Fault, fault, reason } from './reasons.ts'

/** What each packet of a client may carry (MQTT 5, 2.2.2.2 and 3.x); the will has a list of its own. */
const allowed: Readonly<Record<string, ReadonlySet<string>>> = {
  connect: new Set([
    'sessionExpiryInterval',
    'receiveMaximum',
    'maximumPacketSize',
    'topicAliasMaximum',
    'requestResponseInformation',
    'requestProblemInformation',
    'userProperties',
    'authenticationMethod',
    'authenticationData',
  ]),
  will: new Set([
    'willDelayInterval',
    'payloadFormatIndicator',
    'messageExpiryInterval',
    'contentType',
    'responseTopic',
    'correlationData',
    'userProperties',
  ]),
  publish: new Set([
    'payloadFormatIndicator',
    'messageExpiryInterval',
    'topicAlias',
    'responseTopic',
    'correlationData',
    'userProperties',
    'contentType',
  ]),
  puback: new Set(['reasonString', 'userProperties']),
  pubrec: new Set(['reasonString', 'userProperties']),
  pubrel: new Set(['reasonString', 'userProperties']),
  pubcomp: new Set(['reasonString', 'userProperties']),
  subscribe: new Set(['subscriptionIdentifier', 'userProperties']),
  unsubscribe: new Set(['userProperties']),
  disconnect: new Set(['sessionExpiryInterval', 'reasonString', 'userProperties']),
  auth: new Set(['authenticationMethod', 'authenticationData', 'reasonString', 'userProperties']),
}
/** What only a server says. */
const ofServers = new Set(['connack', 'suback', 'unsuback', 'pingresp'])

/** What of a client's packet breaks MQTT 5 although the parser let it pass; undefined: nothing. */
export function checkPacket(packet: Packet): Fault | undefined {
  if (ofServers.has(packet.cmd)) return fault(reason.protocolError, `${packet.cmd.toUpperCase()} is sent by servers.`)
  const wrong = checkProperties(packet.cmd, 'properties' in packet ? packet.properties : undefined)
  if (wrong) return wrong
  switch (packet.cmd) {
    case 'connect':
      return packet.will && checkWill(packet.will)
    case 'publish':
      return checkPublish(packet)
    case 'subscribe':
      if (packet.subscriptions.length === 0) return fault(reason.protocolError, 'SUBSCRIBE names no filter.')
      return checkPacketId(packet.messageId)
    case 'unsubscribe':
      if (packet.unsubscriptions.length === 0) return fault(reason.protocolError, 'UNSUBSCRIBE names no filter.')
      return checkPacketId(packet.messageId)
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return checkPacketId(packet.messageId)
    case 'auth':
      return fault(reason.protocolError, 'AUTH was not agreed on in CONNECT.')
    default:
      return undefined
  }
}

function checkProperties(of: string, properties: object | undefined): Fault | undefined {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name === 'subscriptionIdentifier' && of === 'publish')
      return fault(reason.protocolError, 'A client gives no subscription identifier with PUBLISH.')
    if (!allowed[of]?.has(name))
      return fault(reason.malformed, `${of.toUpperCase()} has no property '${spaced(name)}'.`)
    if (Array.isArray(value)) return fault(reason.protocolError, `'${spaced(name)}' stands twice.`)
    if (value === null || value === undefined || value === -1)
      return fault(reason.malformed, `'${spaced(name)}' is cut short.`)
    if (typeof value === 'string' && value.includes('\0'))
      return fault(reason.malformed, `'${spaced(name)}' holds a null character.`)
    if (value === 0 && !mayBe0.has(name)) return fault(reason.protocolError, `'${spaced(name)}' must not be 0.`)
    if (name === 'responseTopic' && typeof value === 'string' && !isTopic(value))
      return fault(reason.protocolError, 'The response topic is no topic name.')
  }
  return undefined
}
/** An alias of 0 has a code of its own. */
const mayBe0 = new Set([
  'sessionExpiryInterval',
  'topicAliasMaximum',
  'willDelayInterval',
  'messageExpiryInterval',
  'topicAlias',
])

interface Will {
  topic: string
  payload: string | Buffer
  qos?: number
  properties?: { payloadFormatIndicator?: boolean }
}
function checkWill(will: Will): Fault | undefined {
  if ((will.qos ?? 0) > 2) return fault(reason.malformed, 'A will has QoS 0, 1 or 2.')
  const wrong = checkProperties('will', will.properties)
  if (wrong) return wrong
  if (!isTopic(will.topic)) return fault(reason.wrongTopic, 'The will is for no topic name.')
  if (will.properties?.payloadFormatIndicator && !isUtf8(will.payload))
    return fault(reason.wrongPayload, 'The will says that it is UTF-8, and is not.')
  return undefined
}

function checkPublish(packet: Extract<Packet, { cmd: 'publish' }>): Fault | undefined {
  if (packet.qos === 0 && packet.dup) return fault(reason.malformed, 'What is sent at most once is never sent again.')
  if (packet.qos > 0) {
    const wrong = checkPacketId(packet.messageId)
    if (wrong) return wrong
  }
  // Without a name the alias stands for one.
  return packet.topic === '' || isTopic(packet.topic)
    ? undefined
    : fault(reason.wrongTopic, 'A topic name has no wildcard and no null character.')
}

const checkPacketId = (id: number | undefined): Fault | undefined =>
  id !== undefined && id > 0 ? undefined : fault(reason.protocolError, 'A packet id is not 0.')

/** May be published to (4.7.1, 4.7.3). */
const isTopic = (topic: string): boolean => topic !== '' && !/[#+\0]/.test(topic)

export const isUtf8 = (payload: string | Buffer): boolean => typeof payload === 'string' || isUtf8Bytes(payload)

/** A filter is whole: `#` stands last and alone on its level, `+` alone on its own (4.7.1). */
export function isFilter(filter: string): boolean {
  if (filter === '' || filter.includes('\0')) return false
  const levels = filter.split('/')
  return levels.every((level, i) => {
    if (level === '#') return i === levels.length - 1
    return level === '+' || !/[#+]/.test(level)
  })
}

/** `sessionExpiryInterval` → `session expiry interval` */
const spaced = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
