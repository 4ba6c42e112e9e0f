import type { ApplianceId, Device } from '../core/index.ts'

export type UpTopic = 'telemetry' | 'event' | 'status' | 'command/ack'

export interface OwnTopic {
  kind: string
  appliance: ApplianceId
  /** What follows the prefix. */
  rest: string
}

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

/** May be subscribed to: a topic of the contract below an own prefix, without wildcards. */
export function mayHear(device: Device, filter: string): boolean {
  const own = ownTopic(device, filter)
  return own !== undefined && (own.rest === 'command' || UP.has(own.rest))
}

export const commandTopic = (kind: string, appliance: ApplianceId): string => `appliances/${kind}/${appliance}/command`
