import type { Catalog } from '../../catalog/index.ts'
import { DAY, type Millis, pick, type Registration, SeededRandom } from '../../core/index.ts'
import { Home } from '../world/home.ts'
import { regions } from '../world/regions.ts'
import { Weather } from '../world/weather.ts'
import { AirConditioner } from './airConditioner.ts'
import { drawFault, type Fault, modesOf, type Shape } from './faults.ts'
import { Fridge } from './fridge.ts'
import type { Machine } from './machine.ts'
import { batches, defectOf, modelsOf, type ProductModel, pickModel } from './models.ts'
import { Noise } from './noise.ts'
import type { Nuisance } from './nuisances.ts'
import { testsOf } from './selfTests/activeTest.ts'
import { SimulatedAppliance } from './simulatedAppliance.ts'
import { Washer } from './washer.ts'

/** A fault that a caller wants; what it does not say is drawn. */
export interface FaultPlan {
  /** Index within the fleet. */
  index: number
  failureMode: string
  /** Days after the start. */
  onsetDay: number
  days?: number
  shape?: Shape
  abrupt?: boolean
}

export interface FleetOptions {
  seed: number
  catalog: Catalog
  kinds: { fridge?: number; washer?: number; ac?: number }
  start: Millis
  faults: 'none' | 'drawn' | FaultPlan[]
  nuisances: boolean
  /** Of one appliance, while nothing else is wrong with it. Default 0.8. */
  faultsPerYear?: number
  /** No fault begins before this many days after the start. Default 28. */
  soundDays?: number
  /** Before every id, also of homes: so that fleets do not share names. */
  prefix?: string
  /** Only these models, by name. Default all. */
  models?: string[]
  /**
   * Readings (and the steps of the physics behind them) are so many times farther apart, 1 to 10: for years in minutes.
   * Phases of a wash and what lasts minutes is seen less well.
   */
  coarse?: number
  /** Models that can send raw bursts do so, as events; whoever asks takes the events. Readings are the same either way. */
  bursts?: boolean
  /** Unused: faults and nuisances are drawn as time comes, without an end. */
  days?: number
}

/** A fleet, the same for the same options on every machine. Its truth is a stream of its own. */
export interface Fleet {
  readonly appliances: SimulatedAppliance[]
  /** What is, was and is planned to be wrong, and what else has happened so far. */
  truth(): { faults: Fault[]; nuisances: { appliance: string; nuisance: Nuisance }[] }
}

/**
 * Makes a fleet. An appliance depends on the seed, the prefix, its kind and its number within it alone: a larger
 * fleet begins with the smaller one.
 */
export function createFleet(options: FleetOptions): Fleet {
  const weathers = new Map(regions.map((region) => [region.name, new Weather(options.seed, region, options.start)]))
  const homes = new Map<string, Home>()
  const appliances: SimulatedAppliance[] = []
  for (const kind of ['fridge', 'washer', 'ac'] as const) {
    for (let nth = 0; nth < (options.kinds[kind] ?? 0); nth++) {
      // Homes have one of each kind, more or less.
      const id = `${options.prefix ?? ''}home-${String(1 + Math.floor(nth * 0.9)).padStart(4, '0')}`
      let home = homes.get(id)
      if (!home) {
        const { name } = pick(new SeededRandom(options.seed, `region/${id}`), regions)
        home = new Home(options.seed, id, weathers.get(name)!)
        homes.set(id, home)
      }
      appliances.push(createAppliance(options, kind, nth, appliances.length, home))
    }
  }
  return {
    appliances,
    truth: () => ({
      faults: appliances.flatMap(({ faults }) => faults),
      nuisances: appliances.flatMap((appliance) =>
        [...appliance.nuisances, ...heatWavesOf(appliance, options.start)].map((nuisance) => ({
          appliance: appliance.id,
          nuisance,
        })),
      ),
    }),
  }
}

/** Hot days come to a whole region; each appliance in it lives through them. */
function heatWavesOf({ home, trueTs }: SimulatedAppliance, start: Millis): Nuisance[] {
  const yearOf = (at: Millis): number => Math.floor(at / DAY / 365.25)
  const found: Nuisance[] = []
  for (let year = yearOf(start); year <= yearOf(trueTs); year++) {
    for (const { from, to, kelvin } of home.weather.heatWaves(year)) {
      if (to > start && from <= trueTs) found.push({ kind: 'heat-wave', from, to, size: kelvin })
    }
  }
  return found
}

