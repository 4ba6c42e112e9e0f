import type { Kind } from '../../catalog/index.ts'
import {
  type ApplianceId,
  type Conversion,
  conversion,
  type DetectionControl,
  own,
  Population,
} from '../../core/index.ts'
import type { JsonObject } from './checkReading.ts'
import type { Dropped, Readable } from './readValues.ts'

/** How an appliance says its values, as it was registered, and what its totals stood at. */
interface Spoken {
  kind: string
  model: string
  units: Record<string, string>
  counters: string[]
  cadenceSeconds: number | null
  /** It speaks when something changes: what it says is of all the time since it spoke last. */
  onChange?: boolean
  heartbeatSeconds?: number
  /** Newest reading that counted; −Infinity before. */
  ts: number
  /** What that reading said of programs; absent: nothing. */
  activity?: Activity
  /** Each with the time of its own reading: not every reading has every total. */
  totals: [metric: string, total: number, ts: number][]
}
type Activity = 'runs' | 'rests' | undefined

interface Line {
  metric: string
  convert: Conversion | undefined
  isTotal: boolean
}

/** A difference over more than so many cadences is not one of an interval. */
const MOST_CADENCES = 3
/** A reading later than so many cadences is not of the interval since the last. */
const WHOLE = 1.5

/**
 * Values said in another unit, or as totals, as the catalog wants them. Registrations come through the journal, so a
 * replay translates alike. Only appliances that declare something cost anything.
 */
export class SpokenValues {
  readonly population = new Population<Spoken>('spoken')
  #lines = new Map<ApplianceId, Line[]>()

  /** What a control frame changes. */
  hear(control: DetectionControl, kindOf: (kind: string) => Kind | undefined): void {
    if (control.type === 'retire') {
      this.population.delete(control.appliance)
      this.#lines.delete(control.appliance)
    }
    if (control.type !== 'register') return
    const kind = kindOf(control.kind)
    if (!kind) return
    const ofModel = own(kind.models, control.model)
    const units = { ...ofModel?.units, ...control.units }
    const counters = [...new Set([...(ofModel?.counters ?? []), ...(control.counters ?? [])])]
    this.#lines.delete(control.appliance)
    const former = this.population.get(control.appliance)
    if (Object.keys(units).length + counters.length === 0) {
      if (former) this.population.delete(control.appliance)
      return
    }
    this.population.set(control.appliance, {
      kind: control.kind,
      model: control.model,
      units,
      counters,
      cadenceSeconds: control.cadenceSeconds ?? null,
      onChange: control.reports === 'on-change',
      heartbeatSeconds: control.heartbeatSeconds,
      ts: former?.ts ?? -Infinity,
      activity: former?.activity,
      totals: former?.totals.filter(([metric]) => counters.includes(metric)) ?? [],
    })
  }

  /**
   * @param dropped takes what has nothing to be measured against
   * @returns the metrics as the catalog has them; those that came, where nothing is declared
   */
  translate(appliance: ApplianceId, kind: Kind, reading: Said, dropped: Dropped[]): JsonObject {
    const { ts, metrics } = reading
    if (!this.population.has(appliance)) return metrics
    const spoken = this.population.get(appliance)!
    const translated: JsonObject = { ...metrics }
    const lasts = intervalsOf(kind, spoken, reading)
    for (const { metric, convert, isTotal } of this.#linesOf(appliance, kind, spoken)) {
      const sent = metrics[metric]
      if (typeof sent !== 'number') continue
      let value: number | undefined = sent
      let interval = lasts.of
      if (isTotal) {
        const known = spoken.totals.find(([name]) => name === metric)
        const since = known ? (ts - known[2]) / 1000 : 0
        value = known && since > 0 && since <= lasts.most ? differenceTo(known[1], sent) : undefined
        // However many readings lie between: the difference is of all that time.
        interval = since
        if (value === undefined) {
          dropped.push({ metric, why: 'no-difference', sample: String(sent) })
          delete translated[metric]
          continue
        }
      }
      if (convert) {
        const perSecond = convert.perSecond ? interval : 1
        const converted = (value * convert.scale + convert.shift) / perSecond
        const [low, high] = kind.metrics[metric]!.plausible
        // A sensor's word for "broken" is in no unit: it stays as it came, to be known for what it is.
        const isWord = kind.metrics[metric]!.sentinels.includes(sent) && !(converted >= low && converted <= high)
        value = isWord ? sent : Number(converted.toPrecision(12))
      }
      translated[metric] = value
    }
    return translated
  }

