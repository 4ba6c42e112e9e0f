import fc from 'fast-check'
import { expect, test } from 'vitest'
import { distanceKm, engineerIdSchema } from '../../core/index.ts'
import { render } from '../../words/index.ts'
import type { SupplyPlace } from '../parts/promiseParts.ts'
import { readPolicy } from '../policy/policySchema.ts'
import { type EngineerNow, type Job, rankCandidates } from './rankCandidates.ts'

const policy = readPolicy()
const job: Job = {
  location: { lat: 50, lon: 8 },
  skill: 'sealed-system',
  difficulty: 3,
  kit: [{ part: 'compressor', quantity: 1, probability: 0.9 }],
}
const engineer = (id: string, over: Partial<EngineerNow> = {}): EngineerNow => ({
  id: engineerIdSchema.parse(id),
  name: id,
  location: { lat: 50, lon: 8.02 },
  grade: 'A',
  skills: ['sealed-system'],
  openJobs: 0,
  ...over,
})
const van: SupplyPlace = {
  id: 'van',
  type: 'van',
  location: { lat: 50, lon: 8 },
  available: new Map([['compressor', 1]]),
}

test('the one with the part in the van comes before a nearer one without it', () => {
  const near = engineer('near', { location: { lat: 50, lon: 8.01 } })
  const ready = engineer('ready', { depot: 'van', location: { lat: 50, lon: 8.05 } })
  const ranked = rankCandidates(job, [near, ready], new Map([['van', van]]), policy)
  expect(ranked.map(({ engineer, rank }) => [engineer, rank])).toEqual([
    ['ready', 1],
    ['near', 2],
  ])
})

test('each rejected one has its reason: grade, skill, distance, isolation', () => {
  const rejected = rankCandidates(
    job,
    [
      engineer('a', { grade: 'B' }),
      engineer('b', { skills: ['cooling'] }),
      engineer('c', { location: { lat: 52, lon: 8 } }),
      engineer('d', { isolated: 'rated 2 stars' }),
    ],
    new Map(),
    policy,
  )
  expect(rejected.map(({ rejected: why }) => why && render(why).en)).toEqual([
    'grade B is below A, which difficulty 3 asks for',
    'has no skill in sealed-system',
    '222 km away, more than 60',
    'isolated: rated 2 stars',
  ])
})

test('nobody below the grade that the difficulty asks for is ever ranked, in 1,000 random cases', () => {
  const grades = ['D', 'C', 'B', 'A', 'A+'] as const
  const people = fc.array(
    fc.record({
      grade: fc.constantFrom(...grades),
      openJobs: fc.nat(9),
      lon: fc.double({ min: 7.5, max: 8.5, noNaN: true }),
    }),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(people, fc.integer({ min: 1, max: 4 }), (list, difficulty) => {
      const all = list.map(({ grade, openJobs, lon }, i) =>
        engineer(`e${i}`, { grade, openJobs, location: { lat: 50, lon } }),
      )
      const ranked = rankCandidates({ ...job, difficulty }, all, new Map(), policy)
      const lowest = grades.indexOf(policy.gradeForDifficulty[String(difficulty) as '1'])
      for (const { engineer: id, rank } of ranked) {
        const grade = all.find((one) => one.id === id)?.grade ?? 'D'
        if (rank !== undefined) expect(grades.indexOf(grade)).toBeGreaterThanOrEqual(lowest)
      }
      expect(ranked).toHaveLength(all.length)
    }),
    { numRuns: 1_000 },
  )
})

test('a degree of latitude is 111 km', () => {
  expect(distanceKm({ lat: 50, lon: 8 }, { lat: 51, lon: 8 })).toBeCloseTo(111.2, 1)
})
