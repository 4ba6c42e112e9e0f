import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import {
  type Alert,
  DAY,
  type Database,
  type Detection,
  HOUR,
  ManualClock,
  MINUTE,
  type Shares,
  ticketIdSchema,
} from '../../core/index.ts'
import { openSqliteFile, outboxMigrations } from '../../database/index.ts'
import { render } from '../../words/index.ts'
import type { Alerts } from '../alertBook.ts'
import { alertMigrations } from '../alertTable.ts'
import { deferralMigrations, listNotices, noticeMigrations, openAnnouncer } from '../announcer.ts'
import { openAlerts } from '../openAlerts.ts'
import { cohortMigrations } from './cohortTable.ts'
import { rules } from './rules.fixture.ts'

/** Forty homes here and two hundred elsewhere, each with a fridge; one home here has five. */
const NOW = 400 * DAY
const shares = (id: string): Shares => ({
  region: id.startsWith('here') ? '48,11' : '53,10',
  home: id.startsWith('here-9') ? 'one-home' : id,
  firmware: id.endsWith('9') ? '3.0.0' : '2.0.0',
  batch: 'b1',
})

describe('a notice for what many share', () => {
  let dir: string
  let database: Database
  let alerts: Alerts
  let tickets: string[] = []
  let run = 0
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'hearthwatch-cohorts-'))
  })
  afterAll(async () => {
    await database.close()
    await rm(dir, { recursive: true })
  })
  const path = (): string => join(dir, `alerts-${run}.db`)
  async function open(): Promise<void> {
    const migrations = [
      ...outboxMigrations,
      ...alertMigrations,
      ...cohortMigrations,
      ...noticeMigrations,
      ...deferralMigrations,
    ]
    database = await openSqliteFile(path(), migrations)
    alerts = openAlerts({
      repeats: { wasCarriedOut: async () => false, note: async () => {} },
      database,
      clock: new ManualClock(NOW),
      catalog: loadCatalog(),
      announcer: openAnnouncer({ publicUrl: '', webhook: false, push: false }),
      render,
      fleet: {
        of: shares,
        size: (by, cohort) => (by === 'region' && cohort === '48,11' ? 40 : 200),
        total: () => 240,
        count: () => 2,
      },
      cohortRules: () => rules,
      maintenance: { isUnder: () => false, over: () => [], hold: async () => {}, tick: async () => {} },
      desk: {
        worthVisit: (alert) => alert.confidence > 0.05,
        ticketFor: async (_tx, alert) => {
          tickets.push(alert.appliance)
          return ticketIdSchema.parse(`tk-${alert.appliance}`)
        },
        alertChanged: async () => {},
        alertEnded: async () => {},
        alertMarked: async () => {},
        alertDismissed: async () => {},
      },
    })
  }
  beforeEach(async () => {
    if (run > 0) await database.close()
    run++
    tickets = []
    await open()
  })

  const say = (appliance: string, failureMode: string, at: number, over: Partial<Detection> = {}): Detection => ({
    condition: `${appliance}/${failureMode}`,
    appliance,
    kind: 'fridge',
    phase: 'confirmed',
    at,
    firstSeenAt: at,
    offset: 1,
    hypotheses: [{ failureMode, probability: 0.9 }],
    severity: failureMode === 'silent' ? 'info' : 'warning',
    confidence: 0.9,
    evidence: [{ feature: 'duty', observed: 0.5, expected: [0.2, 0.4], unit: '1', from: at - DAY, to: at, share: 1 }],
    explanation: { engineer: { en: 'e', zh: '工' }, owner: { en: 'o', zh: '主' } },
    detector: 'test',
    ...over,
  })
  const hear = (...detections: Detection[]): Promise<Alert[]> =>
    database.transaction((tx) => alerts.apply(tx, detections))
  const pass = (now: number): Promise<Alert[]> => database.transaction((tx) => alerts.tick(tx, now))
  const notices = async (state?: string) =>
    (await alerts.cohorts.list({ limit: 100, ...(state ? { state } : {}) })).items
  const inbox = async () => (await listNotices(database, { recipient: 'desk', limit: 100 })).items
  const silences = (count: number, phase: Detection['phase'] = 'confirmed', at = NOW): Detection[] =>
    Array.from({ length: count }, (_, i) => say(`here-${10 + i}`, 'silent', at + (i % 10) * MINUTE, { phase }))

  test('twenty appliances of an area that fall silent make one, with every alert under it, and it ends with them', async () => {
    await hear(...silences(20))
    expect(await notices()).toMatchObject([
      { cause: 'outage', cohort: '48,11', state: 'open', joined: 20, size: 40, failureMode: 'silent' },
    ])
    const [{ id } = { id: '' }] = await notices()
    expect((await alerts.list({ cohort: id, limit: 100 })).items).toHaveLength(20)
    expect(await inbox()).toEqual([])
    await pass(NOW + 30 * MINUTE)
    expect((await inbox()).map(({ title }) => title.en)).toEqual(['Network outage in area 48°N 11°E: 20 appliances'])
    await hear(...silences(19, 'recovered', NOW + 3 * HOUR))
    await pass(NOW + 4 * HOUR)
    expect(await notices()).toMatchObject([{ state: 'closed', standing: 1, closedAt: NOW + 4 * HOUR }])
    expect((await inbox()).map(({ title }) => title.en)).toContain('Network outage in area 48°N 11°E has ended')
    expect(await inbox()).toHaveLength(2)
    expect(tickets).toEqual([])
  })

  test('five appliances behind one router are one home, and no area', async () => {
    await hear(...Array.from({ length: 9 }, (_, i) => say(`here-9${i}`, 'silent', NOW + i)))
    expect(await notices()).toEqual([])
  })

  test('is the same whatever the stretches were, and after a crash between any two', async () => {
    const all = silences(12)
    await hear(...all)
    await pass(NOW + HOUR)
    const once = await notices()
    run++
    await database.close()
    await open()
    for (const [i, one] of all.entries()) {
      await hear(one)
      // What is not committed is said again; what is, is a repeat.
      if (i % 3 === 0) {
        await database.close()
        await open()
        await hear(one)
      }
    }
    await pass(NOW + HOUR)
    expect(await notices()).toEqual(once)
  })

  test('weather over an area holds its tickets for a time, but not of one that goes clearly beyond', async () => {
    const hot = Array.from({ length: 20 }, (_, i) => say(`here-${10 + i}`, 'condenser-fouling', NOW + i * HOUR))
    await hear(...hot)
    const early = tickets.length
    expect(early).toBeLessThanOrEqual(6)
    expect(await notices()).toMatchObject([{ cause: 'weather', joined: 20, kind: 'fridge' }])
    const [{ holdUntil } = {}] = await notices()
    await hear(
      say('here-40', 'condenser-fouling', NOW + DAY, {
        evidence: [
          { feature: 'duty', observed: 0.95, expected: [0.2, 0.4], unit: '1', from: NOW, to: NOW + DAY, share: 1 },
        ],
      }),
    )
    expect(tickets.slice(early)).toEqual(['here-40'])
    // Elsewhere nothing is held.
    await hear(say('there-1', 'condenser-fouling', NOW + DAY))
    expect(tickets.slice(early)).toEqual(['here-40', 'there-1'])
    // What has recovered meanwhile never asks; what still stands does, once.
    await hear(...hot.slice(8, 14).map((one) => ({ ...one, phase: 'recovered' as const, at: NOW + 2 * DAY })))
    await pass((holdUntil ?? 0) - 1)
    expect(tickets).toHaveLength(early + 2)
    await pass((holdUntil ?? 0) + MINUTE)
    await pass((holdUntil ?? 0) + 2 * MINUTE)
    expect(new Set(tickets).size).toBe(tickets.length)
    expect(tickets).toHaveLength(22 - 6)
    expect(await notices('open')).toEqual([])
  })

  test('a firmware that makes many look alike is one notice with a link to the quality desk', async () => {
    await hear(...Array.from({ length: 12 }, (_, i) => say(`there-${i}9`, 'temperature-sensor-drift', NOW + i * HOUR)))
    expect(await notices()).toMatchObject([{ cause: 'campaign', by: 'firmware', cohort: '3.0.0' }])
    await pass(NOW + DAY)
    expect((await inbox())[0]).toMatchObject({ link: '/quality' })
  })
})
