// `npm run evaluate -- likeness [--save]`: do simulated appliances look like recorded ones to a plug meter? tracebase's
// fridges and washers beside the simulator's, by the same rule, as distributions.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Catalog, loadCatalog } from '../../catalog/index.ts'
import { DAY } from '../../core/index.ts'
import { averageTo, powerOf } from '../../scripts/recordedSeries.ts'
import { createFleet } from '../../simulator/index.ts'
import { dataFolder } from './dataFolder.ts'
import { type Figures, fridgeFigures, type PowerCourse, washerFigures } from './powerCourse.ts'
import { markdownTable } from './realReport.ts'
import { type Strip, stripChart } from './stripChart.ts'

const APPLIANCES = 24
const DAYS = 14
const SEED = 77

export function showLikeness(save: boolean): void {
  const dir = dataFolder('tracebase')
  if (!dir) {
    console.log('tracebase is not here (../shared/data/tracebase): skipped.')
    return
  }
  const catalog = loadCatalog()
  const fridges = stripsOf(
    recorded(catalog, dir, /^(Refrigerator|Freezer)/, 'fridge'),
    simulated(catalog, 'fridge'),
    fridgeFigures,
  )
  const washers = stripsOf(recorded(catalog, dir, /^Washing/, 'washer'), simulated(catalog, 'washer'), washerFigures)
  const text = [
    '# Do simulated appliances look like recorded ones?',
    `\`npm run evaluate -- likeness --save\`, seed ${SEED}: ${APPLIANCES} fridges and ${APPLIANCES} washers of the simulator over ${DAYS} days, beside the fridges, the freezer and the washers of tracebase (plug power in homes, averaged to each kind’s cadence). One rule reads both: a fridge is on above half of its usual power; a program of a washer ends after 12 minutes of rest. A dot is a day of a fridge, a program of a washer. The simulator’s ranges of parameters were drawn with these files in view.`,
    '## Fridges, by day',
    quantileTable(fridges),
    '![Fridges: recorded above, simulated below](likeness-fridges.svg)',
    '## Washers, by program',
    quantileTable(washers),
    '![Washers: recorded above, simulated below](likeness-washers.svg)',
  ].join('\n\n')
  console.log(text)
  if (!save) return
  const docs = fileURLToPath(new URL('../../docs/', import.meta.url))
  writeFileSync(join(docs, 'likeness.md'), `${text}\n`)
  writeFileSync(join(docs, 'likeness-fridges.svg'), stripChart(fridges))
  writeFileSync(join(docs, 'likeness-washers.svg'), stripChart(washers))
}

function recorded(catalog: Catalog, dir: string, names: RegExp, kindName: string): PowerCourse[] {
  const kind = catalog.kind(kindName)
  return readdirSync(dir)
    .filter((name) => names.test(name))
    .map((file) => {
      const readings = averageTo(
        powerOf(readFileSync(join(dir, file)), kind),
        1_000 * kind.cadenceSeconds,
        kind,
      ).readings
      return {
        ts: Float64Array.from(readings, ({ ts }) => ts),
        power: Float64Array.from(readings, ({ metrics }) => metrics.power!),
      }
    })
}

function simulated(catalog: Catalog, kindName: string): PowerCourse[] {
  const kind = catalog.kind(kindName)
  const start = Date.UTC(2026, 2, 2)
  const fleet = createFleet({
    seed: SEED,
    catalog,
    kinds: { [kindName]: APPLIANCES },
    start,
    faults: 'none',
    nuisances: false,
  })
  const place = kind.metricNames.indexOf('power')
  return fleet.appliances.map((appliance) => {
    const ts: number[] = []
    const power: number[] = []
    while (appliance.nextAt() < start + DAYS * DAY) {
      if (!appliance.next()) continue
      const watts = appliance.values[place]!
      if (Number.isNaN(watts)) continue
      ts.push(appliance.ts)
      power.push(watts)
    }
    return { ts: Float64Array.from(ts), power: Float64Array.from(power) }
  })
}

function stripsOf(real: PowerCourse[], made: PowerCourse[], figuresOf: (course: PowerCourse) => Figures): Strip[] {
  const [a, b] = [real.map(figuresOf), made.map(figuresOf)]
  return Object.keys(b[0] ?? {}).map((name) => ({
    name,
    real: a.flatMap((figures) => figures[name]!),
    simulated: b.flatMap((figures) => figures[name]!),
  }))
}

function quantileTable(strips: Strip[]): string {
  const at = (values: number[], p: number): string => {
    const sorted = values.toSorted((x, y) => x - y)
    return sorted.length === 0
      ? '–'
      : sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]!.toPrecision(3)
  }
  const spread = (values: number[]): string =>
    `${at(values, 0.5)} (${at(values, 0.1)}–${at(values, 0.9)}), n ${values.length}`
  return markdownTable(
    ['figure', 'recorded: median (10–90 %)', 'simulated: median (10–90 %)'],
    strips.map(({ name, real, simulated: made }) => [name, spread(real), spread(made)]),
  )
}
