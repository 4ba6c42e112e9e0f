// FIELD I: what is free and what is not, what a report after a visit leads to, and whom a promise reaches.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR, type Registration } from '../../core/index.ts'
import { CARD, openTestApi, type TestApi } from '../desk/openTestApi.ts'
import { alertOf, home, NOW, onBothDatabases } from '../desk/openTestService.ts'

interface Seen {
  id: string
  state: string
  ownerLink: string
  bill?: { totalCents: number; currency: string; lines: { text: string }[] }
  clocks: { name: string; dueAt: number; doneAt?: number }[]
  history: { why: string; code: string }[]
}
interface Task {
  id: string
  type: string
  ticket?: string
  text: { en: string; zh: string }
}

onBothDatabases('money and reach', (open) => {
  let api: TestApi
  let count = 0
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    const skills = ['sealed-system', 'cooling', 'electrical', 'general']
    await api.call('POST', '/api/engineers', { id: 'eva', name: 'Eva', location: home, grade: 'A+', skills })
  })
  afterAll(() => api.close())

  const report = (id: string, failureMode?: string): Promise<Seen> =>
    api.call<Seen>('POST', `/api/appliances/${id}/report`, {
      text: 'it is warm',
      ...(failureMode ? { failureMode } : {}),
    })
  /** An appliance of its own and the ticket of a report on it, visited up to its end. */
  async function visited(more: Partial<Registration> = {}): Promise<{ id: string; ticket: Seen }> {
    const id = `money-${count++}`
    await api.register(id, more)
    const ticket = await report(id, 'compressor-wear')
    await visit(ticket)
    return { id, ticket }
  }
  async function visit(ticket: Seen): Promise<void> {
    await api.call('POST', `/api/tickets/${ticket.id}/assign`, { engineer: 'eva', why: 'near' })
    await api.call('POST', `/api/tickets/${ticket.id}/visit/start`, {})
    await api.call('POST', `/api/tickets/${ticket.id}/visit/end`, { checklist: CARD })
  }
  const close = (ticket: Seen, cause = 'compressor-wear'): Promise<Seen> =>
    api.call<Seen>('POST', `/api/tickets/${ticket.id}/close`, { cause, parts: [], note: 'done' })
  const notSolved = (ticket: Seen) =>
    api.asOwner('POST', `/api/t/${ticket.ownerLink.split('/t/')[1]}/not-solved`, { why: 'still warm' })

  test.each<[string, number, string, boolean]>([
    ['the same fault within the days of a recall', 3, 'compressor-wear', true],
    ['the same fault 200 days later', 200, 'compressor-wear', false],
    ['another fault within those days', 3, 'door-seal-leak', false],
  ])('I "not solved": %s', async (_, days, cause, isFree) => {
    const { ticket } = await visited()
    const first = await close(ticket)
    expect(first.bill?.totalCents).toBeGreaterThan(0)
    api.clock.advanceTo(api.clock.now() + days * DAY)
    await notSolved(ticket)
    await visit(ticket)
    const { bill } = await close(ticket, cause)
    expect(bill?.totalCents === 0).toBe(isFree)
  })

  test('I a warranty of two years lasts two calendar years', async () => {
    // A leap year lies between: 731 days.
    const now = api.clock.now()
    const date = new Date(now)
    const installedAt = Date.UTC(
      date.getUTCFullYear() - 2,
      date.getUTCMonth(),
      date.getUTCDate(),
      date.getUTCHours() + 2,
    )
    const { ticket } = await visited({ installedAt })
    expect((await close(ticket)).bill?.totalCents).toBe(0)
    const old = await visited({ installedAt: installedAt - DAY })
    expect((await close(old.ticket)).bill?.totalCents).toBeGreaterThan(0)
  })

  test('I after a visit another fault is a ticket of its own; the same one says that it is not solved', async () => {
    const { id, ticket } = await visited()
    expect((await api.call<Seen>('GET', `/api/tickets/${ticket.id}`)).state).toBe('completed')
    const other = await report(id, 'door-seal-leak')
    expect(other.id).not.toBe(ticket.id)
    expect(['accepted', 'assigned']).toContain(other.state)
    const second = await visited()
    const same = await report(second.id)
    expect(same.id).toBe(second.ticket.id)
    expect(same.history.some(({ code }) => code === 'also-reported')).toBe(true)
    await api.tick()
    expect(['reopened', 'accepted', 'assigned']).toContain(
      (await api.call<Seen>('GET', `/api/tickets/${same.id}`)).state,
    )
  })

  test('I an owner with a telephone alone is called by a person, and the offer waits for that', async () => {
    const id = `money-${count++}`
    await api.register(id, { owner: { name: 'Otto', contact: '+49 151 2345678', language: 'en' } })
    const { id: ticket } = await api.ticketFor(alertOf(id))
    const open = async (): Promise<Task | undefined> =>
      (await api.call<{ items: Task[] }>('GET', '/api/tasks?type=reach')).items.find((task) => task.ticket === ticket)
    const task = await open()
    expect(task?.text.en).toMatch(/call the owner/)
    expect(task?.text.zh).toMatch(/致电/)
    const before = await api.call<Seen>('GET', `/api/tickets/${ticket}`)
    expect(before.history.at(-1)?.code).toBe('owner-to-call')
    expect(before.clocks.find(({ name }) => name === 'first-response')?.doneAt).toBeUndefined()
    api.clock.advanceTo(api.clock.now() + 30 * DAY)
    await api.tick()
    expect((await api.call<Seen>('GET', `/api/tickets/${ticket}`)).state).toBe('offered')
    await api.call('POST', '/api/tasks/done', { id: task?.id, outcome: 'will choose a time' })
    const after = await api.call<Seen>('GET', `/api/tickets/${ticket}`)
    expect(after.clocks.find(({ name }) => name === 'first-response')?.doneAt).toBe(api.clock.now())
    expect(after.clocks.find(({ name }) => name === 'owner-answer')?.dueAt).toBeGreaterThan(api.clock.now() + HOUR)
    expect(await open()).toBeUndefined()
  })

  test('I a contact with a name around the address is written to at the address', async () => {
    const id = `money-${count++}`
    await api.register(id, { owner: { name: 'Ada', contact: 'Ada <ada@example.org>', language: 'en' } })
    await api.ticketFor(alertOf(id, { openedAt: NOW }))
    const jobs = await api.database.query
      .selectFrom('outbox')
      .select('body')
      .where('key', 'like', '%/owner/mail')
      .execute()
    const later = await api.database.query
      .selectFrom('deferredJob')
      .select('body')
      .where('key', 'like', '%/owner/mail')
      .execute()
    const all = [...jobs, ...later].map(({ body }) => body).filter((body) => body.includes('"Ada"'))
    expect(all.length).toBeGreaterThan(0)
    for (const body of all) expect(body).toMatch(/"to":"ada@example\.org"/)
  })
})
