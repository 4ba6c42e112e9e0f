import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type DatabaseMigration, Problem } from '../core/index.ts'
import { openApart } from './apart.ts'
import { openPassingSqlite } from './openDatabase.ts'

declare module '../core/database.ts' {
  interface Tables {
    done: { id: string }
  }
}
const migrations: DatabaseMigration[] = [
  {
    name: '0001-done',
    up: async (db) => {
      await db.schema
        .createTable('done')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .execute()
    },
  },
]
const dir = mkdtempSync(join(tmpdir(), 'hearthwatch-apart-'))
const database = await openPassingSqlite(join(dir, 'a.db'), migrations)
afterAll(async () => {
  await database.close()
  rmSync(dir, { recursive: true })
})

test('one that fails is undone alone, told once, and rests for a minute; then it is tried again', async () => {
  const told: string[] = []
  let now = 0
  const apart = openApart(
    (error) => told.push(error.message),
    () => now,
  )
  let isBroken = true
  const turn = () =>
    database.transaction(async (tx) => {
      for (const id of ['a', 'b', 'c']) {
        if (apart.resting('ticket').includes(id)) continue
        await apart.each(tx, 'ticket', id, async () => {
          await tx
            .insertInto('done')
            .values({ id })
            .onConflict((conflict) => conflict.doNothing())
            .execute()
          if (id === 'b' && isBroken) throw new Error('no such place')
        })
      }
    })
  const kept = async () =>
    (await database.query.selectFrom('done').select('id').orderBy('id').execute()).map(({ id }) => id)
  await turn()
  expect(await kept()).toEqual(['a', 'c'])
  expect(told).toEqual(['ticket b is left as it is: no such place.'])
  expect([apart.resting('ticket'), apart.resting('alert')]).toEqual([['b'], []])
  now += 61_000
  await turn()
  expect(told.length).toBe(1)
  isBroken = false
  now += 61_000
  await turn()
  expect(await kept()).toEqual(['a', 'b', 'c'])
  expect(apart.resting('ticket')).toEqual([])
})

test('that the database is away fails the whole turn, and nobody is blamed', async () => {
  const away = new Problem({ code: 'database-unavailable', message: '', remedy: '', status: 503, retryable: true })
  const apart = openApart(() => expect.unreachable())
  await expect(database.transaction((tx) => apart.each(tx, 'ticket', 'x', () => Promise.reject(away)))).rejects.toBe(
    away,
  )
  expect(apart.resting('ticket')).toEqual([])
})
