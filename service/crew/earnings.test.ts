import { expect, test } from 'vitest'
import { ticketIdSchema } from '../../core/index.ts'
import { readPolicy } from '../policy/policySchema.ts'
import { type EarningFacts, earningsOf } from './earnings.ts'

const rules = readPolicy()
const t1 = ticketIdSchema.parse('t1')
const { visitCents, difficultyCents, starsPercent, recallPercent } = rules.earnings

const job = (nth: number, more: Partial<EarningFacts['tickets'][number]['closure']> = {}, engineer = 'ana') =>
  ({
    id: `t${nth}`,
    number: `HW-${nth}`,
    plan: { engineer },
    finding: { difficulty: 2 },
    closure: { found: { at: 100 * nth }, ...more },
    // What else a ticket holds earns nothing.
  }) as unknown as EarningFacts['tickets'][number]
const facts = (more: Partial<EarningFacts>): EarningFacts => ({
  tickets: [],
  ratings: [],
  corrections: [],
  rulesOf: () => rules,
  ...more,
})
const base = visitCents + difficultyCents
const sum = (of: EarningFacts): number => earningsOf(of, 'ana').reduce((cents, line) => cents + line.cents, 0)

test('a closed job earns its visit, and the jobs of others nothing', () => {
  expect(sum(facts({ tickets: [job(1), job(2, {}, 'ben')] }))).toBe(base)
})

test.each([1, 2, 3, 4, 5])('%i stars make of it what the policy says', (stars) => {
  const rated = facts({ tickets: [job(1)], ratings: [{ ticket: t1, visit: 0, stars, at: 150 }] })
  const bonus = stars === 5 ? rules.bonusCents : 0
  expect(sum(rated)).toBe(Math.round((base * starsPercent[stars - 1]!) / 100) + bonus)
})

test('a repair that did not last is earned once: by who made it last, and a recall of one’s own by what is left for it', () => {
  const reopened = job(1, { reopened: 1 }, 'ben')
  expect(sum(facts({ tickets: [reopened], ratings: [{ ticket: t1, visit: 0, stars: 5, at: 90 }] }))).toBe(0)
  const again = [job(1), job(2, { recallOf: t1 })]
  expect(sum(facts({ tickets: again }))).toBe(base + Math.round((base * recallPercent) / 100))
  expect(sum(facts({ tickets: [job(1, {}, 'ben'), job(2, { recallOf: t1 })] }))).toBe(base)
})

test('what a person put right stands beside it, and lines come in the order of time', () => {
  const all = facts({
    tickets: [job(3), job(1)],
    corrections: [{ at: 200, by: 'user:Mia', cents: -500, why: 'toll paid twice', ticket: 't1' }],
  })
  expect(earningsOf(all, 'ana').map(({ at }) => at)).toEqual([100, 200, 300])
  expect(sum(all)).toBe(2 * base - 500)
})
