import { type AnalysisOutput, type ByName, byName, cell, HOUR, nth, type Text } from '../../core/index.ts'
import type { CutItem, GuardItem, MomentItem, RowItem, SilenceItem } from '../features/item.ts'
import type { KindRuntime } from '../kindRuntime.ts'
import { inWords } from '../words/index.ts'
import type { ConditionState } from './conditionState.ts'
import { type ApplianceContext, type DetectionContext, decideCondition, saySimple } from './decideCondition.ts'
import { figure } from './explain.ts'

/** The finished cycle as a row of its own. */
export function sayCycle({ plan }: KindRuntime, item: RowItem, out: AnalysisOutput): void {
  if (item.scale === 0) return
  const scale = nth(plan.scales, item.scale)
  const features: ByName<number> = byName()
  for (const [place, q] of scale.features.entries()) {
    if (Number.isFinite(cell(item.y, place))) features[nth(plan.quantities, q).name] = cell(item.y, place)
  }
  out.cycles.push({ appliance: item.sense.appliance, cycle: scale.name, from: item.from, to: item.to, features })
}

/** Counts a cycle that a hole cut; that is news, whatever its health. */
export function noteCut({ plan }: KindRuntime, judged: ConditionState, { scale, from, to }: CutItem): void {
  const cycle = nth(plan.scales, scale).name
  judged.cut ??= new Map()
  judged.cut.set(cycle, { cycle, count: (judged.cut.get(cycle)?.count ?? 0) + 1, last: { from, to } })
  judged.said = null
}

/** A guard passed opens or confirms a condition at once; one kept again lets it go. */
export function emitGuard(bench: DetectionContext, subject: ApplianceContext, item: GuardItem): void {
  const { judged } = subject
  if (item.fired && !item.muted) {
    const { from, at, observed, limit, after } = item
    judged.guards.set(item.guard, { from, at, observed, limit, after })
    decideCondition(bench, subject, item.at, item.offset, true, false)
  } else if (!item.fired && judged.guards.delete(item.guard))
    decideCondition(bench, subject, item.at, item.offset, false, false)
}

/** The seconds scale: stuck and implausible sensors are conditions of their own, spikes cost health alone. */
export function emitMoment(bench: DetectionContext, subject: ApplianceContext, item: MomentItem): void {
  const { judged } = subject
  const metric = nth(bench.plan.kind.metricNames, item.metric)
  const { unit } = nth(bench.plan.metricSpecs, item.metric)
  const proof = (): Parameters<typeof saySimple>[7] => [
    {
      feature: metric,
      metric,
      observed: item.observed,
      expected: [item.low, item.high],
      unit: item.what === 'stuck' ? 'h' : unit,
      from: item.from,
      to: item.at,
      share: 1,
      scale: item.what === 'stuck' || item.what === 'moves-again' ? 'still' : 'range',
    },
  ]
  if (item.what === 'spike') {
    judged.moments = [
      ...judged.moments.filter((one) => item.at - one.at < 86_400_000 && one.metric !== metric),
      { metric, at: item.at },
    ].slice(-4)
    return
  }
  const mode = item.what === 'stuck' || item.what === 'moves-again' ? 'sensor-stuck' : 'unknown'
  const key = `${mode}/${metric}`
  const begins = item.what === 'stuck' || item.what === 'range'
  const known = judged.stuck.get(key)
  if (begins && !known && !item.muted) {
    const condition = { id: `${subject.appliance}/${mode}/${item.at}`, firstSeenAt: item.from }
    judged.stuck.set(key, condition)
    saySimple(bench, subject, mode, 'confirmed', condition, item.at, item.offset, proof(), sayStuck(item))
  } else if (!begins && known) {
    judged.stuck.delete(key)
    saySimple(bench, subject, mode, 'recovered', known, item.at, item.offset, proof())
  }
}

/** What it stands at, and for how long. */
function sayStuck({ value, observed }: MomentItem): Text | undefined {
  if (value === undefined) return undefined
  const [at, hours] = [figure(value), figure(observed)]
  return inWords((words) => words.stuck(at, hours))
}

/** Silence begins or ends. Of one that its gateway took along nothing is said but that of the gateway. */
export function emitSilence(bench: DetectionContext, subject: ApplianceContext, item: SilenceItem): void {
  const { judged } = subject
  if (item.silent && !judged.silent) {
    const mode = item.refusedWhy === null ? 'silent' : 'refused'
    judged.silent = { id: `${subject.appliance}/${mode}/${item.at}`, firstSeenAt: item.at, mode, behind: item.behind }
    if (!item.behind)
      saySimple(bench, subject, mode, 'confirmed', judged.silent, item.at, item.offset, [], saySilence(item))
  } else if (!item.silent && judged.silent) {
    // It may speak of before it was missed: that ends the silence no less.
    const at = Math.max(item.at, judged.silent.firstSeenAt)
    if (!judged.silent.behind)
      saySimple(bench, subject, judged.silent.mode ?? 'silent', 'recovered', judged.silent, at, item.offset, [])
    judged.silent = null
  }
}

/** After how long, or why nothing of it counts. */
function saySilence({ afterMs, refusedWhy }: SilenceItem): Text {
  const hours = figure(afterMs / HOUR)
  return inWords((words) => (refusedWhy === null ? words.silent(hours) : words.refused(refusedWhy)))
}
