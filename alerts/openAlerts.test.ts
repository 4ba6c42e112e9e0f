import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalog } from '../catalog/index.ts'
import { type Alert, alertIdSchema, type Database, type Detection, ManualClock, ticketIdSchema } from '../core/index.ts'
import { openSqliteFile, outboxMigrations } from '../database/index.ts'
import { render } from '../words/index.ts'
import type { Alerts } from './alertBook.ts'
import { alertMigrations } from './alertTable.ts'
import { deferralMigrations, listNotices, noticeMigrations, openAnnouncer, readNotices } from './announcer.ts'
import { cohortMigrations } from './cohort/cohortTable.ts'
import { rules } from './cohort/rules.fixture.ts'
import { openAlerts } from './openAlerts.ts'

describe('alerts in their table', () => {
  let dir: string
  let database: Database
  let alerts: Alerts
  let changedFor: string[] = []
  const endedFor: string[] = []
  const clock = new ManualClock(0)
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'hearthwatch-alerts-'))
    const migrations = [
      ...outboxMigrations,
      ...alertMigrations,
      ...cohortMigrations,
      ...noticeMigrations,
      ...deferralMigrations,
    ]
    database = await openSqliteFile(join(dir, 'alerts.db'), migrations)
    alerts = openAlerts({
      repeats: { wasCarriedOut: async () => false, note: async () => {} },
      database,
      clock,
      catalog: loadCatalog(),
      announcer: openAnnouncer({ publicUrl: '', webhook: false, push: false }),
      render,
      fleet: { of: (home) => ({ home }), size: () => 1, total: () => 1, count: () => 1 },
      cohortRules: () => rules,
      maintenance: { isUnder: () => false, over: () => [], hold: async () => {}, tick: async () => {} },
      desk: {
        worthVisit: (alert) => alert.confidence > 0.05,
        ticketFor: async (_tx, alert) => ticketIdSchema.parse(`tk-${alert.appliance}`),
        alertChanged: async (_tx, alert) => void changedFor.push(alert.id),
        alertEnded: async (_tx, alert) => void endedFor.push(alert.id),
        alertMarked: async () => {},
        alertDismissed: async () => {},
      },
    })
  })
  afterAll(async () => {
    await database.close()
    await rm(dir, { recursive: true })
  })

  const detection = (over: Partial<Detection> & { mode?: string }): Detection => ({
    condition: 'c1',
    appliance: 'f1',
    kind: 'fridge',
    phase: 'confirmed',
    at: 1_000,
    firstSeenAt: 500,
    offset: 1,
    hypotheses: [{ failureMode: over.mode ?? 'compressor-wear', probability: 0.7 }],
    severity: 'warning',
    confidence: 0.9,
    evidence: [],
    explanation: { engineer: { en: 'e', zh: '工' }, owner: { en: 'o', zh: '主' } },
    detector: 'test',
    ...over,
  })
  const apply = (...detections: Detection[]): Promise<Alert[]> =>
    database.transaction((tx) => alerts.apply(tx, detections))
  const of = async (appliance: string): Promise<Alert[]> => (await alerts.list({ appliance, limit: 1_000 })).items

  test('a suspicion beside a standing alert of its mode may not open, and ends when it recovers', async () => {
    const appliance = 'two'
    await apply(detection({ appliance, condition: 'a', phase: 'suspected', at: 1 }))
    await apply(detection({ appliance, condition: 'b', at: 2 }))
    expect(await apply(detection({ appliance, condition: 'a', at: 3 }))).toEqual([])
    await apply(detection({ appliance, condition: 'a', phase: 'recovered', at: 4 }))
    expect((await of(appliance)).map(({ state }) => state).sort()).toEqual(['closed', 'open'])
  })

  test('a snoozed alert is quiet until then', async () => {
    const appliance = 'quiet'
    const [{ id } = { id: '' }] = await apply(detection({ appliance, condition: 'q', at: 10 }))
    await alerts.snooze(alertIdSchema.parse(id), 100)
    changedFor = []
    await apply(detection({ appliance, condition: 'q', at: 50 }))
    expect(changedFor).toEqual([])
    await apply(detection({ appliance, condition: 'q', at: 100 }))
    expect(changedFor).toEqual([id])
  })

  test('one that is not worth a visit stands without a ticket, and is weighed again with news of it', async () => {
    const appliance = 'cheap'
    const [unsure] = await apply(detection({ appliance, condition: 'w', at: 10, confidence: 0.02 }))
    expect(unsure).toMatchObject({ state: 'open' })
    expect(unsure?.ticket).toBeUndefined()
    const [surer] = await apply(detection({ appliance, condition: 'w', at: 20, confidence: 0.9 }))
    expect(surer?.ticket).toBe('tk-cheap')
  })

  test('whatever is detected in whatever order, one alert of a mode stands on an appliance', async () => {
    let run = 0
    const word = fc.record({
      condition: fc.constantFrom('a', 'b', 'c', 'd'),
      mode: fc.constantFrom('compressor-wear', 'door-seal-leak', 'unknown'),
      phase: fc.constantFrom('suspected', 'confirmed', 'recovered') as fc.Arbitrary<Detection['phase']>,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 12 }), async (words) => {
        const appliance = `any-${++run}`
        for (const [at, { condition, ...rest }] of words.entries()) {
          await apply(detection({ appliance, ...rest, condition: `${appliance}/${condition}`, at }))
        }
        const standing = (await of(appliance)).filter(({ state }) => state === 'open' || state === 'acknowledged')
        expect(new Set(standing.map(({ failureMode }) => failureMode)).size).toBe(standing.length)
        expect(standing.every(({ openedAt, opened }) => openedAt !== undefined && opened?.at === openedAt)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('notices are read once, and what an owner was told of an appliance can be forgotten', async () => {
    const announcer = openAnnouncer({ publicUrl: 'http://here', webhook: false, push: false })
    const text = { en: 'x', zh: '某' }
    const about = { title: text, body: text, at: 5, appliance: 'gone' }
    const owner = { role: 'owner', name: 'Ann', contact: 'ann@example.invalid', language: 'en' } as const
    await database.transaction(async (tx) => {
      await announcer.announce(tx, { key: 'n/1/owner', to: owner, ...about })
      await announcer.announce(tx, { key: 'n/1/desk', to: { role: 'desk' }, ...about })
    })
    expect(await readNotices(database, ['n/1/desk', 'nothing'], 7)).toBe(1)
    expect(await readNotices(database, ['n/1/desk'], 9)).toBe(0)
    await database.transaction((tx) => announcer.forget(tx, 'gone'))
    expect((await listNotices(database, { recipient: 'desk', limit: 10 })).items).toMatchObject([{ readAt: 7 }])
    expect((await listNotices(database, { recipient: 'owner:*', limit: 10 })).items).toEqual([])
    expect(await database.query.selectFrom('outbox').select('key').execute()).toEqual([])
  })

  test('what can wait stands in the inbox at once, and is sent in the morning, once; or never, when it is forgotten', async () => {
    const announcer = openAnnouncer({ publicUrl: 'http://here', webhook: true, push: false })
    const text = { en: 'x', zh: '某' }
    const to = { role: 'owner', name: 'Bo', contact: 'bo@example.invalid', language: 'en' } as const
    const about = { title: text, body: text, at: 1_000, pushFrom: 9_000, to }
    const jobs = async (): Promise<string[]> =>
      (await database.query.selectFrom('outbox').select('key').orderBy('key').execute()).map(({ key }) => key)
    await database.transaction(async (tx) => {
      await announcer.announce(tx, { ...about, key: 'night/1', appliance: 'stays' })
      await announcer.announce(tx, { ...about, key: 'night/2', appliance: 'goes' })
    })
    expect((await listNotices(database, { recipient: 'owner:contact%20bo*', limit: 10 })).items).toHaveLength(2)
    // Machines do not sleep.
    expect(await jobs()).toEqual(['night/1/webhook', 'night/2/webhook'])
    await database.transaction((tx) => announcer.forget(tx, 'goes'))
    const pass = (now: number) => database.transaction((tx) => announcer.deliverDue(tx, now))
    await pass(8_999)
    expect(await jobs()).toEqual(['night/1/webhook'])
    await pass(9_000)
    await pass(9_001)
    expect(await jobs()).toEqual(['night/1/mail', 'night/1/webhook'])
  })
})
