import { expect, test } from 'vitest'
import { type Catalog, loadCatalog } from '../catalog/index.ts'
import { type HealthRow, type Piece, wholeCopy } from '../core/index.ts'
import { createAnalysis } from './createAnalysis.ts'
import { inputOf } from './features/readingBatches.ts'
import { afterDays, madeFridge } from './handMade.fixture.ts'

const now = loadCatalog()
const fridge = now.kind('fridge')

/** The catalog as an earlier program had it: without a guard and with one feature less, in the middle of the others. */
function earlierCatalog(): Catalog {
  const before = loadCatalog()
  const { detection, ...kind } = fridge
  const { onMinutes: _, ...features } = detection!.features
  const { warmInside: __, ...guards } = detection!.guards
  before.kinds.set('fridge', { ...kind, detection: { ...detection!, features, guards } } as typeof fridge)
  return before
}

/** As a later program has it: a feature means something else. */
function revised(name: string): Catalog {
  const later = loadCatalog()
  const { detection, ...kind } = fridge
  const features = { ...detection!.features, [name]: { ...detection!.features[name]!, revision: 2 } }
  later.kinds.set('fridge', { ...kind, detection: { ...detection!, features } } as typeof fridge)
  return later
}

async function watched(catalog: Catalog, days: [number, number], snapshot?: Piece[]) {
  const rows: { at: number; judged: string[] }[] = []
  const health: HealthRow[] = []
  const names = Object.keys(catalog.kind('fridge').detection!.features)
  const analysis = await createAnalysis(
    {
      catalog,
      clock: 'telemetry',
      modelsDir: null,
      onRow: ({ at, scale }, { low }) => {
        if (scale === 0) rows.push({ at, judged: names.filter((_, f) => Number.isFinite(low[f]!)) })
      },
    },
    snapshot,
  )
  const sent = madeFridge(4, days[1])
    .filter(({ ts }) => ts > afterDays(days[0]))
    .map((reading, i) => ({ appliance: 'one', reading, offset: 1 + days[0] * 10_000 + i }))
  const out = await analysis.accept(inputOf(catalog.kind('fridge'), sent))
  health.push(...out.health)
  return { rows, health, copy: await wholeCopy(analysis), detections: out.detections }
}

test('a program that watches more goes on with what was learned by name, without a day of blindness', async () => {
  const before = await watched(earlierCatalog(), [0, 22])
  expect(before.rows.at(-1)!.judged.length).toBeGreaterThan(5)
  const after = await watched(now, [22, 26], before.copy)
  expect(after.rows.length).toBeGreaterThanOrEqual(3)
  for (const { judged } of after.rows) expect(judged).toEqual(expect.arrayContaining(before.rows.at(-1)!.judged))
  expect(after.detections).toEqual([])
})

test('what means something else since is learned anew, and all else goes on', async () => {
  const before = await watched(now, [0, 22])
  const known = before.rows.at(-1)!.judged
  expect(known).toContain('powerOn')
  const after = await watched(revised('powerOn'), [22, 26], before.copy)
  expect(after.rows.length).toBeGreaterThanOrEqual(3)
  for (const { judged } of after.rows) {
    expect(judged).toEqual(expect.arrayContaining(known.filter((name) => name !== 'powerOn')))
    expect(judged).not.toContain('powerOn')
  }
})
