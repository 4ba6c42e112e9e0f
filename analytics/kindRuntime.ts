import type { Catalog, Kind } from '../catalog/index.ts'
import { Problem } from '../core/index.ts'
import { compileSignatures, type Signatures } from './detectors/signatures.ts'
import { type DetectionPlan, planDetection } from './features/detectionPlan.ts'
import { type Frame, newFrame } from './features/readingColumns.ts'
import { type DiagnosisScorer, openDiagnosisScorer } from './onnx/diagnosisScorer.ts'
import { type KindModel, loadKindModel } from './onnx/kindModel.ts'
import { type LifeScorer, openLifeScorer } from './onnx/lifeScorer.ts'
import { openPcaScorer, type PcaScorer } from './onnx/pcaScorer.ts'

/** Everything about one kind that its appliances share, ready to run. */
export interface KindRuntime {
  plan: DetectionPlan
  model: KindModel | null
  signatures: Signatures
  /** By scale. */
  scorers: (PcaScorer | null)[]
  /** By scale: place in the scorer's input → feature. */
  places: number[][]
  diagnosis: DiagnosisScorer | null
  life: LifeScorer | null
  frame: Frame
  truth: Uint8Array
}

/** @throws Problem `bad-model` */
export async function openKindRuntime(kind: Kind, modelsDir: string | null): Promise<KindRuntime> {
  const plan = planDetection(kind)
  const model = modelsDir ? loadKindModel(modelsDir, kind.kind) : null
  const scorers: (PcaScorer | null)[] = []
  for (const { name } of plan.scales) {
    if (!model || !modelsDir) scorers.push(null)
    else scorers.push(await opened(model.pca[name]?.file, openPcaScorer(modelsDir, model, name)))
  }
  const signatures = compileSignatures(plan, model)
  const names = plan.features.map(({ name }) => name)
  const diagnosis =
    model && modelsDir
      ? await opened(model.diagnosis?.file, openDiagnosisScorer(modelsDir, model, names, signatures.declared))
      : null
  return {
    plan,
    model,
    signatures,
    scorers,
    places: scorers.map((scorer) => scorer?.features.map((name) => names.indexOf(name)) ?? []),
    diagnosis,
    life: model && modelsDir ? await opened(model.life?.file, openLifeScorer(modelsDir, model)) : null,
    frame: newFrame(plan),
    truth: new Uint8Array(plan.predicates.length),
  }
}

export async function openKindRuntimes(catalog: Catalog, modelsDir: string | null): Promise<Map<string, KindRuntime>> {
  const watchers = new Map<string, KindRuntime>()
  for (const kind of catalog.kinds.values()) watchers.set(kind.kind, await openKindRuntime(kind, modelsDir))
  return watchers
}

async function opened<T>(file: string | undefined, opening: Promise<T>): Promise<T> {
  try {
    return await opening
  } catch (error) {
    throw new Problem({
      code: 'bad-model',
      message: `The model ${file} cannot be opened: ${(error as Error).message}.`,
      remedy: 'Take the kind’s files out of the models folder, or make them anew with `npm run train`.',
      concerns: file ?? '',
      status: 422,
      cause: error,
    })
  }
}
