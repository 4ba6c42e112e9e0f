import { expect, test } from 'vitest'
import { heldOutOf, worseIn } from './heldOut.ts'

const standing = { recall: 0.9, falsePerYear: 0.2, diagnosis: 0.85, leadShareMedian: 0.55 }

test('a candidate that is no worse may take the place, one that is worse in anything may not', () => {
  expect(worseIn(standing, standing)).toEqual([])
  expect(worseIn(standing, { ...standing, recall: 0.97, falsePerYear: 0.1 })).toEqual([])
  expect(worseIn(standing, { ...standing, recall: 0.97, falsePerYear: 0.4 })).toEqual(['falsePerYear'])
  expect(worseIn(standing, { ...standing, recall: 0.8, diagnosis: 0.5 })).toEqual(['recall', 'diagnosis'])
  expect(worseIn(standing, { ...standing, leadShareMedian: NaN })).toEqual(['leadShareMedian'])
})

test('what a sidecar notes is read by family, and anything else in it is left alone', () => {
  const noted = { seeds: [501], own: { ...standing, diagnosis: null }, other: 'nothing' }
  expect([...heldOutOf(noted)]).toEqual([['own', { ...standing, diagnosis: NaN }]])
  expect(heldOutOf(undefined).size).toBe(0)
})
