import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import type { AnalysisOutput } from '../../core/index.ts'
import { createAnalysis } from '../createAnalysis.ts'
import { compileSignatures } from '../detectors/signatures.ts'
import { planDetection } from '../features/detectionPlan.ts'
import { inputOf } from '../features/readingBatches.ts'
import { madeFridge } from '../handMade.fixture.ts'
import { openDiagnosisScorer } from '../onnx/diagnosisScorer.ts'
import { loadKindModel } from '../onnx/kindModel.ts'
import { openLifeScorer } from '../onnx/lifeScorer.ts'
import { canShow, UNKNOWN } from './hypotheses.ts'

const modelsDir = fileURLToPath(new URL('../../models', import.meta.url))
const catalog = loadCatalog()
const fridge = catalog.kind('fridge')
const sent = madeFridge(12, 40, { fromDay: 26, overDays: 9, capacity: 0.35 }).map((reading, i) => ({
  appliance: 'a',
  reading,
  offset: i + 1,
}))

interface Row {
  at: number
  profile: Float64Array
  life: Float64Array
}
async function watch(stretch: number): Promise<{ detections: AnalysisOutput['detections']; rows: Row[] }> {
  const rows: Row[] = []
  const analysis = await createAnalysis({
    catalog,
    clock: 'telemetry',
    modelsDir,
    onRow: ({ at }, { profile, life, isHeard }) => {
      if (isHeard) rows.push({ at, profile, life })
    },
  })
  const detections: AnalysisOutput['detections'] = []
  for (let i = 0; i < sent.length; i += stretch)
    detections.push(...(await analysis.accept(inputOf(fridge, sent.slice(i, i + stretch)))).detections)
  return { detections, rows }
}

test('the trained models say what alerts say, the same however readings are cut into stretches', async () => {
  const whole = await watch(sent.length)
  expect((await watch(997)).detections).toEqual(whole.detections)

  const names = planDetection(fridge).features.map(({ name }) => name)
  const modes = Object.keys(planDetection(fridge).spec.signatures)
  const model = loadKindModel(modelsDir, 'fridge')!
  const diagnosis = (await openDiagnosisScorer(modelsDir, model, names, modes))!
  const life = (await openLifeScorer(modelsDir, model))!
  const signatures = compileSignatures(planDetection(fridge), model)
  let [compared, named] = [0, 0]
  for (const { at, hypotheses, remainingLife, evidence } of whole.detections) {
    const row = whole.rows.find((one) => one.at === at)
    const guarded = evidence.some(({ feature }) => !names.includes(feature))
    if (!row || guarded) continue
    // Of what the models believe that is said which the sensors can show and bear out, in the same proportions.
    const beliefs = (await diagnosis.score([row.profile]))[0]!
    const believed = hypotheses.map(({ failureMode }) => beliefs[[...modes, UNKNOWN].indexOf(failureMode)]!)
    for (const [i, { failureMode, probability }] of hypotheses.entries()) {
      expect(probability / hypotheses[0]!.probability).toBeCloseTo(believed[i]! / believed[0]!, 9)
      expect(failureMode === UNKNOWN || canShow(signatures, failureMode, row.profile)).toBe(true)
    }
    if (hypotheses.length > 1) named++
    expect([remainingLife]).toEqual(await life.score([row.life]))
    compared++
  }
  expect(compared).toBeGreaterThan(0)
  expect(named).toBeGreaterThan(0)
})
