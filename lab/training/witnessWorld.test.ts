import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { alertMigrations } from '../../alerts/index.ts'
import { planDetection } from '../../analytics/index.ts'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, type FeatureRow, HOUR } from '../../core/index.ts'
import { openSqliteFile, outboxMigrations } from '../../database/index.ts'
import { serviceMigrations } from '../../service/index.ts'
import { witnessWorld } from './witnessWorld.ts'

const T0 = Date.UTC(2026, 3, 1)
const at = (day: number): number => T0 + day * DAY
const catalog = loadCatalog()
const places = planDetection(catalog.kind('fridge')).features.map(({ name }) => name)

/** A fridge whose condenser gets hotter from day 20 on, an hour after midnight every day. */
const features: FeatureRow[] = Array.from({ length: 45 }, (_, day) => ({
  appliance: 'kitchen',
  feature: 'condRise',
  at: at(day) + HOUR,
  observed: 12 + Math.max(0, day - 20),
  low: 9,
  high: 15,
}))
const store = {
  features: async (appliance: string, _: string | null, from: number, to: number) =>
    features.filter((row) => appliance === 'kitchen' && row.at >= from && row.at < to),
}

test('closures teach how an appliance stood as its alert opened, what was found, and that it lasted at least to the repair', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'hearthwatch-closures-')), 'world.db')
  const database = await openSqliteFile(path, [...outboxMigrations, ...alertMigrations, ...serviceMigrations])
  const add = (id: string, source: string, openedAt: number, closedAt: number | null, cause: string): Promise<void> =>
    database.transaction(async (tx) => {
      const closure = { cause, parts: [], note: '', at: closedAt, by: 'engineer' }
      await tx
        .insertInto('ticket')
        .values({
          id,
          number: id,
          secret: id,
          appliance: 'kitchen',
          kind: 'fridge',
          state: closedAt ? 'closed' : 'new',
          source,
          priority: 3,
          createdAt: openedAt,
          closedAt,
          body: JSON.stringify({ appliance: 'kitchen', ...(closedAt ? { closure } : {}) }),
        })
        .execute()
      await tx
        .insertInto('alert')
        .values({
          id: `al-${id}`,
          condition: id,
          appliance: 'kitchen',
          failureMode: 'unknown',
          state: 'closed',
          severity: 'warning',
          ticket: id,
          openedAt,
          sortAt: openedAt,
          body: JSON.stringify({ openedAt }),
        })
        .execute()
    })
  await add('t1', 'predicted', at(10), at(12), 'none')
  await add('t2', 'predicted', at(30), at(40), 'condenser-fouling')
  await add('t3', 'predicted', at(41), null, 'condenser-fouling')
  await add('t4', 'reported', at(30), at(40), 'condenser-fouling')

  // An alert without a ticket of its own cause: somebody says that it is normal here, and takes it back of another one.
  const mark = (id: string, verdict: string, undoneAt: number | null): Promise<unknown> =>
    database.transaction(async (tx) => {
      const alert = { openedAt: at(30), kind: 'fridge' }
      const row = { condition: id, appliance: 'kitchen', failureMode: id, state: 'closed', severity: 'warning' }
      await tx
        .insertInto('alert')
        .values({ id, ...row, openedAt: at(30), sortAt: at(30), body: JSON.stringify(alert) })
        .execute()
      const body = { id, appliance: 'kitchen', alert: id, failureMode: 'door-seal-leak', verdict, at: at(31) }
      await tx
        .insertInto('alertMark')
        .values({ id, appliance: 'kitchen', alert: id, at: at(31), undoneAt, body: JSON.stringify(body) })
        .execute()
    })
  await mark('m1', 'normal-here', null)
  await mark('m2', 'known', null)
  await mark('m3', 'known', at(32))

  const { diagnosis, life } = await witnessWorld(database, store, catalog)
  await database.close()
  const openings = diagnosis.fridge!.filter(({ opens }) => opens)
  expect(openings.map(({ mode }) => mode)).toEqual([null, 'door-seal-leak', null, 'condenser-fouling'])
  const hot = openings[3]!.profile[places.indexOf('condRise')]!
  // It stood 9 K over the middle of a band whose standard deviation is 1 K; the average lags.
  expect(hot).toBeGreaterThan(6)
  expect(hot).toBeLessThan(9)
  expect(openings[3]!.profile[places.indexOf('duty')]).toBeNaN()
  expect(new Set(diagnosis.fridge!.map(({ fold }) => fold)).size).toBe(4)
  const [first] = life.fridge!
  expect(first).toMatchObject({ mode: 'condenser-fouling', censored: true, opens: true })
  expect(first!.hours).toBeCloseTo(24 * (40 - 29) - 1, 6)
  expect(life.fridge!.every(({ mode }) => mode === 'condenser-fouling')).toBe(true)
})
