import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keepFigures, keptFigures, yearsOf } from './keptFigures.ts'
import type { YearFigures } from './yearReport.ts'

const figures = (tickets: number): YearFigures => ({
  faults: 1,
  failures: 0,
  foreseen: 1,
  tickets,
  predicted: tickets,
  needlessVisits: 0,
  tests: 0,
  testedAway: 0,
  responseHours: Number.NaN,
  downHours: 1,
  fixedInOneVisit: 1,
  lasting: 1,
  onTime: 1,
  vanHours: Number.NaN,
  vanKept: Number.NaN,
  complaints: 0,
  satisfied: 1,
  onSite: 0,
  partsThere: 1,
  costCents: 0,
})

test('years that are kept one by one are told together, of the same question, seed by seed, of seeds that all lived', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'hearthwatch-figures-')), 'figures.jsonl')
  expect(keptFigures(path, 'one')).toEqual([])
  for (const [asked, world, seed, tickets] of [
    ['one', 'ours', 8, 80],
    ['one', 'ours', 7, 1],
    ['other', 'ours', 7, 999],
    ['one', 'theirs', 7, 70],
    // Lived again: the later one holds.
    ['one', 'ours', 7, 77],
  ] as const)
    keepFigures(path, { asked, world, seed, figures: figures(tickets) })
  const kept = keptFigures(path, 'one')
  const both = yearsOf(kept, ['ours', 'theirs'])
  expect(both.seeds).toEqual([7])
  expect(both.runs.map(({ years }) => years.map(({ tickets }) => tickets))).toEqual([[77], [70]])
  expect(both.runs[0]?.years[0]?.responseHours).toBeNaN()
  const alone = yearsOf(kept, ['ours'])
  expect(alone.seeds).toEqual([7, 8])
  expect(alone.runs[0]?.years.map(({ tickets }) => tickets)).toEqual([77, 80])
})
