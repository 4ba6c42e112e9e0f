import { quantileSorted } from 'simple-statistics'
import { type Appliance, isInService, type Millis, type Series, type TelemetryStore } from '../../../core/index.ts'

/** More are not asked: a median of so many hardly moves. */
const MOST = 15
/** Fewer would tell what one of them does. */
const LEAST = 4
/** Where a tenth, half and nine tenths of them stay below. */
const [LOW, MIDDLE, HIGH] = [0.1, 0.5, 0.9]

export type Like = Series & { of: 'model' | 'kind'; appliances: number }

/** Others of its model, or where these are too few of its kind; the same ones each time it is asked. */
export function othersLike({ id, kind, model }: Appliance, all: readonly Appliance[]) {
  const others = all.filter((other) => other.id !== id && other.kind === kind && isInService(other))
  const ofModel = others.filter((other) => other.model === model)
  const of = ofModel.length >= LEAST ? 'model' : 'kind'
  const found = of === 'model' ? ofModel : others
  return {
    of,
    others: found.length >= LEAST ? found.toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, MOST) : [],
  } as const
}

/** What such appliances measured in a stretch: of each part of it the tenth, the median, and the ninth tenth of their means. */
export async function likeSeries(
  store: Pick<TelemetryStore, 'series'>,
  { of, others }: ReturnType<typeof othersLike>,
  { from, to, points }: { from: Millis; to: Millis; points: number },
): Promise<Like> {
  const all = await Promise.all(
    others.map(({ id, kind }) => store.series({ appliance: id, kind, from, to, points: points * 2 })),
  )
  const width = (to - from) / points
  const metrics = [...new Set(all.flatMap(({ series }) => Object.keys(series)))]
  const means = new Map(metrics.map((metric) => [metric, all.map((one) => partsOf(one, metric, from, width, points))]))
  const parts = Array.from({ length: points }, (_, part) => part)
  /** Lowest first; nothing where so few spoke that it would tell what one of them does. */
  const sorted = (metric: string, part: number): number[] => {
    const values = (means.get(metric) ?? []).map((of) => of[part] ?? NaN).filter((value) => !Number.isNaN(value))
    return values.length < LEAST ? [] : values.sort((a, b) => a - b)
  }
  return {
    of,
    appliances: others.length,
    ts: parts.map((part) => Math.round(from + (part + 0.5) * width)),
    series: Object.fromEntries(
      metrics.map((metric) => {
        const values = parts.map((part) => sorted(metric, part))
        const at = (share: number) => values.map((each) => (each.length > 0 ? quantileSorted(each, share) : null))
        return [metric, { min: at(LOW), mean: at(MIDDLE), max: at(HIGH) }]
      }),
    ),
  }
}

/** The mean of one appliance in each part of the stretch; NaN where it said nothing. */
function partsOf({ ts, series }: Series, metric: string, from: Millis, width: number, points: number): Float64Array {
  const [sums, counts] = [new Float64Array(points), new Float64Array(points)]
  for (const [i, value] of (series[metric]?.mean ?? []).entries()) {
    const part = Math.floor(((ts[i] ?? from) - from) / width)
    if (value === null || part < 0 || part >= points) continue
    sums[part]! += value
    counts[part]!++
  }
  return sums.map((sum, part) => sum / counts[part]!)
}
