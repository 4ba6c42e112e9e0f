import type { Reason, ReasonCode, ReasonParams, Text } from '../core/index.ts'

/** A parameter as the words get it: texts and reasons are in their language already. */
type Said<P> = P extends Text | Reason ? string : P extends readonly Reason[] ? readonly string[] : P

/** The words of one language: complete, or it does not compile. */
export type Words = {
  readonly [C in ReasonCode]: string | ((params: { [K in keyof ReasonParams[C]]: Said<ReasonParams[C][K]> }) => string)
}

export type KpiWords = Pick<Words, Extract<ReasonCode, `kpi-${string}`>>

/** What is called alike in every kind: skills and papers of engineers, and a closure without a fault. */
export type Names = Readonly<Record<NamedId, string>> & { readonly exam: (grade: string) => string }
export const namedIds = [
  'none',
  'sealed-system',
  'cooling',
  'electrical',
  'mechanical',
  'plumbing',
  'general',
  'A',
  'senior',
  'intermediate',
  'junior',
  'interview',
] as const
type NamedId = (typeof namedIds)[number]
