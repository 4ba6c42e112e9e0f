/**
 * analytics: what readings say about the health of an appliance, in event time, the same however they arrive.
 * In: stretches of the journal, settled (core's AnalysisInput), and the catalog's `detection`. Out: detections with causes,
 * evidence and remaining life; features against their bands; cycles; health; what became of repairs.
 * Start at createAnalysis.ts, then senseStage.ts (reading by reading) and judgeStage.ts (days and cycles).
 */
export { type AnalysisOptions, createAnalysis } from './createAnalysis.ts'
export type { RowObserver } from './judgeStage.ts'
export { type DetectionPolicy, defaultPolicy } from './policy.ts'
export { type HealthyRows, trainKind } from './trainKind.ts'
