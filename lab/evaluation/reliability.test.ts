import { expect, test } from 'vitest'
import { SeededRandom } from '../../core/index.ts'
import { diagnosisReliability, intervalScore, lifeReliability } from './reliability.ts'
import { reliabilityChart } from './reliabilityChart.ts'
import type { Scored } from './scoreDetections.ts'

const random = new SeededRandom(3, 'reliability')
const HOUR = 3_600_000

/** An alert that gives mode `a` this probability, on a fault of mode `a` or not; it fails after so many hours. */
const opened = (probability: number, isA: boolean, hours: number, p10 = 100, p90: number | null = 400): Scored =>
  ({
    predictable: true,
    truth: { fault: { failureMode: isA ? 'a' : 'b', failsAt: hours * HOUR } },
    found: {
      at: 0,
      hypotheses: [{ failureMode: 'a', probability }],
      remainingLife: { p10, p50: 200, p90 },
    },
  }) as unknown as Scored // only what reliability reads

test('probabilities that come true as often as they say lie on the diagonal, boastful ones below it', () => {
  const honest: Scored[] = []
  const boastful: Scored[] = []
  for (let i = 0; i < 4_000; i++) {
    const probability = random.next()
    honest.push(opened(probability, random.next() < probability, 200))
    boastful.push(opened(probability, random.next() < probability ** 2, 200))
  }
  for (const { said, came } of diagnosisReliability(honest)) expect(Math.abs(said - came)).toBeLessThan(0.07)
  for (const { said, came } of diagnosisReliability(boastful))
    if (said > 0.3 && said < 0.7) expect(came).toBeLessThan(said - 0.15)
})

test('intervals from the right quantiles hold at every nominal level; too narrow ones do not', () => {
  // Life that is log-normal around 200 h, with 80 % from 100 to 400.
  const lives = Array.from({ length: 4_000 }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
    return 200 * Math.exp((normal * Math.log(2)) / 1.2816)
  })
  for (const { said, came } of lifeReliability(lives.map((life) => opened(1, true, life))))
    expect(Math.abs(said - came)).toBeLessThan(0.03)
  const narrow = lives.map((life) => opened(1, true, life, 150, 270))
  expect(lifeReliability(narrow).find(({ said }) => said === 0.8)!.came).toBeLessThan(0.5)
  expect(intervalScore(narrow)).toBeGreaterThan(intervalScore(lives.map((life) => opened(1, true, life))))
  expect(lifeReliability([opened(1, true, 9_000, 100, null)]).at(-1)!.came).toBe(1)
})

test('a chart has a dot for every point, and says nothing that is not a number', () => {
  const points = diagnosisReliability([opened(0.9, true, 200), opened(0.2, false, 200)])
  const chart = reliabilityChart([
    { title: 't', said: 's', came: 'c', points },
    { title: 'none', said: 's', came: 'c', points: [] },
  ])
  expect(chart.match(/<circle/g)).toHaveLength(2)
  expect(chart).not.toContain('NaN')
})
