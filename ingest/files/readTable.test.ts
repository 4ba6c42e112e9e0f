import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { numberOf, readRecording, readTable, timeOf, timeShapeOf } from '../index.ts'

const fridge = loadCatalog().kind('fridge')
const bytes = (text: string): Buffer => Buffer.from(text)
const gb = (text: string): Buffer => {
  // TextEncoder writes UTF-8 alone; these are the GB 18030 codes of 冰箱.
  const codes = new Map([
    ['冰', [0xb1, 0xf9]],
    ['箱', [0xcf, 0xe4]],
  ])
  return Buffer.from([...text].flatMap((letter) => codes.get(letter) ?? [letter.charCodeAt(0)]))
}

describe('a table', () => {
  test.each([
    ['UTF-8', bytes('id,名\n1,冰箱'), 'utf-8'],
    ['UTF-8 with its mark', bytes('\uFEFFid,名\n1,冰箱'), 'utf-8'],
    ['UTF-16, little end first', Buffer.from('\uFEFFid,n\n1,冰箱', 'utf16le'), 'utf-16le'],
    ['UTF-16 without its mark', Buffer.from('id,name\n1,冰箱', 'utf16le'), 'utf-16le'],
    ['UTF-16, big end first', Buffer.from('\uFEFFid,n\n1,冰箱', 'utf16le').swap16(), 'utf-16be'],
    ['GB 18030', gb('id,n\n1,冰箱'), 'gb18030'],
  ])('is read from %s', (_, file, encoding) => {
    const table = readTable(file)
    expect(table).toMatchObject({ encoding, delimiter: ',', refused: [] })
    expect(table.rows[0]?.cells[1]).toBe('冰箱')
  })

  test('is read from Latin-1, whose accents stand alone', () => {
    const table = readTable(Buffer.from('id;name\n1;Müller\n2;Gülçan', 'latin1'))
    expect(table).toMatchObject({ encoding: 'windows-1252', delimiter: ';' })
    expect(table.rows.map(({ cells }) => cells[1])).toEqual(['Müller', 'Gülçan'])
  })

  test.each([
    ['id;lat;lon\na;48,14;11,58', ';', ','],
    ['id,lat\na,"48,14"', ',', ','],
    ['id\tlat\na\t48.14', '\t', '.'],
    ['id|lat\na|1.234,5', '|', ','],
    ['id;lat\na;1,234.5\nb;7', ';', '.'],
    ['id,n\na,"1,234"\nb,"2.5"', ',', '.'],
  ])('%j is parted by %j and has the decimal sign %j', (text, delimiter, decimal) => {
    expect(readTable(bytes(text))).toMatchObject({ delimiter, decimal, refused: [] })
  })

  test('refuses a row of another length, and a quote that is never closed, with its line', () => {
    const { rows, refused } = readTable(bytes('ts,cabinetTemp,power\n1,4,80\n\n2,4,1,81,5\n3,4\n"x\ny",4,5\n9,"4,5'))
    expect(rows.map(({ line, cells }) => [line, cells[0]])).toEqual([
      [2, '1'],
      [6, 'x\ny'],
    ])
    expect(refused.map(({ line }) => line)).toEqual([8, 4, 5])
    expect(refused[1]?.why).toContain('decimal comma')
  })

  test('no bytes end it otherwise than as a table or as a problem', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (file) => {
        try {
          expect(readTable(file).rows.every(({ line }) => line >= 2)).toBe(true)
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-file' })
        }
      }),
    )
  })
})

test.each([
  ['a workbook', 'PK\x03\x04\x14\x00'],
  ['older Excel', Buffer.from('d0cf11e0a1b11ae100', 'hex')],
  ['a PDF', '%PDF-1.7\n'],
])('%s is named, and what to do with it', (sort, file) => {
  expect(() => readTable(Buffer.from(file))).toThrow(
    expect.objectContaining({ code: 'bad-file', message: expect.stringContaining(sort) }),
  )
})

describe('a number', () => {
  test.each([
    ['4.1', '.', 4.1],
    ['4,1', ',', 4.1],
    ['-1.234,5', ',', -1234.5],
    ['1,234.5', '.', 1234.5],
    ['1 234,5', ',', 1234.5],
    ['.5', '.', 0.5],
    ['1e3', '.', 1000],
  ] as const)('%s with %s is %d', (cell, sign, value) => {
    expect(numberOf(cell, sign)).toBe(value)
  })
  test.each(['4,1', 'NaN', 'Infinity', '0x10', '1e999', '4.1 °C', '', '--1', '1.2.3'])('%s is none', (cell) => {
    expect(numberOf(cell, '.')).toBeTypeOf('string')
  })
})

