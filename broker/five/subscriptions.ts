import type { ISubackPacket, ISubscribePacket, IUnsubackPacket, IUnsubscribePacket } from 'mqtt-packet'
import type { Device, SessionSubscription } from '../../core/index.ts'
import { type BrokerLimits, MOST_FILTER } from '../limits.ts'
import { mayHear } from '../topics.ts'
import { isFilter } from './checkPacket.ts'
import { type Fault, fault, reason } from './reasons.ts'
import type { FiveSession } from './sessions.ts'
import { sharedOf } from './staffFeed.ts'

const SHARED = '$share/'

/** Puts filters into a session, or takes them out. @returns what is answered once that is durable, or what ends the connection */
export function grantSubscriptions(
  packet: ISubscribePacket | IUnsubscribePacket,
  session: FiveSession,
  to: Device | 'staff',
  limits: BrokerLimits,
): ISubackPacket | IUnsubackPacket | Fault {
  const { messageId } = packet
  if (packet.cmd === 'unsubscribe') {
    const granted = packet.unsubscriptions.map((filter) => {
      if (!isFilter(filter)) return reason.wrongFilter
      return session.subscriptions.delete(filter) ? reason.success : reason.noSubscription
    })
    return { cmd: 'unsuback', messageId, granted }
  }
  const local = packet.subscriptions.find(({ topic, nl }) => nl && topic.startsWith(SHARED))
  if (local) return fault(reason.protocolError, 'A shared subscription hears its own, too.')
  const identifier = packet.properties?.subscriptionIdentifier
  const granted = packet.subscriptions.map(({ topic, qos }) => {
    const subscription: SessionSubscription = { topic, qos, ...(identifier === undefined ? {} : { identifier }) }
    const refused = to === 'staff' ? refusalOfStaff(topic, session, limits) : refusal(subscription, session, to, limits)
    if (refused !== undefined) return refused
    session.subscriptions.set(topic, subscription)
    // What appliances say goes to programs of the staff once, and is not kept for them.
    return to === 'staff' ? 0 : qos
  })
  return { cmd: 'suback', messageId, granted }
}

function refusal(
  { topic }: SessionSubscription,
  { subscriptions }: FiveSession,
  device: Device,
  limits: BrokerLimits,
): number | undefined {
  if (topic.startsWith(SHARED)) return reason.noShared
  if (!isFilter(topic)) return reason.wrongFilter
  if (!mayHear(device, topic)) return reason.notAuthorized
  // A session is kept in memory and in the database for weeks: whoever makes up filters has to stop somewhere.
  const isFull = subscriptions.size >= limits.filtersPerAppliance * device.speaksFor.size
  return topic.length > MOST_FILTER || (isFull && !subscriptions.has(topic)) ? reason.quota : undefined
}

/** They may hear what any appliance says, alone or sharing it with others. */
function refusalOfStaff(topic: string, { subscriptions }: FiveSession, limits: BrokerLimits): number | undefined {
  const isWhole = topic.startsWith('$') ? sharedOf(topic) !== undefined : isFilter(topic)
  if (!isWhole) return reason.wrongFilter
  const isFull = subscriptions.size >= limits.filtersPerAppliance
  return topic.length > MOST_FILTER || (isFull && !subscriptions.has(topic)) ? reason.quota : undefined
}
