import { expect, test } from 'vitest'
import type { Appliance, Series } from '../../../core/index.ts'
import { likeSeries, othersLike } from './likeSeries.ts'

const appliance = (id: string, model: string, more: Partial<Appliance> = {}) =>
  ({ id, kind: 'fridge', model, ...more }) as Appliance

test('others are of its model where there are four, otherwise of its kind, and never too few to hide one', () => {
  const all = ['a', 'b', 'c', 'd', 'e'].map((id) => appliance(id, 'M')).concat(appliance('x', 'N'))
  const [a] = all
  expect(othersLike(a!, all)).toMatchObject({
    of: 'model',
    others: [{ id: 'b' }, { id: 'c' }, { id: 'd' }, { id: 'e' }],
  })
  expect(othersLike(all[5]!, all)).toMatchObject({ of: 'kind' })
  expect(othersLike(all[5]!, all).others).toHaveLength(5)
  const four = all.slice(0, 4)
  expect(othersLike(a!, four).others).toEqual([])
  expect(othersLike(a!, [...four, appliance('r', 'M', { retiredAt: 1 })]).others).toEqual([])
})

test('each part of the stretch has the median of the means of those that spoke in it', async () => {
  // Appliance k says k in the first half, and k + 10 twice in the second; the fifth is silent there.
  const said = (k: number): Series =>
    k === 5
      ? { ts: [10], series: { power: { min: [5], mean: [5], max: [5] } } }
      : { ts: [10, 60, 70], series: { power: { min: [k, k, k], mean: [k, k + 9, k + 11], max: [k, k, k] } } }
  const store = { series: async ({ appliance }: { appliance: string }) => said(Number(appliance)) }
  const others = ['1', '2', '3', '4', '5'].map((id) => appliance(id, 'M'))
  const like = await likeSeries(store, { of: 'model', others }, { from: 0, to: 100, points: 2 })
  expect(like).toMatchObject({ of: 'model', appliances: 5, ts: [25, 75] })
  expect(like.series.power!.mean).toEqual([3, 12.5])
  const three = await likeSeries(store, { of: 'model', others: others.slice(0, 3) }, { from: 0, to: 100, points: 2 })
  expect(three.series.power!.mean).toEqual([null, null])
})
