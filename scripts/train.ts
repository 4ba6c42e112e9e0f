// `npm run train -- --appliances 14 --days 200 --seeds 2 --structures 7`: learns from fleets of the simulator's own family and
// of drawn structures, with every nuisance, each appliance heard in a way of its own: priors, thresholds and PCA from what
// they did before their faults, then what each failure mode looks like and how long it takes (`--closures`: and from the
// closures of DATA_DIR’s world). Writes models/candidate/, which `npm run models -- promote` weighs. `--only faults` keeps what the standing
// models know of health, `--only health` what they know of faults. `--coarse 5`: from readings five times farther apart. Training seeds are 1, 2, 3 …; evaluation holds out 101, 102, 103 ….
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAnalysis, type HealthyRows, type KindModel, type RowItem, trainKind } from '../analytics/index.ts'
import { loadCatalog } from '../catalog/index.ts'
import { monotonicMs, readSettings, worldOf } from '../core/index.ts'
import { runFleet } from '../lab/evaluation/runFleet.ts'
import { type FleetOrders, trainingFleet } from '../lab/training/trainingFleet.ts'
import { trainOnFaults } from '../lab/training/trainOnFaults.ts'
import type { Witnessed } from '../lab/training/witnessFleet.ts'
import { witnessWorld } from '../lab/training/witnessWorld.ts'
import { startDatabase } from '../workers/start/startDatabase.ts'
import { startStore } from '../workers/start/startStore.ts'
import { openWorld } from '../workers/world.ts'
import { choiceOption, flag, listOption, numberOption, readOptions, textOption, wholeOption } from './commandOptions.ts'

const catalog = loadCatalog()
const { values: args } = readOptions('npm run train', {
  appliances: wholeOption(1, 10_000, 14),
  days: wholeOption(1, 4_000, 200),
  seeds: wholeOption(0, 1_000, 2),
  structures: wholeOption(0, 1_000, 7),
  kinds: listOption(choiceOption([...catalog.kinds.keys()], undefined), ['fridge', 'washer', 'ac']),
  rate: numberOption(0.001, 100, 0.2),
  /** Readings are so many times farther apart than live. */
  coarse: wholeOption(1, 1_000, undefined),
  only: choiceOption(['health', 'faults'], undefined),
  /** Learns from the closures of DATA_DIR's world as well. */
  closures: flag,
  out: textOption('models/candidate'),
})
const { days } = args
const kinds = [...args.kinds]
const count = (length: number): number[] => Array.from({ length }, (_, i) => 1 + i)
const seeds = count(args.seeds)
const root = fileURLToPath(new URL('..', import.meta.url))
const outDir = join(root, args.out)
mkdirSync(outDir, { recursive: true })
if (args.only === 'faults') takeStanding()
else for (const kind of kinds) await trainOnHealth(kind)
if (args.only === 'health') keepFaults()
else
  await trainOnFaults(
    {
      kinds,
      seeds,
      fleets: fleetsOf(kinds),
      dir: outDir,
      ...(args.closures ? { besides: await witnessClosures() } : {}),
    },
    console.log,
  )
for (const kind of kinds) nameVersion(join(outDir, `${kind}.json`))

/** Of both families; with `--coarse` of the own one alone, which is simulated so. */
function fleetsOf(kinds: string[]): FleetOrders[] {
  const asked = { kinds, appliances: args.appliances, days }
  const { coarse } = args
  if (coarse !== undefined) return seeds.map((seed) => ({ ...asked, family: 'own', seed, coarse }))
  return [
    ...seeds.map((seed): FleetOrders => ({ ...asked, family: 'own', seed })),
    ...count(args.structures).map((seed): FleetOrders => ({ ...asked, family: 'drawn', seed })),
  ]
}

