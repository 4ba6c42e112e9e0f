import type { Millis } from '../../core/index.ts'
import type { Surroundings } from '../world/home.ts'
import type { Noise } from './noise.ts'

/** Something that happens inside and is told at once, not with the next reading. */
export interface MachineEvent {
  ts: Millis
  type: 'error' | 'program' | 'setting' | 'burst'
  code: string
  /** What else its type carries. */
  [more: string]: unknown
}

/** How far a fault has come, from 0 to 1 and beyond; `strength` is about 1. */
export interface Affliction {
  failureMode: string
  severity: number
  strength: number
}

/**
 * The physics of one appliance. `advance` moves it to `ts` and fills `values` (the catalog's metric order, one clean
 * value for every metric, noise of its sensors included) and `words` (the catalog's state order).
 */
export interface Machine {
  advance(ts: Millis, around: Surroundings, noise: Noise, values: Float64Array, words: string[]): void
  /** When the reading after this one is due. */
  due(ts: Millis): Millis
  /** Sets how far each present fault has come; unnamed ones are not there. */
  afflict(faults: readonly Affliction[]): void
  /** The job has not been done for as long as its kind's definition asks. */
  hasFailed(): boolean
  /** Takes what happened since last asked; usually the same empty list. */
  takeEvents(): readonly MachineEvent[]
  /** Everything that changes, as JSON. */
  keep(): unknown
  putBack(state: unknown): void
}

export const noEvents: readonly MachineEvent[] = Object.freeze([])

export const clamp = (x: number, low: number, high: number): number => (x < low ? low : Math.min(x, high))
