import { afterAll, beforeAll, expect, test } from 'vitest'
import { alertRecords } from '../../alerts/index.ts'
import { type Alert, DAY, type Database, HOUR, type UnitOfWork } from '../../core/index.ts'
import { alertOf, NOW, onBothDatabases, openTestService, type TestService } from '../../test/desk/openTestService.ts'
import { openModelRegistry } from '../modelReleases/modelRegistry.ts'
import { beginSpan, recordHeard } from '../modelReleases/shadowTable.ts'
import { loadTicket, saveTicket } from '../tickets/store/ticketRepository.ts'
import { scoreSlices, type VersionSpan } from './scoreSlices.ts'

const exposure = ['a', 'b', 'c', 'd'].map((appliance) => ({
  appliance,
  kind: 'fridge',
  model: appliance === 'd' ? 'M2' : 'M1',
  from: NOW - 365 * DAY,
  to: NOW,
}))
const spans: VersionSpan[] = [
  { kind: 'fridge', version: 'one', from: 0, to: NOW - 73 * DAY },
  { kind: 'fridge', version: 'two', from: NOW - 73 * DAY, to: NOW },
]

onBothDatabases('the record by slices', (open) => {
  let database: Database
  let close: () => Promise<void>
  let desk: TestService

  async function judged(appliance: string, verdict: 'confirmed' | 'refuted' | null, over: Partial<Alert>) {
    const ticket = await desk.ticketFor(alertOf(appliance, over))
    if (!verdict) return
    await database.transaction(async (tx: UnitOfWork) => {
      const stored = await loadTicket(tx, ticket.id)
      // What is learned later is not what it is judged by.
      const finding = { ...stored.finding, hypotheses: [{ failureMode: 'door-seal-leak', probability: 0.1 }] }
      const found = { cause: 'compressor-wear', verdict, parts: [], note: '', at: NOW, by: 'test' }
      await saveTicket(tx, stored, { ...stored, finding, closure: { ...stored.closure, found } }, [], NOW)
    })
  }
  beforeAll(async () => {
    ;({ database, close } = await open())
    desk = await openTestService(database)
    for (const id of ['a', 'b', 'c']) await desk.register(id)
    await desk.register('d', { model: 'M2' })
    const life = (p50: number) => ({ remainingLife: { p10: 1, p50, p90: null } })
    await judged('a', 'confirmed', { detector: 'hearthwatch/1 duty+ one', ...life(240) })
    await judged('b', 'refuted', { detector: 'hearthwatch/1 duty+ one', ...life(24) })
    await judged('c', 'confirmed', { detector: 'hearthwatch/1 pca:day two', ...life(480) })
    await judged('d', null, { detector: 'hearthwatch/1 sensor-stuck', failureMode: 'sensor-stuck' })
  })
  afterAll(() => close())

  test('by version: verdicts, false tickets over the time that it judged, what was said, what it saved', async () => {
    const fault = {
      appliance: 'a',
      failureMode: 'compressor-wear',
      onset: NOW - DAY,
      functionalFailureAt: NOW + 6 * DAY,
    }
    const slices = await scoreSlices(database, desk.policy, 'version', exposure, spans, [fault])
    expect(slices.map(({ key }) => key)).toEqual(['one', 'hearthwatch/1', 'two'])
    const [one, stuck, two] = slices
    expect(one).toMatchObject({ confirmed: 1, refuted: 1, undecided: 0, saidLifeDays: 10, leadDays: 6 })
    expect(one!.precision).toMatchObject({ count: 1, of: 2 })
    expect(one!.applianceYears).toBeCloseTo((4 * 292) / 365, 6)
    expect(one!.falsePerApplianceYear).toBeCloseTo(1 / ((4 * 292) / 365), 6)
    expect(two!.applianceYears).toBeCloseTo((4 * 73) / 365, 6)
    expect(two).toMatchObject({ confirmed: 1, refuted: 0, saidLifeDays: 20, leadDays: null })
    const { cost } = desk.policy
    expect(two!.savedCents).toBe(cost.failureCents - cost.plannedVisitCents)
    // No version of a kind's model found it, so nobody knows over how long.
    expect(stuck).toMatchObject({ undecided: 1, applianceYears: null, falsePerApplianceYear: null })
  })

  test('an alert that a person dismissed counts as wrong, and as no needless visit', async () => {
    await desk.register('e')
    const alert = alertOf('e', { detector: 'hearthwatch/1 duty+ one' })
    const { id } = await desk.ticketFor(alert)
    const before = (await scoreSlices(database, desk.policy, 'version', exposure, spans))[0]!
    await database.transaction((tx) => desk.desk.alertDismissed(tx, { ...alert, ticket: id }, 'desk', 'a new door'))
    const after = (await scoreSlices(database, desk.policy, 'version', exposure, spans))[0]!
    expect(after).toMatchObject({ key: 'one', refuted: before.refuted + 1, dismissed: 1, undecided: 0 })
    expect(after.savedCents).toBe(before.savedCents)
    expect((await desk.desk.list({ limit: 10, verdict: 'refuted' })).items.map(({ appliance }) => appliance)).toContain(
      'e',
    )
  })

  test('by kind, model and failure mode the sums are the same', async () => {
    for (const by of ['kind', 'model', 'failureMode'] as const) {
      const slices = await scoreSlices(database, desk.policy, by, exposure, spans)
      const sum = (of: 'confirmed' | 'refuted' | 'undecided') => slices.reduce((all, slice) => all + slice[of], 0)
      expect([by, sum('confirmed'), sum('refuted'), sum('undecided')]).toEqual([by, 2, 2, 1])
    }
    const models = await scoreSlices(database, desk.policy, 'model', exposure, spans)
    expect(models.map(({ key, applianceYears }) => [key, applianceYears])).toEqual([
      ['M1', 3],
      ['M2', 1],
    ])
  })

  test('each number leads to its tickets: the list is narrowed by the same values', async () => {
    const ids = async (query: object) =>
      (await desk.desk.list({ limit: 10, ...query })).items.map((one) => one.appliance)
    expect((await ids({ source: 'predicted', version: 'one', verdict: 'refuted' })).sort()).toEqual(['b', 'e'])
    expect(await ids({ source: 'predicted', kind: 'fridge', version: 'two', verdict: 'refuted' })).toEqual([])
    expect((await ids({ model: 'M1', verdict: 'confirmed' })).sort()).toEqual(['a', 'c'])
    expect(await ids({ verdict: 'undecided', failureMode: 'sensor-stuck' })).toEqual(['d'])
    expect(await ids({ version: 'three' })).toEqual([])
  })

  test('the count reads the index and no ticket', async () => {
    if (database.dialect !== 'sqlite') return
    const { sql } = await import('kysely')
    const plan = await sql<{ detail: string }>`explain query plan
      select verdict, kind, model, version, "failureMode", count(*), sum(case when state = 'cancelled' then 1 else 0 end) from ticket where source = 'predicted'
      group by verdict, kind, model, version, "failureMode"`.execute(database.query)
    expect(plan.rows.map(({ detail }) => detail).join('; ')).toContain('COVERING INDEX ticketScore')
  })

  test('what a shadow says is kept once, in its order; what stood before it began is not its finding', async () => {
    const span = await beginSpan(database, 'x', NOW)
    const say = (condition: string, at: number, isOver = false) => ({
      isOver,
      condition,
      appliance: 'a',
      kind: 'fridge',
      failureMode: 'compressor-wear',
      at,
    })
    const said = [say('one', NOW), say('again', NOW + 1), say('one', NOW + 2, true), say('two', NOW + HOUR)]
    for (let twice = 0; twice < 2; twice++) {
      await recordHeard(
        database,
        alertRecords,
        { set: 'x', span, beganAt: NOW },
        { upTo: NOW + DAY, applianceDays: 4, said },
      )
    }
    const rows = await database.query.selectFrom('shadowAlert').selectAll().orderBy('openedAt').execute()
    expect(rows.map(({ condition, endedAt }) => [condition, endedAt])).toEqual([
      ['one', NOW + 2],
      ['two', null],
    ])
  })

  test('a swap is asked for once at a time, and takes effect where detection says', async () => {
    const models = openModelRegistry({ database, alerts: alertRecords, clock: desk.clock })
    await models.hear('a', [], 'folder')
    await models.begin('first', 'a', 'at first')
    await models.hear('b', [], 'api')
    expect(await models.offer('a', { anew: true })).toBe(false)
    expect(await models.offer('b', { anew: true })).toBe(true)
    await expect(models.promote('desk', undefined)).rejects.toMatchObject({ code: 'candidate-is-worse' })
    const swap = await models.promote('admin', 'because it is a test')
    await expect(models.promote('admin', 'and once more')).rejects.toMatchObject({ code: 'swap-under-way' })
    for (let twice = 0; twice < 2; twice++) {
      const at = NOW + twice * DAY
      await database.transaction((tx) => models.swapped(tx, [{ swap, set: 'b', offset: 77 + twice, at }]))
    }
    expect(await models.standing()).toMatchObject({ inForce: 'b', since: NOW, offset: 77, former: 'a', pending: null })
    expect(await models.candidate()).toBe(null)
    const back = await models.rollback('admin', 'it was a test')
    await database.transaction((tx) => models.swapped(tx, [{ swap: back, set: 'a', offset: 99, at: NOW + DAY }]))
    expect(await models.candidate()).toMatchObject({ set: 'b' })
    // It ran in shadow before it was promoted: beside that version it was weighed then, and not against this one now.
    await beginSpan(database, 'b', NOW - DAY)
    expect((await models.view()).candidate).toMatchObject({ set: 'b', spans: [] })
    await beginSpan(database, 'b', NOW + 2 * DAY)
    expect((await models.view()).candidate?.spans.length).toBe(1)
    expect((await models.view()).history.map(({ action, by }) => `${action} ${by}`)).toEqual([
      'rollback admin',
      'promote admin',
      'first hearthwatch',
    ])
  })
})
