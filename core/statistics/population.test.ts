import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beginCopy, type Piece, Population } from './population.ts'

test('a copy is of the moment when it began, whatever happens until it is whole', () => {
  const act = fc.record({
    do: fc.constantFrom('set' as const, 'change' as const, 'delete' as const, 'look' as const, 'step' as const),
    who: fc.constantFrom('a', 'b', 'c', 'd'),
  })
  fc.assert(
    fc.property(fc.array(act), fc.array(act), (before, during) => {
      const population = new Population<{ count: number }>('counts')
      const pieces: Piece[] = []
      let count = 0
      const run = (acts: typeof before, step: () => void): void => {
        for (const one of acts) {
          count++
          if (one.do === 'set') population.set(one.who, { count })
          if (one.do === 'delete') population.delete(one.who)
          if (one.do === 'step') step()
          const found = one.do === 'change' ? population.get(one.who) : undefined
          if (found) found.count = count
          if (one.do === 'look') expect(population.has(one.who)).toBe(population.all.has(one.who))
        }
      }
      run(before, () => undefined)
      const then = structuredClone([...population.all])
      const copy = beginCopy((piece) => pieces.push(structuredClone(piece)), ['small', '', 7], [population])
      run(during, () => copy.step(1))
      while (!copy.step(2));
      expect(pieces[0]).toEqual(['small', '', 7])
      expect(pieces).toHaveLength(then.length + 1)
      expect(new Map(pieces.slice(1).map(([, id, value]) => [id, value]))).toEqual(new Map(then))
    }),
  )
})
