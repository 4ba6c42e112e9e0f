import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadCatalog } from './catalog.ts'
import { describeKinds } from './describeKinds.ts'

const catalog = loadCatalog()

test('docs/catalog.md says what the catalog says; `npm run docs` writes it anew', () => {
  expect(readFileSync(new URL('../docs/catalog.md', import.meta.url), 'utf8')).toBe(describeKinds(catalog))
})

test.each([...catalog.kinds.values()])(
  '$kind: every failure mode names parts that exist, in both languages',
  (kind) => {
    for (const [mode, spec] of Object.entries(kind.failureModes)) {
      for (const part of Object.keys(spec.parts)) expect([mode, part in kind.parts]).toEqual([mode, true])
      for (const text of [spec.text, spec.owner, spec.functionalFailure]) expect(text.zh).toMatch(/[\u4e00-\u9fff]/)
    }
  },
)