  /** Was it said at the registration, or of its model, in which unit it comes, or that it is a total? */
  declares(appliance: ApplianceId, metric: string): boolean {
    const spoken = this.population.all.get(appliance)
    return spoken !== undefined && (Object.hasOwn(spoken.units, metric) || spoken.counters.includes(metric))
  }

  /** The reading counts: what comes next is measured against it. */
  accept(appliance: ApplianceId, kind: Kind, { ts, metrics, states }: Said): void {
    if (!this.population.has(appliance)) return
    const spoken = this.population.get(appliance)!
    if (ts <= spoken.ts) return
    spoken.ts = ts
    spoken.activity = activityOf(kind, states)
    spoken.totals = spoken.counters.flatMap((metric): Spoken['totals'] => {
      const sent = metrics[metric]
      const known = spoken.totals.find(([name]) => name === metric)
      return typeof sent === 'number' ? [[metric, sent, ts]] : known ? [known] : []
    })
  }

  /** Another catalog holds: what follows from it is worked out anew. */
  judgeAnew(): void {
    this.#lines.clear()
  }

  /** From a copy. */
  restore(appliance: ApplianceId, value: unknown): void {
    // Written by a copy of this population; an earlier program wrote totals without their time.
    const spoken = value as Spoken
    const totals = spoken.totals.map(([metric, total, at]): Spoken['totals'][number] => [
      metric,
      total,
      at ?? spoken.ts,
    ])
    this.population.set(appliance, { ...spoken, totals })
  }

  #linesOf(appliance: ApplianceId, kind: Kind, { units, counters }: Spoken): Line[] {
    let lines = this.#lines.get(appliance)
    if (!lines) {
      lines = kind.metricNames.flatMap((metric) => {
        const unit = own(units, metric)
        const isTotal = counters.includes(metric)
        const convert = unit === undefined ? undefined : conversion(unit, kind.metrics[metric]!.unit)
        return convert || isTotal ? [{ metric, convert, isTotal }] : []
      })
      this.#lines.set(appliance, lines)
    }
    return lines
  }
}

/** A total that fell began again from nothing. */
const differenceTo = (known: number, total: number): number => (total >= known ? total - known : total)

/** What of a reading tells how long it is of. */
type Said = Pick<Readable, 'ts' | 'metrics' | 'states'>

/** What the states say, by those of which the catalog names the words of rest. */
function activityOf(kind: Kind, states: JsonObject | undefined): Activity {
  for (const [state, words] of Object.entries(kind.idle)) {
    const said = states && own(states, state)
    if (typeof said === 'string') return words.includes(said) ? 'rests' : 'runs'
  }
  return undefined
}

/**
 * Of which interval a reading is, and over which at most a total is a difference of one, seconds. A kind that speaks more
 * slowly at rest has two cadences: see CONTRACT.md, Order.
 */
function intervalsOf(kind: Kind, spoken: Spoken, { ts, states }: Said): { of: number; most: number } {
  const running = spoken.cadenceSeconds ?? kind.cadenceSeconds
  const resting = Math.max(kind.idleSeconds ?? 0, running)
  const since = (ts - spoken.ts) / 1000
  const said = [spoken.activity, activityOf(kind, states)]
  if (spoken.onChange) {
    const { heartbeatSeconds } = spoken
    const most = heartbeatSeconds === undefined ? Infinity : MOST_CADENCES * Math.max(heartbeatSeconds, running)
    return { of: since > 0 && since < Infinity ? since : running, most }
  }
  const cadence = said.includes('rests') ? resting : running
  const isWhole = since > 0 && since <= WHOLE * cadence
  return {
    of: isWhole ? since : cadence,
    most: MOST_CADENCES * (said.every((one) => one === 'runs') ? running : resting),
  }
}
