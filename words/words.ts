import type { Reason, ReasonCode, ReasonParams, Text } from '../core/index.ts'

/** A parameter as the words get it: texts and reasons are in their language already. */
type Said<P> = P extends Text | Reason ? string : P extends readonly Reason[] ? readonly string[] : P

/** The words of one language: complete, or it does not compile. */
export type Words = {
  readonly [C in ReasonCode]: string | ((params: { [K in keyof ReasonParams[C]]: Said<ReasonParams[C][K]> }) => string)
}