/** So many can run tests when they are told to; the others cannot, as many real ones. */
const TESTABLE = 0.7

function createAppliance(
  options: FleetOptions,
  kind: 'fridge' | 'washer' | 'ac',
  nth: number,
  index: number,
  home: Home,
): SimulatedAppliance {
  const { seed, catalog, start } = options
  const id = `${options.prefix ?? ''}${kind}-${String(nth + 1).padStart(4, '0')}`
  const draw = new Noise(seed, `identity/${id}`)
  const tests = new Noise(seed, `tests/${id}`)
  const offered = modelsOf(kind).filter(({ name }) => !options.models || options.models.includes(name))
  const model = pickModel(draw, offered.length > 0 ? offered : modelsOf(kind))
  const batch = pick(draw, batches)
  const defect = defectOf(seed, kind, model.name, modesOf(kind))
  const made = Date.UTC(Number(batch.slice(0, 4)), Number(batch.slice(5)) - 1)
  const registration: Registration = {
    id,
    kind,
    model: model.name,
    batch,
    firmware: pick(draw, model.firmware),
    installedAt: Math.min(
      made + Math.floor(draw.between(40, 260)) * DAY,
      start - Math.floor(draw.between(30, 90)) * DAY,
    ),
    ...(options.coarse
      ? { cadenceSeconds: kind === 'washer' ? 5 * Math.min(4, options.coarse) : 60 * options.coarse }
      : {}),
    ...(testsOf(kind).length > 0 && tests.next() < TESTABLE ? { tests: testsOf(kind) } : {}),
    homeId: home.id,
    location: home.location,
    owner: home.owner,
  }
  return new SimulatedAppliance({
    seed,
    start,
    registration,
    kind: catalog.kind(kind),
    home,
    machine: createMachine(options, kind, registration, model, home),
    lacks: model.lacks,
    nuisances: options.nuisances,
    faultRatePerYear: options.faults === 'drawn' ? (options.faultsPerYear ?? 0.8) : 0,
    soundDays: options.soundDays ?? 28,
    faults: Array.isArray(options.faults) ? planned(options.faults, seed, kind, id, index, start) : [],
    cannotHave: [
      ...(kind === 'fridge' && !model.fan ? ['evaporator-fan-failure'] : []),
      ...(kind === 'fridge' && !model.defrost ? ['defrost-heater-failure'] : []),
    ],
    defect: batch === defect.batch ? defect.failureMode : null,
  })
}

function createMachine(
  { seed, catalog, start, coarse, bursts = false }: FleetOptions,
  kind: 'fridge' | 'washer' | 'ac',
  { id, firmware }: Registration,
  model: ProductModel,
  home: Home,
): Machine {
  const noise = new Noise(seed, `parameters/${id}`)
  const { metricIndex, stateNames } = catalog.kind(kind)
  const { people } = home
  const coarser = coarse === undefined ? {} : { coarse }
  const { mean, seasonal, daily, lon } = home.weather.region
  switch (kind) {
    case 'fridge': {
      // The newer firmware keeps the temperature closer.
      const bandShift = firmware === model.firmware[1] ? -0.4 : 0
      const has = { hasFan: model.fan ?? false, hasDefrost: model.defrost ?? false, ...coarser }
      return new Fridge(noise, { ...has, meals: home.meals, people, bandShift }, metricIndex, start)
    }
    case 'washer':
      return new Washer(
        noise,
        { seed, id, lon, people, ...coarser, bursts: bursts && (model.bursts ?? false) },
        metricIndex,
        stateNames,
        start,
      )
    case 'ac': {
      const extremes = { hottest: mean + seasonal + daily + 5, coldest: mean - seasonal - daily - 4 }
      return new AirConditioner(
        noise,
        { inverter: model.inverter ?? false, people, ...extremes, ...coarser },
        metricIndex,
        stateNames,
        start,
      )
    }
  }
}

const planned = (plans: FaultPlan[], seed: number, kind: string, id: string, index: number, start: Millis): Fault[] =>
  plans
    .filter((plan) => plan.index === index)
    .map(({ failureMode, onsetDay, days, shape, abrupt }, nth) =>
      drawFault(kind, id, failureMode, start + onsetDay * DAY, new SeededRandom(seed, `planned/${id}/${nth}`), {
        ...(days === undefined ? {} : { days }),
        ...(shape === undefined ? {} : { shape }),
        ...(abrupt === undefined ? {} : { abrupt }),
      }),
    )
