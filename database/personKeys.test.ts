import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { markPersonal, personal, personOf, pseudonymOf } from '../core/index.ts'
import { openPersonKeys } from './personKeys.ts'
import { unsealed } from './sealing.ts'

const dir = mkdtempSync(join(tmpdir(), 'person-keys-'))
const path = join(dir, 'keys.db')
afterAll(() => rmSync(dir, { recursive: true }))
const ada = personOf('f1', { name: 'Ada', contact: ' Ada@Example.org ' })

test('what is marked comes back as it was, from JSON and from a column of its own, and lies there as nothing readable', () => {
  const keys = openPersonKeys(path)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (name, contact) => {
      const text = name.replace(/[\uE0F0-\uE0F2]/g, '').toWellFormed()
      const of = personOf('f1', { name, contact })
      const body = JSON.stringify(markPersonal(of, { owner: { name: text, contact }, n: 1, words: text }))
      const sealed = keys.seal(body)
      expect(JSON.parse(keys.open(sealed))).toEqual({ owner: { name: text, contact }, n: 1, words: text })
      if (text.length > 8) expect(sealed).not.toContain(text)
      expect(keys.open(keys.seal(personal(of, text)))).toBe(text)
      expect(JSON.parse(unsealed.seal(body))).toEqual({ owner: { name: text, contact }, n: 1, words: text })
    }),
  )
  keys.close()
})

test('the same contact is the same person, whoever writes it how, and their name stands nowhere', () => {
  const keys = openPersonKeys(path)
  const again = personOf('other', { name: 'A. L.', contact: 'ada@example.org' })
  expect(keys.idOf(again)).toBe(keys.idOf(ada))
  expect(keys.seal(pseudonymOf(ada))).toBe(keys.idOf(ada))
  expect(keys.seal(personal(keys.idOf(ada), 'x'))).toContain(keys.idOf(ada))
  expect(keys.idOf(personOf('f1'))).not.toBe(keys.idOf(personOf('f2')))
  keys.close()
})

test('keys outlive a restart; a destroyed one leaves nothing readable, nor any trace of itself in a file', () => {
  let keys = openPersonKeys(path)
  const sealed = keys.seal(`{"owner":"${personal(ada, 'Ada Lovelace')}"}`)
  keys.keep()
  keys.close()
  keys = openPersonKeys(path)
  expect(keys.open(sealed)).toBe('{"owner":"Ada Lovelace"}')
  expect(keys.destroy(keys.idOf(ada))).toBe(true)
  expect(keys.destroy(keys.idOf(ada))).toBe(false)
  expect(keys.open(sealed)).toBe('{"owner":""}')
  // Who comes again has another key, and what was before stays gone.
  const later = keys.seal(personal(ada, 'Ada is back'))
  keys.keep()
  expect(keys.open(later)).toBe('Ada is back')
  expect(keys.open(sealed)).toBe('{"owner":""}')
  keys.close()
  for (const name of readdirSync(dir)) expect(readFileSync(join(dir, name)).includes(Buffer.from('Ada'))).toBe(false)
})

test('what an outsider makes up in the form of ours opens nothing and seals nothing', () => {
  const keys = openPersonKeys(path)
  for (const text of ['\uE0F0', '\uE0F0p\uE0F1', `\uE0F0p${'x'.repeat(22)}.AAAA\uE0F1`, '\uE0F0=\uE0F1'])
    expect(keys.open(keys.seal(text)).length).toBeLessThanOrEqual(text.length)
  keys.close()
})
