import { deserialize, serialize } from 'node:v8'
import type { Catalog } from '../catalog/index.ts'
import { type Analysis, type AnalysisOutput, Problem } from '../core/index.ts'
import { JudgeStage, type RowObserver } from './judgeStage.ts'
import { type DetectionPolicy, defaultPolicy } from './policy.ts'
import { SenseStage } from './senseStage.ts'
import { openWatchers } from './watcher.ts'

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
const LAYOUT = 1

/**
 * Opens streaming detection over a fleet; with `snapshot`, where that stopped.
 * @throws Problem `bad-model` for a model file that cannot be used; `stale-snapshot` for one of another version, whose
 * remedy is to replay the journal from its start
 */
export async function createAnalysis(options: AnalysisOptions, snapshot?: Uint8Array): Promise<Analysis> {
  const watchers = await openWatchers(options.catalog, options.modelsDir)
  const policy = { ...defaultPolicy, ...options.policy }
  const sense = new SenseStage(watchers, options.clock)
  const judge = new JudgeStage(watchers, options.catalog, policy, options.onRow)
  // The shape of every kind's state: a changed catalog makes a snapshot of the former one useless.
  const shape = [...watchers.values()]
    .map(({ plan, signatures }) =>
      [
        plan.kind.kind,
        plan.kind.metricNames.length,
        plan.quantities.map(({ name }) => name).join(),
        plan.guards.length,
        plan.predicates.length,
        signatures.modes.join(),
      ].join(':'),
    )
    .join(';')
  if (snapshot) restore(snapshot, shape, sense, judge)
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
    snapshot: () => serialize({ layout: LAYOUT, shape, sense: sense.snapshot(), judge: judge.snapshot() }),
  }
}

function restore(snapshot: Uint8Array, shape: string, sense: SenseStage, judge: JudgeStage): void {
  const stale = (why: string, cause?: unknown): Problem =>
    new Problem({
      code: 'stale-snapshot',
      message: `The snapshot of detection cannot be restored: ${why}.`,
      remedy: 'Leave it out and replay the journal from its start.',
      cause,
    })
  let state: { layout: number; shape: string; sense: unknown; judge: unknown }
  try {
    state = deserialize(snapshot)
  } catch (error) {
    throw stale('it is damaged', error)
  }
  if (state.layout !== LAYOUT || state.shape !== shape)
    throw stale('it is of another version of the program or of the catalog')
  sense.restore(state.sense)
  judge.restore(state.judge)
}
