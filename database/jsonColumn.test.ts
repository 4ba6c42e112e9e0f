import { expect, test } from 'vitest'
import { z } from 'zod'
import { type JsonColumn, jsonColumn, readable, remembering, unreadableRows } from './jsonColumn.ts'

const column = jsonColumn('outbox', 'body', z.looseObject({ to: z.object({ name: z.string() }), at: z.number() }))
const rows = [
  { key: 'good', body: '{"to":{"name":"Ada"},"at":1,"more":true}' },
  { key: 'old', body: '{"to":{},"at":1}' },
  { key: 'torn', body: '{"to":{"name":"A' },
  { key: 'null', body: 'null' },
]
const read = ({ key, body }: { key: string; body: string }) => column.read(body, key)

test('what a schema does not name is kept', () => {
  expect(column.read(rows[0]?.body ?? '', 'good')).toEqual({ to: { name: 'Ada' }, at: 1, more: true })
})

test.each([
  ['old', "Row 'old' of the table 'outbox' cannot be read: body: to/name: Invalid input"],
  ['torn', "Row 'torn' of the table 'outbox' cannot be read: body: it is no JSON."],
  ['null', "Row 'null' of the table 'outbox' cannot be read: body: Invalid input"],
])('the row %s is named, with its table, its column and its field', (key, said) => {
  const row = rows.find((one) => one.key === key)
  expect(() => row && read(row)).toThrow(expect.objectContaining({ code: 'row-unreadable' }))
  expect(() => row && read(row)).toThrow(said)
})

test('a list never falls for one row: it goes without, and each is told once', () => {
  const told: string[] = []
  unreadableRows.onFound(({ concerns = '' }) => told.push(concerns))
  const before = unreadableRows.count
  for (let i = 0; i < 3; i++) expect(readable(rows, read).map(({ at }) => at)).toEqual([1])
  expect(told).toEqual(['outbox/old', 'outbox/torn', 'outbox/null'])
  expect(unreadableRows.count - before).toBe(3)
})

test('a list falls for our own mistakes', () => {
  const wrong: JsonColumn<number> = {
    read() {
      throw new Error('ours')
    },
  }
  expect(() => readable(rows, ({ key, body }) => wrong.read(body, key))).toThrow('ours')
})

test('a row that has not changed is not read again, one that has is; nobody changes what others read, and old ones are forgotten', () => {
  const reads: (string | number)[] = []
  const counting: JsonColumn<{ at: { ms: number } }> = {
    read(text, row) {
      reads.push(row)
      return { at: { ms: Number(text) } }
    },
  }
  const column = remembering(counting, { rows: 2, characters: 100 })
  const first = column.read('1', 'a')
  expect(column.read('1', 'a')).toBe(first)
  expect(() => Object.assign(first.at, { ms: 9 })).toThrow(TypeError)
  expect(column.read('2', 'a').at.ms).toBe(2)
  column.read('1', 'b')
  column.read('2', 'a')
  column.read('1', 'c')
  expect(reads).toEqual(['a', 'a', 'b', 'c'])
  // The one that was asked for longest ago has gone.
  column.read('2', 'a')
  column.read('1', 'b')
  expect(reads).toEqual(['a', 'a', 'b', 'c', 'b'])
  // So many characters and no more: what is too long itself is read each time.
  for (let i = 0; i < 2; i++) column.read('1'.padEnd(101), 'd')
  expect(reads.slice(5)).toEqual(['d', 'd'])
})
