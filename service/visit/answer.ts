import type { Policy } from '../policy/policySchema.ts'

export type JobType = keyof Policy['checklists']

export interface Answer {
  ok: boolean
  note?: string
  /** What the photo or the scan is called where it is kept. */
  evidence?: string
}
