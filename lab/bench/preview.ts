// How long a rule's author waits to be told how often it would have fired: 90 days of 1,000 appliances, by the code that runs it.
import { join } from 'node:path'
import { alertRecords } from '../../alerts/index.ts'
import { type Appliance, type ApplianceId, DAY, type Rule, ruleBodySchema } from '../../core/index.ts'
import { openSqliteFile } from '../../database/index.ts'
import { openDuckDbTelemetryStore } from '../../ingest/index.ts'
import { fromEnvironment, wholeOption } from '../../scripts/commandOptions.ts'
import { newDataDir, removeDataDir } from '../../test/program.ts'
import { previewRule } from '../../workers/rules/previewRule.ts'
import { migrations } from '../../workers/start/startDatabase.ts'
import { fillStore } from './fillStore.ts'
import { fridgeBatches } from './fridgeBatches.ts'
import { median } from './median.ts'

const APPLIANCES = fromEnvironment('BENCH_APPLIANCES', wholeOption(1, 100_000, 1_000))
const DAYS = 90
const RUNS = 5
const GOAL_MS = 5_000

const named = { en: 'a rule', zh: '规则' }
const ruleOf = (id: string, all: object[], holdMinutes: number): Rule => ({
  id,
  version: 1,
  ...ruleBodySchema.parse({
    name: named,
    owner: named,
    scope: { kind: 'fridge' },
    when: { of: 'reading', all },
    holdMinutes,
    severity: 'warning',
  }),
})
const rules: [string, Rule][] = [
  ['seldom: the cabinet is warm for an hour', ruleOf('warm', [{ metric: 'cabinetTemp', op: 'above', limit: 5.5 }], 60)],
  [
    'often: it draws power for a quarter of an hour',
    ruleOf('draws', [{ metric: 'power', op: 'above', limit: 50 }], 15),
  ],
  [
    'two at once: warm while it cools',
    ruleOf(
      'both',
      [
        { metric: 'cabinetTemp', op: 'above', limit: 5, release: 4.5 },
        { metric: 'power', op: 'above', limit: 50 },
      ],
      30,
    ),
  ],
]

export async function preview(): Promise<void> {
  const dir = await newDataDir()
  const fridges = fridgeBatches()
  const { catalog, start } = fridges
  const store = await openDuckDbTelemetryStore({ dir: join(dir, 'store'), catalog })
  const database = await openSqliteFile(join(dir, 'bench.db'), migrations)
  try {
    const { readings, ms } = await fillStore(store, fridges, APPLIANCES, DAYS)
    console.log(
      `${APPLIANCES.toLocaleString('en')} fridges × ${DAYS} days, ${(readings / 1e6).toFixed(1)} million readings in ${(ms / 1_000).toFixed(0)} s`,
    )
    const appliances = Array.from({ length: APPLIANCES }, (_, i): Appliance => {
      const id: ApplianceId = `bench-${i}`
      return { id, kind: 'fridge', model: 'M', registeredAt: start }
    })
    const options = {
      catalog,
      store,
      database,
      alerts: alertRecords,
      appliances: () => appliances,
      visitCents: () => 9_000,
    }
    const span = { from: start, to: start + DAYS * DAY }
    const rows = []
    for (const [what, rule] of rules) {
      const runs = []
      for (let i = 0; i < RUNS; i++) runs.push(await previewRule(options, rule, span))
      const times = runs.map(({ tookMs }) => tookMs)
      rows.push({
        rule: what,
        fired: runs[0]?.firings,
        'readings looked at': runs[0]?.rows,
        'median, ms': median(times),
        'worst, ms': Math.max(...times),
        verdict: Math.max(...times) <= GOAL_MS ? 'pass' : 'falls short',
      })
    }
    console.table(rows)
  } finally {
    await database.close()
    await store.close()
    await removeDataDir(dir)
  }
}
