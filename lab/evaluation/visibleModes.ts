// What sensors can show at all, by what the catalog declares: written before anything is measured.
import { planDetection } from '../../analytics/index.ts'
import type { Catalog } from '../../catalog/index.ts'
import { type SensorSet, sensorSets } from './hearing.ts'

/** Least share of a mode's weight (squared) on features that are heard: below it detection never says the mode. */
const LEAST_SHOWN = 0.25
const MUCH_SHOWN = 0.6

/** Modes × sensor sets. A kind's states are heard with every set but power alone. */
export function visibleModes(catalog: Catalog, kinds: readonly string[]): string {
  const sets = Object.keys(sensorSets) as SensorSet[]
  const lines = [`| mode | ${sets.join(' | ')} |`, `|---${'|---'.repeat(sets.length)}|`]
  for (const kind of kinds) {
    const plan = planDetection(catalog.kind(kind))
    for (const [mode, { moves }] of Object.entries(plan.spec.signatures)) {
      const cells = sets.map((set) => {
        let [seen, all] = [0, 0]
        for (const { name, scale, place } of plan.features) {
          const weight = (moves[name] ?? 0) ** 2
          const quantity = plan.quantities[plan.scales[scale]!.features[place]!]!
          const asksState = [...quantity.while, ...quantity.when].some((p) => {
            const { type, optional } = plan.predicates[p]!
            return type === 'state' && !optional
          })
          const isHeard =
            quantity.inputs.every((metric) => sensorSets[set](plan.kind.metricNames[metric]!)) &&
            !(asksState && set === 'power')
          all += weight
          if (isHeard) seen += weight
        }
        return seen >= MUCH_SHOWN * all ? 'yes' : seen >= LEAST_SHOWN * all ? 'partly' : 'no'
      })
      lines.push(`| ${kind} ${mode} | ${cells.join(' | ')} |`)
    }
  }
  return lines.join('\n')
}
