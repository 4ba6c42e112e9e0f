import type { Catalog } from '../../catalog/index.ts'
import { type Clock, DAY, MINUTE } from '../../core/index.ts'
import { createFleet, type Fleet } from '../appliances/fleet.ts'
import type { SavedWorld } from './savedWorld.ts'

export interface WorldOptions {
  worldDir: string
  catalog: Catalog
  seed: number
  appliances: number
  /** Simulated seconds per second. */
  speed: number
  /** A new world begins this many days ago, and runs as fast as it can until now. */
  days: number
  mqttUrl: string
  apiUrl: string
  token: string
  /** The machine's time: where the time-lapse ends. */
  wall: Clock
}

/** One that begins so many days ago, and runs as fast as it can until now. */
export function newWorld({ seed, days, speed, wall }: WorldOptions): SavedWorld {
  const wallNow = wall.now()
  const start = Math.floor((wallNow - days * DAY) / MINUTE) * MINUTE
  return {
    seed,
    start,
    now: start,
    lapseTo: Math.floor(wallNow / MINUTE) * MINUTE,
    speed,
    paused: false,
    injected: 0,
    staffed: false,
    credentials: {},
    appliances: {},
    people: { due: [], done: [] },
  }
}

/** The appliances as they were saved; those that joined since were there all along, unheard. */
export function fleetOf({ catalog, appliances: count }: WorldOptions, saved: SavedWorld): Fleet {
  const fridge = Math.ceil(count * 0.4)
  const washer = Math.ceil((count - fridge) / 2)
  const fleet = createFleet({
    seed: saved.seed,
    catalog,
    kinds: { fridge, washer, ac: count - fridge - washer },
    start: saved.start,
    faults: 'drawn',
    nuisances: true,
    faultsPerYear: 1.8,
    soundDays: 9,
    bursts: true,
  })
  for (const appliance of fleet.appliances) {
    const state = saved.appliances[appliance.registration.id]
    if (state) appliance.restore(state)
    else while (appliance.nextAt() <= saved.now) appliance.next()
  }
  return fleet
}
