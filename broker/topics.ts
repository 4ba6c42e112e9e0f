import type { ApplianceId, Device } from '../core/index.ts'
import type { Qos } from './peer.ts'

export type UpTopic = 'telemetry' | 'event' | 'status' | 'command/ack'

export interface OwnTopic {
  kind: string
  appliance: ApplianceId
  /** What follows the prefix. */
  rest: string
}

export const topicOf = ({ kind, appliance, rest }: OwnTopic): string => `appliances/${kind}/${appliance}/${rest}`

const UP = new Set<string>(['telemetry', 'event', 'status', 'command/ack'] satisfies UpTopic[])

/** Takes a topic apart when it lies below a prefix that this device may use, with the right kind. */
export function ownTopic(device: Device, topic: string): OwnTopic | undefined {
  if (!topic.startsWith('appliances/')) return undefined
  const kindEnd = topic.indexOf('/', 11)
  const idEnd = topic.indexOf('/', kindEnd + 1)
  if (kindEnd < 0 || idEnd < 0) return undefined
  const kind = topic.slice(11, kindEnd)
  const appliance = topic.slice(kindEnd + 1, idEnd)
  if (device.speaksFor.get(appliance) !== kind) return undefined
  return { kind, appliance, rest: topic.slice(idEnd + 1) }
}

/** May be published: by this device, on one of the contract's topics that go up. */
export function upTopic(device: Device, topic: string): (OwnTopic & { rest: UpTopic }) | undefined {
  const own = ownTopic(device, topic)
  return own && UP.has(own.rest) ? (own as OwnTopic & { rest: UpTopic }) : undefined
}

/** May be subscribed to: whatever lies below an own prefix, wildcards included. */
export const mayHear = (device: Device, filter: string): boolean => ownTopic(device, filter) !== undefined

/**
 * The own appliance that a topic speaks of, although the contract has no such topic: another kind or none, another
 * ending. Whoever sends it means no harm, and has to be told.
 */
export function speaksOf(device: Device, topic: string): ApplianceId | undefined {
  const [root, first, second, ...rest] = topic.split('/')
  if (root !== 'appliances' || first === undefined) return undefined
  if (second !== undefined && device.speaksFor.has(second)) return second
  // The kind left out: it must not read as another's id.
  const isWithoutKind = rest.length === 0 || (second === 'command' && rest.join('/') === 'ack')
  return isWithoutKind && device.speaksFor.has(first) ? first : undefined
}

/** The most that any of these subscriptions grants a topic; undefined: none matches. */
export function grantedQos(subscriptions: Iterable<[string, { qos: Qos }]>, topic: string): Qos | undefined {
  let most: Qos | undefined
  for (const [filter, { qos }] of subscriptions) {
    if ((most === undefined || qos > most) && matches(filter, topic)) most = qos
  }
  return most
}

/** Does the filter match the topic? MQTT 3.1.1, 4.7; neither begins with `$`. */
export function matches(filter: string, topic: string): boolean {
  const levels = topic.split('/')
  const wanted = filter.split('/')
  for (const [i, want] of wanted.entries()) {
    if (want === '#') return true
    if (i >= levels.length || (want !== '+' && want !== levels[i])) return false
  }
  return wanted.length === levels.length
}

export const commandTopic = (kind: string, appliance: ApplianceId): string => `appliances/${kind}/${appliance}/command`
