// One thread of a simulated year: a share of the fleet and the real detection over it. Steps when it is told to.
import { parentPort, workerData } from 'node:worker_threads'
import { createAnalysis } from '../../analytics/index.ts'
import { loadCatalog } from '../../catalog/index.ts'
import type { AnalysisOutput, CommandAck, DetectionControl, Millis } from '../../core/index.ts'
import {
  type Chore,
  cleanAppliance,
  createFleet,
  type Fault,
  type FleetOptions,
  Hardships,
} from '../../simulator/index.ts'
import { FleetColumns } from '../evaluation/runFleet.ts'
import { askedOf, type Found } from './yearCare.ts'

export interface YearShare {
  fleet: Omit<FleetOptions, 'catalog'>
  /** This thread has every `of`-th appliance, from the `nth` on. */
  nth: number
  of: number
  stepHours: number
  modelsDir: string
  /** Without it nobody watches: appliances live, and fail. */
  watched: boolean
}
export interface YearStep {
  to: Millis
  controls: DetectionControl[]
  /** Repairs: an appliance's nth fault. */
  repairs: { appliance: string; nth: number; at: Millis }[]
  /** Tests that appliances are told to run. */
  tests: { appliance: string; id: string; test: string }[]
  /** What owners clean. */
  chores: { appliance: string; chore: Chore; care: number }[]
}
export interface YearStepDone {
  output: Pick<AnalysisOutput, 'detections' | 'verifications' | 'health'>
  /** For those who count cycles and compare days. */
  found: Found
  /** Chores that took something off. */
  helped: number
  /** Faults of appliances where one came or changed, whole lists. */
  faults: { appliance: string; faults: Fault[] }[]
  /** What they showed. */
  answers: CommandAck[]
  readings: number
}

const share = workerData as YearShare
const port = parentPort!
const catalog = loadCatalog()
const whole = createFleet({ ...share.fleet, catalog })
const appliances = whole.appliances.filter((_, i) => i % share.of === share.nth)
const byId = new Map(appliances.map((one) => [one.id, one]))
const fleet = { ...whole, appliances }
const columns = [...new Set(appliances.map(({ kind }) => kind))].map(
  (kind) => new FleetColumns(catalog.kind(kind), fleet, share.stepHours),
)
const analysis = await createAnalysis({ catalog, clock: 'telemetry', modelsDir: share.modelsDir })
const told = new Map<string, string>()
const hardships = new Hardships(share.fleet.seed)
const isLost = (at: Millis): boolean => hardships.isLost(at)
let offset = 1

port.on('message', (step: YearStep) => {
  void advance(step).then((done) => port.postMessage(done))
})
port.postMessage('ready')

async function advance({ to, controls, repairs, tests, chores }: YearStep): Promise<YearStepDone> {
  for (const { appliance, nth, at } of repairs) {
    const fault = byId.get(appliance)?.faults[nth]
    if (fault) fault.repairedAt = at
  }
  for (const { appliance, id, test } of tests) byId.get(appliance)?.test({ id, test })
  const helped = chores.filter(({ appliance, chore, care }) => {
    const one = byId.get(appliance)
    return one !== undefined && cleanAppliance(one, chore, care)
  }).length
  const own = controls.filter(({ appliance }) => byId.has(appliance)).map((control) => ({ control, offset: offset++ }))
  for (const one of columns) offset = one.fill(to, offset, isLost)
  const readings = columns.map((one) => one.batch())
  const count = readings.reduce((sum, batch) => sum + batch.count, 0)
  let output: YearStepDone['output'] = { detections: [], verifications: [], health: [] }
  let found: Found = { cycles: [], features: [] }
  if (share.watched) {
    const { detections, verifications, health, cycles, features } = await analysis.accept({
      upTo: offset,
      readings,
      events: [],
      presence: [],
      controls: own,
      ticks: [],
    })
    output = { detections, verifications, health }
    found = askedOf({ cycles, features })
  }
  const faults: YearStepDone['faults'] = []
  for (const one of appliances) {
    if (one.faults.length === 0) continue
    const says = one.faults
      .map(({ failed, repairedAt, cleaned }) => `${failed ?? ''}${repairedAt ?? ''}${cleaned?.at ?? ''}`)
      .join()
    if (told.get(one.id) === says) continue
    told.set(one.id, says)
    faults.push({ appliance: one.id, faults: one.faults })
  }
  const answers = appliances.flatMap((one) => one.takeAnswers().map((answer) => ({ ...answer, appliance: one.id })))
  return { output, found, helped, faults, answers, readings: count }
}
