import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { languages, type Text } from '../core/index.ts'

const root = join(import.meta.dirname, '..')
const inFolder = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.json'))
    .map((name) => `${folder}/${name}`)
/** Where the product has texts of its own that are data. */
const files = [
  'catalog/anyKind.json',
  ...inFolder('catalog/kinds'),
  ...inFolder('service/policy'),
  'service/campaigns/templates.json',
  'service/knowledge/diagnosisTrees.json',
  ...inFolder('service/knowledge/articles'),
]
/** Words that German has alike. */
const alike = new Set(['Vibration', 'Starts'])
const isText = (value: unknown): value is Text =>
  typeof value === 'object' && value !== null && 'en' in value && 'zh' in value

function textsIn(value: unknown): Text[] {
  if (isText(value)) return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
const lines = (text: string): number => text.split('\n').length
const fields = (text: string): string => [...text.matchAll(/\{\w+\}/g)].join()

test.each(files)('%s has every text in every language, with as many steps and the same fields', (file) => {
  const texts = textsIn(JSON.parse(readFileSync(join(root, file), 'utf8')))
  if (file !== 'service/policy/keptDays.json') expect(texts.length).toBeGreaterThan(0)
  for (const text of texts) {
    const said = languages.map((language) => text[language] ?? '')
    expect([text.en, said.filter((one) => one.trim() === '')]).toEqual([text.en, []])
    expect(new Set(said.map(lines)).size, text.en).toBe(1)
    expect(new Set(said.map(fields)).size, text.en).toBe(1)
    if (!alike.has(text.en)) expect(text.de).not.toBe(text.en)
  }
})
