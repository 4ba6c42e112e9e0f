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
import type { Dropped } from './readValues.ts'

/** How an appliance says its values, as it was registered, and what its totals stood at. */
interface Spoken {
  kind: string
  model: string
  units: Record<string, string>
  counters: string[]
  cadenceSeconds: number | null
  /** Newest reading that counted; −Infinity before. */
  ts: number
  totals: [metric: string, total: number][]
}

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
      ts: former?.ts ?? -Infinity,
      totals: former?.totals.filter(([metric]) => counters.includes(metric)) ?? [],
    })
  }

  /**
   * @param dropped takes what has nothing to be measured against
   * @returns the metrics as the catalog has them; those that came, where nothing is declared
   */
  translate(appliance: ApplianceId, kind: Kind, ts: number, metrics: JsonObject, dropped: Dropped[]): JsonObject {
    if (!this.population.has(appliance)) return metrics
    const spoken = this.population.get(appliance)!
    const translated: JsonObject = { ...metrics }
    const cadence = spoken.cadenceSeconds ?? kind.cadenceSeconds
    const since = (ts - spoken.ts) / 1000
    for (const { metric, convert, isTotal } of this.#linesOf(appliance, kind, spoken)) {
      const sent = metrics[metric]
      if (typeof sent !== 'number') continue
      let value: number | undefined = sent
      if (isTotal) {
        value = since > 0 && since <= MOST_CADENCES * cadence ? differenceTo(spoken, metric, sent) : undefined
        if (value === undefined) {
          dropped.push({ metric, why: 'no-difference', sample: String(sent) })
          delete translated[metric]
          continue
        }
      }
      if (convert) {
        const perSecond = convert.perSecond ? (since > 0 && since <= WHOLE * cadence ? since : cadence) : 1
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
  accept(appliance: ApplianceId, ts: number, metrics: JsonObject): void {
    if (!this.population.has(appliance)) return
    const spoken = this.population.get(appliance)!
    if (ts <= spoken.ts) return
    spoken.ts = ts
    spoken.totals = spoken.counters.flatMap((metric): [string, number][] => {
      const sent = metrics[metric]
      const known = spoken.totals.find(([name]) => name === metric)
      return typeof sent === 'number' ? [[metric, sent]] : known ? [known] : []
    })
  }

  /** Another catalog holds: what follows from it is worked out anew. */
  judgeAnew(): void {
    this.#lines.clear()
  }

  /** From a copy. */
  restore(appliance: ApplianceId, value: unknown): void {
    // Written by a copy of this population.
    this.population.set(appliance, value as Spoken)
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
function differenceTo({ totals }: Spoken, metric: string, total: number): number | undefined {
  const known = totals.find(([name]) => name === metric)
  if (!known) return undefined
  return total >= known[1] ? total - known[1] : total
}
