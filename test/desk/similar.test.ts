import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Alert, Evidence } from '../../core/index.ts'
import type { SimilarCase } from '../../service/index.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, NOW, onBothDatabases } from './openTestService.ts'

const shift = (feature: string, observed: number): Evidence => ({
  feature,
  observed,
  expected: [-1, 1],
  unit: '1',
  from: NOW - 1,
  to: NOW,
  share: 0.5,
})

onBothDatabases('similar closed cases', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
  })
  afterAll(() => api.close())

  const begin = async (id: string, failureMode: string, evidence: Evidence[], model = 'M1') => {
    await api.register(id, { model })
    const alert: Partial<Alert> = { failureMode, evidence, hypotheses: [{ failureMode, probability: 0.8 }] }
    return (await api.ticketFor(alertOf(id, alert))).id
  }
  const close = (id: string, cause: string, parts: string[], verdict = 'confirmed') =>
    api.call('POST', `/api/tickets/${id}/close`, { cause, verdict, parts, note: 'done' })
  const similarTo = async (id: string) =>
    (await api.call<{ items: SimilarCase[] }>('GET', `/api/tickets/${id}/similar`)).items

  test('are listed on a ticket, the most alike first, with what was found, which part and how many visits', async () => {
    const seal = await begin('s1', 'door-seal-leak', [shift('duty', 6), shift('offSlope', 4)])
    const worn = await begin('s2', 'compressor-wear', [shift('power', 5)])
    const alike = await begin('s3', 'door-seal-leak', [shift('duty', 5), shift('offSlope', 5)], 'M2')
    const now = await begin('s4', 'door-seal-leak', [shift('duty', 4), shift('offSlope', 4)])
    expect(await similarTo(now)).toEqual([])
    await close(seal, 'door-seal-leak', ['door-gasket'])
    await close(worn, 'compressor-wear', [])
    await close(alike, 'condenser-fouling', [], 'other-cause')
    const similar = await similarTo(now)
    expect(similar).toMatchObject([
      { ticket: seal, found: { cause: 'door-seal-leak', verdict: 'confirmed', parts: ['door-gasket'] }, visits: 0 },
      { ticket: alike, model: 'M2', failureMode: 'door-seal-leak', found: { cause: 'condenser-fouling' } },
    ])
    expect(similar[0]?.similarity).toBeGreaterThan(0.9)
    expect(similar[0]?.apart.model).toBe(0)
    expect((await similarTo(seal)).map(({ ticket }) => ticket)).toEqual([alike])
  })
})
