// The same appliances as other installations hear them: less often, by fewer sensors, in coarser steps.
import type { Catalog, Kind } from '../../catalog/index.ts'
import { type Millis, pick, SeededRandom } from '../../core/index.ts'
import type { ReadFleet } from './runFleet.ts'

export const sensorSets = {
  all: () => true,
  'no-vibration': (metric: string) => !/vibration|Envelope/i.test(metric),
  'temperatures-power': (metric: string) => /Temp$/.test(metric) || metric === 'power',
  power: (metric: string) => metric === 'power',
} as const
export type SensorSet = keyof typeof sensorSets

/** Every appliance is heard in a way of its own, as in a world of many makes. */
export const MIXED = 'mixed'

export interface Hearing {
  /** Seconds between two readings; 0 for as often as the appliance speaks. */
  cadenceSeconds: number
  sensors: SensorSet
  /** Temperatures come in steps of so many half kelvins, power in steps of 5 W; 0 for the kind's own resolution. */
  steps: number
}

type Appliance = ReadFleet['appliances'][number]

/** Wraps every appliance of a fleet; what else it tells (faults, nuisances) is passed through as it is. */
export function heardAs(fleet: ReadFleet, catalog: Catalog, hearing: Hearing | typeof MIXED): ReadFleet {
  return {
    appliances: fleet.appliances.map((one) => {
      const own = hearing === MIXED ? drawHearing(one.registration.id) : hearing
      return new HeardAppliance(one, catalog.kind(one.kind), own)
    }),
  }
}

/** Somewhat more than half speak as often as their kind; a third of them all lacks sensors or is coarse. */
function drawHearing(id: string): Hearing {
  const random = new SeededRandom(1, `hearing/${id}`)
  const cadence = random.next()
  const sensors = random.next()
  const steps = random.next()
  return {
    cadenceSeconds: cadence < 0.55 ? 0 : pick(random, [120, 300, 300, 600, 900]),
    sensors: sensors < 0.7 ? 'all' : sensors < 0.85 ? 'no-vibration' : sensors < 0.95 ? 'temperatures-power' : 'power',
    steps: steps < 0.7 ? 0 : steps < 0.9 ? 1 : 2,
  }
}

/**
 * Power and shares are means of the interval and counts are sums, as the contract says; everything else is what it stood at
 * in the end. One without its program's state says it by power alone.
 */
class HeardAppliance implements Appliance {
  readonly source: Appliance
  readonly kind: string
  readonly values: Float64Array
  readonly states: Record<string, string> = {}
  ts: Millis = 0
  readonly registration: Appliance['registration']
  readonly #everyMs: number
  readonly #hasStates: boolean
  readonly #columns: { heard: boolean; how: 'mean' | 'sum' | 'last'; step: number }[]
  readonly #sums: Float64Array
  readonly #counts: Float64Array
  #sentAt = -Infinity

  constructor(source: Appliance, kind: Kind, { cadenceSeconds, sensors, steps }: Hearing) {
    this.source = source
    this.kind = source.kind
    this.values = new Float64Array(kind.metricNames.length)
    this.#sums = new Float64Array(kind.metricNames.length)
    this.#counts = new Float64Array(kind.metricNames.length)
    this.registration = cadenceSeconds > 0 ? { ...source.registration, cadenceSeconds } : source.registration
    this.#everyMs = 1000 * cadenceSeconds
    this.#hasStates = sensors !== 'power'
    this.#columns = kind.metricNames.map((name) => {
      const { unit, sums, resolution } = kind.metrics[name]!
      const isMean = name === 'power' || (unit === '1' && kind.metrics[name]!.plausible[1] === 1)
      return {
        heard: sensorSets[sensors](name),
        how: sums ? 'sum' : isMean ? 'mean' : 'last',
        step: steps === 0 ? 0 : unit === 'Cel' ? 0.5 * steps : unit === 'W' ? 5 * steps : steps * resolution,
      }
    })
  }
  get faults(): Appliance['faults'] {
    return this.source.faults
  }
  nextAt(): Millis {
    return this.source.nextAt()
  }
  next(): boolean {
    if (!this.source.next()) return false
    const { values, ts, states } = this.source
    for (let m = 0; m < values.length; m++) {
      if (Number.isNaN(values[m]!)) continue
      if (this.#columns[m]!.how === 'last') this.#sums[m] = values[m]!
      else this.#sums[m]! += values[m]!
      this.#counts[m]!++
    }
    // Half a second of jitter is not another interval.
    if (ts - this.#sentAt < this.#everyMs - 500) return false
    this.#sentAt = ts
    this.ts = ts
    for (let m = 0; m < this.values.length; m++) {
      const { heard, how, step } = this.#columns[m]!
      const value = how === 'mean' ? this.#sums[m]! / this.#counts[m]! : this.#sums[m]!
      this.values[m] = !heard || this.#counts[m] === 0 ? NaN : step > 0 ? Math.round(value / step) * step : value
    }
    this.#sums.fill(0)
    this.#counts.fill(0)
    for (const key of Object.keys(this.states)) delete this.states[key]
    if (this.#hasStates) Object.assign(this.states, states)
    return true
  }
}
