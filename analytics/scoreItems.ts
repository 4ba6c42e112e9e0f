import { cell, nth, there } from '../core/index.ts'
import type { ScoredRow } from './baseline/scoredRow.ts'
import type { Diagnosis } from './condition/decideCondition.ts'
import type { IntradayFinding } from './detectors/intradayCheck.ts'
import { catalogBeliefs } from './detectors/signatures.ts'
import type { IntradayItem, Item, RowItem } from './features/item.ts'
import type { KindRuntime } from './kindRuntime.ts'
import { compress } from './onnx/diagnosisModel.ts'
import type { PcaScore } from './onnx/pcaScorer.ts'

type Watchers = ReadonlyMap<string, KindRuntime>

/** What the first pass made of the items of a stretch. */
export interface Learnt {
  rows: Map<RowItem, ScoredRow>
  glimpses: Map<IntradayItem, IntradayFinding>
}

/** How far each row lies outside of what its kind does in health, by the scale's own model. */
export async function scorePcas(watchers: Watchers, rows: Map<RowItem, ScoredRow>): Promise<Map<RowItem, PcaScore>> {
  const groups = new Map<string, { watcher: KindRuntime; scale: number; items: RowItem[]; inputs: Float64Array[] }>()
  for (const [item, row] of rows) {
    const watcher = there(watchers.get(item.sense.kind))
    if (!watcher.scorers[item.scale]) continue
    const key = `${item.sense.kind}/${item.scale}`
    const group = groups.get(key) ?? { watcher, scale: item.scale, items: [], inputs: [] }
    groups.set(key, group)
    group.items.push(item)
    group.inputs.push(Float64Array.from(nth(watcher.places, item.scale), (f) => cell(row.z, f)))
  }
  const verdicts = new Map<RowItem, PcaScore>()
  for (const { watcher, scale, items, inputs } of groups.values()) {
    const scored = await nth(watcher.scorers, scale).score(inputs)
    for (const [i, item] of items.entries()) verdicts.set(item, nth(scored, i))
  }
  return verdicts
}

/** What each profile shows, and what is left. */
export async function diagnoseAll(watchers: Watchers, { rows, glimpses }: Learnt): Promise<Map<Item, Diagnosis>> {
  const groups = new Map<string, { items: Item[]; profiles: Float64Array[]; inputs: Float64Array[] }>()
  // A row that says nothing leaves what was said of the last.
  const telling = [...rows].filter(([, { isHeard }]) => isHeard)
  for (const [item, { profile, life }] of [...telling, ...glimpses]) {
    const group = groups.get(item.sense.kind) ?? { items: [], profiles: [], inputs: [] }
    groups.set(item.sense.kind, group)
    group.items.push(item)
    group.profiles.push(profile)
    group.inputs.push(life)
  }
  const verdicts = new Map<Item, Diagnosis>()
  for (const [kind, { items, profiles, inputs }] of groups) {
    const { diagnosis, life, signatures } = there(watchers.get(kind))
    const trained = await diagnosis?.score(profiles)
    const beliefs = profiles.map((profile, i) =>
      trained && !isOutside(profile, there(diagnosis).untrained)
        ? nth(trained, i)
        : catalogBeliefs(signatures, profile),
    )
    const left = await life?.score(inputs)
    for (const [i, item] of items.entries()) verdicts.set(item, { beliefs: nth(beliefs, i), life: left?.[i] ?? null })
  }
  return verdicts
}

/** Share of a profile (squared) above which the features that a model was not trained on make it: of those it knows nothing. */
const OUTSIDE = 0.5

/** Does what a profile shows lie in features that came to the kind after its diagnosis was trained? Then the catalog says what it is. */
function isOutside(profile: Float64Array, untrained: readonly number[]): boolean {
  const sizeOf = (z: number): number => (Number.isNaN(z) ? 0 : compress(z) ** 2)
  const outside = untrained.reduce((sum, f) => sum + sizeOf(cell(profile, f)), 0)
  return outside > 0 && outside > OUTSIDE * profile.reduce((sum, z) => sum + sizeOf(z), 0)
}
