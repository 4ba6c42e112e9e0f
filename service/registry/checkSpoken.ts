import type { Kind } from '../../catalog/index.ts'
import { conversion, own, Problem, type Registration, unitsLike } from '../../core/index.ts'

/**
 * Can what it sends be understood as declared?
 * @throws Problem `unknown-metric`, `unknown-unit` (422), which names the metric
 */
export function checkSpoken(kind: Kind, { units, counters }: Pick<Registration, 'units' | 'counters'>): void {
  const metricOf = (metric: string) => {
    const spec = own(kind.metrics, metric)
    if (spec) return spec
    throw new Problem({
      code: 'unknown-metric',
      message: `A ${kind.kind} has no metric '${metric}'.`,
      remedy: `Use one of ${kind.metricNames.join(', ')}.`,
      concerns: metric,
      status: 422,
    })
  }
  for (const metric of counters ?? []) metricOf(metric)
  for (const [metric, said] of Object.entries(units ?? {})) {
    const { unit } = metricOf(metric)
    if (conversion(said, unit)) continue
    throw new Problem({
      code: 'unknown-unit',
      message: `${metric} is in ${unit}, and '${said}' cannot be converted to it.`,
      remedy: `Use a UCUM code: ${unitsLike(unit).join(', ') || unit}.`,
      concerns: metric,
      status: 422,
    })
  }
}
