/** What can be tuned without touching a detector. Rates are meant per appliance and year. */
export interface DetectionPolicy {
  /** How long an appliance is learned before its bands are frozen. */
  commissioningDays: number
  /** Rows that a feature needs before it is frozen, by day and by cycle. */
  leastDays: number
  leastCycles: number
  /** Lasting shift, in standard deviations, that a cumulative sum forgives. */
  allowance: number
  /** Threshold of a cumulative sum where no model gives one. */
  threshold: number
  /** Multiplies every threshold: the one knob of the false-alarm budget. */
  caution: number
  /** Share of its threshold at which a condition is suspected. */
  suspectAt: number
  /** Rows in the band before a condition has recovered. */
  recoverRows: number
  /** Rows that verification looks at, and how long it waits for them. */
  verifyRows: number
  verifyDays: number
}

export const defaultPolicy: DetectionPolicy = {
  commissioningDays: 14,
  leastDays: 10,
  leastCycles: 6,
  allowance: 0.75,
  threshold: 14,
  caution: 1,
  suspectAt: 0.6,
  recoverRows: 4,
  verifyRows: 3,
  verifyDays: 14,
}
