// Second step of training: fleets with faults, watched with the baselines that the first step learned, teach which profile
// means which failure mode, and how long such faults last.
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import {
  diagnosisToOnnx,
  type KindModel,
  LIFE_INPUTS,
  lifeToOnnx,
  planDetection,
  sha256,
  trainDiagnosis,
  trainLife,
} from '../../analytics/index.ts'
import { loadCatalog } from '../../catalog/index.ts'
import { SeededRandom } from '../../core/index.ts'
import { onThreads } from '../evaluation/onThreads.ts'
import type { FleetOrders } from './trainingFleet.ts'
import type { Witnessed, WitnessOrders } from './witnessFleet.ts'

export interface FaultTraining {
  kinds: string[]
  seeds: number[]
  fleets: FleetOrders[]
  dir: string
  /** What else was witnessed: closures of a world. */
  besides?: Witnessed
}

/** Watches fleets with faults and adds trained models to the sidecars in `dir`. @param say hears a line about each */
export async function trainOnFaults(training: FaultTraining, say: (line: string) => void): Promise<void> {
  const { kinds, fleets, dir } = training
  // What was taught before is not asked: the same faults teach the same, whatever stood.
  for (const kind of kinds) {
    const { diagnosis: _, life: __, ...health } = readSidecar(dir, kind)
    writeSidecar(dir, kind, health)
  }
  const orders = fleets.map((one): WitnessOrders => ({ ...one, modelsDir: dir }))
  const script = new URL('./witnessWorker.ts', import.meta.url)
  const witnessed = await onThreads<WitnessOrders, Witnessed>(script, orders, availableParallelism())
  teach(training, training.besides ? [...witnessed, training.besides] : witnessed, say)
}

export function teach({ kinds, seeds, dir }: FaultTraining, witnessed: Witnessed[], say: (line: string) => void): void {
  const catalog = loadCatalog()
  for (const kind of kinds) {
    const causes = witnessed.flatMap(({ diagnosis }) => diagnosis[kind] ?? [])
    const courses = witnessed.flatMap(({ life }) => life[kind] ?? [])
    const sidecar = readSidecar(dir, kind)
    const keep = (name: string, bytes: Uint8Array): { file: string; sha256: string } => {
      const file = `${kind}-${name}.onnx`
      writeFileSync(join(dir, file), bytes)
      return { file, sha256: sha256(bytes) }
    }
    const plan = planDetection(catalog.kind(kind))
    const diagnosis = trainDiagnosis(plan, causes, new SeededRandom(seeds[0]!, `diagnosis/${kind}`))
    if (diagnosis) {
      const { model, heldOut } = diagnosis
      sidecar.diagnosis = {
        ...keep('diagnosis', diagnosisToOnnx(model, `${kind} diagnosis`)),
        features: model.features,
        modes: model.modes,
        seeds,
        appliances: count(causes.filter(({ mode }) => mode !== null)),
        heldOut,
      }
      say(`${kind} diagnosis, of held-out openings: ${JSON.stringify(heldOut)}`)
    } else say(`${kind} diagnosis: too few appliances with faults; the catalog’s signatures diagnose.`)
    const life = trainLife(courses)
    if (life) {
      const { model, longestHours, heldOut } = life
      sidecar.life = {
        ...keep('life', lifeToOnnx(model, `${kind} remaining life`)),
        inputs: [...LIFE_INPUTS],
        longestHours,
        seeds,
        appliances: count(courses),
        heldOut,
      }
      say(`${kind} remaining life, of modes left out in turn: ${JSON.stringify(heldOut)}`)
    } else say(`${kind} remaining life: too few courses to their end; it is extrapolated.`)
    writeSidecar(dir, kind, sidecar)
  }
}

const readSidecar = (dir: string, kind: string): KindModel =>
  JSON.parse(readFileSync(join(dir, `${kind}.json`), 'utf8')) as KindModel
const writeSidecar = (dir: string, kind: string, sidecar: KindModel): void =>
  writeFileSync(join(dir, `${kind}.json`), `${JSON.stringify(sidecar, null, 1)}\n`)

const count = (cases: { appliance: string }[]): number => new Set(cases.map(({ appliance }) => appliance)).size
