// `npm run models -- list | compare | promote | rollback`: `npm run train` writes a candidate beside the models in force; it
// takes their place only when it is not worse on fleets of both families that neither has seen; one command takes it back.
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Weighed, worseIn } from '../service/index.ts'
import { evaluateSeeds } from './evaluation/evaluateSeeds.ts'
import { figuresOf } from './evaluation/scoreDetections.ts'

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    appliances: { type: 'string', default: '36' },
    days: { type: 'string', default: '120' },
    seeds: { type: 'string', default: '3' },
    /** Of the held-out seeds; training has 1, 2, 3. */
    first: { type: 'string', default: '501' },
  },
})
const models = fileURLToPath(new URL('../models', import.meta.url))
const candidate = join(models, 'candidate')
const former = join(models, 'former')
const seeds = Array.from({ length: Number(args.seeds) }, (_, i) => Number(args.first) + i)

const commands: Record<string, () => void | Promise<void>> = {
  list: () =>
    console.table([...rowsOf('in force', models), ...rowsOf('candidate', candidate), ...rowsOf('former', former)]),
  compare: async () => {
    await compare()
  },
  promote: async () => {
    const held = await compare()
    if (held === null) {
      console.error('It stays a candidate.')
      process.exitCode = 1
      return
    }
    rmSync(former, { recursive: true, force: true })
    for (const file of filesIn(models)) cpSync(join(models, file), join(former, file))
    for (const file of filesIn(candidate)) {
      if (file.endsWith('.json')) noteHeldOut(join(candidate, file), held)
      renameSync(join(candidate, file), join(models, file))
    }
    rmSync(candidate, { recursive: true })
    console.log('It is in force from the next start on; `npm run models -- rollback` takes it back.')
  },
  rollback: () => {
    if (!existsSync(former)) throw new Error('There are no former models.')
    for (const file of filesIn(models)) cpSync(join(models, file), join(candidate, file))
    for (const file of filesIn(former)) renameSync(join(former, file), join(models, file))
    rmSync(former, { recursive: true })
    console.log('The former models are in force from the next start on; those taken back are the candidate again.')
  },
}
const command = commands[positionals[0] ?? 'list']
if (!command) {
  console.error(`There is no '${positionals[0]}'. Use one of: ${Object.keys(commands).join(', ')}.`)
  process.exit(1)
}
await command()

/** @returns what the candidate reached, by family; null when it is worse in anything */
async function compare(): Promise<Record<string, Weighed> | null> {
  if (!existsSync(candidate)) throw new Error('There is no candidate: `npm run train` makes one.')
  // A kind that was not trained anew stays as it is.
  const offeredKinds = filesIn(candidate).filter((file) => file.endsWith('.json'))
  for (const file of filesIn(models)) {
    if (!offeredKinds.some((one) => file.startsWith(one.replace('.json', ''))))
      cpSync(join(models, file), join(candidate, file))
  }
  const held: Record<string, Weighed> = {}
  let isWorse = false
  const rows: Record<string, string>[] = []
  for (const family of ['own', 'other']) {
    const [standing, offered] = [await weigh(family, models), await weigh(family, candidate)]
    const worse = worseIn(standing, offered)
    isWorse ||= worse.length > 0
    held[family] = offered
    for (const [which, { recall, falsePerYear, diagnosis, leadShareMedian }] of [
      ['in force', standing],
      ['candidate', offered],
    ] as const) {
      rows.push({
        family,
        models: which,
        recall: recall.toFixed(2),
        'false alarms a year': falsePerYear.toFixed(2),
        diagnosis: diagnosis.toFixed(2),
        'lead share': leadShareMedian.toFixed(2),
        verdict: which === 'in force' ? '' : worse.length > 0 ? `worse in ${worse.join(', ')}` : 'not worse',
      })
    }
  }
  console.table(rows)
  return isWorse ? null : held
}

async function weigh(family: string, modelsDir: string): Promise<Weighed> {
  const orders = seeds.map((seed) => ({
    seed,
    family,
    appliances: Number(args.appliances),
    kinds: ['fridge', 'washer', 'ac'],
    days: Number(args.days),
    faultsPerYear: 4,
    modelsDir,
  }))
  const results = await evaluateSeeds(orders, availableParallelism())
  return figuresOf(results.flatMap(({ scored }) => scored))
}

/** The sidecar says what it was promoted with. */
function noteHeldOut(path: string, held: Record<string, Weighed>): void {
  const figures = Object.entries(held).map(([family, { recall, falsePerYear, diagnosis, leadShareMedian }]) => [
    family,
    { recall, falsePerYear, diagnosis, leadShareMedian },
  ])
  const model = JSON.parse(readFileSync(path, 'utf8')) as object
  writeFileSync(path, `${JSON.stringify({ ...model, heldOut: { seeds, ...Object.fromEntries(figures) } }, null, 1)}\n`)
}

function filesIn(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
}
function rowsOf(which: string, dir: string): Record<string, unknown>[] {
  if (!existsSync(dir)) return []
  return filesIn(dir)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const { kind, version, appliances, days } = JSON.parse(readFileSync(join(dir, file), 'utf8'))
      return { models: which, kind, version, 'trained on appliances': appliances, days }
    })
}
