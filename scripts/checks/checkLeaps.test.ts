import { expect, test } from 'vitest'
import { judgeLeaps, leapsOf } from './checkLeaps.ts'

test('every ! is counted, and nothing that only looks like one', () => {
  const { counts } = leapsOf(
    new Map([
      [
        'analytics/a.ts',
        ['const a = b!', 'c[0]! += d![1]!', 'if (!e && f !== g) h = `done! ` + i!.j', "// k! and 'l!'"].join('\n'),
      ],
      ['dashboards/web/src/A.tsx', 'export const A = () => <p>Done! {a!.b}</p>'],
      ['analytics/a.test.ts', 'a!'],
      ['lab/a.ts', 'a!'],
      ['core/none.ts', "const text = 'a!'"],
    ]),
  )
  expect([...counts]).toEqual([
    ['analytics/a.ts', 5],
    ['dashboards/web/src/A.tsx', 1],
  ])
})

test('an id that is cast is named with its place', () => {
  const { casts } = leapsOf(
    new Map([
      ['service/a.ts', 'const id = text as TicketId\nconst one = row as Row\nconst ids = rows as EngineerId[]'],
      ['service/b.ts', "import { x as TicketId } from './x.ts'"],
    ]),
  )
  expect(casts).toEqual([
    'service/a.ts:1 text as TicketId: ids are made by core/ids.ts',
    'service/a.ts:3 rows as EngineerId[]: ids are made by core/ids.ts',
  ])
})

test('400 may stand, one more is refused, with where most are; the hot files are counted apart', () => {
  const counts = new Map([
    ['analytics/cold.ts', 390],
    ['analytics/hot.ts', 50],
    ['core/one.ts', 10],
  ])
  const apart = new Map([['analytics/hot.ts', 50]])
  expect(judgeLeaps(counts, [], apart)).toEqual({ problems: [], counted: 400, hot: 50 })
  expect(judgeLeaps(counts.set('core/two.ts', 1), [], apart).problems).toEqual([
    '401 non-null ! in the product, 400 at most; most in analytics/cold.ts 390, core/one.ts 10, core/two.ts 1',
  ])
})

test('a hot file has no more than is written of it, and no fewer', () => {
  const apart = new Map([
    ['a.ts', 3],
    ['b.ts', 3],
  ])
  const counts = new Map([
    ['a.ts', 4],
    ['b.ts', 2],
  ])
  expect(judgeLeaps(counts, [], apart).problems).toEqual([
    'a.ts: 4 non-null !, 3 at most',
    'b.ts: 2 non-null ! and not 3: say so in scripts/checks/checkLeaps.ts',
  ])
})
