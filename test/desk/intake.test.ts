import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, type Detection, HOUR } from '../../core/index.ts'
import { migrations } from '../../workers/start/startDatabase.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home, onBothDatabases } from './openTestService.ts'

interface TicketSeen {
  id: string
  number: string
  state: string
  source: string
  failureMode: string
  hypotheses: { failureMode: string; probability: number }[]
  contacts: { channel: string; text: string; failureMode: string }[]
  contactBy: number
  ownerLink: string
  slot?: { from: number; to: number }
  noShows?: number[]
  history: { at: number; to: string; why: string; by: string }[]
}

onBothDatabases('intake', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.people.saveEngineers([{ id: 'e1', name: 'Eva', location: home, grade: 'A+', skills: ['sealed-system'] }])
  })
  afterAll(() => api.close())
  const intake = (id: string, body: object) => api.call<TicketSeen>('POST', `/api/appliances/${id}/intake`, body)
  const ticketsOf = async (id: string) =>
    (await api.call<{ items: TicketSeen[] }>('GET', `/api/tickets?appliance=${id}`)).items
  const deskHeard = async (id: string) => (await api.notices(id)).filter(({ to }) => to.role === 'desk')
  const ownerHeard = async (id: string) => (await api.notices(id)).filter(({ to }) => to.role === 'owner')
  const ownerPage = ({ ownerLink }: TicketSeen) => `/api/t/${ownerLink.split('/t/')[1]}`

  test('H when an appliance changes hands its own messages go, and none of one whose id is nearly the same', async () => {
    const ids = ['nah_1', 'nahx1', 'NAH_1', 'nah-1']
    for (const id of ids) {
      await api.register(id)
      await api.asOwner('POST', `/api/o/${api.links.path('o', id, id).split('/o/')[1]}/own-page`)
    }
    const waiting = async () => {
      const rows = await api.database.query.selectFrom('outbox').select('key').execute()
      return ids.filter((id) => rows.some(({ key }) => key.startsWith(`own-page/${id}/`)))
    }
    expect(await waiting()).toEqual(ids)
    const owner = { name: 'New', contact: 'new@example.org', language: 'en' }
    await api.call('POST', '/api/appliances/nah_1/transfer', { owner })
    expect(await waiting()).toEqual(['nahx1', 'NAH_1', 'nah-1'])
  })

  test('S02 one fault, however often it is seen and by how many detectors, is one notice to its owner and one to the desk', async () => {
    await api.register('fault')
    const seen = (more: Partial<Detection> = {}): Promise<unknown> => {
      const at = api.clock.now()
      const { hypotheses, explanation, detector, evidence } = alertOf('fault')
      const first = { condition: 'fault/compressor-wear/1', appliance: 'fault', kind: 'fridge', firstSeenAt: at - DAY }
      const said = { hypotheses, explanation, detector, evidence, confidence: 0.9, severity: 'warning' as const }
      const detection: Detection = { ...first, ...said, phase: 'confirmed', at, offset: 1 as never, ...more }
      return api.database.transaction((tx) => api.alerts.apply(tx, [detection]))
    }
    await seen({ phase: 'suspected' })
    expect(await api.notices('fault')).toEqual([])
    // Seen twenty times, a little surer each time, and by another detector as an episode of its own.
    for (let look = 0; look < 20; look++) {
      await seen({ confidence: 0.9 + look / 1_000 })
      api.clock.advanceTo(api.clock.now() + 60_000)
      await api.tick()
    }
    await seen({ condition: 'fault/compressor-wear/2', detector: 'another' })
    const { items } = await api.call<{ items: { id: string; ticket: string }[] }>('GET', '/api/alerts?appliance=fault')
    expect(items).toMatchObject([{ state: 'open', failureMode: 'compressor-wear' }])
    const [ofOwner, ...moreOfOwner] = await ownerHeard('fault')
    const [ofDesk, ...moreOfDesk] = await deskHeard('fault')
    expect([moreOfOwner, moreOfDesk]).toEqual([[], []])
    expect([ofOwner?.ticket, ofDesk?.ticket]).toEqual([items[0]?.ticket, items[0]?.ticket])
    // Each in their own words, in both languages: what it means at home, and what it is, on which, with what to bring.
    expect(ofOwner?.body.en).toContain('It works too hard.')
    expect(ofOwner?.body.zh).toContain('负担过重')
    expect(ofOwner?.body.en).not.toMatch(/%|Duty|compressor-wear|kit/)
    expect(ofDesk?.title.en).toContain('fault')
    expect(ofDesk?.body.en).toContain('Duty is up.')
    expect(ofDesk?.body.zh).toContain('占空比上升')
    expect(ofDesk?.body.en).not.toContain('It works too hard.')
    // One mail leaves to the owner, none twice; the page of each shows theirs alone.
    const inbox = (of: string) => api.call<{ items: { ticket?: string }[] }>('GET', `/api/inbox?of=${of}&limit=1000`)
    for (const of of ['owners', 'desk'])
      expect((await inbox(of)).items.filter(({ ticket }) => ticket === items[0]?.ticket)).toHaveLength(1)
    const mails = await api.database.query.selectFrom('outbox').select('key').where('channel', '=', 'mail').execute()
    expect(mails.filter(({ key }) => key.includes(`${items[0]?.ticket}`))).toHaveLength(1)
  })

  test('S12 the same request by two channels, and by the appliance itself, is one ticket with its contacts', async () => {
    await api.register('i1')
    const first = await intake('i1', { channel: 'hotline', text: 'it hums', contact: '555' })
    const second = await intake('i1', { channel: 'wechat', text: 'it still hums' })
    await api.ticketFor(alertOf('i1'))
    expect(second.id).toBe(first.id)
    const [ticket, ...others] = await ticketsOf('i1')
    expect(others).toEqual([])
    expect(ticket?.contacts.map(({ channel }) => channel)).toEqual(['hotline', 'wechat', 'telemetry'])
  })

  test('S12 eight channels at the same moment make one ticket with eight contacts; the neighbour’s has its own', async () => {
    await api.register('i1b')
    const channels = ['hotline', 'phone', 'app', 'wechat', 'web', 'shop', 'mail', 'fax']
    const failureMode = 'door-seal-leak'
    const said = await Promise.all(channels.map((channel) => intake('i1b', { channel, text: channel, failureMode })))
    expect(new Set(said.map(({ id, number }) => `${id} ${number}`)).size).toBe(1)
    const [ticket, ...others] = await ticketsOf('i1b')
    expect(others).toEqual([])
    expect(ticket?.contacts.map(({ channel, text }) => `${channel}: ${text}`).sort()).toEqual(
      channels.map((channel) => `${channel}: ${channel}`).sort(),
    )
    expect(await deskHeard('i1b')).toHaveLength(1)
    // The neighbour's is another request.
    await api.register('i1c')
    expect((await intake('i1c', { channel: 'shop', text: 'hums', failureMode })).id).not.toBe(ticket?.id)
  })

  test('S13 a symptom of the question template gives the same structured record as an alert does', async () => {
    await api.register('i2')
    const { symptoms } = await api.call<{ symptoms: { id: string; text: { zh: string } }[] }>(
      'GET',
      '/api/intake/template?kind=fridge',
    )
    expect(symptoms.map(({ id }) => id)).toContain('short-starts')
    expect(symptoms.every(({ text }) => /[\u4e00-\u9fff]/.test(text.zh))).toBe(true)
    const reported = await intake('i2', {
      symptom: 'short-starts',
      channel: 'hotline',
      purchasedAt: Date.UTC(2019, 4, 1),
    })
    expect(reported).toMatchObject({ source: 'reported', failureMode: 'start-relay-failure' })
    await api.register('i2b')
    const predicted = await api.ticketFor(alertOf('i2b'))
    for (const key of ['failureMode', 'hypotheses', 'kit', 'skill', 'difficulty', 'contacts', 'candidates', 'clocks']) {
      expect([key, Object.hasOwn(reported, key), Object.hasOwn(predicted, key)]).toEqual([key, true, true])
    }
    const refused = await api.ask('POST', '/api/appliances/i2/intake', { symptom: 'sings' })
    expect(refused).toMatchObject({ status: 422, body: { code: 'unknown-symptom' } })
    expect((await api.ask('POST', '/api/appliances/i2/intake', {})).body).toMatchObject({ code: 'says-nothing' })
  })

  test('S14 every ticket made tells its owner once of its number and when we are in contact', async () => {
    await api.register('i3')
    await api.register('i3b')
    const reported = await intake('i3', { text: 'warm' })
    await intake('i3', { text: 'warm, again' })
    const { id } = await api.ticketFor(alertOf('i3b'))
    await api.ticketFor(alertOf('i3b', { id: 'al-more', failureMode: 'door-seal-leak' }))
    const predicted = await api.call<TicketSeen>('GET', `/api/tickets/${id}`)
    const all = [...(await api.notices('i3')), ...(await api.notices('i3b'))]
    for (const ticket of [reported, predicted]) {
      expect(ticket.contactBy).toBe(api.clock.now() + HOUR)
      const told = all.filter(
        ({ to, body, ticket: of }) => of === ticket.id && to.role === 'owner' && body.en.includes('We contact you by'),
      )
      expect(told.map(({ body }) => body.en.includes(ticket.number) && body.zh.includes(ticket.number))).toEqual([true])
    }
  })

  test('S15 the owner reports in two taps by the code on the appliance, and its last day goes with it', async () => {
    await api.register('i4')
    const { link } = await api.call<{ link: string }>('GET', '/api/appliances/i4/owner-link')
    const page = `/api/o/${link.split('/o/')[1]}`
    const seen = await api.asOwner<{ symptoms: { id: string }[]; ticket?: object }>('GET', page)
    expect(seen.ticket).toBeUndefined()
    const told = await api.asOwner<{ number: string; contactBy: number; path: string }>('POST', `${page}/report`, {
      symptom: seen.symptoms[0]?.id,
    })
    const [ticket] = await ticketsOf('i4')
    expect(told).toMatchObject({ number: ticket?.number, contactBy: ticket?.contactBy })
    expect(ticket?.contacts[0]).toMatchObject({ channel: 'app' })
    const { items } = await api.call<{ items: { kind: string; series: { ts: number[] } }[] }>(
      'GET',
      `/api/tickets/${ticket?.id}/attachments`,
    )
    expect(items).toMatchObject([{ kind: 'telemetry', series: { series: { power: { mean: [81] } } } }])
    // Of the whole day before, and of no other appliance.
    expect(api.asked.at(-1)).toMatchObject({
      appliance: 'i4',
      from: api.clock.now() + 1 - DAY,
      to: api.clock.now() + 1,
    })
    expect(await api.asOwner('GET', page)).toMatchObject({ ticket: { number: ticket?.number, path: told.path } })
    expect((await api.ask('GET', '/api/o/i4', undefined, { authorization: '' })).status).toBe(404)
    // Whoever taps twice has reported once; a store that is away keeps nobody from it.
    await api.register('i4b')
    const other = await api.call<{ link: string }>('GET', '/api/appliances/i4b/owner-link')
    const tap = () =>
      api.asOwner<{ number: string }>('POST', `/api/o/${other.link.split('/o/')[1]}/report`, { text: 'warm' })
    api.storeIs('away')
    const taps = await Promise.all([tap(), tap()])
    api.storeIs('there')
    expect(new Set(taps.map(({ number }) => number)).size).toBe(1)
    const [bare, ...more] = await ticketsOf('i4b')
    expect([bare?.number, more]).toEqual([taps[0]?.number, []])
  })

  test('S17 the owner’s page shows state, engineer, time and price at any moment', async () => {
    await api.register('i5')
    const { id } = await api.ticketFor(alertOf('i5'))
    const ticket = await api.call<TicketSeen>('GET', `/api/tickets/${id}`)
    expect(await api.asOwner('GET', ownerPage(ticket))).toMatchObject({
      state: 'offered',
      price: { highestCents: 40_400 },
    })
    const { slots } = await api.asOwner<{ slots: object[] }>('GET', ownerPage(ticket))
    await api.asOwner('POST', `${ownerPage(ticket)}/accept`, { slot: slots[0] })
    expect(await api.asOwner('GET', ownerPage(ticket))).toMatchObject({
      state: 'assigned',
      engineer: 'Eva',
      slot: slots[0],
      may: { move: true, cancel: true },
    })
  })

  test('the owner moves, then cancels, without an account; what is declined and grows is offered again with what changed', async () => {
    await api.register('i6')
    const { id } = await api.ticketFor(alertOf('i6', { remainingLife: { p10: 400, p50: 600, p90: 900 } }))
    const ticket = await api.call<TicketSeen>('GET', `/api/tickets/${id}`)
    await api.asOwner('POST', `${ownerPage(ticket)}/decline`, { why: 'not now' })
    const grown = alertOf('i6', { ticket: id, severity: 'critical', remainingLife: { p10: 20, p50: 40, p90: 90 } })
    await api.database.transaction((tx) => api.desk.alertChanged(tx, grown))
    const again = await api.asOwner<{ state: string; changed: { en: string; zh: string }; slots: object[] }>(
      'GET',
      ownerPage(ticket),
    )
    expect(again.state).toBe('offered')
    expect(again.changed.en).toBe('It has grown: we now expect it to fail in about 2 days, and said 25 before.')
    const told = (await api.notices('i6')).filter(({ to }) => to.role === 'owner').map(({ body }) => body.en)
    expect(told.filter((text) => text.includes('It has grown'))).toHaveLength(1)
    await api.asOwner('POST', `${ownerPage(ticket)}/accept`, { slot: again.slots[0] })
    await api.asOwner('POST', `${ownerPage(ticket)}/move`, { slot: again.slots[1] })
    expect(await api.asOwner('GET', ownerPage(ticket))).toMatchObject({ slot: again.slots[1] })
    await api.asOwner('POST', `${ownerPage(ticket)}/cancel`, { why: 'we moved' })
    expect(await api.asOwner('GET', ownerPage(ticket))).toMatchObject({ state: 'cancelled' })
  })

  test('silence expires by policy; nobody at home is recorded, and another time is set', async () => {
    await api.register('i7')
    const { id } = await api.ticketFor(alertOf('i7', { severity: 'warning' }))
    api.clock.advanceTo(api.clock.now() + 3 * DAY + HOUR)
    await api.tick()
    const expired = await api.call<TicketSeen>('GET', `/api/tickets/${id}`)
    expect(expired.state).toBe('expired')
    const accepted = await api.call<TicketSeen>('POST', `/api/tickets/${id}/accept`)
    api.clock.advanceTo((accepted.slot?.from ?? 0) + HOUR)
    const missed = await api.call<TicketSeen>('POST', `/api/tickets/${id}/no-show`, { why: 'rang twice' })
    expect(missed.noShows).toEqual([api.clock.now()])
    expect(missed.slot?.from).toBeGreaterThan(api.clock.now())
    expect(missed.history.some(({ why }) => why === 'nobody was at home: rang twice')).toBe(true)
  })

  test('a world from before deadlines were written down goes on by them, and with its numbers', async () => {
    await api.register('old')
    const { id, number } = await api.ticketFor(alertOf('old', { severity: 'warning' }))
    await api.database.transaction(async (tx) => {
      await tx.updateTable('ticket').set({ nextDueAt: null }).where('id', '=', id).execute()
      await tx.schema.dropTable('ticketSequence').execute()
      await migrations.find(({ name }) => name === '0090-ticket-sequence')?.up(tx, api.database.dialect)
    })
    const restarted = await openTestApi(api.database)
    restarted.clock.advanceTo(api.clock.now() + 4 * DAY)
    await restarted.tick()
    expect((await restarted.desk.get(id)).state).toBe('expired')
    await restarted.register('older')
    expect(Number((await restarted.ticketFor(alertOf('older'))).number.slice(-5))).toBe(Number(number.slice(-5)) + 1)
    await restarted.close()
    api.clock.advanceTo(restarted.clock.now())
  })

  test('whoever may only look is not shown the owner’s link', async () => {
    const list = await api.ask('GET', '/api/tickets', undefined, { authorization: '' })
    expect((list.body as { items: TicketSeen[] }).items.map(({ ownerLink }) => ownerLink)).not.toContain(
      expect.stringMatching(/./),
    )
    const [{ id }] = (list.body as { items: [TicketSeen] }).items
    expect((await api.ask('GET', `/api/tickets/${id}`, undefined, { authorization: '' })).body).toMatchObject({
      ownerLink: '',
    })
    expect((await api.ask('GET', '/api/appliances/i1/owner-link', undefined, { authorization: '' })).status).toBe(403)
  })
})
