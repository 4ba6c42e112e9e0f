import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../core/index.ts'
import { type Behind, Gateways, isGatewayGone } from './gateways.ts'

const LAST = 100 * HOUR
const gone = (over: Partial<Behind> = {}): Behind => ({ spokeAt: LAST, hasMissed: true, saysNothing: false, ...over })
const speaks = gone({ spokeAt: LAST + 6 * HOUR, hasMissed: false })

describe('a gateway is gone', () => {
  test('when those behind it fell silent together, and not when one did', () => {
    expect(isGatewayGone(LAST, NaN, [gone(), gone({ spokeAt: LAST - 20 * MINUTE })])).toBe(true)
    expect(isGatewayGone(LAST, NaN, [gone()])).toBe(false)
    expect(isGatewayGone(LAST, NaN, [gone(), speaks])).toBe(false)
    expect(isGatewayGone(LAST, NaN, [gone(), gone({ spokeAt: LAST - 2 * HOUR })])).toBe(false)
  })

  test('although one in ten that it speaks for has a connection of its own, but not when many go on', () => {
    expect(isGatewayGone(LAST, NaN, [...Array(9).fill(gone()), speaks])).toBe(true)
    expect(isGatewayGone(LAST, NaN, [...Array(6).fill(gone()), ...Array(4).fill(speaks)])).toBe(false)
  })

  test('when its session ended as the last word came, whoever else speaks; not when it left at another time', () => {
    expect(isGatewayGone(LAST, LAST + MINUTE, [gone(), speaks, speaks])).toBe(true)
    expect(isGatewayGone(LAST, LAST + 5 * HOUR, [gone(), speaks, speaks])).toBe(false)
  })

  test('by those alone that it could be told from: never heard, off on purpose and slow ones say nothing', () => {
    const others = [gone({ spokeAt: NaN }), gone({ saysNothing: true }), gone({ hasMissed: false })]
    expect(isGatewayGone(LAST, NaN, [gone(), ...others])).toBe(false)
    expect(isGatewayGone(LAST, NaN, [gone(), gone(), ...others])).toBe(true)
  })
})

test('the end of a session is told once, however often it is said; one that nobody saw begin says nothing', () => {
  const gateways = new Gateways()
  gateways.register('g', ['a'])
  expect(gateways.session('g', false, LAST)).toBe(false)
  expect(gateways.session('g', true, LAST)).toBe(true)
  expect(gateways.isReached('a')).toBe(true)
  expect(gateways.session('g', false, LAST + HOUR)).toBe(true)
  expect(gateways.session('g', false, LAST + 2 * HOUR)).toBe(false)
  expect([gateways.isReached('a'), gateways.awaySince('g')]).toEqual([false, LAST + HOUR])
})

test('a gateway registered anew stays gone until it is heard, and speaks for those it was registered with last', () => {
  const gateways = new Gateways()
  gateways.register('g', ['a', 'b'])
  gateways.leave('g', LAST)
  gateways.register('g', ['b', 'c'])
  const copy = new Gateways()
  copy.restore(structuredClone(gateways.snapshot()))
  for (const one of [gateways, copy]) {
    expect([one.of('a'), one.of('c'), one.gone()]).toEqual([[], ['g'], ['g']])
    expect([one.comeBack('g', LAST + HOUR), one.isGone('g'), one.backAt('g')]).toEqual([LAST, false, LAST + HOUR])
  }
})
