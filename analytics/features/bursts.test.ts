import { describe, expect, test } from 'vitest'
import { type BurstSpec, loadCatalog } from '../../catalog/index.ts'
import { type Burst, gaussian, SeededRandom } from '../../core/index.ts'
import { hearBurst, quantityFromBursts, reportBurst, viewBurst } from './bursts.ts'
import { planDetection } from './detectionPlan.ts'
import { newFeatureState } from './featureState.ts'

const kind = loadCatalog().kind('washer')
const spec = kind.detection?.bursts.tub as BurstSpec
const RATE = 4_096
const SPEED = 1_200
const SHAFT = SPEED / 60

/** One second: a sine of this RMS at the shaft's frequency, noise, and blows of a height at a frequency. */
function burst({ once = 0, noise = 0.1, blowsHz = 0, height = 0, seed = 1 }): Burst {
  const random = new SeededRandom(seed, 'burst')
  const samples = Array.from(
    { length: RATE },
    (_, i) => Math.SQRT2 * once * Math.sin((2 * Math.PI * SHAFT * i) / RATE) + noise * gaussian(random),
  )
  for (let at = 0; blowsHz > 0 && at < RATE; at += RATE / blowsHz) {
    const first = Math.round(at)
    for (let i = first; i < Math.min(RATE, first + 60); i++)
      samples[i]! += height * Math.exp(-(i - first) / 12) * Math.sin((2 * Math.PI * 1_200 * (i - first)) / RATE)
  }
  return { sampleRate: RATE, unit: 'mm/s', points: RATE, samples, speed: SPEED }
}
const valuesOf = (one: Burst) => reportBurst(spec, one)?.values ?? {}

describe('a burst', () => {
  test('of a turning drum gives back its line, its level and its peak', () => {
    const values = valuesOf(burst({ once: 3, noise: 0.2 }))
    expect(values.vibration1x).toBeCloseTo(3, 1)
    expect(values.vibrationRms).toBeCloseTo(Math.hypot(3, 0.2), 1)
    expect(values.vibrationPeak).toBeGreaterThan(3 * Math.SQRT2)
    expect(values.drumSpeed).toBe(SPEED)
  })

  test('whose outer race is struck shows that line and not the inner one’s, though the drum is far louder', () => {
    const { lines } = viewBurst(spec, burst({})) ?? { lines: {} as Record<string, number> }
    const quiet = valuesOf(burst({ once: 3 })).bearingEnvelope!
    const outer = valuesOf(burst({ once: 3, blowsHz: lines.outer ?? 0, height: 1 })).bearingEnvelope!
    const inner = valuesOf(burst({ once: 3, blowsHz: lines.inner ?? 0, height: 1 })).bearingEnvelope!
    expect(outer).toBeGreaterThan(4 * quiet)
    expect(inner).toBeLessThan(outer / 2)
    expect(lines.outer).toBeCloseTo(SHAFT * 4 * (1 - 0.235), 6)
  })

  test('that does not move, or is too short, says nothing', () => {
    expect(reportBurst(spec, { ...burst({}), samples: new Array(RATE).fill(1), points: RATE })).toBeNull()
    expect(reportBurst(spec, { ...burst({}), samples: [1, 2, 3], points: 3 })).toBeNull()
  })

  test('feeds what no sensor does, from its window alone, in any order of arrival', () => {
    const plan = planDetection(kind)
    const q = plan.quantities.findIndex(({ name }) => name === 'envelope')
    const bodies = [1, 2, 3].map((seed) => ({ ts: 1_000 * seed, ...burst({ seed, noise: 0.1 * seed }) }))
    const scratch = new Float64Array(kind.metricNames.length)
    const taken = (order: number[], from: number, to: number, sees: string[] = []): number => {
      const sense = newFeatureState(plan, 'w1', 'M')
      for (const metric of sees) sense.seen[kind.metricIndex.get(metric)!] = 1
      for (const i of order) hearBurst(plan, sense, 'tub', bodies[i]!)
      return quantityFromBursts(plan, sense, q, from, to, scratch)
    }
    const both = taken([0, 1, 2], 0, 2_000)
    expect(both).toBeGreaterThan(0)
    expect(taken([2, 1, 0], 0, 2_000)).toBe(both)
    expect(taken([0, 1], 0, 2_000)).toBe(both)
    expect(taken([0, 1, 2], 2_000, 3_000)).not.toBe(both)
    expect(taken([0, 1, 2], 5_000, 6_000)).toBeNaN()
    // Its own sensor speaks for it.
    expect(taken([0, 1, 2], 0, 2_000, ['bearingEnvelope', 'drumSpeed'])).toBeNaN()
  })

  test('keeps the newest dozen of an appliance', () => {
    const plan = planDetection(kind)
    const sense = newFeatureState(plan, 'w1', 'M')
    for (let i = 0; i < 40; i++) hearBurst(plan, sense, null, { ts: 1_000 + ((i * 7) % 40), ...burst({ seed: i }) })
    expect(sense.bursts.map(({ row }) => row[0])).toEqual(Array.from({ length: 12 }, (_, i) => 1_028 + i))
  })
})
