import { existsSync } from 'node:fs'
import type { Catalog } from '../catalog/index.ts'
import { type Analysis, type AnalysisOutput, beginCopy, type Piece, Problem, type Rule, there } from '../core/index.ts'
import { ConditionStage } from './conditionStage.ts'
import { FeatureStage } from './featureStage.ts'
import type { Item, SwapItem } from './features/item.ts'
import { openKindRuntimes } from './kindRuntime.ts'
import { UNTRAINED } from './modelSet.ts'
import type { ConditionObserver, RowObserver } from './observer.ts'
import { type DetectionPolicy, defaultPolicy } from './policy.ts'
import { FoundByRules } from './rules/foundByRules.ts'
import { RuleStage } from './rules/ruleStage.ts'
import { type Columns, columnsOf, readShape, type Shape, shapeOf } from './translateState.ts'

export interface AnalysisOptions {
  catalog: Catalog
  /** Who moves the clock: tick frames, or the readings themselves. */
  clock: 'wall' | 'telemetry'
  /** Folder of trained models; null for none: then priors are flat and there is no PCA. */
  modelsDir: string | null
  /** Which version `modelsDir` holds, and where others lie: for who swaps them while running. */
  versions?: { first: string; dirOf(set: string): string }
  policy?: Partial<DetectionPolicy>
  /** Sees every finished row as it is judged. For training and evaluation. */
  onRow?: RowObserver
  /** Sees every glance that proved something. For training. */
  onGlimpse?: NonNullable<ConditionObserver['glimpse']>
}

/** Of the state's layout: another one is not restored but replayed. */
const LAYOUT = 6

/**
 * Opens streaming detection over a fleet; with `snapshot`, where that stopped, by the models that judged then. Appliances of
 * a kind that is watched in another way than then are learned anew, those of a kind that is gone are forgotten, all others
 * go on as if nothing was, also by other models.
 * @throws Problem `bad-model` for a model file that cannot be used; `stale-snapshot` for a copy of another layout, whose remedy is to replay the journal from its start
 */
export async function createAnalysis(options: AnalysisOptions, snapshot?: Piece[]): Promise<Analysis> {
  const { catalog, versions } = options
  const saved = snapshot && smallOf(snapshot)
  const opened = await openVersion(options, saved?.set)
  let { set, watchers } = opened
  const policy = { ...defaultPolicy, ...options.policy }
  const rules = new RuleStage(catalog, 'rule', ['reading', 'event'])
  const found = new FoundByRules(new RuleStage(catalog, 'found-rule', ['feature', 'cycle']))
  const sense = new FeatureStage(watchers, options.clock, rules)
  const judge = new ConditionStage(watchers, catalog, policy, {
    concluded: (item, out) => found.heard(item, out),
    ...(options.onRow ? { row: options.onRow } : {}),
    ...(options.onGlimpse ? { glimpse: options.onGlimpse } : {}),
  })
  const shapes = new Map([...watchers].map(([kind, watcher]) => [kind, shapeOf(watcher)]))
  if (snapshot && saved) {
    const columns = new Map(
      [...watchers].map(([kind, { plan }]) => [
        kind,
        columnsOf(readShape(saved.shapes.get(kind)), there(shapes.get(kind)), plan),
      ]),
    )
    const find = (kind: string): Columns | null => columns.get(kind) ?? null
    sense.restore(saved.sense, snapshot, find)
    judge.restore(saved.judge, snapshot, find)
    for (const stage of [rules, found.rules]) stage.restore(saved.rules ?? [], snapshot)
  }

  /** What cannot be used is refused, not fatal: a replay of the journal would come here again and again. */
  async function swap(item: SwapItem, out: AnalysisOutput): Promise<void> {
    const said = { swap: item.swap, set: item.set, offset: item.offset, at: item.at }
    try {
      if (!versions) throw new Error('other versions of the models are not at hand here')
      watchers = await openSet(catalog, versions, item.set)
      judge.use(watchers)
      set = item.set
      out.swaps.push(said)
    } catch (error) {
      out.swaps.push({ ...said, refused: (error as Error).message })
    }
  }

  return {
    async accept(input) {
      const out: AnalysisOutput = {
        upTo: input.upTo,
        now: 0,
        detections: [],
        features: [],
        cycles: [],
        verifications: [],
        health: [],
        firmware: [],
        swaps: [],
      }
      // Not where the stretch ends but at its own place in the journal a swap divides what the one and the other judge.
      for (const part of splitAtSwaps(sense.accept(input))) {
        if (part.items.length > 0) await judge.judge(part.items, out)
        if (part.swap) await swap(part.swap, out)
      }
      out.now = sense.now()
      return out
    },
    now: () => sense.now(),
    held: () => sense.held(),
    models: () => set,
    drift: () => judge.drift(),
    copy: (out) => {
      const inForce = [...rules.small(), ...found.rules.small()]
      const small: Small = { layout: LAYOUT, shapes, set, sense: sense.small(), judge: judge.small(), rules: inForce }
      const populations = [sense.population, judge.population, rules.population, found.rules.population]
      return beginCopy(out, ['analysis', '', small], populations)
    },
  }
}

function* splitAtSwaps(items: Item[]): Generator<{ items: Item[]; swap?: SwapItem }> {
  let from = 0
  for (const [i, item] of items.entries()) {
    if (item.type !== 'swap') continue
    yield { items: items.slice(from, i), swap: item }
    from = i + 1
  }
  yield { items: from === 0 ? items : items.slice(from) }
}

/** The version that a snapshot was judged by; where this program cannot use it any more, the one to begin with. */
async function openVersion({ catalog, modelsDir, versions }: AnalysisOptions, saved: string | undefined) {
  if (versions && saved !== undefined && saved !== versions.first) {
    try {
      return { set: saved, watchers: await openSet(catalog, versions, saved) }
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'bad-model') throw error
    }
  }
  return { set: versions?.first ?? '', watchers: await openKindRuntimes(catalog, modelsDir) }
}

/** @throws Problem `bad-model`, also when the version is not there at all: an empty folder would pass for untrained */
function openSet(catalog: Catalog, { dirOf }: NonNullable<AnalysisOptions['versions']>, set: string) {
  const dir = dirOf(set)
  if (set === UNTRAINED) return openKindRuntimes(catalog, null)
  if (existsSync(dir)) return openKindRuntimes(catalog, dir)
  throw new Problem({
    code: 'bad-model',
    message: `The models ${set} are not there.`,
    remedy: 'Hand them over again: put them into the models folder as its candidate.',
    concerns: dir,
  })
}

interface Small {
  layout: number
  /** Earlier programs wrote each as one text. */
  shapes: Map<string, Shape | string>
  /** The version of the models that judged; absent where an earlier program wrote it. */
  set?: string
  sense: unknown
  judge: unknown
  /** The rules in force; absent where an earlier program wrote it. */
  rules?: Rule[]
}

/** The version of the models that a snapshot was judged by; undefined where an earlier program wrote it. */
export const modelsOfSnapshot = (snapshot: Piece[] | undefined): string | undefined =>
  snapshot?.length ? smallOf(snapshot).set : undefined

function smallOf(snapshot: Piece[]): Small {
  const small = snapshot.find(([section]) => section === 'analysis')?.[2] as Small | undefined
  if (small?.layout === LAYOUT) return small
  throw new Problem({
    code: 'stale-snapshot',
    message: 'The snapshot of detection cannot be restored: it is of another version of the program.',
    remedy: 'Leave it out and replay the journal from its start.',
  })
}
