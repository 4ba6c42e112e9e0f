import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Alert,
  alertIdSchema,
  DAY,
  type Database,
  engineerIdSchema,
  HOUR,
  localDay,
  type ManualClock,
  momentOf,
  type TicketId,
  type VerificationRow,
} from '../../core/index.ts'
import {
  alertOf,
  home,
  NOW,
  onBothDatabases,
  openTestService,
  type TestService,
} from '../../test/desk/openTestService.ts'
import { faultTrends } from '../quality/trends.ts'
import type { TicketService } from './ticketService.ts'

const card = {
  done: true,
  safetyTest: 'passed',
  explained: true,
  maintained: true,
  otherAppliances: 'none',
  cleaned: true,
}

onBothDatabases('the desk', (open) => {
  let database: Database
  let close: () => Promise<void>
  let clock: ManualClock
  let desk: TicketService
  let registry: TestService['registry']
  let given: TestService

  beforeAll(async () => {
    ;({ database, close } = await open())
    given = await openTestService(database)
    ;({ clock, desk, registry } = given)
    await given.people.saveDepots(
      [
        {
          id: 'van-1',
          type: 'van',
          location: home,
          stock: [
            { part: 'compressor', quantity: 1 },
            { part: 'filter-drier', quantity: 2 },
            { part: 'start-relay', quantity: 1 },
          ],
        },
      ],
      'test',
    )
    await given.people.saveEngineers([
      {
        id: 'expert',
        name: 'Eva',
        location: { lat: 50.05, lon: 8 },
        grade: 'A+',
        skills: ['sealed-system'],
        depot: 'van-1',
      },
      { id: 'trainee', name: 'Tom', location: home, grade: 'D', skills: ['sealed-system'] },
    ])
  })
  afterAll(() => close())

  const register = (id: string, owned = true) => given.register(id, owned ? {} : { owner: undefined })
  const ticketFor = async (alert: Alert) => desk.get(await database.transaction((tx) => desk.ticketFor(tx, alert)))

  test('an alert becomes an offered ticket with kit, ranked and rejected candidates, and one notice each', async () => {
    await register('f1')
    const ticket = await ticketFor(alertOf('f1'))
    expect(ticket).toMatchObject({
      state: 'offered',
      source: 'predicted',
      failureMode: 'compressor-wear',
      number: 'HW-2026-00001',
    })
    expect(ticket.kit[0]).toMatchObject({ part: 'compressor', probability: 0.72 })
    expect(ticket.candidates).toMatchObject([
      { engineer: 'expert', rank: 1 },
      { engineer: 'trainee', rejectedBecause: 'grade D is below A+, which difficulty 4 asks for' },
    ])
    const notices = await given.notices('f1')
    expect(notices.map(({ to }) => to.role).sort()).toEqual(['desk', 'owner'])
    expect(notices.find(({ to }) => to.role === 'owner')?.body.en).toContain('It works too hard.')
    expect((await ticketFor(alertOf('f1'))).id).toBe(ticket.id)
  })

  test('several alerts on one appliance join one ticket', async () => {
    await register('f2')
    const first = await ticketFor(alertOf('f2'))
    const second = await ticketFor(alertOf('f2', { id: 'al-f2b', failureMode: 'door-seal-leak' }))
    expect(second).toMatchObject({ id: first.id, alerts: ['al-f2', 'al-f2b'] })
  })

  test('agreed, visited, closed and proved by the appliance: verified; each step with who and why', async () => {
    await register('f3')
    const { id, offeredSlots } = await given.alertWithTicket(alertOf('f3'))
    const slot = offeredSlots[0]
    expect(slot && new Date(slot.from).getUTCHours()).toBeGreaterThanOrEqual(8)
    const assigned = await desk.accept(id, 'owner', slot)
    expect(assigned).toMatchObject({ state: 'assigned', engineer: 'expert', slot })
    clock.advanceTo(slot?.from ?? 0)
    await desk.startVisit(id, 'expert')
    clock.advanceTo(clock.now() + HOUR)
    await desk.endVisit(id, 'expert', card)
    await expect(desk.close(id, 'expert', { cause: 'compressor-wear', parts: [], note: '' })).rejects.toThrow(
      'closes with a verdict',
    )
    await expect(
      desk.close(id, 'expert', { cause: 'compressor-wear', verdict: 'confirmed', parts: ['gold'], note: '' }),
    ).rejects.toThrow("'gold' is no part")
    const closed = await desk.close(id, 'expert', {
      cause: 'compressor-wear',
      verdict: 'confirmed',
      parts: ['compressor'],
      note: 'done',
    })
    expect(closed).toMatchObject({
      state: 'closed',
      verification: 'pending',
      bill: { totalCents: 4900 + 13_200 + 18_900 },
    })
    // What it shows while it proves the repair sends nobody a second time.
    expect((await ticketFor(alertOf('f3', { id: 'al-f3-again' }))).id).toBe(id)
    await database.transaction((tx) =>
      desk.verified(tx, [{ ticket: id, appliance: 'f3', at: clock.now(), outcome: 'passed', evidence: [] }]),
    )
    const verified = await desk.get(id)
    expect(verified).toMatchObject({ state: 'verified', verification: 'passed' })
    expect(verified.history.map(({ to }) => to)).toEqual([
      'new',
      'offered',
      'accepted',
      'assigned',
      'visiting',
      'completed',
      'closed',
      'closed',
      'verified',
    ])
    expect(verified.history.every(({ by, why, at }) => by && why && at)).toBe(true)
    expect((await given.alerts.get(alertIdSchema.parse('al-f3'))).state).toBe('closed')
  })

  test('a repair that did not help reopens the same ticket, and is planned again', async () => {
    await register('f4')
    const { id } = await ticketFor(alertOf('f4'))
    await desk.close(id, 'desk', {
      cause: 'start-relay-failure',
      verdict: 'other-cause',
      parts: ['start-relay'],
      note: '',
    })
    await database.transaction((tx) =>
      desk.verified(tx, [{ ticket: id, appliance: 'f4', at: clock.now(), outcome: 'failed', evidence: [] }]),
    )
    const again = await desk.get(id)
    expect(again).toMatchObject({ state: 'assigned', reopened: 1, verification: 'failed' })
    expect(again.history.at(-2)).toMatchObject({ to: 'reopened', by: 'appliance' })
  })

  test('silence expires by policy, and a fault that grows is offered again', async () => {
    await register('f5')
    const { id, clocks } = await ticketFor(alertOf('f5', { severity: 'warning' }))
    clock.advanceTo((clocks.find(({ name }) => name === 'owner-answer')?.dueAt ?? 0) + 1)
    await database.transaction((tx) => desk.tick(tx))
    expect((await desk.get(id)).state).toBe('expired')
    const grown = alertOf('f5', { ticket: id, severity: 'critical', remainingLife: { p10: 10, p50: 30, p90: 60 } })
    await database.transaction((tx) => desk.alertChanged(tx, grown))
    expect(await desk.get(id)).toMatchObject({ state: 'offered', priority: 1 })
  })

  test('what it was for has gone: an offer is withdrawn and the owner told; what was agreed to, the desk decides', async () => {
    await register('g1')
    const cleared = (alert: Alert, ticket: TicketId): Alert => ({
      ...alert,
      ticket,
      state: 'cleared',
      explanation: {
        owner: { en: 'It is over.', zh: '已消失。' },
        engineer: { en: 'Seen no more.', zh: '已不再出现。' },
      },
    })
    const end = (alert: Alert) => database.transaction((tx) => desk.alertEnded(tx, alert))
    const titles = async (id: string) => (await given.notices(id)).map(({ to, title }) => `${to.role}: ${title.en}`)
    const offered = await ticketFor(alertOf('g1'))
    await end(cleared(alertOf('g1'), offered.id))
    const gone = await desk.get(offered.id)
    expect(gone).toMatchObject({ state: 'cancelled', noticed: { en: 'It is over.' } })
    expect(gone.lifeHours).toBeUndefined()
    expect(gone.history.at(-1)).toMatchObject({ to: 'cancelled', code: 'reason-gone', by: 'hearthwatch' })
    expect(await titles('g1')).toEqual(
      expect.arrayContaining([
        'owner: Your fridge is back to normal',
        `desk: ${gone.number}: nothing is seen any more on g1`,
      ]),
    )

    await register('g2')
    const { id } = await ticketFor(alertOf('g2'))
    await desk.accept(id, 'owner')
    await end(cleared(alertOf('g2'), id))
    await end(cleared(alertOf('g2'), id))
    expect((await desk.get(id)).state).toBe('assigned')
    const tasks = await desk.tasks({ ticket: id, type: 'reconsider' })
    expect(tasks).toHaveLength(1)
    expect(tasks[0]?.text.en).toContain('every value is back inside its band')
    expect((await titles('g2')).filter((title) => title === 'owner: Your fridge is back to normal')).toHaveLength(1)
    await desk.cancel(id, 'desk', 'not needed')
    expect(await desk.tasks({ ticket: id, type: 'reconsider' })).toEqual([])
  })

  test('it goes on with another alert of it that stands, and with a person’s word', async () => {
    await register('g3')
    const first = alertOf('g3')
    const { id } = await given.alertWithTicket(first)
    const second = alertOf('g3', {
      id: 'al-g3-seal',
      failureMode: 'door-seal-leak',
      hypotheses: [{ failureMode: 'door-seal-leak', probability: 0.9 }],
    })
    expect((await given.alertWithTicket(second)).id).toBe(id)
    await database.transaction((tx) => desk.alertEnded(tx, { ...first, ticket: id, state: 'cleared' }))
    expect(await desk.get(id)).toMatchObject({ state: 'offered', failureMode: 'door-seal-leak' })
    await desk.report(registry.get('g3'), 'owner', 'it hums')
    await database.transaction((tx) => desk.alertEnded(tx, { ...second, ticket: id, state: 'cleared' }))
    expect(['accepted', 'assigned']).toContain((await desk.get(id)).state)
    expect(await desk.tasks({ ticket: id, type: 'reconsider' })).toEqual([])
  })

  test('what weakens to no known fault loses its urgency, once; what warns again has it again', async () => {
    await register('g4')
    const urgent = alertOf('g4', { severity: 'critical', remainingLife: { p10: 10, p50: 30, p90: 60 } })
    const { id, priority } = await given.alertWithTicket(urgent)
    const weak: Alert = {
      ...urgent,
      ticket: id,
      severity: 'info',
      failureMode: 'unknown',
      hypotheses: [{ failureMode: 'unknown', probability: 0.7 }],
    }
    const says = (alert: Alert) => database.transaction((tx) => desk.alertChanged(tx, alert))
    await says(weak)
    await says(weak)
    const calm = await desk.get(id)
    expect([priority, calm.priority, calm.state, calm.failureMode]).toEqual([1, 4, 'offered', 'unknown'])
    expect(calm.history.filter(({ code }) => code === 'reason-weaker')).toHaveLength(1)
    const told = async () => (await given.notices('g4')).filter(({ to }) => to.role === 'owner')
    expect((await told()).map(({ title }) => title.en)).toContain('Your fridge: nothing is urgent')
    await says({ ...urgent, ticket: id })
    expect(await desk.get(id)).toMatchObject({ priority: 1, state: 'offered', failureMode: 'compressor-wear' })
    expect(await told()).toHaveLength(3)
  })

  test('without an owner it is accepted at the desk; a report about it joins; a refuted one needs no proof', async () => {
    await register('f6', false)
    const { id } = await given.alertWithTicket(alertOf('f6'))
    expect(await desk.report(registry.get('f6'), 'owner', 'it hums')).toMatchObject({ id, state: 'assigned' })
    const closed = await desk.close(id, 'desk', { cause: 'none', verdict: 'refuted', parts: [], note: '' })
    expect(closed.verification).toBeUndefined()
    expect(closed.bill?.totalCents).toBe(0)
    expect((await given.alerts.get(alertIdSchema.parse('al-f6'))).state).toBe('closed')
  })

  test('a move that a state does not allow is refused with the legal ones, and changes nothing', async () => {
    await register('f7')
    const { id } = await ticketFor(alertOf('f7'))
    await expect(desk.startVisit(id, 'desk')).rejects.toMatchObject({ code: 'illegal-move', status: 409 })
    expect((await desk.get(id)).state).toBe('offered')
    await desk.cancel(id, 'desk', 'a test')
    await expect(desk.close(id, 'desk', { cause: 'none', verdict: 'refuted', parts: [], note: '' })).rejects.toThrow(
      'cancelled',
    )
  })

  test('a call-back after the visit stops its clock; not solved opens the ticket again; a missed one does not run for ever', async () => {
    const visited = async (id: string) => {
      await register(id)
      const ticket = await ticketFor(alertOf(id))
      await desk.accept(ticket.id, 'owner')
      await desk.startVisit(ticket.id, 'expert')
      await desk.endVisit(ticket.id, 'expert', card)
      return ticket.id
    }
    const callBack = async (id: TicketId) => (await desk.get(id)).clocks.find(({ name }) => name === 'call-back')
    const solved = await visited('c1')
    expect((await callBack(solved))?.doneAt).toBeUndefined()
    await desk.callBack(solved, 'desk', true, 'content', 'central')
    expect((await callBack(solved))?.doneAt).toBe(clock.now())
    expect((await desk.get(solved)).history.at(-1)?.why).toBe('called back by the central desk, solved: content')
    const unsolved = await visited('c2')
    expect(await desk.callBack(unsolved, 'desk', false, 'still warm', 'central')).toMatchObject({
      state: 'reopened',
      reopened: 1,
    })
    expect((await callBack(unsolved))?.doneAt).toBe(clock.now())
    const missed = await visited('c3')
    await desk.close(missed, 'desk', { cause: 'compressor-wear', verdict: 'confirmed', parts: [], note: '' })
    const dueAt = (await callBack(missed))?.dueAt ?? 0
    clock.advanceTo(dueAt + HOUR)
    await database.transaction((tx) => desk.tick(tx))
    expect((await callBack(missed))?.doneAt).toBe(dueAt + HOUR)
    expect((await desk.get(missed)).history.at(-1)?.why).toBe('nobody called back in time')
    await register('c4')
    const { id } = await ticketFor(alertOf('c4'))
    await expect(desk.callBack(id, 'desk', true, '', 'central')).rejects.toMatchObject({
      code: 'no-call-back',
      status: 409,
    })
  })

  test('an engineer chosen by hand stays when the owner moves the visit', async () => {
    await register('h1')
    const far = { lat: 52, lon: 8 }
    await given.people.saveEngineers([{ id: 'far', name: 'Fay', location: far, grade: 'A+', skills: [] }])
    const { id } = await ticketFor(alertOf('h1'))
    await desk.accept(id, 'owner')
    await desk.assign(id, 'user:dora', engineerIdSchema.parse('far'), 'she knows this home')
    const day = localDay(clock.now(), 'Europe/Berlin') + 3
    const slot = { from: momentOf(day, 14, 'Europe/Berlin'), to: momentOf(day, 16, 'Europe/Berlin') }
    expect(await desk.accept(id, 'owner', slot)).toMatchObject({ state: 'assigned', engineer: 'far', slot })
  })

  test('the kit goes with an engineer who was chosen by hand: reserved in their van, or on its way to it', async () => {
    await register('h3')
    await given.people.saveDepots(
      [{ id: 'van-fay', type: 'van', location: { lat: 52, lon: 8 }, stock: [] }],
      'user:dora',
    )
    const location = { lat: 52, lon: 8 }
    await given.people.saveEngineers([{ id: 'fay', name: 'Fay', location, grade: 'A+', skills: [], depot: 'van-fay' }])
    const { id } = await ticketFor(alertOf('h3'))
    await desk.accept(id, 'owner')
    const { kit, supply = [] } = await desk.assign(id, 'user:dora', engineerIdSchema.parse('fay'), 'lives there')
    expect(kit.length).toBeGreaterThan(0)
    // It had been on its way to whoever was planned first.
    expect(supply.map(({ part, to }) => ({ part, to }))).toEqual(kit.map(({ part }) => ({ part, to: 'van-fay' })))
    clock.advanceTo(Math.max(...supply.map(({ dueAt = 0 }) => dueAt)) + HOUR)
    await database.transaction((tx) => desk.tick(tx))
    const van = (await given.people.depots()).find((place) => place.id === 'van-fay')
    expect(van?.stock.map(({ part, reserved }) => [part, reserved])).toEqual(
      expect.arrayContaining(kit.map(({ part, quantity }) => [part, quantity])),
    )
  })

  test('S26: not even by hand does anybody get a job above their grade', async () => {
    await register('h2')
    const { id } = await ticketFor(alertOf('h2'))
    await desk.accept(id, 'owner')
    await expect(desk.assign(id, 'user:dora', engineerIdSchema.parse('trainee'), 'learns it')).rejects.toMatchObject({
      code: 'may-not-do-it',
      message: 'trainee: grade D is below A+, which difficulty 4 asks for.',
    })
  })

  test('the bill speaks both languages, and a verification brings what decided it', async () => {
    await register('b1')
    const { id } = await ticketFor(alertOf('b1'))
    const closure = { cause: 'compressor-wear', verdict: 'confirmed', parts: ['compressor'], note: '' } as const
    const { bill } = await desk.close(id, 'desk', { ...closure, parts: ['compressor'] })
    expect(bill?.lines.every(({ text, textZh }) => text && /[\u4e00-\u9fff]/.test(textZh))).toBe(true)
    const evidence = [
      { feature: 'duty', observed: 0.3, expected: [0.2, 0.4], unit: '1', from: NOW, to: NOW, share: 1 },
    ] as unknown as VerificationRow['evidence']
    await database.transaction((tx) =>
      desk.verified(tx, [{ ticket: id, appliance: 'b1', at: clock.now(), outcome: 'passed', evidence }]),
    )
    expect(await desk.get(id)).toMatchObject({ state: 'verified', verificationEvidence: evidence })
  })

  test('transferred, an appliance keeps its history and nothing of its former owner', async () => {
    await register('t1')
    const ended = await desk.report(registry.get('t1'), 'owner ann@example.invalid', 'Ann says it is warm')
    await desk.close(ended.id, 'desk', { cause: 'none', parts: [], note: 'fine' })
    await desk.rate(ended.id, 4, 'Ann was content')
    const living = await ticketFor(alertOf('t1'))
    const bob = { name: 'Bob', contact: 'bob@example.invalid', language: 'zh' } as const
    await registry.transfer('t1', { owner: bob, homeId: 'elsewhere' })
    for (const before of [ended, living]) {
      const after = await desk.get(before.id)
      expect(JSON.stringify(after)).not.toMatch(/Ann|ann@/)
      expect(after.ownerLink).not.toBe(before.ownerLink)
      expect(after.history.map(({ to }) => to)).toEqual(expect.arrayContaining(before.history.map(({ to }) => to)))
    }
    expect((await desk.get(living.id)).owner).toEqual(bob)
    expect((await desk.get(ended.id)).closure?.note).toBe('fine')
    expect(registry.get('t1').location).toBeUndefined()
    expect((await given.notices('t1')).filter(({ to }) => to.role === 'owner')).toEqual([])
  })

  test('trends show groups where nothing failed, with what they were watched', async () => {
    const appliances = Array.from({ length: 6 }, (_, i) => ({
      id: `z${i}`,
      kind: 'fridge',
      model: i < 3 ? 'M1' : 'M0',
      registeredAt: NOW,
      ...(i === 5 ? { retiredAt: NOW } : {}),
    }))
    const rows = await faultTrends(database, [...appliances, registry.get('f3')], () => NOW - 3 * 365 * DAY, NOW, [
      'model',
    ])
    const zero = rows.find(({ group, failureMode }) => group[0] === 'M0' && failureMode === 'compressor-wear')
    expect(zero).toMatchObject({ confirmed: 0, rate: 0, interval: [0, expect.any(Number)] })
    expect(zero?.applianceYears).toBeCloseTo(9)
    expect(rows.find(({ group }) => group[0] === 'M1')).toMatchObject({ confirmed: 1 })
  })

  test('what detection must hear is written down in order, in the same transactions', async () => {
    const rows = await database.query.selectFrom('control').select('body').orderBy('seq').execute()
    const of = rows
      .map(({ body }) => JSON.parse(body) as { type: string; appliance: string })
      .filter(({ appliance }) => appliance === 'f3')
    expect(of.map(({ type }) => type)).toEqual(['register', 'freeze', 'mute', 'unmute', 'unmute', 'verify', 'release'])
  })
})
