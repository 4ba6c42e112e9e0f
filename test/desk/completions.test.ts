// What an owner may ask for, what is ordered, and figures of a month: each by its call.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetMessages } from '../../alerts/index.ts'
import { DAY, HOUR, ManualClock } from '../../core/index.ts'
import { forgetPhotos, openAudit } from '../../service/index.ts'
import { CARD, openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home, onBothDatabases } from './openTestService.ts'

interface Seen {
  id: string
  number: string
  state: string
  ownerLink: string
  swapRight?: boolean
}

onBothDatabases('completions', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.call('POST', '/api/engineers', {
      id: 'e1',
      name: 'Eva',
      location: home,
      grade: 'A+',
      skills: ['sealed-system', 'general'],
    })
    await api.call('POST', '/api/depots', { id: 'd1', type: 'depot', location: home, stock: [] })
  })
  afterAll(() => api.close())

  const report = (id: string) =>
    api.call<Seen>('POST', `/api/appliances/${id}/report`, { text: 'warm', failureMode: 'compressor-wear' })
  const page = ({ ownerLink }: Seen) => `/api/t/${ownerLink.split('/t/')[1]}`
  /** A visit to its end, and its closure. */
  async function repair({ id }: Seen, verdict?: string): Promise<void> {
    await api.call('POST', `/api/tickets/${id}/assign`, { engineer: 'e1', why: 'test' })
    await api.call('POST', `/api/tickets/${id}/visit/start`)
    api.clock.advanceTo(api.clock.now() + HOUR)
    await api.call('POST', `/api/tickets/${id}/visit/end`, { checklist: CARD })
    await api.call('POST', `/api/tickets/${id}/close`, {
      cause: 'compressor-wear',
      parts: ['compressor'],
      note: '',
      ...(verdict ? { verdict } : {}),
    })
  }

  test('S41 the same fault within the days of a recall gives a right to another appliance, which its owner asks for with one tap', async () => {
    await api.register('s1')
    const first = await report('s1')
    expect((await api.ask('POST', `${page(first)}/swap`, undefined, { authorization: '' })).body.code).toBe(
      'no-swap-right',
    )
    await repair(first)
    await api.database.transaction((tx) =>
      api.desk.verified(tx, [
        { ticket: first.id, appliance: 's1', at: api.clock.now(), outcome: 'passed', evidence: [] },
      ]),
    )
    api.clock.advanceTo(api.clock.now() + 9 * DAY)
    const again = await report('s1')
    expect(again.swapRight).toBe(true)
    const claimed = await api.asOwner<{ swapRight: boolean; swapClaimedAt: number }>('POST', `${page(again)}/swap`)
    expect(claimed).toMatchObject({ swapRight: true, swapClaimedAt: api.clock.now() })
    await api.asOwner('POST', `${page(again)}/swap`)
    const { items } = await api.call<{ items: { ticket: string; text: { zh: string } }[] }>(
      'GET',
      '/api/tasks?type=swap',
    )
    expect(items.map(({ ticket }) => ticket)).toEqual([again.id])
    expect(items[0]?.text.zh).toContain('换机')
    const told = (await api.notices('s1')).filter(({ key }) => key.includes('/swap'))
    expect(told.map(({ to }) => to.role)).toEqual(['owner'])
  })

  test('S08 what is proposed is ordered, is proposed no more, and lies there when it has come', async () => {
    await api.register('r1')
    await api.alertWithTicket(alertOf('r1'))
    const proposed = async () =>
      (
        await api.call<{ items: { place: string; part: string; proposed: number }[] }>('GET', '/api/parts/restock')
      ).items.find(({ place, part }) => place === 'd1' && part === 'compressor')?.proposed
    const quantity = (await proposed()) ?? 0
    expect(quantity).toBeGreaterThan(0)
    const order = await api.call<{ dueAt: number }>('POST', '/api/parts/orders', {
      place: 'd1',
      part: 'compressor',
      quantity,
    })
    expect(await proposed()).toBe(0)
    api.clock.advanceTo(order.dueAt)
    await api.tick()
    const { items } = await api.call<{ items: { id: string; stock: { part: string; quantity: number }[] }[] }>(
      'GET',
      '/api/depots',
    )
    expect(items.find(({ id }) => id === 'd1')?.stock.find(({ part }) => part === 'compressor')?.quantity).toBe(
      quantity,
    )
    expect(
      (await api.ask('POST', '/api/parts/orders', { place: 'nowhere', part: 'compressor', quantity: 1 })).status,
    ).toBe(404)
    expect((await api.ask('POST', '/api/parts/orders', { place: 'd1', part: 'magic', quantity: 1 })).status).toBe(404)
  })

  test('S57 failures prevented, and repairs that held for a month, are figures with one definition each', async () => {
    const kpi = async (name: string) =>
      (
        await api.call<{
          items: {
            name: string
            value: number | null
            of: number
            aim?: number
            definition: { en: string; zh: string }
          }[]
        }>('GET', '/api/kpis?months=6')
      ).items.find((one) => one.name === name)
    const before = await kpi('failuresPrevented')
    await api.register('k1')
    const foreseen = await api.ticketFor(alertOf('k1'))
    await api.call('POST', `/api/tickets/${foreseen.id}/accept`)
    await repair(await api.call<Seen>('GET', `/api/tickets/${foreseen.id}`), 'confirmed')
    await api.register('k2')
    await repair(await report('k2'))
    const prevented = await kpi('failuresPrevented')
    expect(prevented?.of).toBe((before?.of ?? 0) + 2)
    expect(Math.round((prevented?.value ?? 0) * (prevented?.of ?? 0))).toBe(
      Math.round((before?.value ?? 0) * (before?.of ?? 0)) + 1,
    )
    expect(prevented).toMatchObject({ aim: 0.3, definition: { zh: expect.stringMatching(/预测/) } })
    // Nothing that was repaired this month has held for one; the one that came back has not held.
    api.clock.advanceTo(api.clock.now() + 31 * DAY)
    const held = await kpi('fixedForAMonth')
    expect(held?.of).toBeGreaterThanOrEqual(3)
    expect(Math.round((held?.value ?? 0) * (held?.of ?? 0))).toBe((held?.of ?? 0) - 1)
  })

  test('a desk has an appliance tested, where it can, and nothing needs a consent that nobody gave', async () => {
    await api.register('t1', { tests: ['pull-down'] })
    const ticket = await report('t1')
    expect((await api.ask('POST', `/api/tickets/${ticket.id}/test`, { test: 'spin-up' })).body.code).toBe(
      'no-such-test',
    )
    await api.call('POST', `/api/tickets/${ticket.id}/test`, { test: 'pull-down' })
    await api.tick()
    const command = api.sent.find(({ appliance, type }) => appliance === 't1' && type === 'test')
    await api.desk.commandAnswered({ appliance: 't1', id: command?.id ?? '', result: 'refused', detail: 'cannot' })
    expect(await api.call('GET', `/api/tickets/${ticket.id}`)).toMatchObject({
      state: ticket.state,
      test: { result: 'refused' },
    })
  })

  test('a former secret ends by its time, and who never came by the new one is listed', async () => {
    await api.register('o1')
    const { registry, wall } = api
    const before = registry.find('o1')?.secretHash
    const until = wall.now() + 2 * HOUR
    await registry.rotateSecrets(['o1'], 2 * HOUR)
    expect(registry.find('o1')?.former).toEqual({ secretHash: before, until })
    await registry.rotateSecrets(['o1'], 2 * HOUR)
    expect(registry.find('o1')?.former?.secretHash).toEqual(before)
    wall.advanceTo(until)
    expect(registry.find('o1')?.former).toBeUndefined()
    expect(registry.rotating()).toEqual([{ id: 'o1', until, isOver: true }])
    registry.tookSecret?.('o1')
    expect(registry.rotating()).toEqual([])
  })

  test('the audit forgets what is old, says so in its chain, and a beginning that somebody else cut off is missed', async () => {
    const { database, close } = await open()
    const wall = new ManualClock(0)
    const audit = openAudit({ database, clock: wall, key: 'key', onRetryableError: () => undefined })
    const seqs = async () => (await audit.list({ limit: 100 })).items.map(({ seq }) => seq).reverse()
    for (let day = 0; day < 10; day++) {
      wall.advanceTo(day * DAY)
      await audit.record({ who: 'user:a', action: `day ${day}` })
    }
    // Few rows are not worth one that says that they went; many go a bite at a time.
    expect(await audit.forget(DAY, 500)).toBe(true)
    expect(await audit.forget(5 * DAY, 2)).toBe(false)
    expect(await seqs()).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(await audit.check()).toMatchObject({ faults: [], forgottenTo: 2 })
    while (!(await audit.forget(5 * DAY, 500))) {}
    expect(await seqs()).toEqual([6, 7, 8, 9, 10, 11, 12])
    await audit.record({ who: 'user:a', action: 'after' })
    expect(await audit.check()).toMatchObject({ rows: 8, faults: [], forgottenTo: 5, head: { seq: 13 } })
    // The database lets nothing else go, and what somebody makes it let go is missed.
    const cut = (upTo: number) =>
      database.transaction((tx) => tx.deleteFrom('audit').where('seq', '<=', upTo).execute())
    await expect(cut(6)).rejects.toThrow()
    await database.transaction((tx) => tx.insertInto('auditFloor').values({ seq: 7, hash: 'made up' }).execute())
    await cut(7)
    const { faults } = await audit.check()
    expect(faults).toContainEqual({ kind: 'missing', from: 1, to: 7 })
    await audit.close()
    await close()
  })

  test('what people were told and photos of visits go when they are old, and nothing that waits', async () => {
    const { database, clock } = api
    for (const id of ['o2', 'o3']) await api.register(id)
    const ticket = await report('o2')
    const { state } = await api.call<Seen>('GET', `/api/tickets/${ticket.id}`)
    const rows = async (table: 'notice' | 'outbox' | 'ticketAttachment') =>
      (await database.query.selectFrom(table).selectAll().execute()).length
    await database.transaction(async (tx) => {
      await tx.updateTable('outbox').set({ doneAt: 1_000 }).execute()
      for (const [kind, at] of [
        ['photo-old', clock.now() - 10 * DAY],
        ['photo-new', clock.now()],
        ['telemetry', clock.now() - 10 * DAY],
      ] as const)
        await tx.insertInto('ticketAttachment').values({ ticket: ticket.id, at, kind, body: '{}' }).execute()
    })
    await report('o3')
    const [told, left] = [await rows('notice'), await rows('outbox')]
    expect(Math.min(told, left)).toBeGreaterThan(1)
    // A bite at a time.
    expect(await forgetMessages(database, { sentBefore: 2_000, noticesBefore: clock.now() + 1, most: 1 })).toBe(false)
    expect([await rows('notice'), await rows('outbox')]).toEqual([told - 1, left - 1])
    while (!(await forgetMessages(database, { sentBefore: 2_000, noticesBefore: clock.now(), most: 500 }))) {}
    expect(await database.query.selectFrom('outbox').selectAll().where('doneAt', 'is not', null).execute()).toEqual([])
    expect(await rows('outbox')).toBeGreaterThan(0)
    expect(await database.query.selectFrom('notice').selectAll().where('at', '<', clock.now()).execute()).toEqual([])
    const attached = await rows('ticketAttachment')
    expect(await forgetPhotos(database, clock.now() - DAY, 500)).toBe(true)
    expect(await rows('ticketAttachment')).toBe(attached - 1)
    expect(await api.call<Seen>('GET', `/api/tickets/${ticket.id}`)).toMatchObject({ state })
  })
})
