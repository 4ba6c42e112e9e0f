import type { Millis } from '../../core/index.ts'

/** What a machine of the other family is told of the world and of its faults at each reading. */
export interface OtherAround {
  at: Millis
  outdoor: number
  /** Of the room that it stands in, Cel. */
  ambient: number
  /** Local hour, 0 to 24. */
  hour: number
  /** 0 nobody is there, 1 as usual. */
  people: number
  setpointShift: number
  /** Years since the start: it ages by 5 % a year. */
  years: number
  /** Severity by failure mode; absent is none. */
  faults: Record<string, { severity: number; strength: number; sign: number }>
}

/** The physics of one appliance of the other family: one reading at a time, metrics and states by name. */
export interface OtherMachine {
  due(at: Millis): Millis
  /** The values of one reading before the noise of sensors. The same objects each time. */
  step(around: OtherAround, seconds: number): { metrics: Record<string, number>; states: Record<string, string> }
  /** It cannot do its job now, by its own definition. */
  hasFailed(): boolean
}

/** Severity times strength of a mode, and plain severity. */
export const severityIn = (around: OtherAround, mode: string): number => around.faults[mode]?.severity ?? 0
export const strengthIn = (around: OtherAround, mode: string): number =>
  (around.faults[mode]?.severity ?? 0) * (around.faults[mode]?.strength ?? 1)
