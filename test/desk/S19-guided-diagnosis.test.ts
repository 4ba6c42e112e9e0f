import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { onBothDatabases } from './openTestService.ts'

interface Diagnosis {
  id: string
  node: string
  outcome?: string
  ticket?: string
  article?: string
  steps: { node: string; answer: string; ask: { en: string; zh: string } }[]
  answers: { id: string }[]
}

onBothDatabases('guided diagnosis', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    for (const id of ['f1', 'f2', 'f3', 'w1', 'a1'])
      await api.register(id, { kind: id.startsWith('f') ? 'fridge' : id.startsWith('w') ? 'washer' : 'ac' })
  })
  afterAll(() => api.close())

  async function call(appliance: string, answers: string[]): Promise<Diagnosis> {
    let now = await api.call<Diagnosis>('POST', `/api/appliances/${appliance}/diagnoses`, {})
    for (const answer of answers) {
      now = await api.call<Diagnosis>('POST', `/api/diagnoses/${now.id}/answers`, { node: now.node, answer })
    }
    return now
  }

  test('S19 a call ends with a ticket of its class, and every step stands beside it', async () => {
    const way = ['yes', 'warm', 'yes', 'lately', 'none']
    const ended = await call('f1', way)
    expect(ended).toMatchObject({ outcome: 'ticket', answers: [] })
    const { items } = await api.call<{ items: Diagnosis[] }>('GET', `/api/tickets/${ended.ticket}/diagnoses`)
    expect(items).toHaveLength(1)
    expect(items[0]?.steps.map(({ answer }) => answer)).toEqual(way)
    expect(items[0]?.steps.every(({ ask }) => ask.en && ask.zh && ask.en !== ask.zh)).toBe(true)
    expect(await api.call('GET', `/api/tickets/${ended.ticket}`)).toMatchObject({
      appliance: 'f1',
      source: 'reported',
      failureMode: 'refrigerant-leak',
    })
  })

  test('S19 what helps on the telephone ends solved, what is tried later ends with a guide, and neither makes a ticket', async () => {
    expect(await call('a1', ['other'])).toMatchObject({ outcome: 'ticket' })
    expect(await call('f2', ['yes', 'warm', 'yes', 'year', 'helped'])).toMatchObject({ outcome: 'solved' })
    expect(await call('f3', ['yes', 'ice', 'yes', 'later'])).toMatchObject({
      outcome: 'guide',
      article: 'fridge-door-seal',
    })
    for (const id of ['f2', 'f3']) expect((await api.desk.list({ appliance: id, limit: 5 })).items).toEqual([])
    expect(await api.call('GET', '/api/articles/fridge-clean-condenser')).toMatchObject({
      success: { tried: 1, helped: 1, rate: 1 },
    })
  })

  test('S19 an answer that is not one, or comes twice, changes nothing and is told so', async () => {
    const begun = await api.call<Diagnosis>('POST', '/api/appliances/w1/diagnoses', {})
    const path = `/api/diagnoses/${begun.id}/answers`
    expect(await api.ask('POST', path, { node: begun.node, answer: 'constructor' })).toMatchObject({
      status: 422,
      body: { code: 'no-such-answer' },
    })
    await api.call('POST', path, { node: begun.node, answer: 'water' })
    expect(await api.ask('POST', path, { node: begun.node, answer: 'water' })).toMatchObject({
      status: 409,
      body: { code: 'not-asked' },
    })
    const { items } = await api.call<{ items: Diagnosis[] }>('GET', '/api/appliances/w1/diagnoses')
    expect(items[0]?.steps).toHaveLength(1)
  })

  test('S19 H of an appliance that is retired meanwhile nothing more is asked', async () => {
    await api.register('f4', { kind: 'fridge' })
    const begun = await api.call<Diagnosis>('POST', '/api/appliances/f4/diagnoses', {})
    await api.call('DELETE', '/api/appliances/f4')
    const answer = { node: begun.node, answer: begun.answers[0]?.id }
    expect(await api.ask('POST', `/api/diagnoses/${begun.id}/answers`, answer)).toMatchObject({
      status: 409,
      body: { code: 'retired' },
    })
    expect((await api.desk.list({ appliance: 'f4', limit: 5 })).items).toEqual([])
  })

  test('S19 every way through every tree ends, and each tree can end in all three', async () => {
    const { readTrees } = await import('../../service/knowledge/diagnosisTree.ts')
    const { shippedArticles } = await import('../../service/knowledge/shippedArticles.ts')
    const articles = new Map(shippedArticles().map((one) => [one.id, one.kind]))
    let ends = 0
    for (const [kind, { start, nodes }] of Object.entries(readTrees())) {
      const reached = new Set<string>()
      const walk = (at: string, way: string[]): void => {
        const node = nodes[at]
        expect(way, `${kind} goes round at ${at}`).not.toContain(at)
        expect(node, `${kind}: ${at}`).toBeDefined()
        if (node?.article) expect(articles.get(node.article), node.article).toBe(kind)
        if (node && 'end' in node) {
          ends++
          reached.add(node.end)
          if (node.failureMode) expect(Object.keys(api.catalog.kind(kind).failureModes)).toContain(node.failureMode)
        } else for (const { next } of node?.answers ?? []) walk(next, [...way, at])
      }
      walk(start, [])
      expect([...reached].sort(), kind).toEqual(['guide', 'solved', 'ticket'])
    }
    expect(ends).toBeGreaterThan(60)
  })
})
