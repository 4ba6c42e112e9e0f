import type { Aedes, PublishPacket } from 'aedes'

/** What appliances publish goes to the journal and to nobody else. */
export function tellNobody(broker: Aedes): void {
  const aedes = broker as unknown as {
    publish: (packet: PublishPacket, client: unknown, done?: (error?: Error) => void) => void
  }
  const publish = aedes.publish.bind(aedes)
  aedes.publish = (packet, client, done) => {
    if (client && typeof client === 'object') done?.()
    else publish(packet, client, done)
  }
}
