import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BURST_POINTS, gaussian, SeededRandom } from '../../core/index.ts'
import { powerSpectrum } from './spectrum.ts'
import { bearingLines, burstFeatures, prominence } from './vibration.ts'

const RATE = 12_000
const random = new SeededRandom(5, 'vibration')
const noise = (level: number): Float64Array =>
  Float64Array.from({ length: BURST_POINTS }, () => level * gaussian(random))
/** Noise with a resonance of 4 kHz that is struck so often and rings for a millisecond. */
const struck = (hz: number): Float64Array =>
  noise(0.05).map((x, i) => {
    const since = (i / RATE) % (1 / hz)
    return x + Math.exp(-since * 1000) * Math.sin(2 * Math.PI * 4000 * since)
  })

describe('a burst', () => {
  test('of a sine has its level, crest and kurtosis, and its power in its own octave', () => {
    const sine = Float64Array.from({ length: BURST_POINTS }, (_, i) => 3 * Math.sin((2 * Math.PI * 1000 * i) / RATE))
    const { rms, crest, kurtosis, octaves } = burstFeatures(sine, RATE)!
    expect(rms).toBeCloseTo(3 / Math.SQRT2, 2)
    expect(crest).toBeCloseTo(Math.SQRT2, 2)
    expect(kurtosis).toBeCloseTo(1.5, 2)
    // Octaves end at 188, 375, 750, 1500, 3000 and 6000 Hz.
    expect(octaves[3]).toBeCloseTo(rms, 2)
    expect(Math.max(...octaves.filter((_, i) => i !== 3))).toBeLessThan(0.05 * rms)
  })

  test('holds in its lines what its mean square is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0.1, max: 50, noNaN: true }), (seed, level) => {
        const own = new SeededRandom(seed, 'parseval')
        const samples = Float64Array.from({ length: 1024 }, () => level * gaussian(own))
        const lines = powerSpectrum(samples, RATE).power.reduce((sum, x) => sum + x, 0)
        expect(lines / level ** 2).toBeGreaterThan(0.7)
        expect(lines / level ** 2).toBeLessThan(1.4)
      }),
    )
  })

  test('shows how often a bearing is struck in the envelope, and nowhere else', () => {
    const lines = bearingLines({ balls: 9, ratio: 0.2034, angle: 0 }, 30)
    for (const [part, other] of [
      ['outer', 'ball'],
      ['inner', 'ball'],
      ['ball', 'outer'],
    ] as const) {
      const { envelope } = burstFeatures(struck(lines[part]), RATE)!
      expect(prominence(envelope, lines[part])).toBeGreaterThan(5)
      expect(prominence(envelope, lines[other])).toBeLessThan(4)
    }
    expect(prominence(burstFeatures(noise(1), RATE)!.envelope, lines.outer)).toBeLessThan(4)
  })

  test('too short or without any movement says nothing; a longer one is cut', () => {
    expect(burstFeatures(new Float64Array(63).fill(1), RATE)).toBeNull()
    expect(burstFeatures(new Float64Array(4096).fill(1), RATE)).toBeNull()
    const long = Float64Array.from({ length: 3 * BURST_POINTS }, () => gaussian(random))
    expect(burstFeatures(long, RATE)).toEqual(burstFeatures(long.subarray(0, BURST_POINTS), RATE))
  })
})

test('lines of a 6205 bearing at one turn a second are those of its data sheet', () => {
  const { outer, inner, ball, cage } = bearingLines({ balls: 9, ratio: 0.3126 / 1.537, angle: 0 }, 1)
  expect(outer).toBeCloseTo(3.585, 2)
  expect(inner).toBeCloseTo(5.415, 2)
  expect(ball).toBeCloseTo(4.714, 2)
  expect(cage).toBeCloseTo(0.398, 2)
})
