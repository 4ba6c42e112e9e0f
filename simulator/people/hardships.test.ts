import { expect, test } from 'vitest'
import { DAY, engineerIdSchema, HOUR } from '../../core/index.ts'
import type { ApiClient } from './apiClient.ts'
import { CrewDays } from './crewDays.ts'
import { Hardships } from './hardships.ts'
import { Roster } from './roster.ts'

const start = Date.UTC(2026, 0, 5)
const hours = Array.from({ length: 365 * 24 }, (_, hour) => start + hour * HOUR)

test('a hard year has its absences, shortages and losses in the share that is said, the same for the same seed', () => {
  const year = new Hardships(7)
  const again = new Hardships(7)
  const planned = year.planned('engineer-1', 10, start, start + 365 * DAY)
  expect(again.planned('engineer-1', 10, start, start + 365 * DAY)).toEqual(planned)
  const away = planned.reduce((sum, { from, to }) => sum + Math.min(to - from, 10 * HOUR), 0)
  // Two half days of five hours each; ten days of leave twice.
  const share = away / (365 * 10 * HOUR)
  expect(share).toBeGreaterThan(0.58)
  expect(share).toBeLessThan(0.75)
  const parts = Array.from({ length: 200 }, (_, nth) => `part-${nth}`)
  const short = parts.filter((part) => year.isShort(part, start + 100 * DAY)).length
  expect(short).toBeGreaterThan(2)
  expect(short).toBeLessThan(40)
  const lost = hours.filter((at) => year.isLost(at)).length
  expect(lost).toBeGreaterThanOrEqual(8)
  expect(lost).toBeLessThanOrEqual(240)
  const ill = hours.filter((at) => year.isIll('engineer-1', at)).length
  expect(ill).toBeGreaterThanOrEqual(24)
  expect(ill).toBeLessThanOrEqual(4 * 5 * 24)
})

test('whoever is ill is off from that morning on, and comes to nobody', async () => {
  const hardships = new Hardships(7)
  const own = { id: engineerIdSchema.parse('engineer-1'), name: 'Ada', location: { lat: 53.5, lon: 0 } }
  const engineer = { ...own, grade: 'A' as const, skills: [] }
  const sent: { daysOff: { from: number; to: number }[] }[][] = []
  const api: ApiClient = {
    call: async <T>(_method: string, _url: string, body?: unknown) => {
      sent.push(body as never)
      return {} as T
    },
  }
  const roster = new Roster(api, [engineer], hardships)
  const crew = new CrewDays({
    engineers: [engineer],
    placeOf: () => ({ lat: 53.5, lon: 0 }),
    awayUntil: (who, at) => roster.awayUntil(who, at),
  })
  let comes = 0
  let illHours = 0
  for (const at of hours) {
    await roster.act(at)
    const isHour = (at / HOUR) % 24 >= 8 && (at / HOUR) % 24 < 18
    const isThere = crew.isThere('engineer-1', 'fridge-1', at)
    if (isThere) comes++
    if (!isHour || !hardships.isIll('engineer-1', at)) continue
    illHours++
    expect(sent.at(-1)?.[0]?.daysOff.some(({ from, to }) => at >= from && at < to)).toBe(true)
  }
  expect(illHours).toBeGreaterThan(5)
  // A third of their working hours is left for this desk.
  expect(comes).toBeGreaterThan(0.15 * 365 * 10)
  expect(comes).toBeLessThan(0.45 * 365 * 10)
})

test('an engineer is with one owner at a time, and drives from there to the next', () => {
  const near = { lat: 53.5, lon: 0 }
  const far = { lat: 53.95, lon: 0 }
  const crew = new CrewDays({
    engineers: [{ id: 'eva', location: near }],
    placeOf: (appliance) => (appliance === 'near' ? near : far),
    awayUntil: () => undefined,
  })
  const nine = start + 9 * HOUR
  expect(crew.isThere('eva', 'near', nine)).toBe(true)
  crew.arrived('eva', nine)
  expect(crew.isThere('eva', 'far', nine + HOUR)).toBe(false)
  crew.left('eva', 'near', nine + HOUR)
  // Fifty kilometres at 25 an hour.
  expect(crew.isThere('eva', 'far', nine + 2 * HOUR)).toBe(false)
  expect(crew.isThere('eva', 'far', nine + 3.1 * HOUR)).toBe(true)
  expect(crew.isThere('eva', 'near', nine + 12 * HOUR)).toBe(false)
})
