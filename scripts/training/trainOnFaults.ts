// Second step of training: fleets with faults, watched with the baselines that the first step learned, teach which profile
// means which failure mode.
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { diagnosisToOnnx, type KindModel, planWatch, sha256, trainDiagnosis } from '../../analytics/index.ts'
import { loadCatalog } from '../../catalog/index.ts'
import { SeededRandom } from '../../core/index.ts'
import { onThreads } from '../onThreads.ts'
import type { Witnessed, WitnessOrders } from './witnessFleet.ts'

export interface FaultTraining {
  kinds: string[]
  seeds: number[]
  /** Of each kind in each fleet. */
  appliances: number
  days: number
  dir: string
  coarse?: number
}

/** Adds trained models to the sidecars in `dir`. */
export async function trainOnFaults({ kinds, seeds, appliances, days, dir, coarse }: FaultTraining): Promise<void> {
  const catalog = loadCatalog()
  const orders = seeds.map(
    (seed): WitnessOrders => ({ seed, kinds, appliances, days, modelsDir: dir, ...(coarse ? { coarse } : {}) }),
  )
  const witnessed = await onThreads<WitnessOrders, Witnessed>(
    new URL('./witnessWorker.ts', import.meta.url),
    orders,
    availableParallelism(),
  )
  for (const kind of kinds) {
    const path = join(dir, `${kind}.json`)
    const model = JSON.parse(readFileSync(path, 'utf8')) as KindModel
    const cases = witnessed.flatMap(({ diagnosis }) => diagnosis[kind]!)
    const plan = planWatch(catalog.kind(kind))
    const trained = trainDiagnosis(plan, cases, new SeededRandom(seeds[0]!, `diagnosis/${kind}`))
    if (trained) {
      const file = `${kind}-diagnosis.onnx`
      const bytes = diagnosisToOnnx(trained.model, `${kind} diagnosis`)
      writeFileSync(join(dir, file), bytes)
      model.diagnosis = {
        file,
        sha256: sha256(bytes),
        features: trained.model.features,
        modes: trained.model.modes,
        seeds,
        appliances: new Set(cases.filter(({ mode }) => mode !== null).map(({ appliance }) => appliance)).size,
        heldOut: trained.heldOut,
      }
      console.log(`${kind} diagnosis: ${JSON.stringify(trained.heldOut)}; sharpness ${trained.model.sharpness.toFixed(1)}, unknown below ${trained.model.unknownAt.toFixed(2)}`)
    }
    writeFileSync(path, `${JSON.stringify(model, null, 1)}\n`)
  }
}
