import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  DAY,
  type Engineer,
  engineerIdSchema,
  HOUR,
  localDay,
  MINUTE,
  momentOf,
  type TicketId,
} from '../../core/index.ts'
import {
  alertOf,
  home,
  NOW,
  onBothDatabases,
  openTestService,
  type TestService,
} from '../../test/desk/openTestService.ts'
import { render } from '../../words/index.ts'
import { decideGrab } from './decideGrab.ts'

test('S27: whatever the grabs, exactly one wins, by stars, then time; each loser is told why', () => {
  const grab = fc.record({ engineer: fc.string(), at: fc.nat(50), stars: fc.constantFrom(2, 3, 4.5) })
  const options = { minLength: 1, maxLength: 40, selector: ({ engineer }: { engineer: string }) => engineer }
  const grabs = fc.uniqueArray(grab, options)
  fc.assert(
    fc.property(grabs, (list) => {
      const outcomes = decideGrab(list)
      const [winner, ...losers] = outcomes
      expect(outcomes.filter(({ won }) => won)).toHaveLength(1)
      const of = (id: string) => list.find(({ engineer }) => engineer === id)!
      for (const loser of losers) {
        expect(render(loser.why).en).toBeTruthy()
        const [best, other] = [of(winner!.engineer), of(loser.engineer)]
        expect(best.stars > other.stars || (best.stars === other.stars && best.at <= other.at)).toBe(true)
      }
    }),
  )
})

