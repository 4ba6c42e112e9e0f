// `npm run evaluate -- --appliances 60 --days 120 --seeds 3`: fleets × seeds through the real analysis on the virtual clock,
// judged by what was said at the opening. `--seeds` counts them, `--first 101` is the first; `--family other` takes fleets
// that training never sees (`third` others again), `--family drawn` fleets of drawn structures; `--cadence 300` hears them every five minutes; `real` runs recorded appliances and machines instead, `likeness` compares both, `dishwasher` runs a
// kind that is a data file alone, `healthy` appliances that never break: every alarm is listed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadCatalog } from '../../catalog/index.ts'
import { monotonicMs } from '../../core/index.ts'
import {
  choiceOption,
  flag,
  listOption,
  numberOption,
  readOptions,
  textOption,
  wholeOption,
} from '../../scripts/commandOptions.ts'
import { reportDishwashers } from '../dishwashers/evaluateDishwashers.ts'
import { dataSets, evaluateReal } from '../real/evaluateReal.ts'
import { showLikeness } from '../real/likeness.ts'
import { type Family, familyNames } from './evaluateSeed.ts'
import { evaluateSeeds } from './evaluateSeeds.ts'
import { runGrid } from './grid.ts'
import { gridReport, kindReport } from './gridReport.ts'
import { healthyCases, healthyTable, runHealthy } from './healthy.ts'
import type { SensorSet } from './hearing.ts'
import { reliabilityOf, report } from './report.ts'
import { visibleModes } from './visibleModes.ts'

const sensorNames = ['all', 'no-vibration', 'temperatures-power', 'power'] as const
const subjects = ['real', 'likeness', 'dishwasher', 'healthy']
const { values: args, words: positionals } = readOptions(
  'npm run evaluate',
  {
    appliances: wholeOption(1, 10_000, 60),
    days: wholeOption(1, 4_000, 120),
    seeds: wholeOption(1, 1_000, 3),
    first: wholeOption(0, 1_000_000_000, 101),
    kinds: listOption(choiceOption([...loadCatalog().kinds.keys()], undefined), ['fridge', 'washer', 'ac']),
    faults: numberOption(0, 1_000, 2.5),
    commissioning: wholeOption(0, 4_000, undefined),
    /** Several only with `--grid`. */
    family: listOption<Family>(choiceOption(familyNames, undefined), ['own']),
    /** Other models than those in force, say models/candidate. */
    models: textOption('models'),
    threads: wholeOption(1, 256, availableParallelism()),
    /** Seconds between two readings of all of them; 0: as they speak. */
    cadence: wholeOption(0, 86_400, 0),
    save: flag,
    worst: flag,
    /** Families × cadences × sensor sets instead; cells are kept in `--cells`. */
    grid: flag,
    resume: flag,
    cells: textOption('.cache/grid'),
    cadences: listOption(wholeOption(0, 86_400, undefined), [60, 300, 900]),
    sensors: listOption<SensorSet>(choiceOption(sensorNames, undefined), ['all', 'no-vibration', 'temperatures-power']),
    steps: listOption(numberOption(0, 1_000, undefined), [0]),
  },
  [...subjects, ...Object.keys(dataSets)],
)
const [family = 'own'] = args.family
if (positionals[0] === 'real') {
  await evaluateReal(positionals.slice(1), args.save)
  process.exit(0)
}
if (positionals[0] === 'likeness') {
  showLikeness(args.save)
  process.exit(0)
}
if (positionals[0] === 'dishwasher') {
  console.log(await reportDishwashers(args.save))
  process.exit(0)
}
/** Heading of what is written by hand in docs/prediction.md. */
const STEPS = '## What each step gained'
const modelsDir = resolve(fileURLToPath(new URL('../..', import.meta.url)), args.models)
/** Cases of each sort that are opened up. */
const SHOWN = 10
const kinds = [...args.kinds]
const seeds = Array.from({ length: args.seeds }, (_, i) => args.first + i)
if (args.grid) {
  await reportGrid()
  process.exit(0)
}
if (positionals[0] === 'healthy') {
  await reportHealthy()
  process.exit(0)
}
const began = monotonicMs()
const results = await evaluateSeeds(
  seeds.map((seed) => ({
    seed,
    family,
    appliances: args.appliances,
    kinds,
    days: args.days,
    faultsPerYear: args.faults,
    modelsDir,
    ...(args.commissioning === undefined ? {} : { commissioningDays: args.commissioning }),
    ...(args.cadence === 0 ? {} : { hearing: { cadenceSeconds: args.cadence, sensors: 'all', steps: 0 } as const }),
  })),
  args.threads,
)
const seconds = (monotonicMs() - began) / 1_000
const scored = results.flatMap((one) => one.scored)
const cases = results.flatMap((one) => one.cases)
const readings = results.reduce((sum, one) => sum + one.readings, 0)
const analysisMs = results.reduce((sum, one) => sum + one.analysisMs, 0)

