import { expect, test } from 'vitest'
import { judgeComponents, longOnes } from './checkComponents.ts'

const lines = (count: number): string => '  <p />\n'.repeat(count)

test('a component over 80 lines is named, also one that is a constant', () => {
  const files = new Map([
    ['dashboards/web/src/Short.tsx', `export function Short() {\n  return <>\n${lines(76)}  </>\n}\n`],
    ['dashboards/web/src/Long.tsx', `export function Long() {\n  return <>\n${lines(77)}  </>\n}\n`],
    ['dashboards/web/src/Arrow.tsx', `export const Arrow = () => (<>\n${lines(79)}</>)\n`],
    ['core/plain.ts', `export function plain() {\n${'  go()\n'.repeat(90)}}\n`],
  ])
  expect([...longOnes(files)]).toEqual([
    ['dashboards/web/src/Long.tsx Long', 81],
    ['dashboards/web/src/Arrow.tsx Arrow', 81],
  ])
})

test('those that stand may stand, and not grow; the list is shortened with them', () => {
  const known = new Map([
    ['a.tsx A', 90],
    ['b.tsx B', 100],
    ['c.tsx C', 85],
  ])
  const found = new Map([
    ['a.tsx A', 91],
    ['b.tsx B', 95],
    ['d.tsx D', 81],
  ])
  expect(judgeComponents(found, known)).toEqual([
    'a.tsx A: 91 lines, 90 at most',
    'd.tsx D: 81 lines, 80 at most',
    'b.tsx B: 95 lines and not 100: say so in scripts/checks/checkComponents.ts',
    'c.tsx C: no more too many lines and not 85: say so in scripts/checks/checkComponents.ts',
  ])
})
