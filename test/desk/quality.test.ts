import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, SeededRandom } from '../../core/index.ts'
import { CARD, openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home, NOW, onBothDatabases } from './openTestService.ts'

interface Emerging {
  by: string
  cohort: string
  failureMode: string
  found: number
  reported: number
  expected: number
}

onBothDatabases('quality', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.people.saveEngineers([{ id: 'e1', name: 'Eva', location: home, grade: 'A+', skills: ['sealed-system'] }])
    // 120 fridges in four batches; the one of B3 wears its compressors out, the others now and then something.
    const random = new SeededRandom(55, 'batches')
    for (let i = 0; i < 120; i++) {
      await api.register(`q${i}`, { batch: `B${i % 4}`, firmware: '1.0', installedAt: NOW - (100 + i) * DAY })
    }
    api.clock.advanceTo(NOW + 20 * DAY)
    for (let i = 0; i < 120; i++) {
      const isBad = i % 4 === 3 && i < 40
      if (isBad) await api.ticketFor(alertOf(`q${i}`))
      else if (random.next() < 0.02) await api.ticketFor(alertOf(`q${i}`, { failureMode: 'door-seal-leak' }))
    }
  })
  afterAll(() => api.close())
  const emerging = async () => (await api.call<{ items: Emerging[] }>('GET', '/api/quality/emerging')).items
  const kpi = async (name: string) =>
    (
      await api.call<{ items: { name: string; value: number | null; of: number; aim?: number; trend: object[] }[] }>(
        'GET',
        '/api/kpis?months=3',
      )
    ).items.find((item) => item.name === name)

  test('a bad batch is named from predictions alone, before anybody complains, and no sound cohort is', async () => {
    const found = await emerging()
    expect(found).toMatchObject([{ by: 'batch', cohort: 'B3', failureMode: 'compressor-wear', found: 10, reported: 0 }])
    expect(found[0]!.expected).toBeLessThan(1)
  })

  test('S55 the Pareto by batch has a fault within the moment of its closure, and a change that lowered it is shown', async () => {
    const ticket = (await api.desk.list({ appliance: 'q3', limit: 1 })).items[0]!
    const before = await api.call<{ items: { group: string[]; failureMode: string; confirmed: number }[] }>(
      'GET',
      '/api/trends?by=batch',
    )
    const of = (view: typeof before) =>
      view.items.find(({ group, failureMode }) => group[0] === 'B3' && failureMode === 'compressor-wear')?.confirmed
    await api.call('POST', `/api/tickets/${ticket.id}/accept`)
    await api.call('POST', `/api/tickets/${ticket.id}/visit/start`)
    api.clock.advanceTo(api.clock.now() + 3_600_000)
    await api.call('POST', `/api/tickets/${ticket.id}/visit/end`, { checklist: CARD })
    await api.call('POST', `/api/tickets/${ticket.id}/close`, {
      cause: 'compressor-wear',
      verdict: 'confirmed',
      parts: ['compressor'],
    })
    expect(of(before)).toBe(0)
    expect(of(await api.call('GET', '/api/trends?by=batch'))).toBe(1)
    const changedAt = api.clock.now()
    api.clock.advanceTo(changedAt + 25 * DAY)
    const effect = `/api/quality/effect?kind=fridge&failureMode=compressor-wear&at=${changedAt}&days=25`
    expect(await api.call('GET', effect)).toMatchObject({
      before: { failures: 10 },
      after: { failures: 0 },
      lowered: true,
    })
    expect(await api.call('GET', effect.replace('compressor-wear', 'door-seal-leak'))).toMatchObject({ lowered: false })
  })

  test('Weibull life is recovered from lives that were drawn, survivors and all, in days', async () => {
    const { fitWeibull } = await import('../../service/quality/weibull.ts')
    let held = 0
    for (let seed = 0; seed < 60; seed++) {
      const random = new SeededRandom(seed, 'life')
      const failed: number[] = []
      const alive: number[] = []
      for (let i = 0; i < 200; i++) {
        const age = 1_000 * (-Math.log(1 - random.next())) ** (1 / 2.5)
        if (age < 900) failed.push(age)
        else alive.push(900)
      }
      const fit = fitWeibull(failed, alive)
      expect(fit).not.toBeNull()
      if (fit!.shapeInterval[0] <= 2.5 && 2.5 <= fit!.shapeInterval[1]) held++
      expect(fit!.scale).toBeGreaterThan(800)
      expect(fit!.scale).toBeLessThan(1_250)
    }
    // A 95 % interval of 60 samples holds the truth 51 times or more, but for one time in a thousand.
    expect(held).toBeGreaterThanOrEqual(51)
    expect(fitWeibull([10, 20], [30])).toBeNull()
    const { items } = await api.call<{
      items: { group: string; failures: number; survivors: number; fit: object | null }[]
    }>('GET', '/api/quality/life?by=batch&failureMode=compressor-wear')
    expect(items.find(({ group }) => group === 'B3')).toMatchObject({ failures: 1, survivors: 29, fit: null })
    for (const by of ['model', 'firmware', 'season', 'part']) {
      expect((await api.call<{ items: object[] }>('GET', `/api/quality/life?by=${by}`)).items.length).toBeGreaterThan(0)
    }
  })

  test('S57 each figure has one definition, its aim beside it, and a trend', async () => {
    const { items } = await api.call<{
      items: { name: string; definition: { en: string; zh: string }; trend: object[] }[]
    }>('GET', '/api/kpis?months=3')
    expect(new Set(items.map(({ name }) => name)).size).toBe(items.length)
    expect(items.every(({ definition, trend }) => definition.en && definition.zh && trend.length === 3)).toBe(true)
    expect(await kpi('fixedInOneVisit')).toMatchObject({ value: 1, of: 1, aim: 0.9 })
    expect(await kpi('visitHours')).toMatchObject({ value: 1, of: 1 })
    expect(await kpi('complaints')).toMatchObject({ value: 0, of: 1, aim: 0.02 })
    expect(await kpi('satisfaction')).toMatchObject({ value: null, of: 0 })
  })

  test('S57 what was called back counts as called back in the figures of its fault, too, however the report was named', async () => {
    const ofFault = async () => {
      const path = '/api/kpis?months=3&failureMode=compressor-wear'
      const { items } = await api.call<{ items: { name: string; value: number | null; of: number }[] }>('GET', path)
      return items.find(({ name }) => name === 'fixedInOneVisit')
    }
    const ticket = (await api.desk.list({ appliance: 'q7', limit: 1 })).items[0]!
    await api.call('POST', `/api/tickets/${ticket.id}/accept`)
    await api.call('POST', `/api/tickets/${ticket.id}/visit/start`)
    await api.call('POST', `/api/tickets/${ticket.id}/visit/end`, { checklist: CARD })
    const closure = { cause: 'compressor-wear', verdict: 'confirmed', parts: ['compressor'] }
    await api.call('POST', `/api/tickets/${ticket.id}/close`, closure)
    expect(await ofFault()).toMatchObject({ value: 1, of: 2 })
    const again = await api.call<{ recallOf?: string }>('POST', '/api/appliances/q7/report', { text: 'again' })
    expect(again.recallOf).toBe(ticket.id)
    expect(await ofFault()).toMatchObject({ value: 0.5, of: 2 })
  })

  test('S56 a month’s report is the same whenever it is asked, whatever happened since', async () => {
    const ticket = (await api.desk.list({ appliance: 'q3', limit: 1 })).items[0]!
    await api.asOwner('POST', `/api/t/${ticket.ownerLink.split('/t/')[1]}/card`, { ticks: { cleaned: false } })
    const month = new Date(api.clock.now()).toISOString().slice(0, 7)
    const [year, number] = month.split('-').map(Number) as [number, number]
    api.clock.advanceTo(Date.UTC(year, number, 1) + DAY)
    const report = await api.call<{ fingerprint: string; complaints: object }>(
      'GET',
      `/api/quality/report?month=${month}`,
    )
    expect(report.complaints).toEqual({
      total: 1,
      byWhat: { cleaned: 1 },
      byEngineer: { e1: 1 },
      byKind: { fridge: 1 },
      open: 1,
    })
    const { items } = await api.call<{ items: { id: string }[] }>('GET', '/api/tasks?type=complaint')
    await api.call('POST', '/api/tasks/done', { id: items[0]?.id, outcome: 'apologised' })
    await api.call('POST', `/api/tickets/${ticket.id}/reopen`, { why: 'still warm' })
    await api.registry.transfer('q3', { owner: { name: 'Bob', contact: 'b@example.invalid', language: 'zh' } })
    api.clock.advanceTo(api.clock.now() + 40 * DAY)
    expect(await api.call('GET', `/api/quality/report?month=${month}`)).toEqual(report)
  })
})
