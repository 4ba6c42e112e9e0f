import { describe, expect, test } from 'vitest'
import { indexKind, type Kind, type KindFileInput, kindSchema } from '../catalog/index.ts'
import type { ReadingBatch } from '../core/index.ts'
import { BatchBuilder } from './batchBuilder.ts'
import { translateBatch } from './translateBatch.ts'

const text = { en: 'x', zh: 'x' }
/** A version of one kind. */
function kettle(metrics: string[], states: KindFileInput['states'] = {}, high = 120): Kind {
  const spec = { unit: 'Cel', plausible: [-40, high] as [number, number], resolution: 0.1, text }
  const file = { kind: 'kettle', name: text, cadenceSeconds: 60, states }
  return indexKind(
    kindSchema.parse({ ...file, metrics: Object.fromEntries(metrics.map((metric) => [metric, spec])) }),
    false,
  )
}
type Row = [metrics: Record<string, unknown>, states?: Record<string, string>]
function judged(kind: Kind, ...rows: Row[]): ReadingBatch {
  const builder = new BatchBuilder(kind)
  for (const [i, [metrics, states]] of rows.entries()) {
    builder.stage(metrics as never, () => undefined)
    builder.take('k1', i, states as never, '1.0', i, i, i, 0)
  }
  return builder.finish(new Set())
}
/** By row: what a reader sees of it. */
const seen = (kind: Kind, batch: ReadingBatch) =>
  Array.from({ length: batch.count }, (_, row) => {
    const words = Math.ceil(kind.metricNames.length / 32)
    const named = kind.metricNames.flatMap((metric, m) => {
      const value = batch.values[m]![row]!
      const isInvalid = (batch.invalid[row * words + (m >> 5)]! >>> (m & 31)) & 1
      return Number.isNaN(value) ? [] : [[metric, isInvalid ? `${value} invalid` : value] as const]
    })
    const states = kind.stateNames.flatMap((state, s) => {
      const number = batch.states[s]![row]!
      const words = kind.states[state]!
      return number < 0 ? [] : [[state, words === 'text' ? batch.words[number] : words[number]] as const]
    })
    const extras = JSON.parse(batch.extras.get(row) ?? '{}') as object
    return { ...Object.fromEntries([...named, ...states]), ...(Object.keys(extras).length > 0 ? { extras } : {}) }
  })
const translated = (from: Kind, to: Kind, ...rows: Row[]) => {
  const batch = translateBatch(judged(from, ...rows), from, to)
  return seen(to, batch)
}

describe('a batch of one version of a kind in the columns of another', () => {
  test('stays the very same where the columns mean the same', () => {
    const [a, b] = [kettle(['water', 'power']), kettle(['water', 'power'], {}, 99)]
    const batch = judged(a, [{ water: 1 }])
    expect(translateBatch(batch, a, b)).toBe(batch)
  })

  test('keeps each value under its name when metrics come in another order, implausible ones as such', () => {
    const rows: Row[] = [[{ water: 1, power: 2 }], [{ power: 500 }], [{}]]
    expect(translated(kettle(['water', 'power']), kettle(['power', 'water']), ...rows)).toEqual([
      { water: 1, power: 2 },
      { power: '500 invalid' },
      {},
    ])
  })

  test('keeps a metric that the other does not have among the unknown ones, and takes one that it gained from there', () => {
    const [before, after] = [kettle(['water', 'power']), kettle(['water', 'lid'])]
    expect(translated(before, after, [{ water: 1, power: 2, lid: 3, mine: 'x' }], [{ lid: 500 }])).toEqual([
      { water: 1, lid: 3, extras: { power: 2, mine: 'x' } },
      { lid: '500 invalid' },
    ])
    expect(translated(after, before, [{ lid: 3, power: 2 }])).toEqual([{ power: 2, extras: { lid: 3 } }])
  })

  test('there and back is the same, beyond 32 metrics too', () => {
    const many = Array.from({ length: 40 }, (_, i) => `m${i}`)
    const [a, b] = [kettle(many), kettle([...many].reverse().slice(0, 35))]
    const rows: Row[] = [[{ m0: 1, m39: 500, m20: 3 }], [{ m33: 500, m5: -500, m36: 7 }]]
    const there = translateBatch(judged(a, ...rows), a, b)
    expect(seen(b, there)).toEqual([
      { m39: '500 invalid', m20: 3, extras: { m0: 1 } },
      { m33: '500 invalid', m5: '-500 invalid', m36: 7 },
    ])
    expect(seen(a, translateBatch(there, b, a))).toEqual(seen(a, judged(a, ...rows)))
  })

  test('names that every object has are names like any other', () => {
    const metrics = JSON.parse('{"__proto__":1,"constructor":2,"water":3}') as Record<string, unknown>
    const batch = judged(kettle(['water']), [metrics])
    const moved = translateBatch(batch, kettle(['water']), kettle(['power']))
    expect(Object.entries(JSON.parse(moved.extras.get(0)!) as object)).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
      ['water', 3],
    ])
  })

  test('words of a state keep their meaning when the list changes, and free texts when it becomes free', () => {
    const [listed, longer, free] = [
      kettle(['water'], { mode: ['off', 'on'] }),
      kettle(['water'], { mode: ['on', 'eco', 'off'], lid: 'text' }),
      kettle(['water'], { mode: 'text' }),
    ]
    const rows: Row[] = [[{ water: 1 }, { mode: 'off' }], [{ water: 1 }, { mode: 'on' }], [{ water: 1 }]]
    const words = [{ water: 1, mode: 'off' }, { water: 1, mode: 'on' }, { water: 1 }]
    expect(translated(listed, longer, ...rows)).toEqual(words)
    expect(translated(listed, free, ...rows)).toEqual(words)
    expect(translated(free, listed, ...rows, [{ water: 1 }, { mode: 'turbo' }])).toEqual([...words, { water: 1 }])
  })
})
