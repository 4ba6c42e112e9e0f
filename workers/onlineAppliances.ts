import type { Broker } from '../broker/index.ts'

/** Which appliances are connected now, by themselves or through a gateway. */
export function onlineAppliances(broker: Pick<Broker, 'onPresence'>): ReadonlySet<string> {
  const online = new Set<string>()
  broker.onPresence(({ appliances, connected }) => {
    for (const id of appliances) {
      if (connected) online.add(id)
      else online.delete(id)
    }
  })
  return online
}
