import {
  type Appliance,
  type CohortIndex,
  type CohortKey,
  cohortKeys,
  isInService,
  regionOf,
} from '../../core/index.ts'

/** Counts who shares what, anew after the registry has changed. O(appliances) then, O(1) else. */
export function countedCohorts(
  appliances: ReadonlyMap<string, Appliance>,
  gateways: ReadonlyMap<string, readonly string[]>,
  version: () => number,
): CohortIndex {
  let counted = -1
  const sizes = new Map<string, number>()
  const names = new Map<CohortKey, Set<string>>()
  const cohortOf = ({ location, firmware, batch }: Appliance) => ({
    region: location && regionOf(location),
    firmware,
    batch,
  })

  function count(): void {
    if (counted === version()) return
    counted = version()
    sizes.clear()
    for (const by of cohortKeys) names.set(by, new Set())
    const add = (key: string): void => void sizes.set(key, (sizes.get(key) ?? 0) + 1)
    for (const appliance of appliances.values()) {
      if (!isInService(appliance)) continue
      const { kind } = appliance
      const shares = cohortOf(appliance)
      add('')
      add(`/${kind}`)
      for (const by of cohortKeys) {
        const cohort = shares[by]
        if (!cohort) continue
        names.get(by)?.add(cohort)
        add(`${by}/${cohort}`)
        add(`${by}/${cohort}/${kind}`)
      }
    }
  }
  const sizeOf = (key: string): number => {
    count()
    return sizes.get(key) ?? 0
  }
  return {
    of(id) {
      // A gateway stands where the appliances stand that it speaks for.
      const first = gateways.get(id)?.find((one) => appliances.get(one)?.location)
      if (first !== undefined) {
        const { location, homeId } = appliances.get(first)!
        return { region: location && regionOf(location), home: homeId ?? id }
      }
      const appliance = appliances.get(id)
      return appliance ? { ...cohortOf(appliance), home: appliance.homeId ?? id } : { home: id }
    },
    size: (by, cohort, kind) => sizeOf(`${by}/${cohort}${kind === undefined ? '' : `/${kind}`}`),
    total: (kind) => sizeOf(kind === undefined ? '' : `/${kind}`),
    count(by) {
      count()
      return names.get(by)?.size ?? 0
    },
  }
}
