import type { Millis, SeededRandom } from '../core/index.ts'
import type { Home } from './home.ts'

/** How strongly each fault is there now. */
export type Severities = Record<string, number>

/** One appliance's physics. `step` advances it by one reading and leaves its values. */
export interface ApplianceModel {
  /** Metric values of the last step by name; those a model's sensors lack are taken out by the fleet. */
  readonly values: Record<string, number>
  readonly states: Record<string, string>
  /** Seconds from `at` to the next reading. */
  cadence(at: Millis): number
  /** Advances over `seconds` that end at `at`. */
  step(at: Millis, seconds: number, severities: Severities): void
  state(): Record<string, number | string | number[]>
  restore(state: Record<string, number | string | number[]>): void
}

export interface ModelInput {
  home: Home
  random: SeededRandom
  /** Signed drifts: which way. */
  sign: () => 1 | -1
  /** Ageing since the start, as a share of a year's 5 %. */
  age: (at: Millis) => number
  settings: { setpoint: number }
}