async function trainOnHealth(kind: string): Promise<void> {
  const began = monotonicMs()
  const rows: HealthyRows = new Map()
  for (const orders of fleetsOf([kind])) {
    const { fleet, start, end, faultOf } = trainingFleet(orders, catalog)
    const all: RowItem[] = []
    const analysis = await createAnalysis({
      catalog,
      clock: 'telemetry',
      modelsDir: null,
      onRow: (item) => all.push(item),
    })
    await runFleet(fleet, analysis, catalog, start, end, () => {}, monotonicMs)
    for (const item of all) {
      const { appliance } = item.sense
      if (item.to >= (faultOf(appliance)?.onset ?? Infinity)) continue
      const list = rows.get(appliance) ?? []
      rows.set(appliance, list)
      list.push(item)
    }
  }
  const { model, files } = trainKind({
    kind: catalog.kind(kind),
    rows,
    // Named by what it holds once it is whole.
    version: 'candidate',
    seeds,
    days,
    targetRate: args.rate,
  })
  for (const [file, bytes] of files) writeFileSync(join(outDir, file), bytes)
  writeFileSync(join(outDir, `${kind}.json`), `${JSON.stringify(model, null, 1)}\n`)
  const worst = Object.entries(model.thresholds).sort((a, b) => b[1] - a[1])
  console.log(
    `${kind}: ${rows.size} appliances × ${days} days in ${((monotonicMs() - began) / 1000).toFixed(0)} s; highest thresholds ${worst
      .slice(0, 12)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
  )
}

/** The closures of the world of DATA_DIR and SIMULATE, with what its appliances then showed. Not while the service runs. */
async function witnessClosures(): Promise<Witnessed> {
  const settings = readSettings(process.env)
  const world = worldOf(settings)
  const hold = await openWorld(world, settings.DATA_DIR)
  const failed = (problem: Error): void => {
    throw problem
  }
  const onRetryableError = (_: string, error: unknown): void => failed(error as Error)
  const database = await startDatabase(settings, world, failed, onRetryableError)
  const catalogDir = join(settings.DATA_DIR, 'catalog')
  const { store, close } = await startStore({
    settings,
    world,
    catalogDir,
    failed,
    onRetryableError,
  })
  const witnessed = await witnessWorld(database, store, loadCatalog(catalogDir))
  await close()
  await database.close()
  hold.release()
  for (const [kind, cases] of Object.entries(witnessed.diagnosis))
    console.log(`${kind}: ${cases.filter(({ opens }) => opens).length} closures`)
  return witnessed
}

/** What the models in force know of health, unless they are to be trained where they are. */
function takeStanding(): void {
  if (args.out !== 'models/candidate') return
  for (const kind of kinds) {
    const { pca } = readStanding(kind)
    copyStanding([`${kind}.json`, ...Object.values(pca).map(({ file }) => file)])
  }
}

/** What they know of faults, beside what was learned of health just now. */
function keepFaults(): void {
  for (const kind of kinds) {
    const { diagnosis, life } = readStanding(kind)
    copyStanding([diagnosis, life].flatMap((one) => (one ? [one.file] : [])))
    const path = join(outDir, `${kind}.json`)
    const health = JSON.parse(readFileSync(path, 'utf8')) as KindModel
    writeFileSync(
      path,
      `${JSON.stringify({ ...health, ...(diagnosis ? { diagnosis } : {}), ...(life ? { life } : {}) }, null, 1)}\n`,
    )
  }
}

function readStanding(kind: string): KindModel {
  return JSON.parse(readFileSync(join(root, 'models', `${kind}.json`), 'utf8')) as KindModel
}
function copyStanding(files: string[]): void {
  for (const file of files) cpSync(join(root, 'models', file), join(outDir, file))
}

/** What it learned names it; the model files are in it by their hashes. */
function nameVersion(path: string): void {
  const { heldOut: _, ...model } = JSON.parse(readFileSync(path, 'utf8')) as KindModel
  model.version = ''
  model.version = createHash('sha256').update(JSON.stringify(model)).digest('hex').slice(0, 8)
  writeFileSync(path, `${JSON.stringify(model, null, 1)}\n`)
}
