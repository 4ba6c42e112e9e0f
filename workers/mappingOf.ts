import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type BrokerOptions, openHeldFilters } from '../broker/index.ts'
import type { Catalog } from '../catalog/index.ts'
import { type Database, isInService, type Settings, type World, wallClock } from '../core/index.ts'
import { loadFormats, type Mapping, openMapping } from '../mapping/index.ts'
import type { Registry } from '../service/index.ts'

/**
 * Where other people's topics come from: gateways at our own door, and the broker of somebody else. There the client id is
 * the same after each start, so that its session is resumed.
 */
export function othersTopics(
  database: Database,
  { MQTT_URL: url, MQTT_VERSION, MQTT_GROUP: group }: Settings,
  { name }: World,
  secretKey: Uint8Array,
  mapping: Mapping,
): Pick<BrokerOptions, 'foreign' | 'outside'> {
  if (url === undefined) return { foreign: mapping }
  const mark = createHash('sha256').update('outside broker').update(secretKey).digest('hex').slice(0, 8)
  const version = MQTT_VERSION === '4' ? 4 : 5
  const session = { clientId: `hearthwatch-${name}-${mark}`, held: openHeldFilters(database) }
  return { foreign: mapping, outside: { url, version, group, filters: mapping.filters(), ...session } }
}

/**
 * Other people's topics, over the registry of this world.
 * @throws Problem `bad-mapping`, which names a file of DATA_DIR/mappings
 */
export async function openMappingOf(
  database: Database,
  catalog: Catalog,
  registry: Registry,
  settings: Settings,
): Promise<Mapping> {
  const mapping = await openMapping({
    database,
    catalog,
    formats: loadFormats(join(settings.DATA_DIR, 'mappings'), (sentence) => console.log(sentence)),
    clock: wallClock,
    // An appliance in service may sign in by its own id.
    kindOf: (id) => registry.find(id)?.speaksFor.get(id),
    isRetired: (id) => registry.all().some((one) => one.id === id && !isInService(one)),
    register: (registrations) =>
      registry.register(
        registrations.map((one) => {
          const known = registry.all().find(({ id }) => id === one.id)
          if (!known || !isInService(known)) return one
          const counters = [...new Set([...(known.counters ?? []), ...(one.counters ?? [])])]
          return { ...one, model: known.model, units: { ...known.units, ...one.units }, counters }
        }),
      ),
    async speakFor(gateway, appliances) {
      const known = registry.gateways().includes(gateway) ? registry.find(gateway) : undefined
      const all = [...new Set([...(known?.speaksFor.keys() ?? []), ...appliances])]
      const { mqtt } = await registry.registerGateway({ id: gateway, appliances: all })
      return mqtt.password
    },
  })
  registry.onRevoked((id) => {
    if (registry.find(id) === undefined) mapping.forget(id)
  })
  return mapping
}
