// What the audit's chain shows of what somebody did to it who owns the database, on both databases.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, ManualClock } from '../../core/index.ts'
import { type AuditHead, checkAudit, openAudit } from '../../service/index.ts'
import { onBothDatabases } from './openTestService.ts'

const key = 'a key of the tests'

onBothDatabases('the chain of the audit', (open) => {
  let database: Database
  let close: () => Promise<void>
  let head: AuditHead | undefined
  const clock = new ManualClock(1_000)
  beforeAll(async () => {
    ;({ database, close } = await open())
  })
  afterAll(() => close())

  const audit = () =>
    openAudit({
      database,
      clock,
      key,
      noted: {
        read: async () => head,
        write: (end) => {
          head = end
        },
      },
      onRetryableError: (_, error) => expect(error).toBeUndefined(),
    })
  /** Somebody who owns the database and not the key. */
  async function behindItsBack(statement: string): Promise<void> {
    const switched = (state: string) =>
      database.dialect === 'postgres' ? sql.raw(`alter table audit ${state} trigger all`) : undefined
    await database.transaction(async (tx) => {
      const triggers =
        database.dialect === 'sqlite'
          ? (
              await sql<{
                name: string
                sql: string
              }>`select name, sql from sqlite_schema where type = 'trigger' and tbl_name = 'audit'`.execute(tx)
            ).rows
          : []
      for (const { name } of triggers) await sql.raw(`drop trigger "${name}"`).execute(tx)
      await switched('disable')?.execute(tx)
      await sql.raw(statement).execute(tx)
      await switched('enable')?.execute(tx)
      for (const trigger of triggers) await sql.raw(trigger.sql).execute(tx)
    })
  }
  const faults = async () => (await checkAudit(database.query, key, head)).faults

  test('rows of before there was a chain are vouched for by the first one after them', async () => {
    await behindItsBack(
      `insert into audit (seq, at, who, action) values (1, 1, 'user:old', 'sign-in'), (2, 2, 'user:old', 'sign-in')`,
    )
    for (let i = 0; i < 20; i++) await audit().record({ who: 'user:ann', action: 'sign-in', subject: `s${i}` })
    expect(await audit().check()).toMatchObject({ rows: 22, before: 2, faults: [], endKnown: true, head })
    await behindItsBack(`update audit set who = 'user:eve' where seq = 1`)
    expect(await faults()).toEqual([{ kind: 'changed', seq: 3 }])
    await behindItsBack(`update audit set who = 'user:old' where seq = 1`)
    expect(await faults()).toEqual([])
  })

  test('who writes at once writes one after the other', async () => {
    const one = audit()
    await Promise.all(Array.from({ length: 30 }, (_, i) => one.record({ who: 'token', action: `a${i}` })))
    expect(await one.check()).toMatchObject({ rows: 52, faults: [] })
    const listed = await one.list({ limit: 3 })
    expect(listed.items.map(({ seq }) => seq)).toEqual([52, 51, 50])
    expect(JSON.stringify(listed)).not.toContain('hash')
  })

  test('a changed row, a changed hash, a row added and rows taken out are named, each once', async () => {
    await expect(
      database.transaction((tx) => sql`update audit set who = 'x' where seq = 5`.execute(tx)),
    ).rejects.toThrow(/append-only/)
    await behindItsBack(`update audit set subject = 'other' where seq = 10`)
    await behindItsBack(`delete from audit where seq in (20, 21)`)
    await behindItsBack(`insert into audit (seq, at, who, action) values (53, 9, 'user:eve', 'sign-in')`)
    expect(await faults()).toEqual([
      { kind: 'changed', seq: 10 },
      { kind: 'missing', from: 20, to: 21 },
      { kind: 'unsigned', seq: 53 },
    ])
    expect((await checkAudit(database.query, 'another key', head)).faults.length).toBeGreaterThan(40)
  })

  test('what was cut off at the end is missed, because the end was noted', async () => {
    await behindItsBack(`delete from audit where seq > 40`)
    const cut = await checkAudit(database.query, key, head)
    expect(cut.faults.at(-1)).toEqual({ kind: 'cut', from: 41, to: 52 })
    const unknown = await checkAudit(database.query, key)
    expect(unknown).toMatchObject({ endKnown: false })
    expect(unknown.faults.map(({ kind }) => kind)).not.toContain('cut')
    // Another row in its place does not hide it.
    await audit().record({ who: 'user:eve', action: 'sign-in' })
    head = { seq: 52, hash: 'x'.repeat(43) }
    expect((await faults()).at(-1)).toEqual({ kind: 'cut', from: 42, to: 52 })
  })
})
