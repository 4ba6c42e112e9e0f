import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR } from '../../core/index.ts'
import { CARD, openTestApi, type TestApi, TOKEN } from './openTestApi.ts'
import { alertOf, home, NOW, onBothDatabases } from './openTestService.ts'

interface TicketSeen {
  id: string
  number: string
  state: string
  source: string
  engineer?: string
  ownerLink: string
  swapRight?: boolean
  recallOf?: string
  clocks: { name: string; dueAt: number; doneAt?: number }[]
  bill?: {
    totalCents: number
    lines: { text: string; textZh: string; cents: number; code: string; clause?: { en: string } }[]
  }
  history: { why: string }[]
}

onBothDatabases('visits', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    for (const [id, lat] of [
      ['first', 50],
      ['second', 50.2],
    ] as const) {
      await api.call('POST', '/api/engineers', {
        id,
        name: id,
        location: { lat, lon: 8 },
        grade: 'A+',
        skills: ['sealed-system', 'general', 'electrical'],
        outlet: id === 'first' ? 'outlet-a' : 'outlet-b',
      })
    }
    for (const id of ['outlet-a', 'outlet-b'])
      await api.call('POST', '/api/depots', { id, type: 'outlet', location: home, stock: [] })
  })
  afterAll(() => api.close())
  const get = (id: string) => api.call<TicketSeen>('GET', `/api/tickets/${id}`)
  const page = ({ ownerLink }: TicketSeen) => `/api/t/${ownerLink.split('/t/')[1]}`
  const clockOf = ({ clocks }: TicketSeen, name: string) => clocks.find((clock) => clock.name === name)
  const reported = async (id: string, more: object = {}) => {
    await api.register(id, more)
    return api.call<TicketSeen>('POST', `/api/appliances/${id}/report`, {
      text: 'warm',
      failureMode: 'compressor-wear',
    })
  }
  const visit = async (id: string, checklist: object = CARD) => {
    await api.call('POST', `/api/tickets/${id}/visit/start`)
    return api.call<TicketSeen>('POST', `/api/tickets/${id}/visit/end`, { checklist })
  }
  const repaired = { cause: 'compressor-wear', parts: ['compressor'], note: 'done' }
  const tasks = async (type: string, ticket: string) =>
    (
      await api.call<{ items: { id: string; desk: string; dueAt: number; text: { zh: string } }[] }>(
        'GET',
        `/api/tasks?type=${type}&ticket=${ticket}`,
      )
    ).items

  test('S39 a job whose owner is not contacted escalates at the deadline and is reassigned at the second', async () => {
    const { id, engineer } = await reported('c1')
    expect(engineer).toBe('first')
    expect(clockOf(await get(id), 'contact')?.dueAt).toBe(api.clock.now() + 2 * HOUR)
    api.clock.advanceTo(api.clock.now() + 2 * HOUR - 1)
    await api.tick()
    expect(await tasks('contact', id)).toEqual([])
    api.clock.advanceTo(api.clock.now() + 1)
    await api.tick()
    expect(await tasks('contact', id)).toHaveLength(1)
    expect((await get(id)).engineer).toBe('first')
    api.clock.advanceTo(api.clock.now() + HOUR)
    await api.tick()
    const after = await get(id)
    expect(after).toMatchObject({ state: 'assigned', engineer: 'second' })
    expect(await tasks('contact', id)).toEqual([])
    await api.call('POST', `/api/tickets/${id}/contact`, { note: 'agreed' })
    expect(clockOf(await get(id), 'contact')?.doneAt).toBe(api.clock.now())
    api.clock.advanceTo(api.clock.now() + 5 * HOUR)
    await api.tick()
    expect((await get(id)).engineer).toBe('second')
    await api.register('c2')
    const { id: byOwner } = await api.ticketFor(alertOf('c2'))
    const slots = await api.asOwner<{ slots: object[] }>('GET', page(await get(byOwner)))
    await api.asOwner('POST', `${page(await get(byOwner))}/accept`, { slot: slots.slots[0] })
    expect(clockOf(await get(byOwner), 'contact')).toBeUndefined()
  })

  test('S39 a time that was agreed by telephone is confirmed to the owner in writing, once', async () => {
    const { id } = await reported('c3')
    const told = async (): Promise<number> =>
      (await api.notices('c3')).filter(({ to, ticket }) => to.role === 'owner' && ticket === id).length
    const before = await told()
    const from = api.clock.now() + 30 * HOUR
    const slot = { from, to: from + 2 * HOUR }
    await api.call('POST', `/api/tickets/${id}/contact`, { note: 'agreed', slot })
    expect(await told()).toBe(before + 1)
    await api.call('POST', `/api/tickets/${id}/contact`, { note: 'as agreed', slot })
    expect(await told()).toBe(before + 1)
  })

  test('S40 visit timestamps give on-time and duration, with clocks of their own', async () => {
    const { id } = await reported('o1')
    await api.call('POST', `/api/tickets/${id}/visit/start`)
    expect(clockOf(await get(id), 'visit')?.dueAt).toBe(api.clock.now() + 2 * HOUR)
    api.clock.advanceTo(api.clock.now() + 3 * HOUR)
    await api.call('POST', `/api/tickets/${id}/visit/end`, { checklist: CARD })
    const ticket = await get(id)
    const visited = clockOf(ticket, 'visit')
    expect((visited?.doneAt ?? 0) - (visited?.dueAt ?? 0)).toBe(HOUR)
    const figure = async (name: string, of = '') => {
      const { items } = await api.call<{ items: { name: string; value: number; of: number }[] }>(
        'GET',
        `/api/kpis${of}`,
      )
      return items.find((one) => one.name === name)
    }
    expect((await figure('onTime'))?.of).toBeGreaterThan(0)
    expect(await figure('visitHours')).toMatchObject({ value: 3, of: 1 })
    const { failureMode = '' } = await api.call<{ failureMode?: string }>('GET', `/api/tickets/${id}`)
    expect(await figure('visitHours', `?kind=fridge&model=M1&failureMode=${failureMode}`)).toMatchObject({
      value: 3,
      of: 1,
    })
    for (const other of ['kind=washer', 'model=M2', 'failureMode=door-seal-leak'])
      expect(await figure('visitHours', `?${other}`)).toMatchObject({ value: null, of: 0 })
  })

  test('S42 a visit cannot end without the six answers; the owner’s contradicting tick opens a complaint', async () => {
    const { id } = await reported('k1')
    await api.call('POST', `/api/tickets/${id}/visit/start`)
    for (const left of Object.keys(CARD)) {
      const { [left as 'done']: _, ...rest } = CARD
      const refused = await api.ask('POST', `/api/tickets/${id}/visit/end`, { checklist: rest })
      expect(refused).toMatchObject({ status: 422, body: { code: 'checklist-incomplete' } })
    }
    expect((await get(id)).state).toBe('visiting')
    await api.call('POST', `/api/tickets/${id}/visit/end`, { checklist: { ...CARD, cleaned: false } })
    const seen = await api.asOwner<{ card: { code: string; ok?: boolean; text: { zh: string } }[] }>(
      'GET',
      page(await get(id)),
    )
    expect(seen.card.filter(({ ok }) => ok).map(({ code }) => code)).toEqual([
      'done',
      'safety-test',
      'explained',
      'maintained',
      'other-appliances',
    ])
    await api.asOwner('POST', `${page(await get(id))}/card`, { ticks: { done: true, cleaned: false } })
    expect(await tasks('complaint', id)).toEqual([])
    await api.asOwner('POST', `${page(await get(id))}/card`, { ticks: { explained: false } })
    const [complaint] = await tasks('complaint', id)
    expect(complaint?.text.zh).toContain('讲解使用方法')
  })

  test('S44 each type of job has its card, and what asks for a photo or a scan is not done without', async () => {
    await api.register('k2')
    const { id } = await api.call<TicketSeen>('POST', '/api/appliances/k2/intake', { text: 'new', job: 'installation' })
    const card = await api.call<{ job: string; items: { code: string; evidence?: string }[] }>(
      'GET',
      `/api/tickets/${id}/checklist`,
    )
    expect(card.job).toBe('installation')
    expect(card.items.find(({ code }) => code === 'photo')).toMatchObject({ evidence: 'photo' })
    await api.call('POST', `/api/tickets/${id}/visit/start`)
    const end = (photo: unknown) => api.ask('POST', `/api/tickets/${id}/visit/end`, { checklist: { ...CARD, photo } })
    expect((await end(true)).status).toBe(422)
    expect((await end({ ok: true, evidence: 'photo-1' })).body).toMatchObject({ code: 'no-such-photo' })
    const base64 = Buffer.from('a finished place').toString('base64')
    const photo = { type: 'image/jpeg', base64 }
    const { name } = await api.call<{ name: string }>('POST', `/api/tickets/${id}/photos`, photo)
    expect(await api.call('POST', `/api/tickets/${id}/photos`, photo)).toEqual({ name })
    expect((await api.ask('POST', `/api/tickets/${id}/photos`, { ...photo, base64: '<svg>' })).status).toBe(400)
    expect((await end({ ok: true, evidence: name })).status).toBe(200)
    const kept = await api.app.inject({
      url: `/api/tickets/${id}/photos/${name}`,
      headers: { authorization: `Bearer ${TOKEN}` },
    })
    expect([kept.headers['content-type'], kept.body]).toEqual(['image/jpeg', 'a finished place'])
  })

  test('S43 a failed earth test locks the home and opens a safety ticket; settled, the home is free again', async () => {
    const { id } = await reported('e1', { homeId: 'h-e' })
    const stopped = await visit(id, { ...CARD, safetyTest: 'failed' })
    expect(stopped.state).toBe('waiting')
    const { items } = await api.call<{ items: TicketSeen[] }>('GET', '/api/tickets?appliance=e1')
    const safety = items.find(({ source }) => source === 'safety')
    expect(safety).toMatchObject({ state: 'assigned' })
    expect(await api.ask('POST', `/api/tickets/${id}/visit/start`)).toMatchObject({
      status: 409,
      body: { code: 'safety-lock' },
    })
    const neighbour = await reported('e2', { homeId: 'h-e' })
    expect((await api.ask('POST', `/api/tickets/${neighbour.id}/visit/start`)).status).toBe(409)
    await visit(safety?.id ?? '', { ...CARD, earthReading: { ok: true, evidence: 'scan-1' } })
    expect((await api.ask('POST', `/api/tickets/${id}/visit/start`)).status).toBe(200)
  })

  test('S45 the bill is the tariff’s lines less what is covered, in whole cents, and the owner confirms it', async () => {
    const { id } = await reported('m1')
    const quoted = await api.asOwner<{ price: { highestCents: number; lines: { text: string }[] } }>(
      'GET',
      page(await get(id)),
    )
    expect(quoted.price.lines.map(({ text }) => text).slice(0, 2)).toEqual(['Call-out', 'Labour, 120 min'])
    await visit(id)
    const { bill } = await api.call<TicketSeen>('POST', `/api/tickets/${id}/close`, repaired)
    expect(bill?.lines.map(({ code, cents }) => [code, cents])).toEqual([
      ['call-out', 4_900],
      ['labour', 13_200],
      ['part', 18_900],
    ])
    expect(bill?.totalCents).toBe(37_000)
    expect(bill?.lines.every(({ cents }) => Number.isInteger(cents))).toBe(true)
    await api.asOwner('POST', `${page(await get(id))}/bill/confirm`)
    expect(await api.asOwner('GET', page(await get(id)))).toMatchObject({ billConfirmed: true })
    await api.asOwner('POST', `${page(await get(id))}/bill/contest`, { why: 'too much labour' })
    expect(await tasks('complaint', id)).toHaveLength(1)
  })

  test('S46 S47 each covered line names its clause; an accident is covered by the contract that says so, and a VIP for life', async () => {
    const at = api.clock.now()
    await api.register('w1', { installedAt: at - 5 * 365 * DAY })
    await api.call('POST', '/api/appliances/w1/contracts', { plan: 'extended-plus', years: 2 })
    const { id } = await api.call<TicketSeen>('POST', '/api/appliances/w1/report', {
      text: 'fell',
      failureMode: 'compressor-wear',
    })
    await visit(id)
    const { bill } = await api.call<TicketSeen>('POST', `/api/tickets/${id}/close`, { ...repaired, accident: true })
    expect(bill?.totalCents).toBe(0)
    expect(bill?.lines.filter(({ code }) => code === 'covered').map(({ clause }) => clause?.en)).toEqual(
      Array(3).fill('Clause 3: accidental damage is covered, too'),
    )
    await api.register('w2', { installedAt: at - 30 * DAY })
    const accident = await api.call<TicketSeen>('POST', '/api/appliances/w2/report', {
      text: 'fell',
      failureMode: 'compressor-wear',
    })
    await visit(accident.id)
    const own = await api.call<TicketSeen>('POST', `/api/tickets/${accident.id}/close`, { ...repaired, accident: true })
    expect(own.bill?.totalCents).toBe(37_000)
    const vip = await reported('w3', {
      owner: { name: 'Vi', contact: 'vi@example.invalid', language: 'zh', segment: 'vip' },
      installedAt: at - 9 * 365 * DAY,
    })
    await visit(vip.id)
    const free = await api.call<TicketSeen>('POST', `/api/tickets/${vip.id}/close`, repaired)
    expect(free.bill).toMatchObject({ totalCents: 0 })
  })

  test('S16 S48 one code leads to model, firmware, warranty, every ticket and the parts fitted', async () => {
    await api.register('q1', { firmware: '2.1', batch: 'b7', installedAt: api.clock.now() - 30 * DAY })
    const { id } = await api.call<TicketSeen>('POST', '/api/appliances/q1/report', {
      text: 'x',
      failureMode: 'compressor-wear',
    })
    await visit(id)
    await api.call('POST', `/api/tickets/${id}/close`, repaired)
    const { link } = await api.call<{ link: string }>('GET', '/api/appliances/q1/owner-link')
    const bySerial = await api.call<object>('GET', '/api/service-file?code=q1')
    expect(bySerial).toMatchObject({
      appliance: { id: 'q1', model: 'M1', firmware: '2.1', batch: 'b7' },
      warranty: { inForce: true, makers: { inForce: true }, partsFitted: [{ part: 'compressor', ticket: id }] },
      tickets: [{ id, state: 'closed' }],
    })
    expect(await api.call('GET', `/api/service-file?code=${encodeURIComponent(link)}`)).toEqual(bySerial)
    expect((await api.ask('GET', '/api/service-file?code=nobody')).status).toBe(404)
  })

  test('S41 the same fault inside the window is a recall: free, with the right to a swap; after it, it is not', async () => {
    const first = await reported('x1')
    await visit(first.id)
    await api.call('POST', `/api/tickets/${first.id}/close`, repaired)
    api.clock.advanceTo(api.clock.now() + 30 * DAY - HOUR)
    const again = await api.call<TicketSeen>('POST', '/api/appliances/x1/report', { text: 'warm again' })
    expect(again).toMatchObject({ source: 'recall', recallOf: first.id, swapRight: true })
    expect(await api.asOwner('GET', page(again))).toMatchObject({ swapRight: true, price: { highestCents: 0 } })
    await visit(again.id)
    const { bill } = await api.call<TicketSeen>('POST', `/api/tickets/${again.id}/close`, repaired)
    expect(bill?.totalCents).toBe(0)
    expect(bill?.lines.at(-1)?.clause?.en).toBe('The same fault within 30 days: free of charge')
    api.clock.advanceTo(api.clock.now() + 30 * DAY)
    const later = await api.call<TicketSeen>('POST', '/api/appliances/x1/report', { text: 'warm once more' })
    expect(later).toMatchObject({ source: 'reported' })
    // The telemetry itself says that a repair did not last, before the owner calls.
    const silent = await reported('x2')
    await visit(silent.id)
    await api.call('POST', `/api/tickets/${silent.id}/close`, { ...repaired, cause: 'compressor-wear' })
    await api.database.transaction((tx) =>
      api.desk.verified(tx, [{ ticket: silent.id, appliance: 'x2', at: NOW, outcome: 'passed', evidence: [] }]),
    )
    api.clock.advanceTo(api.clock.now() + 9 * DAY)
    expect(await api.ticketFor(alertOf('x2', { id: 'al-x2-again' }))).toMatchObject({
      source: 'predicted',
      recallOf: silent.id,
      swapRight: true,
    })
  })

  test('S53 every visit has a call-back due within a day, by a desk of another outlet, and only such a one may make it', async () => {
    const { id, engineer } = await reported('cb1')
    await visit(id)
    const outlets = { first: 'outlet-a', second: 'outlet-b' } as Record<string, string>
    const own = outlets[engineer ?? ''] as string
    const [task] = await tasks('call-back', id)
    expect(task?.dueAt).toBe(api.clock.now() + 24 * HOUR)
    expect(task?.desk).not.toBe(own)
    expect(Object.values(outlets)).toContain(task?.desk)
    const refused = await api.ask('POST', `/api/tickets/${id}/call-back`, { solved: true, desk: own })
    expect(refused).toMatchObject({ status: 409, body: { code: 'not-independent' } })
    const nobody = await api.ask('POST', `/api/tickets/${id}/call-back`, { solved: true, desk: 'outlet-of-nobody' })
    expect(nobody).toMatchObject({ status: 422, body: { code: 'unknown-desk' } })
    expect((await api.ask('POST', `/api/tickets/${id}/call-back`, { solved: true })).status).toBe(400)
    const called = await api.call<TicketSeen>('POST', `/api/tickets/${id}/call-back`, {
      solved: true,
      desk: task?.desk,
      note: 'content',
    })
    expect(await tasks('call-back', id)).toEqual([])
    expect(called).toMatchObject({ calledBack: { desk: task?.desk, solved: true, at: api.clock.now() } })
    expect(called.history.findLast(({ why }) => why.startsWith('called back'))).toMatchObject({
      why: `called back by ${task?.desk}, solved: content`,
      whyZh: expect.stringContaining(`${task?.desk} 已回访，已解决`),
    })
  })

  test('S54 not solved opens the same case again, with its clock and its cost kept', async () => {
    const { id } = await reported('ns1')
    await visit(id)
    const closed = await api.call<TicketSeen>('POST', `/api/tickets/${id}/close`, repaired)
    const firstResponse = clockOf(closed, 'first-response')
    api.clock.advanceTo(api.clock.now() + 3 * HOUR)
    const again = await api.call<TicketSeen>('POST', `/api/tickets/${id}/call-back`, {
      solved: false,
      desk: 'central',
      note: 'still warm',
    })
    expect(again).toMatchObject({ id, state: 'reopened', bill: closed.bill })
    expect(clockOf(again, 'first-response')).toEqual(firstResponse)
    expect(await api.call<{ items: object[] }>('GET', '/api/tickets?appliance=ns1')).toMatchObject({ items: [{ id }] })
  })

  test('S58 a closure needs its cause, and a predicted one its verdict; both are kept', async () => {
    await api.register('cl1')
    const { id } = await api.ticketFor(alertOf('cl1'))
    expect((await api.ask('POST', `/api/tickets/${id}/close`, { parts: [], note: '' })).status).toBe(400)
    expect((await api.ask('POST', `/api/tickets/${id}/close`, { cause: 'magic', verdict: 'confirmed' })).status).toBe(
      422,
    )
    expect((await api.ask('POST', `/api/tickets/${id}/close`, repaired)).status).toBe(422)
    await api.call('POST', `/api/tickets/${id}/close`, { ...repaired, verdict: 'confirmed' })
    expect(await get(id)).toMatchObject({
      closure: { cause: 'compressor-wear', verdict: 'confirmed', parts: ['compressor'] },
    })
  })
})
