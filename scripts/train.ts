// `npm run train -- --appliances 40 --days 120 --seeds 3`: learns each kind's priors, thresholds and PCA from simulated healthy
// fleets with every nuisance, then from `--faulty 6` fleets with faults what each failure mode looks like and how long it
// takes (`--closures`: and from the closures of DATA_DIR's world), and writes models/candidate/, which `npm run models -- promote` weighs. `--only faults` keeps what the standing
// models know of health. `--coarse 5 --out lab/year/models`: for readings five times farther apart, as simulated years
// have them. Training seeds are 1, 2, 3 …; evaluation holds out 101, 102, 103 ….
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createAnalysis, type HealthyRows, type KindModel, trainKind } from '../analytics/index.ts'
import { loadCatalog } from '../catalog/index.ts'
import { DAY, monotonicMs, readSettings, worldOf } from '../core/index.ts'
import { runFleet } from '../lab/evaluation/runFleet.ts'
import { trainOnFaults } from '../lab/training/trainOnFaults.ts'
import type { Witnessed } from '../lab/training/witnessFleet.ts'
import { witnessWorld } from '../lab/training/witnessWorld.ts'
import { createFleet } from '../simulator/index.ts'
import { startDatabase } from '../workers/start/startDatabase.ts'
import { startStore } from '../workers/start/startStore.ts'
import { openWorld } from '../workers/world.ts'

const { values: args } = parseArgs({
  options: {
    appliances: { type: 'string', default: '40' },
    days: { type: 'string', default: '150' },
    seeds: { type: 'string', default: '3' },
    kinds: { type: 'string', default: 'fridge,washer,ac' },
    rate: { type: 'string', default: '0.2' },
    /** Readings are so many times farther apart than live. */
    coarse: { type: 'string' },
    /** Fleets with faults, of 30 appliances of each kind. */
    faulty: { type: 'string', default: '6' },
    only: { type: 'string', default: '' },
    /** Learns from the closures of DATA_DIR's world as well. */
    closures: { type: 'boolean', default: false },
    out: { type: 'string', default: 'models/candidate' },
  },
})
const days = Number(args.days)
const seeds = Array.from({ length: Number(args.seeds) }, (_, i) => 1 + i)
const root = fileURLToPath(new URL('..', import.meta.url))
const outDir = join(root, args.out)
const catalog = loadCatalog()
const kinds = args.kinds.split(',')
mkdirSync(outDir, { recursive: true })
if (args.only === 'faults') takeStanding()
else for (const kind of kinds) await trainOnHealth(kind)
await trainOnFaults(
  {
    kinds,
    seeds: Array.from({ length: Number(args.faulty) }, (_, i) => 1 + i),
    appliances: 30,
    days: 150,
    dir: outDir,
    ...(args.coarse ? { coarse: Number(args.coarse) } : {}),
    ...(args.closures ? { besides: await witnessClosures() } : {}),
  },
  console.log,
)
for (const kind of kinds) nameVersion(join(outDir, `${kind}.json`))

async function trainOnHealth(kind: string): Promise<void> {
  const began = monotonicMs()
  const rows: HealthyRows = new Map()
  for (const seed of seeds) {
    // A third of a year apart, so that every season is seen.
    const start = Date.UTC(2025, 0, 10) + ((seed - 1) % 3) * 120 * DAY
    const prefix = `s${seed}-`
    const analysis = await createAnalysis({
      catalog,
      clock: 'telemetry',
      modelsDir: null,
      onRow: (item) => {
        const list = rows.get(item.sense.appliance) ?? []
        rows.set(item.sense.appliance, list)
        list.push(item)
      },
    })
    const fleet = createFleet({
      seed,
      catalog,
      kinds: { [kind]: Number(args.appliances) },
      start,
      faults: 'none',
      nuisances: true,
      days,
      prefix,
      ...(args.coarse ? { coarse: Number(args.coarse) } : {}),
    })
    await runFleet(fleet, analysis, catalog, start, start + days * DAY, () => {}, monotonicMs)
  }
  const { model, files } = trainKind({
    kind: catalog.kind(kind),
    rows,
    version: '',
    seeds,
    days,
    targetRate: Number(args.rate),
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
  const standing = join(root, 'models')
  if (args.out !== 'models/candidate') return
  for (const kind of kinds) {
    const { pca } = JSON.parse(readFileSync(join(standing, `${kind}.json`), 'utf8')) as KindModel
    for (const file of [`${kind}.json`, ...Object.values(pca).map((one) => one.file)])
      cpSync(join(standing, file), join(outDir, file))
  }
}

/** What it learned names it; the model files are in it by their hashes. */
function nameVersion(path: string): void {
  const { heldOut: _, ...model } = JSON.parse(readFileSync(path, 'utf8')) as KindModel
  model.version = ''
  model.version = createHash('sha256').update(JSON.stringify(model)).digest('hex').slice(0, 8)
  writeFileSync(path, `${JSON.stringify(model, null, 1)}\n`)
}
