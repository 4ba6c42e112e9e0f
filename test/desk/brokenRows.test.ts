import { afterAll, beforeAll, expect, test } from 'vitest'
import { unreadableRows } from '../../database/index.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home, onBothDatabases } from './openTestService.ts'

// What an older program, a restore or a torn write left in a row: whoever asks for it is told which, and everybody else goes on.
onBothDatabases('rows that cannot be read', (open) => {
  let api: TestApi
  const told: string[] = []
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    unreadableRows.onFound(({ message }) => told.push(message))
    await api.people.saveEngineers(
      ['e1', 'e2'].map((id) => ({ id, name: id, location: home, grade: 'A+' as const, skills: ['sealed-system'] })),
    )
    for (const id of ['b1', 'b2']) {
      await api.register(id)
      await api.alertWithTicket(alertOf(id))
    }
  })
  afterAll(() => api.close())
  const leave = (table: 'ticket' | 'alert' | 'engineer', id: string, body: string) =>
    api.database.transaction((tx) => tx.updateTable(table).set({ body }).where('id', '=', id).execute())

  test('a ticket: the list has the others, its own call names table, row and field, and time goes on', async () => {
    const { items } = await api.call<{ items: { id: string; appliance: string }[] }>('GET', '/api/tickets')
    const [one, other] = items
    if (!one || !other) throw new Error('two tickets were made')
    const row = api.database.query.selectFrom('ticket').select('body').where('id', '=', one.id)
    const { body } = await row.executeTakeFirstOrThrow()
    await leave('ticket', one.id, body.replace(/"priority":\d/, '"priority":"high"'))
    const after = await api.call<{ items: { id: string }[] }>('GET', '/api/tickets')
    expect(after.items.map(({ id }) => id)).toEqual([other.id])
    await expect(api.call('GET', `/api/tickets/${one.id}`)).rejects.toThrow(/row-unreadable/)
    await expect(api.tick()).resolves.toBeDefined()
    await expect(api.call('POST', `/api/tickets/${other.id}/accept`)).resolves.toMatchObject({ id: other.id })
    // A reason that is none is named like every field.
    await leave('ticket', one.id, body.replace('"priority":', '"nobody":"no one","priority":'))
    await expect(api.call('GET', `/api/tickets/${one.id}`)).rejects.toThrow(/row-unreadable/)
    expect(told).toContainEqual(
      expect.stringMatching(`Row '${one.id}' of the table 'ticket' cannot be read: body: priority: `),
    )
  })

  test('a change of a ticket: the day is told without it, and its own past says which', async () => {
    const { items } = await api.call<{ items: { id: string }[] }>('GET', '/api/tickets')
    const id = items[0]?.id ?? ''
    const at = api.clock.now()
    const told = async () => (await api.call<{ tickets: { id: string }[] }>('GET', `/api/day?at=${at}`)).tickets
    const before = await told()
    expect(before.map((one) => one.id)).toContain(id)
    await api.database.transaction((tx) =>
      tx.updateTable('ticketChange').set({ patch: '{"set":' }).where('ticket', '=', id).execute(),
    )
    expect(await told()).toEqual(before.filter((one) => one.id !== id))
    await expect(api.call('GET', `/api/tickets/${id}?at=${at}`)).rejects.toThrow(/row-unreadable/)
    const month = new Date(at).toISOString().slice(0, 7)
    await expect(api.call('GET', `/api/quality/report?month=${month}`)).resolves.toMatchObject({ month })
  })

  test('an alert and an engineer: lists go without them', async () => {
    await leave('alert', 'al-b1', '{"id":')
    const { items } = await api.call<{ items: { id: string }[] }>('GET', '/api/alerts')
    expect(items.map(({ id }) => id)).toEqual(['al-b2'])
    await expect(api.call('GET', '/api/alerts/al-b1')).rejects.toThrow(/row-unreadable/)
    await leave('engineer', 'e1', '{"id":"e1"}')
    const people = await api.call<{ items: { id: string }[] }>('GET', '/api/engineers')
    expect(people.items.map(({ id }) => id)).toEqual(['e2'])
    expect(told).toContainEqual("Row 'al-b1' of the table 'alert' cannot be read: body: it is no JSON.")
    expect(told).toContainEqual(expect.stringMatching(/Row 'e1' of the table 'engineer' cannot be read: body: name: /))
  })
})
