import { compileFor, type RuleRun, runOnFound, runOnReadings, scanOf } from '../../analytics/index.ts'
import type { Catalog } from '../../catalog/index.ts'
import {
  type AlertRecords,
  type Appliance,
  DAY,
  type Database,
  isInScope,
  isInService,
  type Millis,
  monotonicMs,
  Problem,
  type Rule,
  type RuleFiring,
  type RulePreview,
  regionOf,
  ruleOfDetector,
  type TelemetryStore,
} from '../../core/index.ts'

/** So many readings are in memory at once, of so many appliances; all of them together take no longer. */
const MOST_ROWS = 2_000_000
const AT_ONCE = 125
const WITHIN_MS = 20_000
const MOST_EXAMPLES = 200
/** An alert that comes so soon after says the same. */
const COVERS_WITHIN_MS = DAY

interface PreviewOptions {
  catalog: Catalog
  store: Pick<TelemetryStore, 'scan' | 'found'>
  database: Database
  alerts: Pick<AlertRecords, 'spans'>
  appliances: () => readonly Appliance[]
  /** What a planned visit costs now, in cents. */
  visitCents: () => number
}

/**
 * What a rule would have done over what is stored, by the code that runs it: how often, of which appliances, at what cost,
 * and how much of that an alert says already. Of the whole scope as it is now.
 * @throws Problem `scan-too-large`, `scan-too-long`
 */
export async function previewRule(
  { catalog, store, database, alerts, appliances, visitCents }: PreviewOptions,
  rule: Rule,
  { from, to }: { from: Millis; to: Millis },
): Promise<RulePreview> {
  const began = monotonicMs()
  const scope = appliances().filter((one) => isInService(one) && isInScope(rule, scopedOf(one)))
  const ids = scope.map(({ id }) => id)
  const { runs, rows } = await runOver(catalog, store, rule, ids, { from, to })
  const fired = [...new Set(runs.map(({ appliance }) => appliance))]
  const spans = await alerts.spans(database.query, { from, to: to + COVERS_WITHIN_MS, appliances: fired })
  const own = spans.filter(({ detector }) => ruleOfDetector(detector)?.id !== rule.id)
  const byAppliance = Map.groupBy(own, ({ appliance }) => appliance)
  const isCovered = ({ appliance, at }: RuleRun): boolean =>
    (byAppliance.get(appliance) ?? []).some(
      ({ openedAt, endedAt }) => openedAt <= at + COVERS_WITHIN_MS && (endedAt === undefined || endedAt >= at),
    )
  const firings = runs
    .map(
      (run): RuleFiring => ({
        appliance: run.appliance,
        since: run.since,
        at: run.at,
        observed: run.observed !== null && Number.isFinite(run.observed) ? run.observed : null,
        covered: isCovered(run),
      }),
    )
    .sort((a, b) => b.at - a.at)
  const covered = firings.filter((one) => one.covered).length
  return {
    from,
    to,
    appliances: ids.length,
    fired: fired.length,
    firings: firings.length,
    covered,
    costCents: rule.severity === 'info' ? 0 : (firings.length - covered) * visitCents(),
    rows,
    tookMs: Math.round(monotonicMs() - began),
    examples: firings.slice(0, MOST_EXAMPLES),
  }
}

async function runOver(
  catalog: Catalog,
  store: PreviewOptions['store'],
  rule: Rule,
  appliances: string[],
  span: { from: Millis; to: Millis },
): Promise<{ runs: RuleRun[]; rows: number }> {
  const one = compileFor(catalog, rule)
  const { when } = rule
  if (when.of !== 'reading') {
    const rows = await store.found({ appliances, ...span, most: MOST_ROWS, withinMs: WITHIN_MS, what: when })
    return { runs: runOnFound(one, rows), rows: rows.at.length }
  }
  const kind = catalog.kind(rule.scope.kind)
  const scan = scanOf(rule, one.timing)
  const runs: RuleRun[] = []
  let rows = 0
  await inParts(appliances, async (some, withinMs) => {
    const found = await store.scan({ kind: kind.kind, appliances: some, ...span, ...scan, most: MOST_ROWS, withinMs })
    rows += found.ts.length
    for (const run of runOnReadings(kind, one, scan, found)) runs.push(run)
  })
  return { runs, rows }
}

/** Some appliances at a time, fewer where theirs are too many readings at once. @throws what `look` throws of one alone */
async function inParts(
  appliances: readonly string[],
  look: (some: string[], withinMs: Millis) => Promise<void>,
): Promise<void> {
  const began = monotonicMs()
  const parts: string[][] = []
  for (let i = 0; i < appliances.length; i += AT_ONCE) parts.push(appliances.slice(i, i + AT_ONCE))
  for (let part = parts.pop(); part; part = parts.pop()) {
    try {
      await look(part, Math.max(1, WITHIN_MS - (monotonicMs() - began)))
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'scan-too-large' || part.length === 1) throw error
      const half = part.length >> 1
      parts.push(part.slice(0, half), part.slice(half))
    }
  }
}

const scopedOf = ({ id, kind, model, firmware = '', location }: Appliance) => ({
  appliance: id,
  kind,
  model,
  firmware,
  region: location ? regionOf(location) : '',
})
