import type { Catalog } from '../catalog/index.ts'
import { type Analysis, type AnalysisOutput, beginCopy, type Piece, Problem } from '../core/index.ts'
import { JudgeStage, type RowObserver } from './judgeStage.ts'
import { type DetectionPolicy, defaultPolicy } from './policy.ts'
import { SenseStage } from './senseStage.ts'
import { openWatchers, type Watcher } from './watcher.ts'

export interface AnalysisOptions {
  catalog: Catalog
  /** Who moves the clock: tick frames, or the readings themselves. */
  clock: 'wall' | 'telemetry'
  /** Folder of trained models; null for none: then priors are flat and there is no PCA. */
  modelsDir: string | null
  policy?: Partial<DetectionPolicy>
  /** Sees every finished row as it is judged. For training and evaluation. */
  onRow?: RowObserver
}

/** Of the state's layout: another one is not restored but replayed. */
const LAYOUT = 4

/**
 * Opens streaming detection over a fleet; with `snapshot`, where that stopped. Appliances of a kind that is watched in
 * another way than then are learned anew, those of a kind that is gone are forgotten, all others go on as if nothing was.
 * @throws Problem `bad-model` for a model file that cannot be used; `stale-snapshot` for a copy of another layout, whose remedy is to replay the journal from its start
 */
export async function createAnalysis(options: AnalysisOptions, snapshot?: Piece[]): Promise<Analysis> {
  const watchers = await openWatchers(options.catalog, options.modelsDir)
  const policy = { ...defaultPolicy, ...options.policy }
  const sense = new SenseStage(watchers, options.clock)
  const judge = new JudgeStage(watchers, options.catalog, policy, options.onRow)
  const shapes = new Map([...watchers].map(([kind, watcher]) => [kind, shapeOf(watcher)]))
  if (snapshot) restore(snapshot, shapes, sense, judge)
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
      }
      const items = sense.accept(input)
      if (items.length > 0) await judge.judge(items, out)
      out.now = sense.now()
      return out
    },
    now: () => sense.now(),
    held: () => sense.held(),
    copy: (out) => {
      const small: Small = { layout: LAYOUT, shapes, sense: sense.small(), judge: judge.small() }
      return beginCopy(out, ['analysis', '', small], [sense.population, judge.population])
    },
  }
}

/** What the columns of a kind's state mean. A snapshot's state is of use to the same shape alone. */
function shapeOf({ plan, signatures }: Watcher): string {
  return JSON.stringify([
    plan.kind.metricNames,
    plan.kind.stateNames.map((state) => [state, plan.kind.states[state]]),
    plan.markNames,
    plan.quantities.map(({ name, aggregate, scale }) => [name, aggregate, scale]),
    plan.features.map(({ name, log, compensate }) => [name, log, compensate]),
    plan.guards.map(({ name }) => name),
    signatures.modes,
  ])
}

interface Small {
  layout: number
  shapes: Map<string, string>
  sense: unknown
  judge: unknown
}

function restore(snapshot: Piece[], shapes: Map<string, string>, sense: SenseStage, judge: JudgeStage): void {
  const small = snapshot.find(([section]) => section === 'analysis')?.[2] as Small | undefined
  if (small?.layout !== LAYOUT) {
    throw new Problem({
      code: 'stale-snapshot',
      message: 'The snapshot of detection cannot be restored: it is of another version of the program.',
      remedy: 'Leave it out and replay the journal from its start.',
    })
  }
  const isSame = (kind: string): boolean => shapes.get(kind) === small.shapes.get(kind)
  sense.restore(small.sense, snapshot, isSame)
  judge.restore(small.judge, snapshot, isSame)
}
