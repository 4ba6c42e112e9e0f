import type { Reason } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'

/** What the tariff has a price for. */
export type TariffCode = Policy['plans'][number]['covers'][number]

/** What a line is for, of the tariff or somebody else's share of one; integer cents. */
export interface BillLine {
  readonly code: TariffCode | 'covered'
  readonly what: Reason
  readonly cents: number
  /** Which line somebody else pays, and by which clause. */
  readonly covers?: number
  readonly clause?: Reason
}
export interface Bill {
  readonly lines: readonly BillLine[]
  readonly totalCents: number
  /** Of every amount, ISO 4217; of a bill from before there were several: the euro. */
  readonly currency?: string
  /** Tax that is within the total. */
  readonly taxCents?: number
}
