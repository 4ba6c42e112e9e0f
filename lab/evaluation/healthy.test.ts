import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { HealthyCell } from './healthy.ts'
import { healthyCases, healthyTable, runHealthy } from './healthy.ts'

test('sound appliances have no fault, and the table tells their years by kind and cadence', async () => {
  const told: string[] = []
  const all = await runHealthy(
    {
      cadences: [300, 900],
      seeds: [5],
      appliances: 1,
      kinds: ['washer'],
      days: 10,
      modelsDir: fileURLToPath(new URL('../../models', import.meta.url)),
      threads: 1,
      folder: mkdtempSync(join(tmpdir(), 'healthy-')),
      resume: false,
    },
    ({ kind, cell }) => told.push(`${kind} ${cell.hearing.cadenceSeconds}`),
  )
  expect(told).toEqual(['washer 300', 'washer 900'])
  expect(all.flatMap(({ cell }) => cell.scored).filter(({ truth }) => truth.fault)).toEqual([])
  const [, , first, second] = healthyTable(all).split('\n')
  expect(first).toMatch(/^\| washer \| 300 s \| 1 \| 0\.0 \|/)
  expect(second).toMatch(/^\| washer \| 900 s \| 1 \| 0\.0 \|/)
})

test('each alarm is a line, those that made tickets first, and what had none says so', () => {
  const cell = (cadenceSeconds: number, cases: string[]): HealthyCell => ({
    kind: 'ac',
    cell: { name: '', family: 'drawn', hearing: { cadenceSeconds, sensors: 'all', steps: 0 }, scored: [], cases },
  })
  expect(healthyCases([cell(60, ['STUCK s1', 'INFO s1', 'FALSE s2']), cell(300, [])])).toBe(
    '### ac, 60 s\n\n- FALSE s2\n- INFO s1\n- STUCK s1\n\n### ac, 300 s\n\nNone.',
  )
})
