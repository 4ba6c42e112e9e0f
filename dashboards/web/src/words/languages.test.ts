import { expect, test } from 'vitest'
import { languages } from '../../../../core/index.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { zh } from './zh.ts'

/** Every text of a vocabulary by its key. */
function textsOf(words: object, path = ''): Map<string, string> {
  return new Map(
    Object.entries(words).flatMap(([name, one]): [string, string][] =>
      typeof one === 'string' ? [[`${path}${name}`, one]] : [...textsOf(one as object, `${path}${name}.`)],
    ),
  )
}
const english = textsOf(en)
const vocabularies = { de, zh }
const filledIn = (text: string): string[] => [...text.matchAll(/\{\{\w+\}\}/g)].map(([field]) => field).sort()

/** Words that German has alike, and names. */
const alike = new Set(
  'Alibaba Browser Cloud Code Firmware Gateway Hearthwatch Mail MiB Name Organisation Passkeys SMS Status Test Text Twilio Version WeChat in max minus offline online #'.split(
    ' ',
  ),
)
/** Of a text what is no word to translate: what is filled in, units, signs, names. */
const bare = (text: string): string =>
  text.replaceAll(/\{\{\w+\}\}|[\d\s.,:;()·×%–—-]|\b(?:km|min|ms|h|s|km\/h)\b/g, ' ').trim()

test.each(Object.entries(vocabularies))('%s has every text of English with the same fields to fill in', (_, words) => {
  const texts = textsOf(words)
  expect(texts.size).toBeGreaterThan(1_000)
  const differ = [...english].filter(
    ([key, text]) => !texts.get(key)?.trim() || `${filledIn(texts.get(key) ?? '')}` !== `${filledIn(text)}`,
  )
  expect(differ.map(([key]) => key)).toEqual([])
  // Beside what is counted a language may have a form for one of it.
  expect([...texts.keys()].filter((key) => !english.has(key) && !english.has(key.replace(/_one$/, '')))).toEqual([])
})

test('no text of German is simply the English one, but for words that are alike', () => {
  const words = [...textsOf(de)]
    .filter(([key, text]) => text === english.get(key))
    .flatMap(([, text]) => bare(text).split(/\s+/))
    .filter(Boolean)
  expect([...new Set(words)].sort()).toEqual([...alike].sort())
})

test('every language of the server has a vocabulary', () => {
  expect(Object.keys({ en, ...vocabularies }).sort()).toEqual([...languages].sort())
})
