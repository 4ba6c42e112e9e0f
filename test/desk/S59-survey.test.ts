import { afterAll, beforeAll, expect, test } from 'vitest'
import { npsOf } from '../../service/members/nps.ts'
import { CARD, openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home, onBothDatabases } from './openTestService.ts'

test('S59 the score is promoters less detractors, with its interval', () => {
  expect(npsOf([])).toBeNull()
  expect(npsOf([10, 9, 8, 7, 6, 0])).toMatchObject({ nps: 0, of: 6 })
  expect(npsOf(Array.from({ length: 100 }, (_, i) => (i < 75 ? 10 : i < 95 ? 8 : 3)))).toMatchObject({
    nps: 70,
    of: 100,
  })
  const [low, high] = npsOf(Array.from({ length: 100 }, (_, i) => (i < 75 ? 10 : 3)))!.interval
  expect(low).toBeLessThan(50)
  expect(high).toBeGreaterThan(50)
})

onBothDatabases('surveys', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.people.saveEngineers([{ id: 'e1', name: 'Eva', location: home, grade: 'A+', skills: ['sealed-system'] }])
    await api.register('n1')
  })
  afterAll(() => api.close())

  test('S59 an owner is asked once a ticket, after it was closed', async () => {
    const { id, ownerLink } = await api.ticketFor(alertOf('n1'))
    const path = `/api/t/${ownerLink.split('/t/')[1]}/nps`
    const say = (score: number) => api.ask('POST', path, { score }, { authorization: '' })
    expect(await say(9)).toMatchObject({ status: 409, body: { code: 'too-early' } })
    await api.call('POST', `/api/tickets/${id}/accept`)
    await api.call('POST', `/api/tickets/${id}/assign`, { engineer: 'e1', why: 'free' })
    await api.call('POST', `/api/tickets/${id}/visit/start`)
    await api.call('POST', `/api/tickets/${id}/visit/end`, { checklist: CARD })
    await api.call('POST', `/api/tickets/${id}/close`, { cause: 'compressor-wear', verdict: 'confirmed', parts: [] })
    expect((await say(11)).status).toBe(400)
    expect((await say(9)).status).toBe(200)
    expect(await say(10)).toMatchObject({ status: 409, body: { code: 'answered-already' } })
    expect(await api.call('GET', '/api/nps')).toMatchObject({ nps: { nps: 100, of: 1 }, months: [{ nps: 100, of: 1 }] })
  })

  test('S59 indices of others are imported, and the same day again replaces', async () => {
    const row = { name: 'repurchase', at: Date.UTC(2026, 0, 1), value: 0.61, source: 'a study' }
    expect(
      await api.call('POST', '/api/indices', { rows: [row, { ...row, name: 'satisfaction', value: 82 }] }),
    ).toEqual({ taken: 2 })
    await api.call('POST', '/api/indices', { rows: [{ ...row, value: 0.65 }] })
    const { indices } = await api.call<{ indices: object[] }>('GET', '/api/nps')
    expect(indices).toEqual([
      { ...row, value: 0.65 },
      { ...row, name: 'satisfaction', value: 82 },
    ])
  })
})
