import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadCatalog } from '../../../catalog/index.ts'
import { render } from '../../../words/index.ts'
import { describeTickets } from './describeTickets.ts'

test('docs/tickets.md is what the code says: `npm run docs` writes it anew', () => {
  expect(readFileSync('docs/tickets.md', 'utf8')).toBe(describeTickets(loadCatalog(), render))
})
