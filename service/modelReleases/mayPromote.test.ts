import { expect, test } from 'vitest'
import { DAY } from '../../core/index.ts'
import { againstPromotion, LEAST_APPLIANCE_DAYS, sayAgainst, type Weighing } from './mayPromote.ts'
import { type ModelRecord, weighShadow } from './weighShadow.ts'

const record = (change: Partial<ModelRecord> = {}): ModelRecord => ({
  opened: 10,
  right: 8,
  wrong: 2,
  undecided: 0,
  found: 8,
  known: 9,
  falsePerApplianceYear: 0.2,
  ...change,
})
const weighing = (candidate: Partial<ModelRecord>, more: Partial<Weighing> = {}): Weighing => ({
  applianceDays: 3_650,
  inForce: record(),
  candidate: record(candidate),
  heldOut: { inForce: undefined, candidate: undefined },
  ...more,
})
const reasons = (one: Weighing) => againstPromotion(one).map(({ reason }) => reason)

test('a candidate that is no worse may take the place, also one that is better', () => {
  expect(reasons(weighing({}))).toEqual([])
  expect(reasons(weighing({ wrong: 0, found: 9, falsePerApplianceYear: 0 }))).toEqual([])
})

test('one alert more or less is chance; two that are worse are not, and better elsewhere does not pay for it', () => {
  expect(reasons(weighing({ wrong: 3, falsePerApplianceYear: 0.3 }))).toEqual([])
  expect(reasons(weighing({ wrong: 4, falsePerApplianceYear: 0.4, found: 9 }))).toEqual(['more-false'])
  expect(reasons(weighing({ found: 7 }))).toEqual([])
  expect(reasons(weighing({ found: 6, wrong: 0, falsePerApplianceYear: 0 }))).toEqual(['finds-less'])
})

test('too short a shadow, work that nobody looked at, and worse figures on held-out fleets each speak against it', () => {
  expect(againstPromotion(weighing({}, { applianceDays: 12 })).map(sayAgainst)).toEqual([
    `it has seen 12 appliance-days of at least ${LEAST_APPLIANCE_DAYS}`,
  ])
  expect(reasons(weighing({ undecided: 9 }))).toEqual(['too-many-unjudged'])
  const own = { recall: 0.9, falsePerYear: 0.2, diagnosis: 0.8, leadShareMedian: 0.5 }
  const heldOut = { inForce: { own }, candidate: { own: { ...own, recall: 0.7 } } }
  expect(againstPromotion(weighing({}, { heldOut }))).toEqual([
    { reason: 'held-out', family: 'own', figure: 'recall', candidate: 0.7, inForce: 0.9 },
  ])
  expect(reasons(weighing({}, { heldOut: { inForce: undefined, candidate: { own } } }))).toEqual([])
})

test('where a simulator knows the truth both judges are asked, and nothing is left unjudged', () => {
  const truth = { right: 8, wrong: 2, found: 8, known: 9, falsePerApplianceYear: 0.2 }
  const sides = (change: object): Weighing =>
    weighing({ undecided: 9, truth: { ...truth, ...change } }, { inForce: record({ truth }) })
  expect(reasons(sides({}))).toEqual([])
  expect(againstPromotion(sides({ found: 5 }))).toMatchObject([{ reason: 'finds-less', by: 'truth' }])
})

test('an alert is judged by the first that a person found after it, the same for either version', () => {
  const span = { from: 0, to: 100 * DAY, applianceYears: 2 }
  const found = [
    { appliance: 'a', from: 11 * DAY, at: 20 * DAY, isFault: true },
    { appliance: 'b', from: 30 * DAY, at: 31 * DAY, isFault: false },
    { appliance: 'c', from: 90 * DAY, at: 91 * DAY, isFault: true },
  ]
  const opened = [
    { appliance: 'a', openedAt: 10 * DAY },
    { appliance: 'b', openedAt: 30 * DAY },
    // So long before the ticket that it spoke of something else, and where nobody ever went.
    { appliance: 'c', openedAt: 10 * DAY },
    { appliance: 'd', openedAt: 10 * DAY },
  ]
  expect(weighShadow(opened, found, span)).toEqual({
    opened: 4,
    right: 1,
    wrong: 1,
    undecided: 2,
    found: 1,
    known: 2,
    falsePerApplianceYear: 0.5,
  })
})

test('by the truth an alert counts from the onset of a fault, and finds it until a day before it fails', () => {
  const span = { from: 0, to: 100 * DAY, applianceYears: 1 }
  const fault = { appliance: 'a', failureMode: 'bearing', onset: 10 * DAY, functionalFailureAt: 40 * DAY }
  const truthOf = (openedAt: number) => weighShadow([{ appliance: 'a', openedAt }], [], span, [fault]).truth
  expect(truthOf(39 * DAY)).toMatchObject({ right: 1, wrong: 0, found: 1, known: 1 })
  expect(truthOf(39.5 * DAY)).toMatchObject({ right: 1, found: 0 })
  expect(truthOf(9 * DAY)).toMatchObject({ right: 0, wrong: 1, found: 0, falsePerApplianceYear: 1 })
})
