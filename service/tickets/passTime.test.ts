import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, type Database, type TicketId } from '../../core/index.ts'
import { openApart } from '../../database/index.ts'
import { alertOf, onBothDatabases, openTestService, type TestService } from '../../test/desk/openTestService.ts'

onBothDatabases('time passes over tickets', (open) => {
  let desk: TestService
  let database: Database
  let close: () => Promise<void>
  beforeAll(async () => {
    const opened = await open()
    close = opened.close
    desk = await openTestService(opened.database)
    database = opened.database
  })
  afterAll(() => close())

  test('one ticket that cannot be read stands still alone: the others expire, are planned, and their commands end', async () => {
    const ids: TicketId[] = []
    for (const appliance of ['p1', 'p2', 'p3']) {
      await desk.register(appliance)
      ids.push((await desk.ticketFor(alertOf(appliance))).id)
    }
    const command = await desk.commands.send({
      appliance: 'p3',
      type: 'restart',
      params: {},
      expiresInSeconds: 60,
      by: 'token',
    })
    const [first, broken, last] = [ids[0]!, ids[1]!, ids[2]!]
    const before = await database.query
      .selectFrom('ticket')
      .select('body')
      .where('id', '=', broken)
      .executeTakeFirstOrThrow()
    await database.transaction((tx) => tx.updateTable('ticket').set({ body: '{' }).where('id', '=', broken).execute())
    desk.clock.advanceTo(desk.clock.now() + 30 * DAY)
    const told: string[] = []
    let now = 0
    const apart = openApart(
      (error) => told.push(error.message),
      () => now,
    )
    const turn = () => database.transaction((tx) => desk.desk.tick(tx, apart))
    expect((await turn()).sort()).toEqual([first, last].sort())
    await turn()
    expect(told.length).toBe(1)
    expect(told[0]).toContain(broken)
    for (const id of [first, last]) expect((await desk.desk.get(id)).state).toBe('expired')
    expect((await desk.commands.get(command.id)).state).toBe('expired')
    await database.transaction((tx) => tx.updateTable('ticket').set(before).where('id', '=', broken).execute())
    now += 61_000
    expect(await turn()).toEqual([broken])
    expect((await desk.desk.get(broken)).state).toBe('expired')
  })

  test('an expiry that was not committed is written at the next turn', async () => {
    await desk.register('p4')
    const { id } = await desk.commands.send({
      appliance: 'p4',
      type: 'restart',
      params: {},
      expiresInSeconds: 60,
      by: 'token',
    })
    desk.clock.advanceTo(desk.clock.now() + DAY)
    const lost = database.transaction(async (tx) => {
      await desk.commands.expire(tx)
      throw new Error('lost')
    })
    await expect(lost).rejects.toThrow('lost')
    await desk.tick()
    expect((await desk.commands.get(id)).state).toBe('expired')
  })
})
