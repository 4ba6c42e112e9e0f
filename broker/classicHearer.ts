import type { Client } from 'aedes'
import packets from 'mqtt-packet'
import { MOST_IN_FLIGHT } from './commandDelivery.ts'
import type { Hearer, Qos } from './peer.ts'
import { grantedQos } from './topics.ts'

// Otherwise it keeps the two bytes of each number that there is, 8 MB of them; made as they are needed, they cost nothing.
packets.writeToStream.cacheNumbers = false

/** What of Aedes' client its types leave out. */
export const subscriptionsOf = (client: Client): Record<string, { qos: Qos }> =>
  (client as unknown as { subscriptions: Record<string, { qos: Qos }> }).subscriptions

/** A connection of MQTT 3.1 or 3.1.1 as commands reach it. */
export const classicHearer = (client: Client): Hearer => ({
  mostInFlight: MOST_IN_FLIGHT,
  qosOf: (topic) => grantedQos(Object.entries(subscriptionsOf(client)), topic),
  write({ topic, payload, qos, dup, messageId }) {
    const id = messageId === undefined ? {} : { messageId }
    client.conn.write(packets.generate({ cmd: 'publish', topic, payload, qos, dup, retain: false, ...id }))
    return true
  },
})
