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
  type Rule,
  type RuleFiring,
  type RulePreview,
  regionOf,
  ruleOfDetector,
  type TelemetryStore,
} from '../../core/index.ts'

/** A preview looks at no more readings one by one, and no longer. */
const MOST_ROWS = 2_000_000
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
  const bounds = { appliances, ...span, most: MOST_ROWS, withinMs: WITHIN_MS }
  const { when } = rule
  if (when.of === 'reading') {
    const { kind } = rule.scope
    const scan = scanOf(rule, one.timing)
    const rows = await store.scan({ kind, ...bounds, ...scan })
    return { runs: runOnReadings(catalog.kind(kind), one, scan, rows), rows: rows.ts.length }
  }
  const rows = await store.found({ ...bounds, what: when })
  return { runs: runOnFound(one, rows), rows: rows.at.length }
}

const scopedOf = ({ id, kind, model, firmware = '', location }: Appliance) => ({
  appliance: id,
  kind,
  model,
  firmware,
  region: location ? regionOf(location) : '',
})
