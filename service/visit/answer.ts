/** `repair`, `installation`, `inspection`, `safety`, or one of the policy's types of jobs by its id. */
export type JobType = string

export interface Answer {
  ok: boolean
  note?: string
  /** What the photo or the scan is called where it is kept. */
  evidence?: string
}
