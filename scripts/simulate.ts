// `npm run simulate -- --days 365 --appliances 1000 --seed 7`: a year of service on the virtual clock, the real desk, alerts and
// detection with simulated owners, engineers, vans and depots, beside the same year without prediction, without tests before a visit, and with
// the nearest engineer (`--against` names some of them). `npm run simulate -- fleet` shows the appliances alone, `-- publish mqtt://HOST` puts them on any broker; `--publish HEADING`, last, writes docs/service-year.md.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Catalog, loadCatalog } from '../catalog/index.ts'
import { monotonicMs, SeededRandom } from '../core/index.ts'
import { careTables } from '../lab/year/caredYear.ts'
import { keepFigures, keptFigures, yearsOf } from '../lab/year/keptFigures.ts'
import { putSection } from '../lab/year/putSection.ts'
import { runYear, type YearOptions } from '../lab/year/runYear.ts'
import { figuresOf, yearTable } from '../lab/year/yearReport.ts'
import { type Policy, readPolicy } from '../service/index.ts'
import { choiceOption, flag, listOption, numberOption, readOptions, textOption, wholeOption } from './commandOptions.ts'
import { endInWords } from './endInWords.ts'

if (process.argv[2] === 'fleet') {
  await import('../lab/evaluation/simulateFleet.ts')
  process.exit(0)
}
if (process.argv[2] === 'publish') {
  const { publishFleet } = await import('./publishFleet.ts')
  await endInWords(() => publishFleet(process.argv.slice(3)))
  process.exit()
}
const rivals = ['no prediction', 'no tests', 'nearest engineer', 'no questions', 'with care']
const { values: args } = readOptions('npm run simulate', {
  appliances: wholeOption(1, 1_000_000, 1_000),
  days: wholeOption(1, 4_000, 365),
  seed: wholeOption(0, 1_000_000_000, 7),
  /** Years, one seed after the other. */
  years: wholeOption(1, 1_000, 1),
  faults: numberOption(0, 1_000, 0.8),
  /** Readings are so many times farther apart than live. */
  coarse: wholeOption(1, 1_000, 5),
  threads: wholeOption(1, 256, 2),
  /** Only the product's own year. */
  alone: flag,
  /** Only beside these, by name. */
  against: listOption(choiceOption(rivals, undefined), rivals.slice(0, 3)),
  /** Owners are asked what they see before a visit is offered (the rule `ownerCheck`, which ships off). */
  'owner-check': flag,
  /** What the catalog believes of parts is wrong: the modes of a kind have each other's. */
  'wrong-beliefs': flag,
  /** Figures are added to this file, world by world; what it holds of the same question is not lived again, and all of it is told together. */
  keep: textOption(undefined),
  /** Writes the figures into docs/service-year.md, under this heading. */
  publish: textOption(undefined),
})
const { appliances, days } = args
const start = Date.UTC(2026, 0, 5)
const { ownerCheck, members } = readPolicy()
const unasked: Partial<Policy> = { ownerCheck: { ...ownerCheck, isOn: false } }
/** With whatever would settle it before a visit is offered. */
const own: Partial<Policy> = args['owner-check'] ? { ownerCheck: { ...ownerCheck, isOn: true } } : unasked
const untested: Partial<Policy> = {
  activeTests: { isOn: false, waitMinutes: 45, moreEvidenceHours: 48 },
  ...unasked,
}
const beliefs = args['wrong-beliefs'] ? confused : (catalog: Catalog): Catalog => catalog
const worlds: (Pick<YearOptions, 'rules' | 'watched' | 'nearest' | 'learnsNothing' | 'cared'> & { name: string })[] = [
  { name: 'Hearthwatch', rules: own, watched: true },
  ...(args.alone
    ? []
    : [
        { name: 'no prediction', rules: own, watched: false },
        { name: 'no tests', rules: untested, watched: true, learnsNothing: true },
        { name: 'nearest engineer', rules: own, watched: true, nearest: true },
        { name: 'no questions', rules: unasked, watched: true },
        // Owners are reminded, told by campaigns, and are members, as the rules and templates ship.
        { name: 'with care', rules: { ...own, members: { ...members, isOn: true } }, watched: true, cared: true },
      ].filter(({ name }) => args.against.includes(name))),
]
const asked = [
  `${appliances} appliances × ${days} days from ${new Date(start).toISOString().slice(0, 10)}`,
  `${args.faults} faults a year and appliance`,
  `readings ${args.coarse} times farther apart than live`,
  ...(args['owner-check'] ? ['owners are asked before a visit is offered'] : []),
  ...(args['wrong-beliefs'] ? ['what the catalog believes of parts is deliberately wrong'] : []),
].join('; ')
const kept = args.keep ?? join(mkdtempSync(join(tmpdir(), 'hearthwatch-years-')), 'figures.jsonl')
for (let year = 0; year < args.years; year++) {
  // The worlds of one year live side by side: while one plans, another one's appliances go on.
  const lived = worlds.map(async (world) => {
    const seed = args.seed + year
    if (keptFigures(kept, asked).some((one) => one.world === world.name && one.seed === seed)) return
    const began = monotonicMs()
    const options: YearOptions = {
      ...world,
      catalog: beliefs(loadCatalog()),
      modelsDir: fileURLToPath(new URL('../models', import.meta.url)),
      appliances,
      days,
      seed,
      start,
      faultsPerYear: args.faults,
      coarse: args.coarse,
      threads: args.threads,
    }
    const { readings, tickets, care, ...rest } = await runYear(options)
    const seconds = ((monotonicMs() - began) / 1000).toFixed(0)
    console.error(`${world.name}, seed ${seed}: ${readings} readings, ${tickets.length} tickets in ${seconds} s`)
    const figures = figuresOf({ readings, tickets, ...rest }, start, days)
    keepFigures(kept, { asked, world: world.name, seed, figures, ...(care ? { care } : {}) })
  })
  await Promise.all(lived)
}
const known = keptFigures(kept, asked)
const { seeds, runs } = yearsOf(
  known,
  worlds.map(({ name }) => name),
)
const told = `${asked}; ${seeds.length > 1 ? 'seeds' : 'seed'} ${seeds.join(', ')}`
const cared = careTables(
  known.flatMap(({ seed, care, world }) =>
    care && seeds.includes(seed) && worlds.some(({ name }) => name === world) ? [care] : [],
  ),
)
const table = [yearTable(runs, appliances * (days / 365)), ...(cared ? [cared] : [])].join('\n\n')
console.log(`${told}.\n\n${table}`)
if (args.publish) {
  const path = fileURLToPath(new URL('../docs/service-year.md', import.meta.url))
  const given = process.argv.slice(2, process.argv.indexOf('--publish'))
  const asked = given.map((word) => (word.includes(' ') ? `"${word}"` : word)).join(' ')
  const body = `${told}. ${new Date().toISOString().slice(0, 10)}, \`npm run simulate -- ${asked}\`.\n\n${table}`
  writeFileSync(path, putSection(readFileSync(path, 'utf8'), args.publish, body))
}
const { user, system } = process.cpuUsage()
console.error(`${((user + system) / 1e6).toFixed(0)} s of processor time in all`)

/** The same catalog with the part probabilities of a kind's modes dealt out anew. */
function confused(catalog: Catalog): Catalog {
  const random = new SeededRandom(args.seed, 'beliefs')
  for (const kind of catalog.kinds.values()) {
    const modes = Object.values(kind.failureModes)
    const dealt = modes.map(({ parts }) => ({ parts, at: random.next() })).sort((a, b) => a.at - b.at)
    for (const [i, mode] of modes.entries()) mode.parts = dealt[i]!.parts
  }
  return catalog
}
