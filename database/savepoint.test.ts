import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, type DatabaseMigration, Problem } from '../core/index.ts'
import { fetchServers, type RunningServer, serversMissing, startPostgres } from '../test/servers/servers.ts'
import { openPassingSqlite, openPostgresDatabase } from './openDatabase.ts'
import { savepoint } from './savepoint.ts'

declare module '../core/database.ts' {
  interface Tables {
    thing: { id: number }
  }
}
const migrations: DatabaseMigration[] = [
  {
    name: '0001-thing',
    up: async (db) => {
      await db.schema
        .createTable('thing')
        .addColumn('id', 'integer', (c) => c.primaryKey())
        .execute()
    },
  },
]

function promises(open: () => Promise<Database>): void {
  let database: Database
  beforeAll(async () => {
    database = await open()
  }, 180_000)
  afterAll(() => database.close())
  const kept = async (): Promise<number[]> => {
    const rows = await database.query.selectFrom('thing').select('id').orderBy('id').execute()
    return rows.map(({ id }) => id)
  }

  test('what fails within a savepoint is undone alone, and the transaction goes on', async () => {
    const errors: string[] = []
    await database.transaction(async (tx) => {
      const add = (id: number) => tx.insertInto('thing').values({ id }).execute()
      await add(1)
      await savepoint(tx, () => add(2))
      for (const id of [1, 3]) {
        await savepoint(tx, async () => {
          await add(10 + id)
          await savepoint(tx, () => add(20 + id))
          await add(id)
        }).catch((error: Error) => errors.push(error.message))
      }
    })
    expect(errors.length).toBe(1)
    expect(await kept()).toEqual([1, 2, 3, 13, 23])
  })

  test('that the database is away ends the whole transaction', async () => {
    const away = new Problem({ code: 'database-unavailable', message: '', remedy: '', status: 503, retryable: true })
    const done = database.transaction(async (tx) => {
      await tx.insertInto('thing').values({ id: 100 }).execute()
      await savepoint(tx, () => Promise.reject(away))
    })
    await expect(done).rejects.toBe(away)
    expect(await kept()).not.toContain(100)
  })
}

describe('a savepoint on SQLite', () => {
  const dir = mkdtempSync(join(tmpdir(), 'hearthwatch-savepoint-'))
  afterAll(() => rmSync(dir, { recursive: true }))
  promises(() => openPassingSqlite(join(dir, 'a.db'), migrations))
})

describe.skipIf(serversMissing())('a savepoint on PostgreSQL', () => {
  let server: RunningServer | undefined
  afterAll(async () => await server?.stop())
  promises(async () => {
    fetchServers()
    server = await startPostgres()
    return openPostgresDatabase(server.url, 'savepoints', migrations)
  })
})
