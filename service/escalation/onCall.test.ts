import { expect, test } from 'vitest'
import { DAY, HOUR } from '../../core/index.ts'
import { type Override, onCallAt, type Rota } from './onCall.ts'

const rota: Rota = {
  id: 'desk',
  timeZone: 'Europe/Berlin',
  since: '2026-03-23',
  handoverHour: 9,
  turnDays: 7,
  members: ['ada', 'bo', 'cy'],
}
/** 9:00 in Berlin, before the clocks go forward. */
const first = Date.UTC(2026, 2, 23, 8)

test('each has a week, handed over at nine of the place, over a change of the clocks too', () => {
  expect(onCallAt(rota, [], first - 1)).toBeUndefined()
  expect(onCallAt(rota, [], first)?.person).toBe('ada')
  // Summer time has begun: nine o’clock is an hour earlier.
  const second = first + 7 * DAY - HOUR
  expect(onCallAt(rota, [], second - 1)?.person).toBe('ada')
  expect(onCallAt(rota, [], second)).toEqual({ person: 'bo', until: second + 7 * DAY })
  expect(onCallAt(rota, [], second + 14 * DAY)?.person).toBe('ada')
})

test('an override takes its hours, and of two the later one counts', () => {
  const given = (id: string, person: string, from: number, to: number): Override => ({
    id,
    rota: 'desk',
    person,
    from: first + from * HOUR,
    to: first + to * HOUR,
    by: 'x',
    why: 'ill',
  })
  const overrides = [given('o1', 'bo', 10, 20), given('o2', 'cy', 15, 18)]
  const who = (hour: number) => onCallAt(rota, overrides, first + hour * HOUR)?.person
  expect([9, 10, 14, 15, 17, 18, 19, 20].map(who)).toEqual(['ada', 'bo', 'bo', 'cy', 'cy', 'bo', 'bo', 'ada'])
  expect(onCallAt(rota, overrides, first)).toMatchObject({ person: 'ada', until: first + 10 * HOUR })
})

test('a rota without people has nobody', () => {
  expect(onCallAt({ ...rota, members: [] }, [], first)).toBeUndefined()
})
