import type { People } from '../../service/index.ts'
import { DeviceIds } from './deviceIds.ts'
import { ListedIds } from './listedIds.ts'

/** Ids that are one organisation's in the whole installation. */
export interface InstallationIds {
  /** Of appliances and gateways. */
  devices: DeviceIds
  engineers: ListedIds
  /** Of stock places. */
  depots: ListedIds
}
export const installationIds = (): InstallationIds => ({
  devices: new DeviceIds(),
  engineers: new ListedIds(),
  depots: new ListedIds(),
})

/** The people of an organisation, whose ids and those of their stock places are nobody else's. */
export function withOwnIds(people: People, { engineers, depots }: InstallationIds, organisation: string): People {
  const idsOf = (all: readonly { id: string }[]): string[] => all.map(({ id }) => id)
  engineers.join(organisation, async () => idsOf(await people.engineers()))
  depots.join(organisation, async () => idsOf(await people.depots()))
  return {
    ...people,
    saveEngineers: (all) => engineers.taking(organisation, idsOf(all), () => people.saveEngineers(all)),
    saveDepots: (all, by) => depots.taking(organisation, idsOf(all), () => people.saveDepots(all, by)),
  }
}
