import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR } from '../../core/index.ts'
import { CARD, openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home, onBothDatabases } from './openTestService.ts'

const CHINESE = /[\u4e00-\u9fff]/
/** It is said, and not in the words of English; what a person wrote is the same in both. */
const isGerman = (de: string | undefined, en: string | undefined): boolean =>
  !!de && !/\b(?:the|is|are|your?|we|of|was|not)\b/.test(de) && (de !== en || CHINESE.test(de))

onBothDatabases('languages', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.people.saveEngineers([{ id: 'e1', name: 'Eva', location: home, grade: 'A+', skills: ['sealed-system'] }])
  })
  afterAll(() => api.close())

  test('S64 all that an owner is told over a whole case is said in every language, the history too', async () => {
    await api.register('l1')
    const { id } = await api.ticketFor(alertOf('l1'))
    const call = (what: string, body?: object) => api.call('POST', `/api/tickets/${id}/${what}`, body)
    await call('accept')
    await call('contact', {})
    await call('no-show', { why: '没有人' })
    await call('visit/start')
    await call('visit/end', { checklist: CARD })
    const closed = await api.call<{ ownerLink: string }>('POST', `/api/tickets/${id}/close`, {
      cause: 'compressor-wear',
      verdict: 'confirmed',
      parts: ['compressor'],
    })
    const page = `/api/t/${closed.ownerLink.split('/t/')[1]}`
    await api.asOwner('POST', `${page}/card`, { ticks: { explained: false } })
    await api.asOwner('POST', `${page}/rate`, { stars: 1 })
    await call('call-back', { solved: false, desk: 'central' })
    api.clock.advanceTo(api.clock.now() + 30 * HOUR)
    await api.tick()
    const told = (await api.notices('l1')).filter(({ ticket }) => ticket === id)
    expect(told.length).toBeGreaterThan(5)
    for (const { title, body } of told) {
      for (const text of [title, body]) {
        expect([text.en, CHINESE.test(text.zh)]).toEqual([text.en, true])
        expect([text.en, isGerman(text.de, text.en)]).toEqual([text.en, true])
      }
    }
    const view = await api.asOwner<Record<string, unknown>>('GET', page)
    const texts: { en?: string; text?: string; zh?: string; textZh?: string; de?: string; textDe?: string }[] = []
    JSON.stringify(view, (_, value) => {
      if (value && typeof value === 'object' && ('textZh' in value || ('en' in value && 'zh' in value)))
        texts.push(value)
      return value
    })
    expect(texts.length).toBeGreaterThan(8)
    for (const { en, text, zh, textZh, de, textDe } of texts) {
      expect([en ?? text, CHINESE.test(zh ?? textZh ?? '')]).toEqual([en ?? text, true])
      expect([en ?? text, isGerman(de ?? textDe, en ?? text)]).toEqual([en ?? text, true])
    }
    const { history } = await api.call<{ history: { why: string; whyZh?: string; whyDe?: string }[] }>(
      'GET',
      `/api/tickets/${id}`,
    )
    const unsaid = history.filter(({ whyZh }) => !whyZh || !CHINESE.test(whyZh)).map(({ why }) => why)
    expect(unsaid).toEqual([])
    const inEnglish = history.filter(({ why, whyDe }) => !isGerman(whyDe, why)).map(({ why }) => why)
    expect(inEnglish).toEqual([])
  })

  test('S21 dispatcher and care desk see the same ticket in worklists of their own', async () => {
    await api.register('l2')
    const ticket = await api.call<{ id: string }>('POST', '/api/appliances/l2/report', { text: 'x' })
    const { slot } = await api.call<{ slot: { from: number } }>('GET', `/api/tickets/${ticket.id}`)
    const board = await api.call('GET', `/api/dispatch?at=${slot.from}`)
    expect(JSON.stringify(board)).toContain(ticket.id)
    await api.call('POST', '/api/engineers/e1/lift', { why: 'heard' })
    await api.call('POST', `/api/tickets/${ticket.id}/assign`, { engineer: 'e1', why: 'test' })
    await api.call('POST', `/api/tickets/${ticket.id}/visit/start`)
    await api.call('POST', `/api/tickets/${ticket.id}/visit/end`, { checklist: CARD })
    const { items } = await api.call<{ items: { ticket: string }[] }>('GET', '/api/tasks?type=call-back')
    expect(items.map(({ ticket: of }) => of)).toContain(ticket.id)
  })
})
