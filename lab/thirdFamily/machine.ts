// What a machine of the third family is to the fleet that reads it.
import type { Millis } from '../../core/index.ts'
import type { Climate } from './climate.ts'
import type { Household } from './household.ts'

/** How far each fault has come. */
export interface Ailment {
  failureMode: string
  /** 0 to 1. */
  severity: number
  sign: number
}

export const severityOf = (ailment: Ailment, failureMode: string): number =>
  ailment.failureMode === failureMode ? ailment.severity : 0

export interface Machine {
  /** Its make in a word, for its model. */
  readonly layout: string
  /** Modes that its parts can have. */
  readonly modes: readonly string[]
  /** True values of what its sensors would say of the last interval. */
  readonly measured: Record<string, number>
  readonly states: Record<string, string>
  /** Seconds until it speaks again. */
  readonly interval: number
  /** Lives through an interval. @param at its end */
  advance(at: Millis, seconds: number, ailment: Ailment): void
}

export interface Surroundings {
  climate: Climate
  household: Household
  /** Of its first reading. */
  start: Millis
}

/** What a year of use takes off: 5 % of whatever wears, without being a fault. */
export const agedAt = ({ start }: Surroundings, at: Millis): number => 1 - (0.05 * (at - start)) / (365 * 86_400_000)
