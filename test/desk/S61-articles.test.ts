import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR } from '../../core/index.ts'
import { CARD, openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home, onBothDatabases } from './openTestService.ts'

interface Article {
  id: string
  state: string
  version: number
  title: { en: string; zh: string }
  success: { tried: number; helped: number; failed: number; rate: number | null }
}

onBothDatabases('articles', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.people.saveEngineers([
      { id: 'e1', name: 'Eva', location: home, grade: 'A+', skills: ['sealed-system', 'cooling'] },
    ])
    for (const id of ['f1', 'f2', 'f3']) await api.register(id)
  })
  afterAll(() => api.close())
  const as = (role: string, method: string, path: string, body?: unknown) =>
    api.ask(method, path, body, { authorization: '', cookie: role })

  async function solve(appliance: string): Promise<string> {
    const { id } = await api.ticketFor(alertOf(appliance))
    await api.call('POST', `/api/tickets/${id}/accept`)
    await api.call('POST', `/api/tickets/${id}/visit/start`)
    api.clock.advanceTo(api.clock.now() + HOUR)
    await api.call('POST', `/api/tickets/${id}/visit/end`, { checklist: CARD })
    await api.call('POST', `/api/tickets/${id}/close`, {
      cause: 'compressor-wear',
      verdict: 'confirmed',
      parts: ['compressor'],
      note: 'Mrs Ann is often away',
    })
    return id
  }

  test('S61 a solved ticket becomes a draft in both languages, once, and without anybody’s own words', async () => {
    const ticket = await solve('f1')
    const draft = await api.call<Article>('POST', `/api/tickets/${ticket}/article`, {})
    expect(draft).toMatchObject({
      state: 'draft',
      origin: 'ticket',
      ticket,
      modes: ['compressor-wear'],
      models: ['M1'],
    })
    expect(draft.title.en).toContain('M1')
    expect(draft.title.zh).toMatch(/[\u4e00-\u9fff]/)
    expect(JSON.stringify(draft)).not.toContain('Ann')
    expect(await api.call('POST', `/api/tickets/${ticket}/article`, {})).toMatchObject({ id: draft.id })
    expect(await found('q=M1')).not.toContain(draft.id)
    expect(await as('quality', 'POST', `/api/articles/${draft.id}/publish`, { version: 1 })).toMatchObject({
      status: 200,
    })
    expect(await found('failureMode=compressor-wear&model=M1')).toContain(draft.id)
    expect(await found('failureMode=compressor-wear&model=M2')).not.toContain(draft.id)
  })

  const found = async (query: string): Promise<string[]> =>
    (await api.call<{ items: Article[] }>('GET', `/api/articles?${query}`)).items.map(({ id }) => id)

  test('S61 a new version is reviewed by somebody else before readers have it, and the old ones stay', async () => {
    const before = await api.call<Article>('GET', '/api/articles/fridge-smell')
    const content = {
      kind: 'fridge',
      title: { en: 'The fridge smells of zinnober', zh: '冰箱有朱砂味' },
      text: { en: 'Wipe it with water.', zh: '用水擦拭。' },
    }
    const written = await api.call<Article>('PUT', '/api/articles/fridge-smell', content)
    expect(written.version).toBe(before.version + 1)
    expect(await found('q=zinnober')).toEqual([])
    const publish = ['POST', '/api/articles/fridge-smell/publish', { version: written.version }] as const
    expect(await api.ask(...publish)).toMatchObject({ status: 409, body: { code: 'own-review' } })
    expect(await as('care', ...publish)).toMatchObject({ status: 403 })
    expect(await as('supervisor', ...publish)).toMatchObject({ status: 200 })
    expect(await found('q=zinnober')).toEqual(['fridge-smell'])
    expect(await found(`q=${encodeURIComponent('朱砂')}`)).toEqual(['fridge-smell'])
    const { versions } = await api.call<{ versions: { version: number; reviewedBy?: string }[] }>(
      'GET',
      '/api/articles/fridge-smell',
    )
    expect(versions.map(({ version }) => version)).toEqual([2, 1])
    expect(versions[0]?.reviewedBy).toBe('user:vera')
    expect(await as('supervisor', 'POST', '/api/articles/fridge-smell/retire', {})).toMatchObject({ status: 200 })
    expect(await found('q=zinnober')).toEqual([])
  })

  test('S61 what its readers say is its success; a report within seven days takes it back', async () => {
    const ticket = await api.ticketFor(alertOf('f2', { failureMode: 'condenser-fouling', hypotheses: [] }))
    const secret = ticket.ownerLink.split('/t/')[1]!
    const { items } = await api.asOwner<{ items: { id: string }[] }>('GET', `/api/t/${secret}/articles`)
    const offered = items.map(({ id }) => id)
    expect(offered).toContain('fridge-clean-condenser')
    const tried = `/api/t/${secret}/articles/fridge-clean-condenser/tried`
    await api.asOwner('POST', tried, { helped: true })
    expect(await api.desk.get(ticket.id)).toMatchObject({ state: 'closed', guide: { helped: true } })
    const success = async () => (await api.call<Article>('GET', '/api/articles/fridge-clean-condenser')).success
    expect(await success()).toEqual({ tried: 1, helped: 1, failed: 0, rate: 1 })
    // H: who says it again of the same ticket has one voice.
    for (const helped of [false, true, true]) await api.asOwner('POST', tried, { helped })
    expect(await success()).toEqual({ tried: 1, helped: 1, failed: 0, rate: 1 })
    await api.call('POST', `/api/tickets/${ticket.id}/articles/fridge-clean-condenser/tried`, { helped: false })
    expect(await success()).toEqual({ tried: 2, helped: 1, failed: 0, rate: 0.5 })
    api.clock.advanceTo(api.clock.now() + 6 * DAY)
    await api.call('POST', '/api/appliances/f2/report', { text: 'warm again' })
    expect(await success()).toEqual({ tried: 2, helped: 1, failed: 1, rate: 0 })
  })

  test('S61 an article that tells an owner to open live parts is refused, in either language', async () => {
    const content = (en: string, zh: string) => ({
      kind: 'fridge',
      title: { en: 'Repair it', zh: '自己修' },
      text: { en, zh },
    })
    const write = (en: string, zh: string) => api.ask('POST', '/api/articles', content(en, zh))
    expect(await write('Unscrew the back panel.', '请联系我们。')).toMatchObject({
      status: 422,
      body: { code: 'unsafe-article' },
    })
    expect(await write('Call us.', '拆开电控盒。')).toMatchObject({ status: 422, body: { code: 'unsafe-article' } })
    expect(await write('Never unscrew the back panel.', '切勿拆开电控盒。')).toMatchObject({ status: 201 })
  })
})
