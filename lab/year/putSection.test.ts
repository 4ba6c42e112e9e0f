import { expect, test } from 'vitest'
import { putSection } from './putSection.ts'

test('a section that is there is written anew in its place, a new one comes last, and all others stay', () => {
  const page = putSection(putSection('# Years\n\nWhat they are.\n', 'One', 'first'), 'Two', 'second')
  expect(page).toBe('# Years\n\nWhat they are.\n\n## One\n\nfirst\n\n## Two\n\nsecond\n')
  expect(putSection(page, 'One', 'anew')).toBe('# Years\n\nWhat they are.\n\n## One\n\nanew\n\n## Two\n\nsecond\n')
})
