import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTable } from '../../../../ingest/index.ts'
import { toCsv } from './csv.ts'

test('G an export runs nothing in a spreadsheet, and opens with Chinese', () => {
  const names = ['=1+2', '+1', '-cmd', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '冰箱', '-5', '1e3', 'a;b']
  const csv = toCsv(names.map((name) => ({ name, power: -5 })))
  expect(csv.startsWith('\uFEFFname,power\r\n')).toBe(true)
  const { rows } = readTable(Buffer.from(csv), { delimiter: ',' })
  const cells = rows.map((row) => row.cells[0]!)
  expect(cells.filter((cell) => /^[=+@＝]|^-\D/.test(cell))).toEqual([])
  expect(cells).toContain('冰箱')
  expect(cells).toContain('-5')
  expect(rows[0]!.cells[1]).toBe('-5')
})

test('G whatever text is exported comes back', () => {
  const word = fc.string({ unit: 'binary' }).map((text) => text.trim().replaceAll('\0', ''))
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (names) => {
      const csv = toCsv([{ first: 'x', ...Object.fromEntries(names.map((name, i) => [`c${i}`, name])) }])
      const [row] = readTable(Buffer.from(csv), { delimiter: ',' }).rows
      const plain = (text: string): string =>
        text
          .replace(/^'(?=\s*[=+\-@\t\r＝＋－＠])/, '')
          .trim()
          .replace(/\r\n?/g, '\n')
      expect(row!.cells.slice(1).map(plain)).toEqual(names.map((name) => plain(name)))
    }),
  )
})