const families: Record<Family, string> = {
  own: 'the simulator’s own family',
  drawn: 'drawn structures',
  other: 'the other family',
  third: 'the third family',
}
const title = `${seeds.length} seeds (${seeds.join(', ')}), ${args.appliances} appliances × ${args.days} days, ${families[family]}, heard ${args.cadence === 0 ? 'as they speak' : `every ${args.cadence} s`}, no fault in the first 28 days, ${args.faults} faults a year`
const about: Partial<Record<Family, string>> = {
  other:
    "The family is written from other equations, draws and shapes of faults, for scoring alone; training never sees it. After first results its current sensor's noise and the inflow of its drain pan were corrected once, since no appliance has them so, and the caution of all thresholds was chosen on its seeds 311 to 313.",
  third:
    'The family is written from the catalog and textbooks, before anything of how detection, the simulator, training and the equations of the other family work was read. **It was looked at once**, with this seed, which serves nothing else: nothing was tuned on it, and nothing may be.',
}
const whole = `All counted, from the simulator to the last detector: ${((1e6 * seconds) / readings).toFixed(1)} µs a reading on ${args.threads} threads, ${seconds.toFixed(0)} s.`
const worst = ['FALSE', 'MISS', 'WRONG'].flatMap((word) => cases.filter((one) => one.startsWith(word)).slice(0, SHOWN))
const page = `${family === 'own' ? '' : `-${family}`}${args.cadence === 0 ? '' : `-${args.cadence}s`}`
const chart = `reliability${page}.svg`
const text = [
  report(title, scored, (1_000 * analysisMs) / readings, readings),
  whole,
  ...(about[family] ? [about[family]] : []),
  `![What alerts said as they opened, and what came true](${chart})`,
  `## Opened up for study\nThe first false alarms, misses and wrong names; \`--worst\` prints all of them.\n\n${worst.map((one) => `- ${one}`).join('\n')}`,
].join('\n\n')
console.log(args.worst ? `${cases.join('\n')}\n${text}` : text)
if (args.save) {
  const docs = fileURLToPath(new URL('../../docs', import.meta.url))
  const file = join(docs, `prediction${page}.md`)
  writeFileSync(file, `${text}\n${stepsOf(file)}`)
  writeFileSync(join(docs, chart), reliabilityOf(scored))
}

/** What people wrote beside the figures stays when they are measured anew. */
function stepsOf(file: string): string {
  const written = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const at = written.indexOf(STEPS)
  return at < 0 ? '' : `\n${written.slice(at)}`
}

async function reportGrid(): Promise<void> {
  const cells = await runGrid(
    {
      families: [...args.family],
      cadences: [...args.cadences],
      sensors: [...args.sensors],
      steps: [...args.steps],
      seeds,
      appliances: args.appliances,
      kinds,
      days: args.days,
      faultsPerYear: args.faults,
      modelsDir,
      threads: args.threads,
      folder: resolve(args.cells),
      resume: args.resume,
    },
    (cell) => console.error(gridReport([cell]).split('\n').at(-1)),
  )
  const text = [
    '# The same fleets, heard in other ways',
    `\`npm run evaluate -- --grid\`, seeds ${seeds.join(', ')}, ${args.appliances} appliances × ${args.days} days a cell, ${args.faults} faults a year, no fault in the first 28 days, every nuisance. \`own\` is the simulator's family, \`drawn\` are fleets of drawn structures (training has seen others of them), \`other\` chooses nothing. The worst cell first; a miss is zero lead, a wrong name, and an interval that does not hold; what no sensor shows counts as missed. 95 % intervals by resampling appliances.`,
    gridReport(cells),
    kindReport(cells),
    '## What can be seen',
    'By what the catalog declares, before anything is measured: the share of a mode on features that a set of sensors has (yes: three fifths, partly: a quarter; below that detection never says it). At cadences of minutes what lasts less than two readings is not seen: a fill, a drain, a run-up of the drum; of compressor runs of 6 to 26 minutes a reading every 15 sees duty, energy and temperatures, and little of the run itself.',
    visibleModes(loadCatalog(), kinds),
  ].join('\n\n')
  console.log(text)
  if (args.save) writeFileSync(fileURLToPath(new URL('../../docs/prediction-grid.md', import.meta.url)), `${text}\n`)
  if (args.worst) console.log(cells.flatMap(({ name, cases }) => cases.map((one) => `${name} ${one}`)).join('\n'))
}

async function reportHealthy(): Promise<void> {
  const all = await runHealthy(
    {
      cadences: [...args.cadences],
      seeds,
      appliances: args.appliances,
      kinds,
      days: args.days,
      modelsDir,
      threads: args.threads,
      folder: resolve(args.cells),
      resume: args.resume,
    },
    (one) => console.error(healthyTable([one]).split('\n').at(-1)),
  )
  const text = [
    '# Appliances that never break',
    `\`npm run evaluate -- healthy\`, drawn structures, seeds ${seeds.join(', ')}, ${args.appliances} appliances × ${args.days} days a kind, cadence and seed, no fault, every nuisance (heat waves, vacations, guests, restocking, set-points, moves, holes, rescaled and stuck channels); the first days, in which an appliance is learned, count. “Tickets” are alarms that send somebody, “words” all that people are told, of one appliance within 14 days one.`,
    healthyTable(all),
    '## Alarm by alarm',
    healthyCases(all),
  ].join('\n\n')
  console.log(text)
  if (args.save) writeFileSync(fileURLToPath(new URL('../../docs/prediction-healthy.md', import.meta.url)), `${text}\n`)
}
