import { expect, test } from 'vitest'
import { type ModelSwap, type SwapAction, standingOf } from './releaseState.ts'

const swap = (
  action: SwapAction,
  fromSet: string,
  toSet: string,
  offset: number | null,
  refused?: string,
): ModelSwap => ({
  id: `${action}-${toSet}`,
  action,
  fromSet,
  toSet,
  askedAt: 0,
  by: 'token',
  why: '',
  offset,
  at: offset,
  refused: refused ?? null,
})

test('a promotion is in force once detection has come to its place, and only then is there something to undo', () => {
  const first = swap('first', '', 'a', 0)
  expect(standingOf([first])).toMatchObject({ inForce: 'a', former: null, pending: null })
  const asked = swap('promote', 'a', 'b', null)
  expect(standingOf([first, asked])).toMatchObject({ inForce: 'a', former: null, pending: asked })
  expect(standingOf([first, { ...asked, offset: 7, at: 7 }])).toMatchObject({
    inForce: 'b',
    offset: 7,
    former: 'a',
    pending: null,
  })
})

test('a rollback brings the former back, once; what detection refused never was', () => {
  const swaps = [swap('first', '', 'a', 0), swap('promote', 'a', 'b', 7), swap('rollback', 'b', 'a', 9)]
  expect(standingOf(swaps)).toMatchObject({ inForce: 'a', offset: 9, former: null })
  expect(standingOf([...swaps, swap('promote', 'a', 'c', 11, 'a file is missing')])).toMatchObject({
    inForce: 'a',
    offset: 9,
    pending: null,
  })
  expect(standingOf([...swaps, swap('adopt', 'a', 'd', 12)])).toMatchObject({ inForce: 'd', former: 'a' })
})
