import { expect, test } from 'vitest'
import { withoutOwners } from './withoutOwners.ts'

test('an owner is told by the language alone, and what is told to owners stays', () => {
  const owner = { name: 'Ada', contact: 'ada@example.org', language: 'en' }
  const texts = {
    engineer: { en: 'Duty is up.', zh: '占空比上升。' },
    owner: { en: 'It runs too long.', zh: '运行过久。' },
  }
  const shown = { contact: false, link: false }
  expect(withoutOwners({ items: [{ id: 'a', owner, ownerLink: '/t/x', explanation: texts }] }, shown)).toEqual({
    items: [{ id: 'a', owner: { language: 'en' }, ownerLink: '', explanation: texts }],
  })
})
