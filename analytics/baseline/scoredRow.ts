import { LIFE_INPUTS } from '../onnx/lifeModel.ts'

/** One row against its bands. Arrays are by all features of the kind; NaN where this row says nothing. */
export interface ScoredRow {
  z: Float64Array
  observed: Float64Array
  expected: Float64Array
  /** Standard deviation of what was expected, and where the band ends (3 of it), in the feature's own unit. */
  low: Float64Array
  high: Float64Array
  /** Share of its threshold that each sum stands at, after this row. */
  up: Float64Array
  down: Float64Array
  modes: Float64Array
  /** Short average along each signature, and the share of its threshold that the contrast to the last weeks stands at. */
  modesFast: Float64Array
  contrast: Float64Array
  /** Features, and modes, of a channel that may have been rescaled just now: they say nothing yet. */
  awaited: Uint8Array
  modesAwaited: Uint8Array
  fast: Float64Array
  slow: Float64Array
  /** What the rows up to this one show of every feature of the kind; NaN where it was not heard of late. */
  profile: Float64Array
  /** Does this row say anything of any feature? */
  isHeard: boolean
  /** Share of the way to functional failure, by the features of this row that declare where it is; and what life is told from. */
  progress: number
  life: Float64Array
  /** For how many days goes on, at most, what it was never seen under before; 0 for a row under what it was. */
  unseenDays: number
  /** Features that were heard and are still learned. */
  learning: number
  /** Levels were last found anew then, and why; null for never. */
  learnedBecause: { since: number; reason: string } | null
}

/** A row that says nothing yet. */
export function newScoredRow(features: number, modes: number): ScoredRow {
  const blank = (): Float64Array => new Float64Array(features).fill(NaN)
  return {
    z: blank(),
    observed: blank(),
    expected: blank(),
    low: blank(),
    high: blank(),
    up: new Float64Array(features),
    down: new Float64Array(features),
    modes: new Float64Array(modes),
    modesFast: new Float64Array(modes),
    contrast: new Float64Array(modes),
    awaited: new Uint8Array(features),
    modesAwaited: new Uint8Array(modes),
    fast: new Float64Array(features),
    slow: new Float64Array(features),
    profile: blank(),
    isHeard: false,
    progress: 0,
    life: new Float64Array(LIFE_INPUTS.length),
    unseenDays: 0,
    learning: 0,
    learnedBecause: null,
  }
}
