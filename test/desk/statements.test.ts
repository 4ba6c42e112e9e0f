import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KyselyPlugin } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, monotonicMs } from '../../core/index.ts'
import { openSqliteFile } from '../../database/index.ts'
import { migrations } from '../../workers/start/startDatabase.ts'
import { alertOf, home, openTestService, type TestService } from './openTestService.ts'

// Each statement crosses to the database's thread and back: what a command costs is counted.
let statements = 0
const counting: KyselyPlugin = {
  transformQuery: ({ node }) => {
    statements++
    return node
  },
  transformResult: async ({ result }) => result,
}
const counted = (database: Database): Database => ({
  ...database,
  query: database.query.withPlugin(counting),
  transaction: (work) => database.transaction((tx) => work(tx.withPlugin(counting) as typeof tx)),
})

let dir = ''
let database: Database
let given: TestService
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hearthwatch-statements-'))
  database = await openSqliteFile(join(dir, 'desk.db'), migrations)
  given = await openTestService(counted(database))
  await given.people.saveDepots(
    [
      { id: 'van', type: 'van', location: home, stock: [{ part: 'compressor', quantity: 50 }] },
      { id: 'depot', type: 'depot', location: home, stock: [{ part: 'filter-drier', quantity: 90 }] },
    ],
    'test',
  )
  await given.people.saveEngineers(
    Array.from({ length: 20 }, (_, i) => ({
      id: `e${i}`,
      name: `Eva ${i}`,
      location: home,
      grade: 'A+' as const,
      skills: ['sealed-system'],
      depot: 'van',
    })),
  )
  for (let i = 0; i < 60; i++) await given.register(`s${i}`)
})
afterAll(async () => {
  await database.close()
  await rm(dir, { recursive: true })
})

async function costOf(work: () => Promise<unknown>): Promise<{ statements: number; ms: number }> {
  const before = statements
  const from = monotonicMs()
  await work()
  return { statements: statements - before, ms: monotonicMs() - from }
}
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

test('a new ticket from an alert, and an owner who agrees', async () => {
  const news: { statements: number; ms: number }[] = []
  const agreed: { statements: number; ms: number }[] = []
  for (let i = 0; i < 50; i++) {
    let id = ''
    news.push(
      await costOf(async () => {
        id = await given.database.transaction((tx) => given.desk.ticketFor(tx, alertOf(`s${i}`)))
      }),
    )
    agreed.push(await costOf(() => given.desk.accept(id, 'owner')))
  }

  expect(median(news.map((cost) => cost.statements))).toBeLessThan(100)
})
