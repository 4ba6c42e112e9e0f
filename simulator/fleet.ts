import type { Catalog } from '../catalog/index.ts'
import { DAY, type Millis, pick, type Registration, SeededRandom, uniform } from '../core/index.ts'
import { createAirConditioner } from './airConditioner.ts'
import { drawFault, type Fault, modesOf, type Shape, severityOf } from './faults.ts'
import { createFridge } from './fridge.ts'
import { createHome } from './home.ts'
import type { ApplianceModel, ModelInput, Severities } from './model.ts'
import { modelsOf, regions } from './models.ts'
import { drawNuisances, type Nuisance } from './nuisances.ts'
import { createWasher } from './washer.ts'
import { createWeather } from './weather.ts'

export interface FaultPlan {
  /** Index within the fleet. */
  index: number
  failureMode: string
  /** Days after the start. */
  onsetDay: number
  days?: number
  shape?: Shape
}

export interface FleetOptions {
  seed: number
  catalog: Catalog
  kinds: { fridge?: number; washer?: number; ac?: number }
  start: Millis
  faults: 'none' | 'drawn' | FaultPlan[]
  nuisances: boolean
  /** Over how long faults and nuisances are drawn. Default 400 days. */
  days?: number
  /** Of one appliance. Default 0.8. */
  faultsPerYear?: number
  /** No fault begins before this many days after the start. Default 28. */
  soundDays?: number
  prefix?: string
}

/** One simulated appliance, read in time order. */
export interface SimulatedAppliance {
  readonly registration: Registration
  readonly kind: string
  readonly model: string
  /** Metric values of the last reading, in the catalog's order; NaN where it has no such sensor. */
  readonly values: Float64Array
  /** State values of the last reading by name. */
  readonly states: Record<string, string>
  readonly firmware: string
  /** Event time of the last reading. */
  readonly ts: Millis
  readonly faults: Fault[]
  readonly nuisances: Nuisance[]
  /** When the next reading ends. */
  nextAt(): Millis
  /** Advances to the next reading. @returns false when it is not sent (a gap, a power cut) */
  next(): boolean
  inject(fault: Fault): void
  state(): string
  restore(state: string): void
}

export interface Fleet {
  readonly appliances: SimulatedAppliance[]
  truth(): { faults: Fault[]; nuisances: { appliance: string; nuisance: Nuisance }[] }
}

const physics: Record<string, (input: ModelInput) => ApplianceModel> = {
  fridge: createFridge,
  washer: createWasher,
  ac: createAirConditioner,
}

/** A fleet, the same for the same options on every machine. Its truth is a stream of its own. */
export function createFleet(options: FleetOptions): Fleet {
  const appliances: SimulatedAppliance[] = []
  for (const kind of ['fridge', 'washer', 'ac'] as const) {
    for (let i = 0; i < (options.kinds[kind] ?? 0); i++)
      appliances.push(createAppliance(options, kind, i, appliances.length))
  }
  return {
    appliances,
    truth: () => ({
      faults: appliances.flatMap(({ faults }) => faults),
      nuisances: appliances.flatMap(({ registration, nuisances }) =>
        nuisances.map((nuisance) => ({ appliance: registration.id, nuisance })),
      ),
    }),
  }
}

const firstNames = [
  'Anna',
  'Ben',
  'Chen',
  'Dana',
  'Emil',
  'Fei',
  'Greta',
  'Hugo',
  'Ines',
  'Jun',
  'Kai',
  'Lena',
  'Min',
  'Nora',
  'Otto',
  'Pia',
  'Qing',
  'Rosa',
  'Sven',
  'Tao',
]
const lastNames = [
  'Adler',
  'Berg',
  'Cao',
  'Deng',
  'Engel',
  'Fischer',
  'Gao',
  'Hahn',
  'Iversen',
  'Jiang',
  'Koch',
  'Li',
  'Meyer',
  'Novak',
  'Otte',
  'Peng',
  'Roth',
  'Sun',
  'Tang',
  'Weber',
]

