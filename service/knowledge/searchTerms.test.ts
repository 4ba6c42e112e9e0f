import fc from 'fast-check'
import { expect, test } from 'vitest'
import { queryTerms, searchTerms } from './searchTerms.ts'

const finds = (query: string, text: string): boolean => {
  const terms = new Set(searchTerms(text))
  return queryTerms(query).every((term) => terms.has(term))
}

test('words are found by their stem, Chinese by any two characters that stand together, one by itself', () => {
  expect(finds('cleaning filters', 'How the filter is cleaned')).toBe(true)
  expect(finds('滤网', '如何清洗空气滤网？')).toBe(true)
  expect(finds('网滤', '如何清洗空气滤网？')).toBe(false)
  expect(finds('网', '如何清洗空气滤网？')).toBe(true)
  expect(finds('inverter 压缩机', '变频压缩机（inverter）是什么')).toBe(true)
  expect(finds('tür', 'Die Tür schließt nicht')).toBe(true)
})

test('whatever is written, its terms are plain ASCII, and it is found by its own words', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      expect(searchTerms(text).every((term) => /^[a-z0-9]+$/.test(term))).toBe(true)
      expect(finds(text, text)).toBe(true)
    }),
  )
})
