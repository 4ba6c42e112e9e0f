import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../core/index.ts'
import type { DispatchBoard } from '../../service/index.ts'
import { CARD, openTestApi, type TestApi, TOKEN } from './openTestApi.ts'
import { alertOf, onBothDatabases } from './openTestService.ts'

interface TicketSeen {
  id: string
  state: string
  engineer?: string
  difficulty: number
  slot: { from: number; to: number }
  history: { by: string; why: string }[]
}

onBothDatabases('the board', (open) => {
  let api: TestApi
  const town = { lat: 45, lon: 8 }
  const skills = ['sealed-system', 'electrical', 'cooling', 'mechanical', 'plumbing']
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    const van = (id: string, parts: string[]) => ({
      id,
      type: 'van',
      location: town,
      stock: parts.map((part) => ({ part, quantity: 2 })),
    })
    await api.call('POST', '/api/depots', [van('full', ['start-relay']), van('bare', ['door-gasket'])])
    const person = (id: string, depot: string, grade: string, lon: number) => ({
      id,
      name: id,
      location: { lat: 45, lon },
      grade,
      skills,
      depot,
    })
    await api.call('POST', '/api/engineers', [
      person('bare', 'bare', 'A+', 8.02),
      person('full', 'full', 'A+', 8.06),
      person('junior', 'full', 'C', 8),
    ])
  })
  afterAll(() => api.close())
  const predicted = async (appliance: string, failureMode: string): Promise<TicketSeen> => {
    await api.register(appliance, { location: town })
    const hypotheses = [{ failureMode, probability: 1 }]
    const { id } = await api.ticketFor(alertOf(appliance, { failureMode, hypotheses }))
    return api.call<TicketSeen>('GET', `/api/tickets/${id}`)
  }
  const accept = (id: string) => api.call<TicketSeen>('POST', `/api/tickets/${id}/accept`)
  const boardAt = (at: number) => api.call<DispatchBoard & object>('GET', `/api/dispatch?at=${at}`)

  test('S28 a van is a stock place, and a job that needs a part prefers the van that carries it', async () => {
    const depots = await api.call<{ items: { id: string; type: string; stock: object[] }[] }>('GET', '/api/depots')
    expect(depots.items.find(({ id }) => id === 'full')).toMatchObject({
      type: 'van',
      stock: [{ part: 'start-relay', quantity: 2 }],
    })
    const relay = await predicted('v1', 'start-relay-failure')
    expect(await accept(relay.id)).toMatchObject({ state: 'assigned', engineer: 'full' })
    const after = await api.call<typeof depots>('GET', '/api/depots')
    expect(after.items.find(({ id }) => id === 'full')?.stock).toEqual([
      { part: 'start-relay', quantity: 2, reserved: 1 },
    ])
    const seal = await predicted('v2', 'door-seal-leak')
    expect(await accept(seal.id)).toMatchObject({ state: 'assigned', engineer: 'bare' })
  })

  test('S28 in the zone of the vans somebody is on site within two hours, with the part out of the van, and the part is gone from it', async () => {
    const at = { lat: 46, lon: 8 }
    const zone = { id: 'van', text: { en: 'Van zone', zh: '移动服务区' }, around: at, withinKm: 20 }
    await api.call('PUT', '/api/policy/zones', { value: [zone], why: 'two vans' })
    const places = ['far-full', 'near-bare'].map((id) => ({ id, type: 'van', location: at, stock: [] as object[] }))
    places[0]?.stock.push({ part: 'start-relay', quantity: 1 })
    await api.call('POST', '/api/depots', places)
    const crew = [
      { id: 'far-full', lat: 46.03 },
      { id: 'near-bare', lat: 46.005 },
    ]
    await api.call(
      'POST',
      '/api/engineers',
      crew.map(({ id, lat }) => ({ id, name: id, location: { lat, lon: 8 }, grade: 'A+', skills, depot: id })),
    )
    const hypotheses = [{ failureMode: 'start-relay-failure', probability: 1 }]
    const asked = async (appliance: string, location = at) => {
      await api.register(appliance, { location })
      const alert = alertOf(appliance, { failureMode: 'start-relay-failure', hypotheses, severity: 'critical' })
      return accept((await api.ticketFor(alert)).id)
    }
    interface Promised extends TicketSeen {
      clocks: { name: string; dueAt: number; doneAt?: number }[]
    }
    const onSite = async (id: string) =>
      (await api.call<Promised>('GET', `/api/tickets/${id}`)).clocks.find(({ name }) => name === 'on-site')
    const agreedAt = api.clock.now()
    // A town away the rule is another.
    const away = await asked('z2', { lat: 46.3, lon: 8 })
    expect((await onSite(away.id))?.dueAt).toBe(agreedAt + 24 * HOUR)
    await api.call('POST', `/api/tickets/${away.id}/cancel`, { why: 'only asked' })
    const { id, engineer, slot } = await asked('z1')
    expect(engineer).toBe('far-full')
    expect((await onSite(id))?.dueAt).toBe(agreedAt + 2 * HOUR)
    expect(slot.to).toBeLessThanOrEqual(agreedAt + 2 * HOUR)
    const stock = async () => {
      const { items } = await api.call<{ items: { id: string; stock: object[] }[] }>('GET', '/api/depots')
      return items.find((one) => one.id === 'far-full')?.stock
    }
    expect(await stock()).toEqual([{ part: 'start-relay', quantity: 1, reserved: 1 }])
    api.clock.advanceTo(slot.from)
    await api.call('POST', `/api/tickets/${id}/visit/start`)
    api.clock.advanceTo(api.clock.now() + HOUR / 2)
    await api.call('POST', `/api/tickets/${id}/visit/end`, { checklist: CARD })
    await api.call('POST', `/api/tickets/${id}/close`, {
      cause: 'start-relay-failure',
      verdict: 'confirmed',
      parts: ['start-relay'],
      note: '',
    })
    const kept = await onSite(id)
    expect(kept?.doneAt).toBeLessThanOrEqual(kept?.dueAt ?? 0)
    expect(await stock()).not.toContainEqual(expect.objectContaining({ part: 'start-relay', quantity: 1 }))
    // With nothing in either van the nearer one goes.
    expect(await asked('z3')).toMatchObject({ engineer: 'near-bare' })
  })

  test('S32 the board moves as it happens; who is chosen by hand is written down and stays', async () => {
    const at = await api.app.listen({ port: 0, host: '127.0.0.1' })
    const page = await fetch(`${at}/api/stream`, { headers: { authorization: `Bearer ${TOKEN}` } })
    const heard = page.body?.pipeThrough(new TextDecoderStream()).getReader()
    const { id } = await predicted('b1', 'start-relay-failure')
    const { slot, engineer } = await accept(id)
    expect(engineer).toBe('full')
    const of = (board: DispatchBoard, who: string) => board.engineers.find((one) => one.id === who)?.jobs ?? []
    expect(of(await boardAt(slot.from), 'full').map(({ ticket }) => ticket)).toContain(id)
    await api.call('POST', `/api/tickets/${id}/assign`, { engineer: 'bare', why: 'the owner asks for them' })
    let told = ''
    // The stream ends the test by its own timeout where nothing comes.
    while (told.split(JSON.stringify({ type: 'ticket', id })).length < 3) told += (await heard?.read())?.value ?? ''
    await heard?.cancel()
    for (let round = 0; round < 3; round++) {
      api.clock.advanceTo(api.clock.now() + 16 * MINUTE)
      await api.tick()
    }
    const board = await boardAt(slot.from)
    expect(of(board, 'full').map(({ ticket }) => ticket)).not.toContain(id)
    expect(of(board, 'bare').find(({ ticket }) => ticket === id)).toMatchObject({ byHand: true })
    const { history } = await api.call<TicketSeen>('GET', `/api/tickets/${id}`)
    expect(history.some(({ why }) => why === 'the owner asks for them')).toBe(true)
  })

  test('S26 through every door nobody below the grade of a difficulty gets a job: planned, by hand, grabbed', async () => {
    const { kinds } = api.catalog
    const lowest = ['', 'C', 'B', 'A', 'A+']
    const order = ['D', 'C', 'B', 'A', 'A+']
    let hard = 0
    for (const [mode] of Object.entries(kinds.get('fridge')?.failureModes ?? {})) {
      const ticket = await predicted(`g-${mode}`, mode)
      const may = order.indexOf('C') >= order.indexOf(lowest[ticket.difficulty] ?? '')
      const planned = await accept(ticket.id)
      if (!may) expect(planned.engineer).not.toBe('junior')
      const hand = await api.ask('POST', `/api/tickets/${ticket.id}/assign`, { engineer: 'junior', why: 'test' })
      expect(hand.status, `${mode} of difficulty ${ticket.difficulty}`).toBe(may ? 200 : 409)
      if (may) continue
      hard++
      expect(hand.body).toMatchObject({ code: 'may-not-do-it' })
      const slot = { from: api.clock.now() + 80 * HOUR, to: api.clock.now() + 82 * HOUR }
      await api.call('POST', `/api/tickets/${ticket.id}/accept`, { slot })
      const grab = await api.ask('POST', `/api/tickets/${ticket.id}/grab`, { engineer: 'junior' })
      expect(grab).toMatchObject({ status: 409, body: { code: 'grab-refused' } })
    }
    expect(hard).toBeGreaterThan(2)
  })
})