onBothDatabases('dispatch', (open) => {
  let given: TestService
  let close: () => Promise<void>
  const engineer = (id: string, over: Partial<Engineer> = {}): Engineer => ({
    id: engineerIdSchema.parse(id),
    name: id,
    location: { lat: 50.02, lon: 8 },
    grade: 'A+',
    skills: ['sealed-system', 'cooling'],
    depot: `van-${id}`,
    ...over,
  })

  beforeAll(async () => {
    const opened = await open()
    close = opened.close
    given = await openTestService(opened.database)
    const stock = [{ part: 'compressor', quantity: 3 }]
    await given.people.saveDepots(
      [
        ...['near', 'far'].map((id) => ({ id: `van-${id}`, type: 'van' as const, location: home, stock })),
        { id: 'store', type: 'depot', location: home, stock: [{ part: 'evaporator', quantity: 2 }] },
      ],
      'test',
    )
    await given.people.saveEngineers([engineer('near'), engineer('far', { location: { lat: 50.3, lon: 8 } })])
  })
  afterAll(() => close())

  test('S24: a visit the owner wants later waits for the plan of its day, and is then planned before it', async () => {
    const { desk, clock, tick } = given
    await given.register('late')
    const { id } = await given.ticketFor(alertOf('late'))
    const slot = { from: NOW + 5 * DAY, to: NOW + 5 * DAY + 2 * HOUR }
    expect(await desk.accept(id, 'owner', slot)).toMatchObject({ state: 'accepted' })
    await tick()
    expect((await desk.get(id)).state).toBe('accepted')
    clock.advanceTo(slot.from - 47 * HOUR)
    await tick()
    expect(await desk.get(id)).toMatchObject({ state: 'assigned', engineer: 'near', slot })
    const board = await desk.board(slot.from)
    expect(board.engineers.find(({ id }) => id === 'near')?.jobs).toMatchObject([{ ticket: id, lateMinutes: 0 }])
    await desk.cancel(id, 'test', 'done')
  })

  test('S51: who is isolated keeps no job: it is planned anew, and the board obeys at once', async () => {
    const { desk, database, clock, tick } = given
    await given.register('iso')
    const { id } = await given.ticketFor(alertOf('iso'))
    const day = localDay(clock.now(), 'Europe/Berlin') + 1
    const slot = { from: momentOf(day, 9, 'Europe/Berlin'), to: momentOf(day, 11, 'Europe/Berlin') }
    expect(await desk.accept(id, 'owner', slot)).toMatchObject({ state: 'assigned', engineer: 'near' })
    const isolate = (isolated: string | null) =>
      database.transaction((tx) => tx.updateTable('engineer').set({ isolated }).where('id', '=', 'near').execute())
    await isolate('rated 2 stars')
    clock.advanceTo(clock.now() + 16 * MINUTE)
    await tick()
    const moved = await desk.get(id)
    expect(moved).toMatchObject({ state: 'assigned', engineer: 'far' })
    expect(moved.history.map(({ why }) => why).join()).toContain('near: isolated: rated 2 stars')
    await isolate(null)
    await desk.cancel(id, 'test', 'done')
  })

  test('a round of planning leaves alone who is at work, on the same day as something new', async () => {
    const { desk, clock, tick } = given
    await given.register('busy')
    await given.register('fresh')
    const busy = await given.ticketFor(alertOf('busy'))
    const { engineer, slot } = await desk.accept(busy.id, 'desk')
    clock.advanceTo(slot!.from)
    await desk.startVisit(busy.id, engineer!)
    const fresh = await given.ticketFor(alertOf('fresh'))
    await given.database.transaction((tx) =>
      tx.updateTable('engineer').set({ isolated: 'away' }).where('id', 'in', ['near', 'far']).execute(),
    )
    const soon = { from: clock.now() + 2 * HOUR, to: clock.now() + 4 * HOUR }
    expect(await desk.accept(fresh.id, 'owner', soon)).toMatchObject({ state: 'accepted' })
    await given.database.transaction((tx) =>
      tx.updateTable('engineer').set({ isolated: null }).where('id', 'in', ['near', 'far']).execute(),
    )
    clock.advanceTo(clock.now() + 16 * MINUTE)
    await tick()
    expect(await desk.get(busy.id)).toMatchObject({ state: 'visiting', engineer })
    expect((await desk.get(fresh.id)).state).toBe('assigned')
    for (const { id } of [busy, fresh]) await desk.cancel(id, 'test', 'done')
  })

  test('S35: jobs at one home become one visit of one engineer, one after the other, with what both need', async () => {
    const { desk, clock, tick, database } = given
    await given.register('flat-a', { homeId: 'flat' })
    await given.register('flat-b', { homeId: 'flat' })
    const first = await given.ticketFor(alertOf('flat-a'))
    const slot = { from: clock.now() + 24 * HOUR, to: clock.now() + 26 * HOUR }
    await desk.accept(first.id, 'owner', slot)
    const second = await given.ticketFor(alertOf('flat-b'))
    expect(second.offeredSlots[0]).toEqual(slot)
    await desk.accept(second.id, 'owner', second.offeredSlots[0])
    clock.advanceTo(clock.now() + 16 * MINUTE)
    await tick()
    const both = await Promise.all([desk.get(first.id), desk.get(second.id)])
    expect(both[1]!.engineer).toBe(both[0]!.engineer)
    const [early, later] = both.toSorted((a, b) => a.plannedAt! - b.plannedAt!)
    expect(early!.plannedAt).toBe(slot.from)
    expect(later!.plannedAt).toBe(slot.from + early!.minutes * MINUTE)
    const carried = await database.query.selectFrom('stock').selectAll().where('part', '=', 'compressor').execute()
    expect(carried.map(({ place, reserved }) => [place, reserved]).sort()).toEqual(
      ['far', 'near'].map((id) => [`van-${id}`, id === both[0]!.engineer ? 2 : 0]),
    )
    for (const { id } of both) await desk.cancel(id, 'test', 'done')
  })

  test('S29, S31: what the van lacks is ordered with the assignment, and stands with its time on the ticket', async () => {
    const { desk, clock, tick, database } = given
    await given.register('leak')
    const hypotheses = [{ failureMode: 'refrigerant-leak', probability: 1 }]
    const { id, kit } = await given.ticketFor(alertOf('leak', { failureMode: 'refrigerant-leak', hypotheses }))
    expect(kit.map(({ part }) => part)).toContain('evaporator')
    const assigned = await desk.accept(id, 'desk')
    const evaporator = assigned.supply?.find(({ part }) => part === 'evaporator')
    expect(evaporator).toMatchObject({ from: 'store', dueAt: clock.now() + 6 * HOUR })
    clock.advanceTo(clock.now() + 6 * HOUR)
    await tick()
    expect((await desk.get(id)).supply?.find(({ part }) => part === 'evaporator')).toMatchObject({ place: 'van-near' })
    await desk.cancel(id, 'test', 'done')
    const left = await database.query.selectFrom('stock').selectAll().where('part', '=', 'evaporator').execute()
    expect(left.map(({ place, onHand, reserved }) => [place, onHand, reserved]).sort()).toEqual([
      ['store', 1, 0],
      ['van-near', 1, 0],
    ])
  })

  test('a part that is missing on site is ordered; when it comes, the same engineer goes on', async () => {
    const { desk, clock, tick } = given
    await given.register('wait')
    const { id } = await given.ticketFor(alertOf('wait'))
    const { engineer, slot } = await desk.accept(id, 'desk')
    clock.advanceTo(slot!.from)
    await desk.startVisit(id, engineer!)
    await expect(desk.waitForParts(id, engineer!, [{ part: 'gold', quantity: 1 }], 'broken')).rejects.toMatchObject({
      code: 'unknown-part',
    })
    const waiting = await desk.waitForParts(id, engineer!, [{ part: 'capillary-tube', quantity: 1 }], 'broken')
    const due = waiting.clocks.find(({ name }) => name === 'parts')!.dueAt
    expect(waiting.state).toBe('waiting')
    expect(due).toBe(clock.now() + given.policy.purchaseHours * HOUR)
    clock.advanceTo(due)
    await tick()
    const again = await desk.get(id)
    expect(again).toMatchObject({ state: 'assigned', engineer })
    expect(again.slot!.from).toBeGreaterThan(due)
    clock.advanceTo(again.slot!.from)
    await desk.startVisit(id, engineer!)
    const closure = { cause: 'compressor-wear', verdict: 'confirmed', parts: ['capillary-tube'], note: '' } as const
    await desk.close(id, engineer!, { ...closure, parts: [...closure.parts] })
    expect((await desk.get(id)).supply).toEqual([])
  })

  test('a part that the books have in the van, and the engineer has not, is brought from elsewhere', async () => {
    const { desk, clock, tick } = given
    await given.register('miscounted')
    const { id } = await given.ticketFor(alertOf('miscounted'))
    const { engineer, slot, supply } = await desk.accept(id, 'desk')
    expect(supply?.find(({ part }) => part === 'compressor')).toMatchObject({ place: `van-${engineer}` })
    clock.advanceTo(slot!.from)
    await desk.startVisit(id, engineer!)
    const waiting = await desk.waitForParts(id, engineer!, [{ part: 'compressor', quantity: 1 }], 'not in the box')
    const due = clock.now() + given.policy.purchaseHours * HOUR
    expect(waiting.supply).toContainEqual({ part: 'compressor', quantity: 1, to: `van-${engineer}`, dueAt: due })
    clock.advanceTo(due)
    await tick()
    expect(await desk.get(id)).toMatchObject({ state: 'assigned', engineer })
    await desk.cancel(id, 'test', 'done')
  })

  test('an engineer whose van is not kept here waits as long as it takes to buy a part, and goes on', async () => {
    const { desk, clock, tick, people } = given
    await people.saveEngineers([engineer('own-van', { depot: undefined })])
    await given.register('unkept')
    const { id } = await given.ticketFor(alertOf('unkept'))
    await desk.accept(id, 'desk')
    const { slot } = await desk.assign(id, 'desk', engineerIdSchema.parse('own-van'), 'they know the house')
    clock.advanceTo(slot!.from)
    await desk.startVisit(id, engineerIdSchema.parse('own-van'))
    const parts = [{ part: 'compressor', quantity: 1 }]
    const waiting = await desk.waitForParts(id, engineerIdSchema.parse('own-van'), parts, 'it lacks one')
    const due = clock.now() + given.policy.purchaseHours * HOUR
    expect(waiting.clocks.find(({ name }) => name === 'parts')).toMatchObject({ dueAt: due })
    clock.advanceTo(due - 1)
    await tick()
    expect((await desk.get(id)).state).toBe('waiting')
    clock.advanceTo(due)
    await tick()
    const again = await desk.get(id)
    expect(again).toMatchObject({ state: 'assigned', engineer: 'own-van' })
    expect(again.slot!.from).toBeGreaterThan(due)
    await desk.cancel(id, 'test', 'done')
  })

  test('S27: 1,000 grabs of 20 jobs at once: one winner each, the better star first; whoever may not do it is refused', async () => {
    const { desk, clock, tick, people } = given
    const crew = Array.from({ length: 50 }, (_, i) => engineer(`g${i}`, { depot: 'van-near' }))
    await people.saveEngineers([...crew, engineer('novice', { grade: 'C' })])
    const tickets: TicketId[] = []
    const slot = { from: clock.now() + 6 * DAY, to: clock.now() + 6 * DAY + 2 * HOUR }
    for (let i = 0; i < 20; i++) {
      await given.register(`grab-${i}`)
      const { id } = await given.ticketFor(alertOf(`grab-${i}`))
      await desk.accept(id, 'owner', slot)
      tickets.push(id)
    }
    await expect(desk.grab(tickets[0]!, engineerIdSchema.parse('novice'))).rejects.toMatchObject({
      code: 'grab-refused',
      status: 409,
    })
    await Promise.all(tickets.flatMap((id) => crew.map(({ id: who }) => desk.grab(id, who))))
    clock.advanceTo(clock.now() + 11_000)
    await tick()
    for (const id of tickets) {
      const grabs = await desk.grabs({ ticket: id })
      expect(grabs).toHaveLength(50)
      expect(grabs.filter(({ won }) => won)).toHaveLength(1)
      for (const { won, why } of grabs) expect(won || why?.en).toBeTruthy()
      expect(await desk.get(id)).toMatchObject({ state: 'assigned', engineer: grabs.find(({ won }) => won)?.engineer })
      await expect(desk.grab(id, engineerIdSchema.parse('g1'))).rejects.toMatchObject({ code: 'grab-refused' })
    }
  })
})
