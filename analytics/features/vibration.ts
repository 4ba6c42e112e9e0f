import { BURST_POINTS } from '../../core/index.ts'
import { envelope, powerSpectrum, type Spectrum } from './spectrum.ts'

/** What one burst of raw vibration says. Levels are in the unit of the samples, usually g. */
export interface BurstFeatures {
  rms: number
  /** Largest distance from the mean, over the RMS; a sine has √2. */
  crest: number
  /** Fourth moment over the squared second; Gaussian noise has 3, a sine 1.5. */
  kurtosis: number
  /** RMS by octave, from the lowest: each reaches from half its upper edge to it; the last ends at half the rate. */
  octaves: number[]
  spectrum: Spectrum
  /** Of the envelope of the upper three quarters of the band, in which a bearing's blows ring. */
  envelope: Spectrum
}

const OCTAVES = 6
/** Blows ring far above what imbalance and gears do. */
const RINGING_FROM = 0.25

/**
 * @param samples 64 to 4,096 raw values, evenly spaced, finite; a longer burst is cut
 * @param rateHz samples a second
 * @returns null when the burst is too short or does not move: nothing can be said of it
 * O(n log n), about a millisecond for 4,096.
 */
export function burstFeatures(samples: Float64Array, rateHz: number): BurstFeatures | null {
  const burst = samples.subarray(0, BURST_POINTS)
  if (burst.length < 64) return null
  let mean = 0
  for (const x of burst) mean += x / burst.length
  let second = 0
  let fourth = 0
  let peak = 0
  for (const x of burst) {
    const square = (x - mean) ** 2
    second += square / burst.length
    fourth += square ** 2 / burst.length
    peak = Math.max(peak, square)
  }
  if (second === 0) return null
  const nyquist = rateHz / 2
  const spectrum = powerSpectrum(burst, rateHz)
  const ringing = envelope(burst, rateHz, RINGING_FROM * nyquist, nyquist)
  return {
    rms: Math.sqrt(second),
    crest: Math.sqrt(peak / second),
    kurtosis: fourth / second ** 2,
    octaves: Array.from({ length: OCTAVES }, (_, i) => {
      const high = nyquist / 2 ** (OCTAVES - 1 - i)
      return Math.sqrt(powerBetween(spectrum, i === 0 ? 0 : high / 2, high))
    }),
    spectrum,
    envelope: powerSpectrum(ringing, rateHz),
  }
}

function powerBetween({ power, stepHz }: Spectrum, lowHz: number, highHz: number): number {
  let sum = 0
  for (let k = Math.ceil(lowHz / stepHz); k < power.length && k * stepHz < highHz; k++) sum += power[k]!
  return sum
}

/**
 * RMS of a line with its first `harmonics`, in the signal's unit: what lies within slip of each, noise included.
 * @param hz of the line; 0 gives 0
 */
export function lineLevel({ power, stepHz }: Spectrum, hz: number, harmonics: number): number {
  let sum = 0
  if (hz <= 0) return 0
  for (let h = 1; h <= harmonics; h++) {
    const centre = (h * hz) / stepHz
    // A Hann window spreads a line over three bins.
    const reach = Math.max(1.5, SLIP * centre)
    for (let k = Math.max(1, Math.ceil(centre - reach)); k <= centre + reach; k++) sum += power[k] ?? 0
  }
  return Math.sqrt(sum)
}

/** A rolling bearing, from its data sheet. */
export interface BearingGeometry {
  balls: number
  /** Diameter of a ball over that of the pitch circle. */
  ratio: number
  /** Contact angle, radians. */
  angle: number
}

/** How often a defect strikes, in Hz, slip left out. */
export interface BearingLines {
  outer: number
  inner: number
  /** A defect of a ball strikes both races in each turn of it. */
  ball: number
  cage: number
}

/** @param shaftHz turns a second. Source: Randall and Antoni, Rolling element bearing diagnostics (2011). */
export function bearingLines({ balls, ratio, angle }: BearingGeometry, shaftHz: number): BearingLines {
  const r = ratio * Math.cos(angle)
  return {
    outer: (balls / 2) * shaftHz * (1 - r),
    inner: (balls / 2) * shaftHz * (1 + r),
    ball: (shaftHz / ratio) * (1 - r ** 2),
    cage: (shaftHz / 2) * (1 - r),
  }
}

/** Slip and speed blur a line by so much of its frequency. */
const SLIP = 0.02
export const HARMONICS = 3

/**
 * How far a line and its harmonics stand out of what is around them: mean over three harmonics of log₂ of the highest power
 * near the line over the median power of its neighbourhood, unitless; noise alone gives about 1 to 2.5.
 */
export function prominence({ power, stepHz }: Spectrum, hz: number): number {
  let sum = 0
  for (let h = 1; h <= HARMONICS; h++) {
    const centre = (h * hz) / stepHz
    const reach = Math.max(1, SLIP * centre)
    let highest = 0
    for (let k = Math.floor(centre - reach); k <= Math.ceil(centre + reach); k++)
      highest = Math.max(highest, power[k] ?? 0)
    const around = Array.from(
      power.subarray(Math.max(1, Math.floor(centre - 4 * reach - 8)), Math.ceil(centre + 4 * reach + 9)),
    ).sort((a, b) => a - b)
    const median = around[around.length >> 1] ?? 0
    sum += median > 0 ? Math.log2(highest / median) : 0
  }
  return sum / HARMONICS
}
