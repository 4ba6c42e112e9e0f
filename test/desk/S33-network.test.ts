import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR } from '../../core/index.ts'
import { CARD, openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home, NOW, onBothDatabases } from './openTestService.ts'

interface Served {
  outlet: { id: string; score: number; of: number }
  rank?: number
  km: number
  refused?: string
}
/** So far north of the home, in km. */
const north = (km: number) => ({ lat: home.lat + km / 111.2, lon: home.lon })

onBothDatabases('the network of outlets', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.call('POST', '/api/outlets', [
      { id: 'near', name: 'Near', tier: 'authorised', location: north(4), withinKm: 20 },
      { id: 'far', name: 'Far', tier: 'community', location: north(7), withinKm: 20 },
      { id: 'twin', name: 'Twin', tier: 'technical', location: north(4), withinKm: 20 },
      { id: 'small', name: 'Small', tier: 'star', location: north(3), withinKm: 2 },
      { id: 'washers', name: 'Washers', tier: 'star', location: north(1), withinKm: 20, kinds: ['washer'] },
    ])
    await api.people.saveEngineers(
      ['near', 'far'].map((outlet) => ({
        id: `of-${outlet}`,
        name: `Of ${outlet}`,
        location: north(5),
        grade: 'A+' as const,
        skills: ['sealed-system'],
        outlet,
      })),
    )
    for (let i = 0; i < 30; i++) await api.register(`n${i}`)
  })
  afterAll(() => api.close())
  const serving = async (query: string) => (await api.call<{ items: Served[] }>('GET', `/api/coverage?${query}`)).items
  const visited = async (appliance: string, engineer: string, stars: number) => {
    const { id, ownerLink } = await api.ticketFor(alertOf(appliance))
    await api.call('POST', `/api/tickets/${id}/accept`)
    await api.call('POST', `/api/tickets/${id}/assign`, { engineer, why: 'to see' })
    await api.call('POST', `/api/tickets/${id}/visit/start`)
    api.clock.advanceTo(api.clock.now() + HOUR)
    await api.call('POST', `/api/tickets/${id}/visit/end`, { checklist: CARD })
    await api.call('POST', `/api/tickets/${id}/close`, { cause: 'compressor-wear', verdict: 'confirmed', parts: [] })
    await api.asOwner('POST', `/api/t/${ownerLink.split('/t/')[1]}/rate`, { stars })
    return id
  }

  test('S33 who serves this address, in what order, and who does not and why', async () => {
    const items = await serving(`lat=${home.lat}&lon=${home.lon}&kind=fridge`)
    // As near and as good: the higher tier goes first.
    expect(items.map(({ outlet }) => outlet.id)).toEqual(['twin', 'near', 'far', 'washers', 'small'])
    expect(items.map(({ rank }) => rank)).toEqual([1, 2, 3, undefined, undefined])
    expect(items.slice(3).map(({ refused }) => refused)).toEqual(['other-kind', 'outside-area'])
    const [first] = await serving('appliance=n0')
    expect(first?.outlet.id).toBe('twin')
    expect(first?.km).toBeCloseTo(4, 1)
    expect((await serving(`lat=${home.lat}&lon=${home.lon}&kind=washer`))[0]?.outlet.id).toBe('washers')
    expect(await api.ask('GET', '/api/coverage')).toMatchObject({ status: 422, body: { code: 'no-place' } })
    expect(await api.ask('GET', '/api/coverage?lat=95&lon=0')).toMatchObject({ status: 400 })
  })

  test('S34 an outlet is scored by its own tickets, from the next day, by the formula that is shown, and volume counts', async () => {
    const { formula } = await api.call<{ formula: string }>('GET', '/api/outlets')
    expect(formula).toContain('(4 × 20 + sum of points) ÷ (20 + visits)')
    for (let i = 0; i < 3; i++) await visited(`n${i}`, 'of-near', 3)
    for (let i = 3; i < 9; i++) await visited(`n${i}`, 'of-far', 5)
    const scores = async () =>
      new Map(
        (await api.call<{ items: { id: string; score: number; of: number }[] }>('GET', '/api/outlets')).items.map(
          ({ id, score, of }) => [id, { score, of }],
        ),
      )
    expect((await scores()).get('far')).toEqual({ score: 4, of: 0 })
    api.clock.advanceTo(Math.floor(api.clock.now() / DAY + 1) * DAY + HOUR)
    await api.tick()
    const { items } = await api.call<{ items: { stars: number; late: boolean; cameBack: boolean }[] }>(
      'GET',
      '/api/outlets/near/visits',
    )
    expect(items).toHaveLength(3)
    const points = items.reduce(
      (sum, { stars, late, cameBack }) => sum + Math.max(1, stars - (late ? 1 : 0) - (cameBack ? 2 : 0)),
      0,
    )
    expect((await scores()).get('near')).toEqual({ score: Math.round(((80 + points) / 23) * 100) / 100, of: 3 })
    expect((await scores()).get('far')!.score).toBeGreaterThan(4)
    expect((await scores()).get('near')!.score).toBeLessThan(4)
  })

  test('S34 the score is seen in dispatch, and decides between two who are as near', async () => {
    const ticket = await api.ticketFor(alertOf('n20'))
    const { candidates } = await api.call<{
      candidates: { engineer: string; rank?: number; reasons: string[]; reasonsZh: string[] }[]
    }>('GET', `/api/tickets/${ticket.id}`)
    expect(candidates.map(({ engineer }) => engineer)).toEqual(['of-far', 'of-near'])
    expect(candidates[0]?.reasons.join()).toMatch(/outlet scored 4\.\d+/)
    expect(candidates[0]?.reasonsZh.join()).toMatch(/网点评分/)
  })

  test('S34 a repair that came back takes two points of its outlet’s', async () => {
    const { scoreOutlet } = await import('../../service/network/scoreOutlet.ts')
    const stars = { prior: 4, weight: 20, days: 365 }
    const visit = { at: NOW, stars: 5, cameBack: false, late: false }
    expect(scoreOutlet([visit], stars).score).toBe(Math.round((85 / 21) * 100) / 100)
    expect(scoreOutlet([{ ...visit, cameBack: true, late: true }], stars).score).toBe(Math.round((82 / 21) * 100) / 100)
    expect(scoreOutlet([{ ...visit, stars: 1, cameBack: true }], stars).score).toBe(Math.round((81 / 21) * 100) / 100)
    const few = scoreOutlet(
      Array.from({ length: 3 }, () => visit),
      stars,
    ).score
    const many = scoreOutlet(
      Array.from({ length: 100 }, () => ({ ...visit, stars: 4.8 })),
      stars,
    ).score
    expect(few).toBeLessThan(many)
  })
})
