// Fleets of appliances whose very structure is drawn: what trains diagnosis, life and thresholds to know appliances, not one
// simulator. Wider than life on purpose.
import type { Catalog } from '../../../catalog/index.ts'
import { DAY, HOUR, type Millis, SeededRandom } from '../../../core/index.ts'
import { DrawnAirConditioner } from './airConditioner.ts'
import { type DrawnFault, drawCourse, severityAt } from './course.ts'
import { DrawnFridge } from './fridge.ts'
import type { Around, Machine } from './machine.ts'
import { Channel } from './sensing.ts'
import { ambientOf, Climate, drawMishaps, drawRoom, type Mishap, type Room } from './surroundings.ts'
import { DrawnWasher } from './washer.ts'

export interface StructureOptions {
  seed: number
  catalog: Catalog
  kinds: Record<string, number>
  start: Millis
  days: number
  faultsPerYear: number
  /** No fault begins before. */
  soundDays: number
  prefix: string
}

/** Sensors that a model lacks: each of the others is missing from one in so many. */
const MISSING = 1 / 7
const PLUGS = 0.08
const MODELS = 4

const machineOf = (kind: string, random: SeededRandom): Machine =>
  kind === 'fridge'
    ? new DrawnFridge(random)
    : kind === 'washer'
      ? new DrawnWasher(random)
      : new DrawnAirConditioner(random)

/** One appliance as a stream of readings; the same face as the simulator's. */
export class StructuredAppliance {
  readonly registration: { id: string; kind: string; model: string }
  readonly kind: string
  readonly model: string
  readonly faults: DrawnFault[] = []
  readonly nuisances: Mishap[]
  readonly values: Float64Array
  readonly states: Record<string, string> = {}
  ts: Millis = 0
  #at: Millis
  readonly #start: Millis
  readonly #machine: Machine
  readonly #climate: Climate
  readonly #room: Room
  readonly #random: SeededRandom
  readonly #names: readonly string[]
  readonly #channels: (Channel | null)[]
  readonly #around: Around
  #stuckAt = NaN
  #severity = 0

  constructor(o: StructureOptions, kind: string, nth: number, climates: Climate[]) {
    const id = `${o.prefix}${kind}-${String(nth + 1).padStart(4, '0')}`
    const random = new SeededRandom(o.seed, `structure/${id}`)
    const { metricNames, metrics } = o.catalog.kind(kind)
    this.kind = kind
    this.#names = metricNames
    this.#random = new SeededRandom(o.seed, `structure-readings/${id}`)
    this.#start = o.start
    this.#at = o.start + Math.floor(random.next() * 600) * 1_000
    this.#climate = climates[nth % climates.length]!
    this.#room = drawRoom(random)
    this.#machine = machineOf(kind, random)
    const plug = random.next() < PLUGS
    this.#channels = metricNames.map((name) => {
      const channel = new Channel(random, name, metrics[name]!)
      const missing = name !== 'power' && (plug || this.#machine.lacks.includes(name) || random.next() < MISSING)
      return missing ? null : channel
    })
    this.model = plug ? 'plug' : 'drawn'
    this.registration = { id, kind, model: `drawn-${nth % MODELS}` }
    this.values = new Float64Array(metricNames.length)
    this.nuisances = [
      ...drawMishaps(
        random,
        o.start,
        o.days,
        metricNames.filter((_, m) => this.#channels[m]),
      ),
      ...this.#climate.spells.map(({ from, to, kelvin }) => ({ kind: 'heat-wave', from, to, size: kelvin })),
    ]
    const onset =
      o.start + o.soundDays * DAY - (Math.log(1 - random.next()) / Math.max(1e-9, o.faultsPerYear)) * 365.25 * DAY
    const modes = Object.keys(o.catalog.kind(kind).detection?.signatures ?? {})
    const possible = modes.filter((mode) => !this.#machine.cannotHave.includes(mode))
    const mode = possible[Math.floor(random.next() * possible.length)]!
    if (onset < o.start + o.days * DAY) this.faults.push(drawCourse(random, mode, onset))
    const [fault] = this.faults
    const severity = (wanted: string): number => (wanted === fault?.failureMode ? this.#severity : 0)
    this.#around = {
      at: 0,
      outdoor: 15,
      ambient: 21,
      hour: 0,
      people: 1,
      setShift: 0,
      restock: 0,
      years: 0,
      severity,
      strength: (wanted) => severity(wanted) * (fault?.strength ?? 1),
      sign: () => fault?.sign ?? 1,
    }
  }
  nextAt(): Millis {
    return this.#machine.due(this.#at)
  }
  next(): boolean {
    const at = this.nextAt()
    const seconds = (at - this.#at) / 1_000
    this.#at = at
    const now = this.#befall(at)
    const { metrics, states } = this.#machine.step(this.#around, seconds)
    if (this.#machine.hasFailed())
      for (const fault of this.faults)
        if (at > fault.onset && at < fault.functionalFailureAt) fault.functionalFailureAt = at
    this.ts = at
    for (let m = 0; m < this.#channels.length; m++) {
      const channel = this.#channels[m]!
      const name = this.#names[m]!
      if (!channel) {
        this.values[m] = NaN
        continue
      }
      let value = channel.read(this.#random, metrics[name]! * (name === now.rescaled ? now.gain : 1), seconds)
      if (name === now.stuck) {
        if (Number.isNaN(this.#stuckAt)) this.#stuckAt = value
        value = this.#stuckAt
      }
      this.values[m] = value
    }
    if (now.stuck === '') this.#stuckAt = NaN
    for (const key of Object.keys(this.states)) delete this.states[key]
    if (this.model !== 'plug') Object.assign(this.states, states)
    return !now.silent
  }
  #befall(at: Millis): { silent: boolean; stuck: string; rescaled: string; gain: number } {
    const around = this.#around
    this.#severity = this.faults[0] ? severityAt(this.faults[0], at) : 0
    around.at = at
    around.hour = (at / HOUR) % 24
    around.outdoor = this.#climate.outdoor(at)
    around.ambient = ambientOf(this.#room, around.outdoor, around.hour)
    around.people = 1
    around.setShift = 0
    around.restock = 0
    around.years = (at - this.#start) / (365.25 * DAY)
    const now = { silent: false, stuck: '', rescaled: '', gain: 1 }
    for (const { kind, from, to, size, metric } of this.nuisances) {
      if (at < from || at >= to) continue
      if (kind === 'vacation') around.people = 0
      else if (kind === 'guests') around.people = size
      else if (kind === 'restock') around.restock = size
      else if (kind === 'set-point') around.setShift = Math.max(-2, Math.min(2, around.setShift + size))
      else if (kind === 'move') around.ambient += size
      else if (kind === 'gap') now.silent = true
      else if (kind === 'stuck') now.stuck = metric!
      else if (kind === 'rescaled') {
        now.rescaled = metric!
        now.gain = size
      }
    }
    return now
  }
}

/** The same for the same options. */
export function createStructuredFleet(o: StructureOptions): { appliances: StructuredAppliance[] } {
  const climates = [0, 1, 2, 3, 4].map((nth) => new Climate(o.seed, nth, o.start, o.days))
  return {
    appliances: Object.entries(o.kinds).flatMap(([kind, count]) =>
      Array.from({ length: count }, (_, nth) => new StructuredAppliance(o, kind, nth, climates)),
    ),
  }
}
