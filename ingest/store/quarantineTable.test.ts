import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import type { QuarantineRow } from '../../core/index.ts'
import { QuarantineTable } from './quarantineTable.ts'

const rowOf = (offset: number, more: Partial<QuarantineRow> = {}): QuarantineRow => ({
  id: `${offset}-0`,
  appliance: 'f1',
  kind: 'fridge',
  reason: 'in-future',
  detail: '',
  at: offset,
  bytes: Buffer.from('x'.repeat(100)),
  readings: 1,
  topic: 'telemetry',
  ...more,
})
function open(db: DatabaseSync, bounds = { rows: 1_000, bytes: 300 }): QuarantineTable {
  return new QuarantineTable(
    {
      run: (sql, ...values) => void db.prepare(sql).run(...values),
      all: (sql, ...values) => db.prepare(sql).all(...values) as Record<string, unknown>[],
    },
    bounds,
  )
}

test('a file from before the bounds is counted when it is opened, and bounded with the next refusal', () => {
  const db = new DatabaseSync(':memory:')
  db.exec(`create table quarantine(offset integer, idx integer, appliance text, kind text, reason text, detail text,
    at integer, bytes blob, readings integer, topic text, primary key(offset, idx)) without rowid`)
  const insert = db.prepare('insert into quarantine values (?, 0, ?, ?, ?, ?, 0, ?, 1, ?)')
  for (let i = 1; i <= 5; i++)
    insert.run(i, 'f1', 'fridge', i === 3 ? 'bad-json' : 'in-future', '', Buffer.alloc(100), 'telemetry')
  let table = open(db)
  expect(table.use('f1')).toMatchObject({ rows: { used: 5 }, bytes: { used: 500, limit: 300 }, withoutPayload: 0 })
  table.apply({ quarantined: [rowOf(6)], requeued: [] })
  expect(table.list({ limit: 9 }).map(({ id, notKept }) => [id, notKept])).toEqual([
    ['6-0', undefined],
    ['5-0', undefined],
    ['4-0', undefined],
    ['3-0', 100],
    ['2-0', 100],
    ['1-0', 100],
  ])
  // What is opened again is not counted again; what is repeated or tried again is counted once.
  table = open(db)
  table.apply({ quarantined: [rowOf(6)], requeued: ['5-0', '2-0'] })
  expect(table.use('f1')).toEqual({
    rows: { used: 4, limit: 1_000 },
    bytes: { used: 200, limit: 300 },
    withoutPayload: 2,
    forgotten: 0,
  })
  db.close()
})

test('what is older than the policy keeps goes in bites, and its use says how much went', () => {
  const db = new DatabaseSync(':memory:')
  const table = open(db)
  table.apply({ quarantined: [1, 2, 3, 4, 5].map((at) => rowOf(at)), requeued: [] })
  expect([table.forgetBefore(4, 2), table.forgetBefore(4, 2), table.forgetBefore(4, 2)]).toEqual([2, 1, 0])
  expect(table.list({ limit: 9 }).map(({ id }) => id)).toEqual(['5-0', '4-0'])
  expect(table.use('f1')).toMatchObject({ rows: { used: 2 }, forgotten: 3 })
  db.close()
})

test('where nothing may be kept, nothing is, and nothing fails', () => {
  const table = open(new DatabaseSync(':memory:'), { rows: 2, bytes: 0 })
  for (let i = 1; i <= 700; i++) table.apply({ quarantined: [rowOf(i)], requeued: [] })
  table.apply({ quarantined: Array.from({ length: 1_200 }, (_, i) => rowOf(1_000 + i)), requeued: [] })
  expect(table.use('f1')).toMatchObject({ rows: { used: 2 }, bytes: { used: 0 }, withoutPayload: 2, forgotten: 1_898 })
  expect(table.take(['2199-0'])).toEqual([])
})
