import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DAY, gaussian, SeededRandom } from '../../core/index.ts'
import type { KindModel } from '../onnx/kindModel.ts'
import { LIFE_INPUTS, type LifeModel, lifeBy } from '../onnx/lifeModel.ts'
import { lifeToOnnx } from '../onnx/lifeOnnx.ts'
import { openLifeScorer } from '../onnx/lifeScorer.ts'
import { type LifeCase, quantileOfCensored, trainLife } from '../training/trainLife.ts'
import { lifeInputs, newDegradationPath, updateDegradationPath } from './lifeInputs.ts'

const random = new SeededRandom(7, 'life')
const I = LIFE_INPUTS.length

test('TypeScript and ONNX Runtime agree to 1e-5 on all three quantiles, also far outside of training', async () => {
  const draw = (count: number): Float32Array => Float32Array.from({ length: count }, () => gaussian(random))
  const model: LifeModel = {
    means: draw(I),
    spreads: draw(I).map((x) => 0.3 + Math.abs(x)),
    middle: draw(I + 1).map((x, i) => (i === I ? 6 : 0.2 * x)),
    below: draw(I + 1),
    above: draw(I + 1),
    moreBelow: Math.fround(0.2),
    moreAbove: Math.fround(-0.3),
  }
  const dir = mkdtempSync(join(tmpdir(), 'hearthwatch-life-'))
  writeFileSync(join(dir, 'test.onnx'), lifeToOnnx(model, 'test'))
  const sidecar = { life: { file: 'test.onnx', inputs: [...LIFE_INPUTS], longestHours: 1_500 } } as unknown as KindModel // only what a scorer reads
  const scorer = (await openLifeScorer(dir, sidecar))!
  const rows = Array.from({ length: 300 }, (_, i) =>
    Float64Array.from({ length: I }, () => Math.fround((i % 5) * gaussian(random))),
  )
  const scored = await scorer.score(rows)
  let unknown = 0
  for (const [r, row] of rows.entries()) {
    const [q10, q50, q90] = lifeBy(model, row)
    const { p10, p50, p90 } = scored[r]!
    expect(Math.abs(Math.log(p10) - Math.max(0, q10))).toBeLessThan(1e-5)
    expect(Math.abs(Math.log(p50) - Math.max(0, q50))).toBeLessThan(1e-5)
    if (p90 === null) unknown++
    else expect(Math.abs(Math.log(p90) - Math.max(0, q90))).toBeLessThan(1e-5)
    if (Math.abs(q90 - Math.log(1_500)) > 1e-4) expect(p90 === null).toBe(q90 > Math.log(1_500))
    // Alone as among others.
    if (r < 20) expect(await scorer.score([row])).toEqual([scored[r]])
  }
  expect(unknown).toBeGreaterThan(0)
  expect(unknown).toBeLessThan(rows.length)
})

test('a sidecar of other inputs is refused, not misread', async () => {
  const sidecar = { life: { file: 'none.onnx', inputs: ['size'], longestHours: 1 } } as unknown as KindModel // as above
  await expect(openLifeScorer('.', sidecar)).rejects.toThrow('other inputs')
})

/** Courses of which the growth over a week tells something; six modes, some of them much shorter than others. */
function courses(count: number, censor: number): LifeCase[] {
  return Array.from({ length: count }, (_, i) => {
    const inputs = Float64Array.from({ length: I }, () => gaussian(random))
    const hours = Math.exp(6 - 0.6 * inputs[4]! + 0.15 * ((i % 6) - 2.5) + 0.7 * gaussian(random))
    const until = random.next() < censor ? hours * random.next() : Infinity
    return {
      appliance: `a${i}`,
      mode: `m${i % 6}`,
      family: 'one',
      inputs,
      hours: Math.min(hours, until),
      censored: until < hours,
      opens: true,
    }
  })
}

test('intervals hold four failures of five on courses that training never saw, also when a third of them was repaired first', () => {
  for (const censor of [0, 0.35]) {
    const trained = trainLife(courses(500, censor))!
    const met = courses(1_500, 0)
    const inside = met.filter(({ inputs, hours }) => {
      const [q10, , q90] = lifeBy(trained.model, inputs)
      return Math.log(hours) >= q10 && Math.log(hours) <= q90
    })
    expect(inside.length / met.length).toBeGreaterThan(0.76)
    expect(inside.length / met.length).toBeLessThan(0.9)
    // It has found what tells: those that grow fast have less left.
    const calm = new Float64Array(I)
    const growing = Float64Array.from(calm, (_, i) => (i === 4 ? 1.5 : 0))
    expect(lifeBy(trained.model, growing)[1]).toBeLessThan(lifeBy(trained.model, calm)[1] - 0.4)
  }
})

test('too few courses that went to their end train nothing', () => {
  expect(trainLife(courses(40, 0))).toBeNull()
})

test('a quantile with repaired ones among them is not that of the failed alone', () => {
  const list = Array.from({ length: 2_000 }, () => {
    const life = random.next()
    const until = random.next()
    return { value: Math.min(life, until), one: { censored: until < life } }
  })
  const failed = list.filter(({ one }) => !one.censored).sort((a, b) => a.value - b.value)
  expect(failed[failed.length >> 1]!.value).toBeLessThan(0.4)
  expect(quantileOfCensored(list, 0.5, ({ value }) => value)).toBeCloseTo(0.5, 1)
})

test('a trail tells growth over days from one point a day, however many rows a day has', () => {
  const trail = newDegradationPath()
  const at = (day: number): number => 1e12 + day * DAY
  for (let hour = 0; hour <= 20 * 24; hour += 8) {
    const day = hour / 24
    updateDegradationPath(
      trail,
      at(day),
      Float64Array.of(day < 10 ? 0.5 : day - 9, NaN),
      day < 10 ? 0 : (day - 10) / 20,
    )
  }
  const told = lifeInputs(trail, at(20), Float64Array.of(11, NaN))
  const input = (name: (typeof LIFE_INPUTS)[number]): number => told[LIFE_INPUTS.indexOf(name)]!
  expect(input('size')).toBeCloseTo(Math.log(12), 6)
  expect(input('progress')).toBeCloseTo(0.5, 6)
  expect(input('sizeOver7Days')).toBeGreaterThan(0.7)
  expect(input('progressOver7Days')).toBeCloseTo(0.35, 1)
  expect(Math.expm1(input('daysSinceCalm'))).toBeGreaterThan(7)
  expect(trail.points.length).toBeLessThanOrEqual(3 * 16)
})
