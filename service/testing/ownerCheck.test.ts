import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { afterAnswers, type OwnerAnswers, ownerAnswers, questionsFor } from './ownerCheck.ts'
import type { Belief } from './revise.ts'

const kinds = [...loadCatalog().kinds.values()].filter(({ builtIn }) => builtIn)

/** As probable as none at all. */
const only = (failureMode: string): Belief => ({ real: 0.5, hypotheses: [{ failureMode, probability: 1 }] })

describe.each(kinds)('the questions to owners of a $kind', (kind) => {
  const modes = Object.keys(kind.failureModes)

  test('tell each failure mode of it by two, in both languages', () => {
    for (const mode of modes) {
      const questions = questionsFor(kind, only(mode))
      expect([mode, questions.length]).toEqual([mode, 2])
      for (const id of questions) expect(kind.questions[id]?.text.zh).toMatch(/[一-鿿].*？$/)
    }
    expect(questionsFor(kind, { real: 0, hypotheses: [] })).toEqual([])
  })

  test('a yes to what shows a mode makes it more probable, a no less, and who cannot tell says nothing', () => {
    for (const mode of modes) {
      const [first = ''] = questionsFor(kind, only(mode))
      const before = only(mode)
      const chance = (answers: OwnerAnswers): number => {
        const { real, hypotheses } = afterAnswers(kind, answers, before)
        return real * (hypotheses.find(({ failureMode }) => failureMode === mode)?.probability ?? 0)
      }
      const unsaid = chance({})
      expect(chance({ [first]: 'unsure' })).toBe(unsaid)
      expect([mode, chance({ [first]: 'yes' }) > unsaid, chance({ [first]: 'no' }) < unsaid]).toEqual([
        mode,
        true,
        true,
      ])
    }
  })

  test('whatever is believed and said stays a probability, and hypotheses add up to one at most', () => {
    const belief = fc.record({
      real: fc.double({ min: 0, max: 1, noNaN: true }),
      hypotheses: fc.uniqueArray(
        fc.record({
          failureMode: fc.constantFrom(...modes, 'unknown'),
          probability: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        { selector: ({ failureMode }) => failureMode, maxLength: 4 },
      ),
    })
    const said = fc.dictionary(
      fc.constantFrom(...Object.keys(kind.questions), 'constructor'),
      fc.constantFrom(...ownerAnswers),
    )
    fc.assert(
      fc.property(belief, said, (before, answers) => {
        const { real, hypotheses } = afterAnswers(kind, answers, before)
        const sum = hypotheses.reduce((total, { probability }) => total + probability, 0)
        expect(real).toBeGreaterThanOrEqual(0)
        expect(real).toBeLessThanOrEqual(1)
        expect(sum).toBeLessThanOrEqual(1 + 1e-9)
      }),
    )
  })
})