function createAppliance(
  options: FleetOptions,
  kind: 'fridge' | 'washer' | 'ac',
  nth: number,
  index: number,
): SimulatedAppliance {
  const { seed, catalog, start } = options
  const id = `${options.prefix ?? ''}${kind}-${String(nth + 1).padStart(4, '0')}`
  const draw = new SeededRandom(seed, `${id}/identity`)
  // Homes have one of each kind, more or less; what belongs to the home is drawn by the home.
  const homeId = `home-${String(1 + Math.floor(nth * 0.9)).padStart(4, '0')}`
  const household = new SeededRandom(seed, `${options.prefix ?? ''}${homeId}`)
  const region = pick(household, regions)
  const location = {
    lat: round(region.lat + uniform(household, -0.09, 0.09)),
    lon: round(region.lon + uniform(household, -0.14, 0.14)),
  }
  const model = pick(draw, modelsOf(kind))
  const firmware = pick(draw, ['2.3.1', '2.3.1', '2.4.0'])
  const installedAt = start - Math.floor(uniform(draw, 40, 2_600)) * DAY
  const name = `${pick(household, firstNames)} ${pick(household, lastNames)}`
  const registration: Registration = {
    id,
    kind,
    model: model.name,
    batch: `${new Date(installedAt - 60 * DAY).toISOString().slice(0, 7)}`,
    firmware,
    installedAt,
    homeId,
    location,
    owner: { name, contact: `${homeId}@owners.invalid`, language: region.name === 'east' ? 'zh' : 'en' },
  }
  const weather = createWeather(seed, region.name, region.lon, region.warmer)
  const home = createHome(homeId, weather, region.lon, new SeededRandom(seed, `${id}/home`))
  const days = options.days ?? 400
  const end = start + days * DAY
  const nuisances = options.nuisances
    ? drawNuisances(kind, home, start, end, new SeededRandom(seed, `${id}/nuisances`))
    : []
  const faults = drawFaults(options, kind, id, index, new SeededRandom(seed, `${id}/faults`))
  const settings = { setpoint: kind === 'fridge' ? pick(draw, [3, 4, 4, 5, 6]) : pick(draw, [23, 24, 24, 25, 26]) }
  const anchored = settings.setpoint
  let drift: 1 | -1 = 1
  const physical = (physics[kind] as (input: ModelInput) => ApplianceModel)({
    home,
    random: new SeededRandom(seed, `${id}/physics`),
    sign: () => drift,
    age: (at) => Math.max(0, (at - start) / (365 * DAY)),
    settings,
  })
  const { metricNames, metrics } = catalog.kind(kind)
  const values = new Float64Array(metricNames.length).fill(Number.NaN)
  const lacks = new Set(model.lacks)
  const stuck = new Map<string, number>()
  const severities: Severities = {}
  // Readings of different appliances do not all end at the same instant.
  let clock = start + Math.floor(draw.next() * physical.cadence(start)) * 1000
  let ts = 0

  function apply(at: Millis): boolean {
    let sent = true
    let setpoint = anchored
    let skew = 0
    home.warmth = baseWarmth
    for (const nuisance of nuisances) {
      if (nuisance.from > at) break
      if (at >= nuisance.to) continue
      if (nuisance.kind === 'gap' || nuisance.kind === 'power-cut') sent = false
      if (nuisance.kind === 'set-point-change') setpoint += nuisance.offset ?? 0
      if (nuisance.kind === 'relocation') home.warmth += nuisance.offset ?? 0
      if (nuisance.kind === 'clock-skew') skew = Math.round(nuisance.offset ?? 0)
    }
    settings.setpoint = setpoint
    for (const fault of faults) {
      const severity = severityOf(fault, at)
      severities[fault.failureMode] = severity * fault.strength
      if (severity > 0) drift = fault.sign
    }
    ts = at + skew
    return sent
  }
  const baseWarmth = home.warmth

  function report(at: Millis): void {
    for (const [m, metric] of metricNames.entries()) {
      let value = lacks.has(metric) ? Number.NaN : (physical.values[metric] ?? Number.NaN)
      for (const nuisance of nuisances) {
        if (nuisance.from > at) break
        if (nuisance.metric !== metric || at >= nuisance.to) continue
        if (nuisance.kind === 'stuck-sensor') {
          if (!stuck.has(metric)) stuck.set(metric, value)
          value = stuck.get(metric) ?? value
        } else if (nuisance.kind === 'rescaled-channel') value = value * (nuisance.gain ?? 1) + (nuisance.offset ?? 0)
      }
      const [low, high] = metrics[metric]?.plausible ?? [-Infinity, Infinity]
      values[m] = Math.round(Math.min(high, Math.max(low, value)) * 1000) / 1000
    }
  }

  return {
    registration,
    kind,
    model: model.name,
    values,
    states: physical.states,
    firmware,
    get ts() {
      return ts
    },
    faults,
    nuisances,
    nextAt: () => clock + physical.cadence(clock) * 1000,
    next() {
      const seconds = physical.cadence(clock)
      clock += seconds * 1000
      const sent = apply(clock)
      physical.step(clock, seconds, severities)
      if (sent) report(clock)
      return sent
    },
    inject(fault) {
      faults.push(fault)
    },
    state: () => JSON.stringify({ clock, physical: physical.state(), faults, stuck: [...stuck] }),
    restore(text) {
      const state = JSON.parse(text) as {
        clock: number
        physical: Record<string, number | string | number[]>
        faults: Fault[]
        stuck: [string, number][]
      }
      clock = state.clock
      physical.restore(state.physical)
      faults.splice(0, faults.length, ...state.faults)
      stuck.clear()
      for (const [metric, value] of state.stuck) stuck.set(metric, value)
    },
  }
}

function drawFaults(options: FleetOptions, kind: string, id: string, index: number, random: SeededRandom): Fault[] {
  const { faults, start } = options
  if (faults === 'none') return []
  if (Array.isArray(faults)) {
    return faults
      .filter((plan) => plan.index === index)
      .map(({ failureMode, onsetDay, days, shape }) =>
        drawFault(kind, id, failureMode, start + onsetDay * DAY, random, {
          ...(days ? { days } : {}),
          ...(shape ? { shape } : {}),
        }),
      )
  }
  // At most one fault at a time, so that the truth of a reading is one mode.
  const drawn: Fault[] = []
  let at = start + (options.soundDays ?? 28) * DAY
  const end = start + (options.days ?? 400) * DAY
  for (;;) {
    at += (-Math.log(1 - random.next()) * 365 * DAY) / (options.faultsPerYear ?? 0.8)
    if (at >= end) return drawn
    const fault = drawFault(kind, id, pick(random, modesOf(kind)), Math.floor(at), random)
    drawn.push(fault)
    at = fault.functionalFailureAt + 30 * DAY
  }
}

const round = (degrees: number): number => Math.round(degrees * 10_000) / 10_000
