// `npm run models -- list | compare | promote | rollback`: `npm run train` writes a candidate beside the models in force; it
// takes their place only when it is not worse on fleets of both families that neither has seen; one command takes it back. A
// running product looks at the folder and goes over within seconds. DATA_DIR, PORT and MODELS_DIR are those of the product.
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { completeModelSet, readModelSet } from '../analytics/index.ts'
import type { Family } from '../lab/evaluation/evaluateSeed.ts'
import { evaluateSeeds } from '../lab/evaluation/evaluateSeeds.ts'
import { figuresOf } from '../lab/evaluation/scoreDetections.ts'
import { type HeldOutFigures, worseIn } from '../service/index.ts'
import { readOptions, wholeOption } from './commandOptions.ts'

const { values: args, words } = readOptions(
  'npm run models',
  {
    appliances: wholeOption(1, 10_000, 36),
    days: wholeOption(1, 4_000, 120),
    seeds: wholeOption(1, 1_000, 3),
    /** Of the held-out seeds; training has 1, 2, 3. */
    first: wholeOption(0, 1_000_000_000, 501),
  },
  ['list', 'compare', 'promote', 'rollback'],
)
const models = process.env.MODELS_DIR || fileURLToPath(new URL('../models', import.meta.url))
const candidate = join(models, 'candidate')
const former = join(models, 'former')
const api = `http://127.0.0.1:${process.env.PORT || 3000}`
const seeds = Array.from({ length: args.seeds }, (_, i) => args.first + i)

const IN_FORCE =
  'A running product that judges by this folder goes over within seconds, any other at its next start; one that has models of its own is offered them.'
const isSidecar = (file: string): boolean => file.endsWith('.json')

const commands = new Map<string, () => void | Promise<void>>(
  Object.entries({
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
      for (const file of filesIn(candidate)) if (isSidecar(file)) noteHeldOut(join(candidate, file), held)
      copyAll(models, former)
      moveAll(candidate, models)
      console.log(`${IN_FORCE} \`npm run models -- rollback\` takes it back.`)
    },
    rollback: async () => {
      const running = await runningProduct()
      // It may be ahead of the folder: what was promoted on its page is in force there alone.
      if (running && running.inForce.set !== readModelSet(models).id) {
        await ask('POST', '/api/models/rollback', { why: 'taken back by command' })
        console.log(
          `The product at ${api} goes back from ${running.inForce.set} to ${running.former?.set}, without a restart; the folder stays as it is.`,
        )
        return
      }
      if (!existsSync(former)) {
        throw new Error(
          running
            ? `There is nothing to take back: neither the folder nor the product at ${api} has former models.`
            : `There are no former models in the folder, and no product answers at ${api}: set DATA_DIR and PORT to those of the one that runs, or use its page Scoreboard.`,
        )
      }
      copyAll(models, candidate)
      moveAll(former, models)
      console.log(`The former models. ${IN_FORCE} Those taken back are the candidate again.`)
    },
  }),
)
await commands.get(words[0] ?? 'list')?.()

/** @returns what the candidate reached, by family; null when it is worse in anything */
async function compare(): Promise<Record<string, HeldOutFigures> | null> {
  if (!existsSync(candidate)) throw new Error('There is no candidate: `npm run train` makes one.')
  // A kind that was not trained anew stays as it is.
  const whole = completeModelSet(readModelSet(candidate), readModelSet(models))
  for (const [file, bytes] of whole.files) writeFileSync(join(candidate, file), bytes)
  const held: Record<string, HeldOutFigures> = {}
  let isWorse = false
  const rows: Record<string, string>[] = []
  for (const family of ['own', 'other'] as const) {
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

async function weigh(family: Family, modelsDir: string): Promise<HeldOutFigures> {
  const orders = seeds.map((seed) => ({
    seed,
    family,
    appliances: args.appliances,
    kinds: ['fridge', 'washer', 'ac'],
    days: args.days,
    faultsPerYear: 4,
    modelsDir,
  }))
  const results = await evaluateSeeds(orders, availableParallelism())
  return figuresOf(results.flatMap(({ scored }) => scored))
}

/** The sidecar says what it was promoted with. */
function noteHeldOut(path: string, held: Record<string, HeldOutFigures>): void {
  const figures = Object.entries(held).map(([family, { recall, falsePerYear, diagnosis, leadShareMedian }]) => [
    family,
    { recall, falsePerYear, diagnosis, leadShareMedian },
  ])
  const model = JSON.parse(readFileSync(path, 'utf8')) as object
  writeFileSync(path, `${JSON.stringify({ ...model, heldOut: { seeds, ...Object.fromEntries(figures) } }, null, 1)}\n`)
}

interface Running {
  inForce: { set: string }
  former: { set: string } | null
}
/** The product that runs here, if one does. */
function runningProduct(): Promise<Running | null> {
  return ask<Running>('GET', '/api/models').catch((error: Error) => {
    if (error instanceof TypeError || error.name === 'TimeoutError') return null
    throw error
  })
}

/** @throws Error with what the product answered when it refuses; TypeError when none answers */
async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(api + path, {
    method,
    headers: { authorization: `Bearer ${adminToken()}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  })
  const text = await answer.text()
  if (answer.ok) return JSON.parse(text) as T
  throw new Error(`The product at ${api} answered ${answer.status}: ${text.slice(0, 500)}`)
}

/** The token that the product made at its first start, when it runs here. */
function adminToken(): string {
  if (process.env.ADMIN_TOKEN) return process.env.ADMIN_TOKEN
  const path = join(process.env.DATA_DIR || './data', 'admin-token')
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
}

/** The files of a folder take the place of those of another, which keeps none of its own: a version is no mixture of two. */
function moveAll(from: string, to: string): void {
  const moved = filesIn(from)
  for (const file of moved) renameSync(join(from, file), join(to, file))
  for (const file of filesIn(to)) if (!moved.includes(file)) rmSync(join(to, file))
  rmSync(from, { recursive: true })
}
function copyAll(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true })
  for (const file of filesIn(from)) cpSync(join(from, file), join(to, file))
}

function filesIn(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
}
function rowsOf(which: string, dir: string): Record<string, unknown>[] {
  if (!existsSync(dir)) return []
  return filesIn(dir)
    .filter(isSidecar)
    .map((file) => {
      const { kind, version, appliances, days } = JSON.parse(readFileSync(join(dir, file), 'utf8'))
      return { models: which, kind, version, 'trained on appliances': appliances, days }
    })
}
