// `node lab/training/measureTests.ts [kind] [--coarse 5]`: what each test measures on sound appliances and on those with a fault of each mode,
// as the catalog's `tests` say it: mean and standard deviation. Training seeds; severities of 0.25 to 0.85.
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, HOUR, SeededRandom } from '../../core/index.ts'
import { readOptions, wholeOption } from '../../scripts/commandOptions.ts'
import { createFleet, drawFault, modesOf } from '../../simulator/index.ts'

const catalog = loadCatalog()
const { values: args, words } = readOptions(
  'node lab/training/measureTests.ts',
  { each: wholeOption(1, 10_000, 60), coarse: wholeOption(1, 1_000, undefined) },
  [...catalog.kinds.keys()],
)
const start = Date.UTC(2025, 3, 1)
/** Days on which the tests are run: all of summer, so that air conditioners cool. */
const DAYS = 150

for (const kind of words.length > 0 ? words : ['fridge', 'ac', 'washer']) {
  for (const test of Object.keys(catalog.kind(kind).tests)) {
    const rows: Record<string, Record<string, [number, number]>> = {}
    for (const mode of ['', ...modesOf(kind)]) rows[mode || 'sound'] = measure(kind, test, mode)
    console.log(`${kind} ${test}`)
    for (const [mode, row] of Object.entries(rows)) console.log(`"${mode}": ${JSON.stringify(row)}`)
  }
}

function measure(kind: string, test: string, mode: string): Record<string, [number, number]> {
  const random = new SeededRandom(5, `${kind}/${test}/${mode}`)
  const { appliances } = createFleet({
    seed: 3,
    catalog,
    kinds: { fridge: 0, washer: 0, ac: 0, [kind]: args.each },
    start,
    faults: 'none',
    faultsPerYear: 0,
    soundDays: 10_000,
    nuisances: true,
    ...(args.coarse === undefined ? {} : { coarse: args.coarse }),
  })
  const seen = new Map<string, number[]>()
  for (const appliance of appliances) {
    if (!appliance.registration.tests?.includes(test)) continue
    const at = start + (5 + random.next() * DAYS) * DAY
    if (mode) {
      // At the test it has come so far.
      const severity = 0.25 + 0.6 * random.next()
      const days = 40
      const onset = at - severity * days * DAY
      appliance.inject(drawFault(kind, appliance.id, mode, onset, random, { days, shape: 'linear' }))
    }
    while (appliance.trueTs < at) appliance.next()
    for (let tries = 0; tries < 8; tries++) {
      appliance.test({ id: 'x', test })
      const until = appliance.trueTs + 2 * HOUR
      let answers = appliance.takeAnswers()
      while (answers.length === 0 && appliance.trueTs < until) {
        appliance.next()
        answers = appliance.takeAnswers()
      }
      if (answers[0]?.result === 'done') {
        const measured = JSON.parse(answers[0].detail) as Record<string, number>
        for (const [name, value] of Object.entries(measured)) seen.set(name, [...(seen.get(name) ?? []), value])
        break
      }
      while (appliance.trueTs < until + 3 * HOUR) appliance.next()
    }
  }
  return Object.fromEntries([...seen].map(([name, values]) => [name, meanAndDeviation(values)]))
}

function meanAndDeviation(values: readonly number[]): [number, number] {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, values.length - 1)
  const round = (value: number): number => Number(value.toPrecision(3))
  return [round(mean), round(Math.sqrt(variance))]
}
