/**
 * analytics: what readings say about the health of an appliance, in event time, the same however they arrive.
 * In: stretches of the journal, settled (core's AnalysisInput), and the catalog's `detection`. Out: detections with causes,
 * evidence and remaining life; features against their bands; cycles; health; what became of repairs.
 * Start at createAnalysis.ts, then senseStage.ts (reading by reading) and judgeStage.ts (days and cycles). Beside it stand
 * parts that no kind declares yet: novelty of a stream, regressions for remaining life.
 */
export { type BoostedTrees, type BoostingOptions, fitBoostedTrees, predictBoosted } from './boostedTrees.ts'
export { type BurstView, channelOf, viewBurst } from './bursts.ts'
export { type AnalysisOptions, createAnalysis, modelsOfSnapshot } from './createAnalysis.ts'
export { diagnosisToOnnx } from './diagnosisOnnx.ts'
export type { RowObserver } from './judgeStage.ts'
export { fitKernelRidge, type KernelOptions, type KernelRidge, predictKernelRidge } from './kernelRidge.ts'
export { type KindModel, sha256 } from './kindModel.ts'
export { LIFE_INPUTS } from './lifeModel.ts'
export { lifeToOnnx } from './lifeOnnx.ts'
export {
  checkModelSet,
  completeModelSet,
  type ModelSet,
  type ModelSummary,
  modelSetOf,
  readModelSet,
  UNTRAINED,
} from './modelSet.ts'
export { createNovelty, type Novelty, type NoveltyOptions } from './novelty.ts'
export { fitPca, type Pca, scorePca } from './pca.ts'
export { type DetectionPolicy, defaultPolicy } from './policy.ts'
export { type Retraced, retrace } from './retrace.ts'
export { watchMetric } from './secondsScale.ts'
export { newSense } from './sense.ts'
export { type DiagnosisCase, trainDiagnosis } from './trainDiagnosis.ts'
export { type HealthyRows, trainKind } from './trainKind.ts'
export { type LifeCase, trainLife } from './trainLife.ts'
export {
  type BearingGeometry,
  type BearingLines,
  type BurstFeatures,
  bearingLines,
  burstFeatures,
  prominence,
} from './vibration.ts'
export { planWatch } from './watchPlan.ts'