describe('a time', () => {
  const at = Date.UTC(2025, 1, 1, 3, 4, 5)
  const read = (cell: string, options = {}, name = 'time') => timeOf(cell, timeShapeOf(name, [cell], options))
  test.each([
    [String(at / 1000)],
    [String(at)],
    [String(at * 1000)],
    [`${at}000000`],
    ['2025-02-01T03:04:05Z'],
    ['2025-02-01 03:04:05'],
    ['2025-02-01T04:04:05+01:00'],
    ['2025/02/01 03:04:05'],
    ['2025年02月01日 03:04:05'],
    ['01.02.2025 03:04:05'],
  ])('%s is the first of February', (cell) => {
    expect(read(cell)).toBe(at)
  })
  test('of twice twelve hours is one of the day', () => {
    const at = (cell: string) => read(cell, { dateOrder: 'mdy' })
    expect(at('02/13/2025 11:59 PM')).toBe(Date.UTC(2025, 1, 13, 23, 59))
    expect(at('2/14/2025, 12:00:30 a.m.')).toBe(Date.UTC(2025, 1, 14, 0, 0, 30))
    expect(at('2025-02-14 12:01pm Z')).toBe(Date.UTC(2025, 1, 14, 12, 1))
    for (const none of ['02/14/2025 13:00 PM', '02/14/2025 0:30 AM']) expect(at(none)).toBeTypeOf('string')
  })
  test('with slashes is told apart by a day above 12, or not at all', () => {
    expect(read('13/02/2025')).toBe(Date.UTC(2025, 1, 13))
    expect(read('02/13/2025')).toBe(Date.UTC(2025, 1, 13))
    expect(read('01/02/2025')).toContain('dateOrder')
    expect(read('01/02/2025', { dateOrder: 'mdy' })).toBe(Date.UTC(2025, 0, 2))
  })
  test('of a zone follows its summer time, also in the hour that comes twice or never', () => {
    const zone = { zone: 'Europe/Berlin' }
    expect(read('2025-07-01 12:00', zone)).toBe(Date.UTC(2025, 6, 1, 10))
    expect(read('2025-01-01 12:00', zone)).toBe(Date.UTC(2025, 0, 1, 11))
    expect(read('2025-10-26 02:30', zone)).toBe(Date.UTC(2025, 9, 26, 0, 30))
    expect(read('2025-03-30 03:30', zone)).toBe(Date.UTC(2025, 2, 30, 1, 30))
  })
  test.each(['2025-02-30', '25:00', 'yesterday', '2025-01-01T24:61', '99999999999999999999999'])(
    '%s is none',
    (cell) => {
      expect(read(cell)).toBeTypeOf('string')
    },
  )
  test('small numbers count from the beginning, in ms, unless the name says seconds', () => {
    expect(read('60', {}, 'ts')).toBe(60)
    expect(read('60', {}, 'unix_s')).toBe(60_000)
  })
  test.each([
    ['a minute by milliseconds', 't', ['0', '60000', '120000'], 60_000],
    ['a minute by seconds, under any name', 't', ['0', '60', '120'], 60_000],
    ['minutes, where the name says so', 't_min', ['0', '1', '2'], 60_000],
    ['minutes since 1970', 'ts', ['28971360', '28971361', '28971362'], 60_000],
    ['seconds or minutes, and nobody knows', 't', ['0', '1', '2'], 'may be seconds or minutes'],
  ])('small numbers go on by %s', (_, name, cells, step) => {
    const shape = timeShapeOf(name, cells, {})
    const [first, second] = cells.map((cell) => timeOf(cell, shape))
    if (typeof step === 'string') expect(second).toContain(step)
    else expect(Number(second) - Number(first)).toBe(step)
  })
  test('that clocks were put forward over is none', () => {
    expect(read('2025-03-30 02:30', { zone: 'Europe/Berlin' })).toContain('put forward')
    expect(read('2025-03-30 02:30', { zone: 'Asia/Shanghai' })).toBeTypeOf('number')
  })
})

