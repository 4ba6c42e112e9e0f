import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KyselyPlugin } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../core/index.ts'
import { openSqliteFile } from '../../database/index.ts'
import { migrations } from '../../workers/start/startDatabase.ts'
import { alertOf, home, openTestService, type TestService } from './openTestService.ts'

// Each statement crosses to the database's thread and back: what a command costs is counted.
let statements = 0
const counting: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: async ({ result }) => {
    statements++
    return result
  },
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

async function costOf(work: () => Promise<unknown>): Promise<number> {
  const before = statements
  await work()
  return statements - before
}
/** The view of the ticket that is answered, and what the owner is told, counted. */
// And whether its owner wants messages; what stands on days that may be offered; what was tested and who is called.
const NEW = 16
const AGREED = 18
/** When the work of each ticket begins, by the plan. */
async function timesNow(): Promise<Map<string, number | undefined>> {
  const { items } = await given.desk.list({ state: 'assigned', limit: 1_000 })
  return new Map(items.map((ticket) => [ticket.id, ticket.plannedAt]))
}

test('a new ticket from an alert, and an owner’s yes, cost a handful of statements, and two for each visit that begins at another time', async () => {
  for (let i = 0; i < 50; i++) {
    let id = ''
    const news = await costOf(async () => {
      id = await given.database.transaction((tx) => given.desk.ticketFor(tx, alertOf(`s${i}`)))
    })
    const before = await timesNow()
    const agreed = await costOf(() => given.desk.accept(id, 'owner'))
    const after = await timesNow()
    const retimed = [...after].filter(([ticket, at]) => before.has(ticket) && before.get(ticket) !== at).length
    expect(news).toBeLessThanOrEqual(NEW)
    expect(agreed - 2 * retimed).toBeLessThanOrEqual(AGREED)
  }
})
