/**
 * analytics: what readings say about the health of an appliance, in event time, the same however they arrive.
 * In: groups of the journal, validated and deduplicated (core's AnalysisInput), and the catalog's `detection`.
 * Out: detections with causes, evidence and remaining life; features against their bands; cycles; health; what became
 * of repairs.
 * Start at createAnalysis.ts, then featureStage.ts (reading by reading) and conditionStage.ts (days and cycles).
 */

export { type Retraced, retrace } from './baseline/retrace.ts'
export { createAnalysis, modelsOfSnapshot } from './createAnalysis.ts'
export { channelOf, viewBurst } from './features/bursts.ts'
export { planDetection } from './features/detectionPlan.ts'
export { newFeatureState, SECONDS } from './features/featureState.ts'
export type { RowItem } from './features/item.ts'
export { updateMetricRange } from './features/secondsScale.ts'
export {
  type BearingGeometry,
  bearingLines,
  burstFeatures,
  prominence,
} from './features/vibration.ts'
export {
  checkModelSet,
  completeModelSet,
  type ModelSet,
  modelSetOf,
  readModelSet,
  UNTRAINED,
} from './modelSet.ts'
export { diagnosisToOnnx } from './onnx/diagnosisOnnx.ts'
export { type KindModel, sha256 } from './onnx/kindModel.ts'
export { LIFE_INPUTS } from './onnx/lifeModel.ts'
export { lifeToOnnx } from './onnx/lifeOnnx.ts'
export { noteProven } from './onnx/onnxSession.ts'
export { fitPca, scorePca } from './onnx/pca.ts'
export { checkRule, ruleWordsOf } from './rules/checkRule.ts'
export { compileFor, type RuleRun, runOnFound, runOnReadings, scanOf } from './rules/runRule.ts'
export { type DiagnosisCase, trainDiagnosis } from './training/trainDiagnosis.ts'
export { type HealthyRows, trainKind } from './training/trainKind.ts'
export { type LifeCase, trainLife } from './training/trainLife.ts'
