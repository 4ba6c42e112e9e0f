import { describe, expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { MINUTE, SeededRandom, type ValueHint } from '../../core/index.ts'
import type { Dropped } from './readValues.ts'
import { SuspectValues } from './suspectValues.ts'

const fridge = loadCatalog().kind('fridge')
const T0 = Date.UTC(2026, 0, 1)

/** What is left of each reading, and what the appliance is told to look like in the end. */
function hear(readings: Record<string, number>[], declared: string[] = []) {
  const suspects = new SuspectValues()
  const hints = new Map<string, ValueHint>()
  const kept = readings.map((metrics, i) => {
    const dropped: Dropped[] = []
    const left = suspects.sift(
      'f1',
      fridge,
      T0 + i * MINUTE,
      metrics,
      (metric) => declared.includes(metric),
      dropped,
      (metric, hint) => (hint ? void hints.set(metric, hint) : void hints.delete(metric)),
    )
    expect(Object.keys(left).length + dropped.length).toBe(Object.keys(metrics).length)
    return left
  })
  return { kept, hints, lost: (metric: string) => kept.filter((one) => !(metric in one)).length }
}
const minutes = (count: number, of: (i: number) => Record<string, number>) =>
  Array.from({ length: count }, (_, i) => of(i))
const f = (celsius: number): number => celsius * 1.8 + 32

describe('counts', () => {
  test('a lifetime total is known from its third value on, and again after it began anew', () => {
    const { lost, hints } = hear([
      ...minutes(200, (i) => ({ compressorStarts: 4211 + Math.floor(i / 40) })),
      ...minutes(200, (i) => ({ compressorStarts: Math.floor(i / 40) })),
    ])
    expect(hints.get('compressorStarts')).toMatchObject({ looksLike: 'counter' })
    expect(lost('compressorStarts')).toBeGreaterThan(395)
  })
  test('counts of each interval are counts, of a sound compressor and of one that cycles short', () => {
    const random = new SeededRandom(5, 'starts')
    const { lost, hints } = hear([
      ...minutes(2_000, (i) => ({ compressorStarts: i % 45 === 0 ? 1 : 0, doorOpen: random.next() < 0.05 ? 12 : 0 })),
      ...minutes(400, () => ({ compressorStarts: 1 + Math.floor(random.next() * 3), doorOpen: 0 })),
      ...minutes(400, () => ({ compressorStarts: 2, doorOpen: 0 })),
    ])
    expect([lost('compressorStarts'), lost('doorOpen'), hints.size]).toEqual([0, 0, 0])
  })
  test('what was declared is left alone', () => {
    expect(
      hear(
        minutes(50, () => ({ compressorStarts: 7 })),
        ['compressorStarts'],
      ).lost('compressorStarts'),
    ).toBe(0)
  })
})

describe('temperatures', () => {
  const sound = (i: number) => ({
    cabinetTemp: 4 + Math.sin(i / 10),
    freezerTemp: -18,
    ambientTemp: 22,
    setpointTemp: 4,
  })
  const asFahrenheit = (metrics: Record<string, number>) =>
    Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, f(value)]))
  test('in Fahrenheit from the first reading say nothing and are named', () => {
    const { lost, hints } = hear(minutes(60, (i) => ({ ...asFahrenheit(sound(i)), power: 80 })))
    expect(lost('cabinetTemp')).toBe(60)
    expect(lost('power')).toBe(0)
    expect(hints.get('cabinetTemp')).toMatchObject({ looksLike: 'unit', unit: '[degF]' })
  })
  test('that switch with a firmware are named from there, and count again when they switch back', () => {
    const { lost, hints } = hear([
      ...minutes(60, sound),
      ...minutes(60, (i) => asFahrenheit(sound(i + 60))),
      ...minutes(60, (i) => sound(i + 120)),
    ])
    expect([lost('cabinetTemp'), hints.size]).toEqual([60, 0])
  })
  test('that rise because the fridge fails are temperatures, whatever they would be in Fahrenheit', () => {
    const warming = minutes(900, (i) => ({ cabinetTemp: 4 + i / 30, freezerTemp: -18 + i / 20 }))
    expect(hear([...minutes(60, () => ({ cabinetTemp: 4, freezerTemp: -18 })), ...warming]).lost('cabinetTemp')).toBe(0)
  })
})

describe('shares and power', () => {
  test('a share in per cent or permille is named, and one wild value is none of it', () => {
    expect(hear(minutes(20, (i) => ({ compressorOn: i % 2 ? 100 : 0 }))).hints.get('compressorOn')?.unit).toBe('%')
    expect(hear(minutes(20, (i) => ({ compressorOn: i % 2 ? 1_000 : 0 }))).hints.get('compressorOn')?.unit).toBe(
      '[ppth]',
    )
    expect(hear(minutes(200, (i) => ({ compressorOn: i === 50 ? 7 : i % 2 }))).hints.size).toBe(0)
  })
  test('power in kilowatts is named', () => {
    expect(
      hear(minutes(60, (i) => ({ power: i % 3 ? 0.08 : 0, compressorOn: i % 3 ? 1 : 0 }))).hints.get('power'),
    ).toMatchObject({ unit: 'kW' })
    expect(hear(minutes(60, (i) => ({ power: i % 3 ? 80 : 0.3, compressorOn: i % 3 ? 1 : 0 }))).hints.size).toBe(0)
    expect(hear(minutes(600, () => ({ power: 0.3, compressorOn: 0 }))).hints.size, 'in standby').toBe(0)
  })
})
