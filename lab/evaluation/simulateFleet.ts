// `npm run simulate -- fleet --appliances 30 --days 7 --seed 7`: a fleet on the virtual clock, without the product; prints what its
// appliances are like, what went wrong with them, and how long a reading takes to make.
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, monotonicMs } from '../../core/index.ts'
import { flag, numberOption, readOptions, textOption, wholeOption } from '../../scripts/commandOptions.ts'
import { createFleet, runsOf } from '../../simulator/index.ts'

const dateOption = {
  ...textOption('2026-01-05'),
  read: (text: string) =>
    /^20\d\d-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))
      ? { value: text }
      : { must: 'a day like 2026-01-05' },
}
const { values: args } = readOptions(
  'npm run simulate -- fleet',
  {
    appliances: wholeOption(1, 100_000, 30),
    days: wholeOption(1, 4_000, 7),
    seed: wholeOption(0, 1_000_000_000, 7),
    start: dateOption,
    faults: numberOption(0, 1_000, 4),
    quiet: flag,
  },
  ['fleet'],
)
const catalog = loadCatalog()
const start = Date.parse(`${args.start}T00:00:00Z`)
const until = start + args.days * DAY
const each = Math.ceil(args.appliances / 3)
const date = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')

const rows = (['fridge', 'washer', 'ac'] as const).map((kind) => {
  const fleet = createFleet({
    seed: args.seed,
    catalog,
    kinds: { [kind]: each },
    start,
    faults: 'drawn',
    faultsPerYear: args.faults,
    soundDays: 1,
    nuisances: !args.quiet,
  })
  const power = catalog.kind(kind).metricIndex.get('power')!
  let readings = 0
  const seen = []
  const began = monotonicMs()
  for (const appliance of fleet.appliances) {
    const watts: number[] = []
    let joules = 0
    let last = appliance.nextAt()
    while (appliance.nextAt() <= until) {
      const from = last
      last = appliance.nextAt()
      if (!appliance.next()) continue
      readings++
      joules += (appliance.values[power]! * Math.min(600_000, last - from)) / 1000
      if (kind !== 'washer') watts.push(appliance.values[power]!)
    }
    seen.push({ ...runsOf(watts, kind === 'ac' ? 150 : 25), kWhPerDay: joules / 3.6e6 / args.days })
  }
  const micros = ((monotonicMs() - began) * 1000) / readings
  const median = (of: number[]): number => of.sort((a, b) => a - b)[of.length >> 1]!
  return {
    fleet,
    row: {
      kind,
      appliances: each,
      readings,
      'µs a reading': Number(micros.toFixed(2)),
      'duty (median)': kind === 'washer' ? '' : median(seen.map(({ duty }) => duty)).toFixed(2),
      'cycles a day': kind === 'washer' ? '' : median(seen.map(({ perDay }) => perDay)).toFixed(1),
      'kWh a day': median(seen.map(({ kWhPerDay }) => kWhPerDay)).toFixed(2),
    },
  }
})
console.table(rows.map(({ row }) => row))

const faults = rows.flatMap(({ fleet }) => fleet.truth().faults).filter(({ onset }) => onset <= until)
console.log(`${faults.length} faults began:`)
console.table(
  faults
    .sort((a, b) => a.onset - b.onset)
    .map(({ appliance, failureMode, shape, abrupt, onset, functionalFailureAt, failed, needs }) => ({
      appliance,
      failureMode,
      course: abrupt ? 'abrupt' : shape,
      onset: date(onset),
      fails: `${date(functionalFailureAt)}${failed ? ' (seen)' : ''}`,
      needs: needs.join(', '),
    })),
)
const nuisances = rows.flatMap(({ fleet }) => fleet.truth().nuisances)
const counts = new Map<string, number>()
for (const { nuisance } of nuisances) counts.set(nuisance.kind, (counts.get(nuisance.kind) ?? 0) + 1)
console.log(`nuisances: ${[...counts].map(([kind, count]) => `${kind} ${count}`).join(', ') || 'none'}`)
