import { afterAll, beforeAll, expect, test } from 'vitest'
import { dangersOf } from '../../service/knowledge/safetyRules.ts'
import { shippedArticles } from '../../service/knowledge/shippedArticles.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { onBothDatabases } from './openTestService.ts'

test('S62 sixty articles and more come with the product, of every kind, in both languages, and none is dangerous', () => {
  const articles = shippedArticles()
  expect(articles.length).toBeGreaterThanOrEqual(60)
  expect(new Set(articles.map(({ id }) => id)).size).toBe(articles.length)
  for (const kind of ['fridge', 'washer', 'ac'])
    expect(articles.filter((one) => one.kind === kind).length).toBeGreaterThanOrEqual(20)
  for (const { id, title, text, audience } of articles) {
    for (const one of [title, text]) {
      expect(one.zh, id).toMatch(/[\u4e00-\u9fff]/)
      expect(one.en, id).not.toMatch(/[\u4e00-\u9fff]/)
      expect(dangersOf(one, audience), id).toEqual([])
    }
    expect(text.en.split('\n').length, id).toBe(text.zh.split('\n').length)
  }
})

onBothDatabases('product knowledge', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.register('w1', { kind: 'washer' })
  })
  afterAll(() => api.close())
  const found = async (query: Record<string, string>): Promise<string[]> =>
    (await api.call<{ items: { id: string }[] }>('GET', `/api/articles?${new URLSearchParams(query)}`)).items.map(
      ({ id }) => id,
    )

  test.each([
    [{ q: 'what is an inverter', kind: 'fridge' }, 'fridge-inverter'],
    [{ q: '变频压缩机', kind: 'fridge' }, 'fridge-inverter'],
    [{ q: 'cleaning filters', kind: 'ac' }, 'ac-clean-filter'],
    [{ q: '滤网' }, 'ac-clean-filter'],
    [{ q: '异味', kind: 'washer' }, 'washer-smell'],
    [{ failureMode: 'heater-scale', kind: 'washer' }, 'washer-descale'],
    [{ q: 'aquastop' }, 'washer-aquastop'],
  ])('S62 %o finds %s among the first three', async (query, id) => {
    expect((await found(query)).slice(0, 3)).toContain(id)
  })

  test('S62 every fault of a built-in kind has an article, and what nobody wrote of finds nothing', async () => {
    for (const kind of ['fridge', 'washer', 'ac'])
      for (const failureMode of Object.keys(api.catalog.kind(kind).failureModes))
        expect(await found({ kind, failureMode }), `${kind}: ${failureMode}`).not.toEqual([])
    expect(await found({ q: 'xyzzy' })).toEqual([])
    expect(await found({ q: '" * & | ! :' })).toEqual([])
  })

  test('S62 an owner reads of their own appliance before they report, and nothing that is for engineers', async () => {
    const { link } = await api.call<{ link: string }>('GET', '/api/appliances/w1/owner-link')
    const secret = link.split('/o/')[1]
    const { items } = await api.asOwner<{ items: { id: string }[] }>('GET', `/api/o/${secret}/articles?q=bearing`)
    expect(items.map(({ id }) => id)).not.toContain('washer-bearing-evidence')
    expect(items.length).toBeGreaterThan(0)
    expect(items.every(({ id }) => id.startsWith('washer-'))).toBe(true)
  })
})
