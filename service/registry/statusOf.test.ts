import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { adviceOf, statusOf, wordOf } from './statusOf.ts'

test('a ticket makes it a matter of a visit, and nobody knows of what is silent', () => {
  expect(statusOf(undefined, false)).toBe('learning')
  expect(statusOf({ status: 'healthy' }, true)).toBe('visit')
  expect(statusOf({ status: 'silent' }, true)).toBe('silent')
})

test('its owner reads first that it has failed, then that a repair is being proved, then how it stands', () => {
  const proving = [{ ticket: 't', since: 1, done: 1, of: 3 }]
  expect(wordOf({ status: 'watch', failedAt: 5, proving }, true)).toBe('failed')
  expect(wordOf({ status: 'watch', proving }, true)).toBe('proving')
  expect(wordOf({ status: 'watch' }, false)).toBe('watched')
  expect(wordOf({ status: 'watch' }, true)).toBe('visit')
  expect(wordOf(undefined, false)).toBe('learning')
})

test('what a limit that is passed means to its owner comes at once; names that nobody declared mean nothing', () => {
  const catalog = loadCatalog()
  const guards = catalog.kinds.get('fridge')?.detection?.guards ?? {}
  const [guard, text] =
    Object.entries(guards).flatMap(([name, { owner }]) => (owner ? [[name, owner] as const] : []))[0] ?? []
  expect(text).toBeDefined()
  const since = 1
  expect(
    adviceOf(catalog, 'fridge', {
      beyond: [
        { guard: 'constructor', since },
        { guard: guard ?? '', since },
      ],
    }),
  ).toBe(text)
  expect(adviceOf(catalog, 'fridge', { beyond: [{ guard: 'constructor', since }] })).toBeUndefined()
  expect(adviceOf(catalog, 'fridge', undefined)).toBeUndefined()
})
