import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPayload } from './readPayload.ts'

const utf8 = (text: string): Uint8Array => Buffer.from(text)

test.each([
  ['\ufeff{"ts":1}', { ts: 1 }],
  ['{"ts":1}\0\0\0', { ts: 1 }],
  ['\ufeff[1]\0', [1]],
  [
    '{"a":NaN,"b":[-Infinity,Infinity,{"c":nan}],"d":"NaN"}',
    { a: 'NaN', b: ['-Infinity', 'Infinity', { c: 'nan' }], d: 'NaN' },
  ],
  [
    '{"a":-NAN,"b":[+INF,-inf,1.#QNAN,-1.#IND00],"c":None,"d":undefined,"e":nan(0x8)}',
    { a: '-NAN', b: ['+INF', '-inf', '1.#QNAN', '-1.#IND00'], c: 'None', d: 'undefined', e: 'nan(0x8)' },
  ],
  ['{"a":NaN,"b":-12.5e3,"n":null}', { a: 'NaN', b: -12_500, n: null }],
  ['{"NaN":NaN,"say \\"NaN":1}', { NaN: 'NaN', 'say "NaN': 1 }],
])('%j is understood', (text, value) => {
  expect(readPayload(utf8(text))).toEqual({ value })
})

test.each([
  [utf8(''), /empty/],
  [utf8('\0\0'), /empty/],
  [Buffer.from('{"ts":1}', 'utf16le'), /UTF-16: send UTF-8/],
  [Buffer.from([0xff, 0xfe, 0x7b, 0]), /UTF-16/],
  [Buffer.from([0x22, 0xb0, 0x22]), /not UTF-8/],
  [utf8('{"ts":1'), /not JSON: /],
  [utf8('{"ts":NaN'), /not JSON: /],
  [utf8('INFO ok'), /not JSON: /],
])('what cannot be understood says why (%#)', (bytes, why) => {
  expect(readPayload(bytes)).toEqual({ fault: expect.stringMatching(why) })
})

test('whatever JSON.parse takes comes out the same', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(readPayload(utf8(text))).toEqual({ value: JSON.parse(text) })
    }),
  )
})

test('a payload of quotes and backslashes alone takes no longer than its length', () => {
  expect(readPayload(utf8(`${'\\"'.repeat(200_000)}NaN`))).toEqual({ fault: expect.stringMatching(/not JSON/) })
})