describe('a recording', () => {
  const options = { kind: fridge, metric: 'power' }
  test.each([false, true])('has the hour that clocks show twice as two, newest first: %s', (isNewestFirst) => {
    const rows = ['01:30', '02:00', '02:30', '02:00', '02:30', '03:00'].map((at, i) => `2025-10-26 ${at},${i}`)
    const text = `time,power\n${(isNewestFirst ? rows.toReversed() : rows).join('\n')}`
    const { samples } = readRecording(bytes(text), { ...options, zone: 'Europe/Berlin' })
    const first = Date.UTC(2025, 9, 25, 23, 30)
    expect(samples.map(({ ts, metrics }) => [ts - first, metrics.power])).toEqual(
      [0, 1, 2, 3, 4, 5].map((i) => [i * 1_800_000, i]),
    )
  })
  test('says which of two columns of one metric counts, and where a quote was never closed', () => {
    const { samples, refused } = readRecording(bytes('ts,power,power\n1764000000,80,90'), options)
    expect(samples).toMatchObject([{ metrics: { power: 80 } }])
    expect(refused).toMatchObject([{ line: 1, column: 3, why: expect.stringContaining('another column is power') }])
    const open = bytes('ts,power,note\n1764000000,80,"abc\n1764000060,81,x')
    expect(() => readRecording(open, options)).toThrow(/line \d: a quote is opened here or above/)
  })
  test('under `ts` in seconds is read as seconds', () => {
    const { samples, understood } = readRecording(bytes('ts,power\n1764000000,80\n1764000060,81'), options)
    expect(samples.map(({ ts }) => ts)).toEqual([1_764_000_000_000, 1_764_000_060_000])
    expect(understood.time).toEqual({ column: 'ts', unit: 's' })
  })
  test('of Home Assistant is changes of entities, with what is unavailable as a gap', () => {
    const text = `entity_id,state,last_changed
sensor.kitchen_power,80.5,2025-02-01T00:00:00.000Z
sensor.kitchen_power,unavailable,2025-02-01T00:01:00.000Z
sensor.kitchen_cabinet_temp,4.1,2025-02-01T00:00:30.000Z
binary_sensor.door,on,2025-02-01T00:00:30.000Z
sensor.kitchen_power,oops,2025-02-01T00:03:00.000Z`
    const { changes, refused, absent } = readRecording(bytes(text), options)
    expect([...changes]).toEqual([
      [
        'power',
        [
          { ts: Date.UTC(2025, 1, 1), value: 80.5 },
          { ts: Date.UTC(2025, 1, 1, 0, 1), value: null },
        ],
      ],
      ['cabinetTemp', [{ ts: Date.UTC(2025, 1, 1, 0, 0, 30), value: 4.1 }]],
    ])
    expect(absent).toBe(1)
    expect(refused).toEqual([
      { line: 5, column: 1, name: 'entity_id', value: 'binary_sensor.door', why: expect.stringContaining('--map') },
      { line: 6, column: 2, name: 'state', value: 'oops', why: 'is no number' },
    ])
  })
  test('names each cell that is no number, and counts what is absent', () => {
    const { samples, refused, absent } = readRecording(
      bytes('time;power;note\n2025-02-01;80;a\n2025-02-02;x;b\nsoon;81;c\n2025-02-03;;'),
      options,
    )
    expect(samples).toHaveLength(1)
    expect(absent).toBe(1)
    expect(refused.map(({ line, column, name }) => [line, column, name])).toEqual([
      [1, 3, 'note'],
      [3, 2, 'power'],
      [4, 1, 'time'],
    ])
  })
})

test('a file of somebody else is bounded before it is taken apart, whatever it is packed in', () => {
  const bounds = { bytes: 1 << 20, lines: 100, cells: 1_000 }
  const read = (file: string | Uint8Array) => readTable(Buffer.from(file as string), {}, bounds)
  expect(read(`a,b\n${'1,2\n'.repeat(98)}`).rows.length).toBe(98)
  expect(() => read(`a,b\n${'1,2\n'.repeat(100)}`)).toThrow('102 lines, 100 are allowed')
  expect(() => read(`a\r${'1\r'.repeat(100)}`)).toThrow('lines')
  expect(() => read(`${'a,'.repeat(2_000)}\n1\n`)).toThrow('cells')
  // A few kilobytes that unpack to gigabytes of rows.
  expect(() => read(gzipSync(`a\n${'1\n'.repeat(2_000_000)}`))).toThrow('unpacked')
  expect(() => read(gzipSync(`a\n${'1\n'.repeat(200)}`))).toThrow('lines')
})
