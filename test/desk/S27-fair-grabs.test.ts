import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR, SeededRandom } from '../../core/index.ts'
import { decideGrab } from '../../service/dispatch/decideGrab.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home, onBothDatabases } from './openTestService.ts'

const CHANCE = { starsPerLoss: 0.25, most: 3 }
/** Engineers of each star level; in each round five of them, drawn, want one job. */
const LEVELS = [2, 3, 4, 5]
const EACH = 5
const ROUNDS = 5_000
const WANT = 5

/** By star level: how often they won of what they grabbed, and how many grabs they lost in a row. */
function play(chance: typeof CHANCE | undefined, seed: number) {
  const random = new SeededRandom(seed, 'grabs')
  const people = LEVELS.flatMap((stars) =>
    Array.from({ length: EACH }, (_, i) => ({ engineer: `e${stars}-${i}`, stars })),
  )
  const lost = new Map<string, number>()
  const byLevel = new Map(LEVELS.map((stars) => [stars, { grabs: 0, won: 0, longest: 0 }]))
  for (let round = 0; round < ROUNDS; round++) {
    const drawn = new Set<(typeof people)[number]>()
    while (drawn.size < WANT) drawn.add(people[Math.floor(random.next() * people.length)]!)
    const grabs = [...drawn].map((one) => ({
      ...one,
      at: Math.floor(random.next() * 1_000),
      lost: lost.get(one.engineer) ?? 0,
    }))
    const outcomes = decideGrab(grabs, chance)
    expect(outcomes.filter(({ won }) => won)).toHaveLength(1)
    for (const { engineer, won } of outcomes) {
      const level = byLevel.get(people.find((one) => one.engineer === engineer)!.stars)!
      level.grabs++
      if (won) level.won++
      const row = won ? 0 : (lost.get(engineer) ?? 0) + 1
      lost.set(engineer, row)
      level.longest = Math.max(level.longest, row)
    }
  }
  return byLevel
}

test('S27 by stars alone the lowest starve; with a fair chance they wait longer, and not for ever', () => {
  const without = play(undefined, 27)
  const fair = play(CHANCE, 27)
  const share = (of: typeof fair, stars: number) => of.get(stars)!.won / of.get(stars)!.grabs
  console.log(
    'share won and longest row of losses by star level, without and with:',
    LEVELS.map((stars) =>
      [
        stars,
        share(without, stars).toFixed(3),
        without.get(stars)!.longest,
        share(fair, stars).toFixed(3),
        fair.get(stars)!.longest,
      ].join('/'),
    ).join('  '),
  )
  expect(without.get(2)!.longest).toBeGreaterThan(100)
  // Three stars at a quarter each are made up after twelve; then time decides among those who are level.
  expect(fair.get(2)!.longest).toBeLessThan(40)
  expect(share(fair, 2)).toBeGreaterThan(0.03)
  // Stars are still priority.
  for (const [low, high] of [
    [2, 3],
    [3, 4],
    [4, 5],
  ] as const)
    expect(share(fair, high)).toBeGreaterThan(share(fair, low))
})

onBothDatabases('fair grabs', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.people.saveEngineers(
      ['good', 'poor'].map((id) => ({ id, name: id, location: home, grade: 'A+' as const, skills: ['sealed-system'] })),
    )
    await api.database.transaction((tx) =>
      tx
        .insertInto('rating')
        .values(
          Array.from({ length: 60 }, (_, i) => ({
            ticket: `r${i}`,
            visit: 1,
            engineer: i % 2 ? 'good' : 'poor',
            stars: i % 2 ? 5 : 3,
            at: api.clock.now() - 2 * 86_400_000,
          })) as never,
        )
        .execute(),
    )
  })
  afterAll(() => api.close())

  test('S27 who keeps losing to better ones wins in the end, and each loser is told why', async () => {
    let losses = 0
    let won = ''
    for (let i = 0; i < 12 && won !== 'poor'; i++) {
      const id = `g${i}`
      await api.register(id)
      const { id: ticket } = await api.ticketFor(alertOf(id))
      // Beyond what is planned at once: until then it is open to whoever wants it.
      const from = api.clock.now() + 7 * DAY
      await api.desk.accept(ticket, 'owner', { from, to: from + 2 * HOUR })
      for (const engineer of ['good', 'poor']) await api.call('POST', `/api/tickets/${ticket}/grab`, { engineer })
      api.clock.advanceTo(api.clock.now() + 11_000)
      await api.tick()
      const { items } = await api.call<{
        items: { engineer: string; won: boolean; why: { en: string; zh: string } }[]
      }>('GET', `/api/tickets/${ticket}/grabs`)
      expect(items.filter((one) => one.won)).toHaveLength(1)
      expect(items.every(({ why }) => why.en && why.zh)).toBe(true)
      won = items.find((one) => one.won)?.engineer ?? ''
      if (won === 'good') losses++
    }
    expect(won).toBe('poor')
    expect(losses).toBeGreaterThan(0)
  })
})
