import { type Alert, stageOf } from '../../../core/index.ts'
import type { ApiContext } from '../apiContext.ts'

/** An alert as it is told: with how far it has come, and how far its repair is proved. */
export function alertView(alert: Alert, { health }: Pick<ApiContext, 'health'>) {
  const stage = stageOf(alert)
  const proof = stage === 'proving' ? health.of(alert.appliance)?.proving?.at(-1) : undefined
  return { ...alert, stage, ...(proof ? { proving: { done: proof.done, of: proof.of } } : {}) }
}
