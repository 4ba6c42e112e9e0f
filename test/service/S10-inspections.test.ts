// S10: a contract makes its inspections on schedule, once each, and leaves out those that health makes needless.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, type HealthRow } from '../../core/index.ts'
import { openCare } from '../../service/index.ts'
import { openTestApi, type TestApi } from '../desk/openTestApi.ts'
import { NOW, onBothDatabases } from '../desk/openTestService.ts'

const YEAR = 365 * DAY

onBothDatabases('S10 inspections by contract', (open) => {
  let api: TestApi
  const health = new Map<string, HealthRow>()
  beforeAll(async () => {
    const { database, close } = await open()
    api = await openTestApi(database, close)
  })
  afterAll(() => api.close())
  const openAgain = () =>
    openCare({
      ...api,
      appliances: api.registry.all,
      appliance: api.registry.get,
      health: (id) => health.get(id),
      isMaintained: api.maintenance.isUnder,
    })
  /** Time comes to this day, looked at by a program that was started for it, and by another. */
  const come = async (at: number) => {
    api.clock.advanceTo(at)
    const ids = api.registry.all().map(({ id }) => id)
    for (const care of [openAgain(), openAgain()]) await api.database.transaction((tx) => care.passTime(tx, ids))
  }
  const rowsOf = async (id: string) => (await openAgain().list(100)).items.filter(({ appliance }) => appliance === id)
  const ticketsOf = async (id: string) =>
    (
      await api.call<{ items: { source: string; state: string; id: string; history: { code?: string }[] }[] }>(
        'GET',
        `/api/tickets?appliance=${id}`,
      )
    ).items
  const isWell = (id: string, score: number) =>
    health.set(id, { appliance: id, health: score, status: 'healthy', at: NOW, because: [], missing: [] })

  test('S10 each year a visit with its checklist, once; what is well is left out, and what is retired is not asked', async () => {
    for (const id of ['tired', 'well', 'gone', 'none']) await api.register(id)
    for (const id of ['tired', 'well', 'gone'])
      await api.call('POST', `/api/appliances/${id}/contracts`, { plan: 'guarantee', years: 3 })
    isWell('tired', 70)
    isWell('well', 97)
    await api.call('DELETE', '/api/appliances/gone')
    await come(NOW + 300 * DAY)
    expect(await ticketsOf('tired')).toEqual([])
    await come(NOW + YEAR + DAY)
    await come(NOW + YEAR + 2 * DAY)
    const [visit, ...more] = await ticketsOf('tired')
    expect(more).toEqual([])
    expect(visit).toMatchObject({ source: 'inspection', state: 'offered' })
    const { history } = await api.call<{ history: { code?: string }[] }>('GET', `/api/tickets/${visit?.id}`)
    expect(history[0]?.code).toBe('inspection-contracted')
    const { job, items } = await api.call<{ job: string; items: unknown[] }>(
      'GET',
      `/api/tickets/${visit?.id}/checklist`,
    )
    expect([job, items.length >= 6]).toEqual(['inspection', true])
    expect(await ticketsOf('well')).toEqual([])
    expect(await rowsOf('well')).toMatchObject([{ what: 'needless', number: 1 }])
    expect([...(await rowsOf('gone')), ...(await rowsOf('none'))]).toEqual([])
    expect((await api.notices('tired')).filter(({ to }) => to.role === 'owner')).toHaveLength(1)
  })

  test('S10 while a visit is under way the next waits, and after the contract there is none', async () => {
    // The first year’s is still open: the second is not asked for.
    await come(NOW + 2 * YEAR + DAY)
    expect(await rowsOf('tired')).toHaveLength(1)
    const [visit] = await ticketsOf('tired')
    await api.call('POST', `/api/tickets/${visit?.id}/cancel`, { why: 'moved' })
    await come(NOW + 2 * YEAR + 3 * DAY)
    expect((await rowsOf('tired')).map(({ number }) => number)).toEqual([2, 1])
    isWell('well', 50)
    await come(NOW + 3 * YEAR + 2 * DAY)
    expect((await rowsOf('well')).map(({ what, number }) => [what, number])).toEqual([
      ['needless', 2],
      ['needless', 1],
    ])
  })
})
