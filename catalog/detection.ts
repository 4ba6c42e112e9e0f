import { z } from 'zod'
import { burstUnits, recordOf, textOf } from '../core/index.ts'

const text = textOf(z.string().min(1))
const name = z.string().regex(/^[a-zA-Z][A-Za-z0-9]{0,31}$/, 'must be a short camelCase word')

/** A number made of one reading: a metric, its difference to another, its ratio to a power of another. Absent inputs make it absent. */
const signal = z.object({
  metric: name,
  minus: name.optional(),
  /** √(metric² − without²): what is left of an RMS without one of its lines. */
  without: name.optional(),
  /** Divided by (metric / scale) ^ power. */
  per: z.object({ metric: name, power: z.number().default(1), scale: z.number().positive().default(1) }).optional(),
})

/**
 * One thing that must hold of a reading. `mark` asks for a named condition that has held `forMinutes`, or has been gone
 * `clearMinutes`; the mark `running` is the operating mode. A test on an absent metric or state fails unless it is `optional`.
 */
const test = z.object({
  metric: name.optional(),
  minus: name.optional(),
  above: z.number().optional(),
  below: z.number().optional(),
  optional: z.boolean().default(false),
  state: name.optional(),
  is: z.array(z.string()).optional(),
  not: z.array(z.string()).optional(),
  mark: name.optional(),
  forMinutes: z.number().nonnegative().optional(),
  clearMinutes: z.number().nonnegative().optional(),
})
const tests = z.array(test)

/**
 * One number of a day or a cycle. `mean`, `spread` (standard deviation), `max`, `min` of the signal while the tests hold;
 * `sum` of it (by day scaled to 24 h); `share`: time that `when` holds, of the time that `while` holds; `minutes`: time
 * that `while` holds, per entry into it; `count`: entries into `while` (by day scaled to 24 h); `slope`: change an hour.
 */
const quantity = z.object({
  aggregate: z.enum(['mean', 'spread', 'max', 'min', 'sum', 'share', 'minutes', 'count', 'slope']),
  of: signal.optional(),
  while: tests.default([]),
  when: tests.default([]),
  /** Least time that must have counted, or the value is absent. */
  minMinutes: z.number().nonnegative().optional(),
})

const feature = quantity.extend({
  /** `day`, or the name of a cycle. */
  scale: name.default('day'),
  /** Learned by its logarithm: changes are ratios. */
  log: z.boolean().default(false),
  /** The least lasting change that matters, in the feature's unit (of a logarithm: 0.03 is 3 %). */
  floor: z.number().positive(),
  /** Covariates that explain it, at most 3. */
  compensate: z.array(name).max(3).default([]),
  unit: z.string().min(1),
  text,
  /** The metric whose chart shows it. */
  metric: name.optional(),
  /** Only recorded with its cycle: never learned, never scored. */
  scored: z.boolean().default(true),
  /**
   * The highest, or the lowest, of so many cycles in a row: what some programs never do (heat) is missing only when none of
   * them does, and what single loads do to a drum is not in the calmest of six.
   */
  highestOf: z.int().min(2).max(8).optional(),
  lowestOf: z.int().min(2).max(8).optional(),
  /** Raised when the same name means something else than before: what was learned of it is then learned anew. */
  revision: z.int().min(1).default(1),
  /** As good in an hour as in a day: does not depend on load or weather in a way that its covariates do not explain. */
  glance: z.boolean().default(true),
})

/** Something no healthy appliance does: beyond the most it did while it was commissioned, held for minutes. */
const guard = z.object({
  of: signal.optional(),
  /** Without a signal: how many minutes the tests have held. */
  while: tests.default([]),
  side: z.enum(['above', 'below']).default('above'),
  /** Beyond the learned extreme by this much (signal's unit), and by this factor of it (minutes). */
  margin: z.number().nonnegative().default(0),
  factor: z.number().min(1).default(1),
  /** And by this share of the learned range. */
  rangeShare: z.number().nonnegative().default(0),
  /** Never before this value, whatever was learned. */
  atLeast: z.number().optional(),
  /** Beyond this no sound appliance of the kind goes: what holds until its own extremes are known, and what they never learn. */
  atMost: z.number().optional(),
  /** No extreme is learned: `atLeast` alone decides. */
  absolute: z.boolean().default(false),
  forMinutes: z.number().nonnegative().default(0),
  /** Beyond it the appliance no longer does its job: what is passed is its functional failure. */
  failure: z.boolean().default(false),
  /** What its owner should know while it is passed: it is told before what the failure mode says. */
  owner: text.optional(),
  unit: z.string().min(1),
  text,
  metric: name.optional(),
  /** Failure modes that do this, with weights that sum to at most 1. */
  modes: recordOf(z.string(), z.number().min(0).max(1)),
  /** By the word that a state had before it said the one of now: those instead, since what was tried tells what failed. */
  after: z
    .object({ state: name, modes: recordOf(z.string(), recordOf(z.string(), z.number().min(0).max(1))) })
    .optional(),
})

/** What a failure mode does to features: + raises, − lowers; 1 is clearly, 3 is above all. Those not named stay. */
const signature = z.object({
  moves: recordOf(name, z.number().min(-3).max(3)),
  /** It may as well go the other way, all of it (a sensor drifts up or down). */
  either: z.boolean().default(false),
  /** Where the job is no longer done: the feature and how far (log features: ln ratio) from what is expected. */
  failsAt: z.object({ feature: name, shift: z.number() }).optional(),
})

/** What a burst can say: levels of the whole, of the shaft's line, of the lines at which a damaged bearing strikes. */
export const burstValues = ['rms', 'peak', 'kurtosis', 'once', 'outer', 'inner', 'ball', 'cage'] as const

/**
 * Raw samples of one sensor, and which metrics they stand for on an appliance that does not send those itself: so a
 * burst feeds the same features. Lines need the shaft's speed, which comes with the burst.
 */
const burst = z.object({
  unit: z.enum(burstUnits),
  text,
  /** The metric that the shaft's speed is, in turns a minute. */
  speed: name.optional(),
  /** From its data sheet: balls, their diameter over the pitch circle's, contact angle in radians. */
  bearing: z.object({ balls: z.int().positive(), ratio: z.number().positive().max(1), angle: z.number() }).optional(),
  /** Metric → what of the burst it is. */
  gives: recordOf(name, z.enum(burstValues)),
})

/** How a kind is watched. Everything else about detection is the same for all kinds. */
export const detectionSchema = z.object({
  /** When the appliance runs: tests; without their inputs `power` split into on and off as learned. */
  running: z
    .object({
      tests,
      power: name.optional(),
      /** Counts its starts: an interval in which it started was not run through, whatever its mean power. */
      starts: name.optional(),
      /** Of what runs programs, by its power alone: it runs this much above rest, W, and a program that never draws `peak` is none. */
      program: z.object({ aboveRest: z.number().positive(), peak: z.number().positive() }).optional(),
    })
    .optional(),
  /** Named conditions whose begin and end are remembered. */
  marks: recordOf(name, tests).prefault({}),
  /** Cycles are runs of the appliance; breaks up to `mergeMinutes` belong to it, and shorter ones than `minMinutes` are none. */
  cycles: z
    .record(name, z.object({ minMinutes: z.number().nonnegative(), mergeMinutes: z.number().nonnegative(), text }))
    .default({}),
  /**
   * What explains features. `log`: taken by its logarithm, where a feature goes with a power of it. `lastsDays`: how long what
   * moves it may go on (a heat wave, guests); an appliance without its sensor is given so long before a change counts.
   */
  covariates: recordOf(
    name,
    quantity.extend({ log: z.boolean().default(false), lastsDays: z.number().min(0).max(30).default(0) }),
  ).prefault({}),
  features: recordOf(name, feature).prefault({}),
  guards: recordOf(name, guard).prefault({}),
  /** Daily covariates whose lasting change is a reason to learn levels anew: by more than this, in their unit. */
  anchors: recordOf(name, z.object({ change: z.number().positive(), text })).prefault({}),
  signatures: recordOf(z.string(), signature).prefault({}),
  /** By the `code` of the events that carry them. */
  bursts: recordOf(name, burst).prefault({}),
})
export type DetectionSpec = z.infer<typeof detectionSchema>
export type FeatureSpec = z.infer<typeof feature>
export type QuantitySpec = z.infer<typeof quantity>
export type GuardSpec = z.infer<typeof guard>
export type SignalSpec = z.infer<typeof signal>
export type TestSpec = z.infer<typeof test>
export type BurstSpec = z.infer<typeof burst>

/** Every name that a detection section uses and its kind does not have; empty when all is well. */
export function unknownNames(
  detection: DetectionSpec,
  kind: { metrics: object; states: object; failureModes: object },
): { path: string[]; message: string }[] {
  const problems: { path: string[]; message: string }[] = []
  const need = (known: object, word: string | undefined, what: string, path: string[]): void => {
    if (word !== undefined && !Object.hasOwn(known, word))
      problems.push({ path, message: `names ${what} '${word}', which is not there` })
  }
  const marks = { ...detection.marks, running: true }
  const checkTests = (list: TestSpec[], path: string[]): void => {
    for (const one of list) {
      need(kind.metrics, one.metric, 'metric', path)
      need(kind.metrics, one.minus, 'metric', path)
      need(kind.states, one.state, 'state', path)
      need(marks, one.mark, 'mark', path)
    }
  }
  const checkSignal = (of: SignalSpec | undefined, path: string[]): void => {
    for (const metric of [of?.metric, of?.minus, of?.without, of?.per?.metric])
      need(kind.metrics, metric, 'metric', path)
  }
  if (detection.running) {
    checkTests(detection.running.tests, ['running'])
    need(kind.metrics, detection.running.power, 'metric', ['running', 'power'])
    need(kind.metrics, detection.running.starts, 'metric', ['running', 'starts'])
  }
  for (const [mark, list] of Object.entries(detection.marks)) checkTests(list, ['marks', mark])
  const scales = { ...detection.cycles, day: true }
  for (const [group, quantities] of [
    ['covariates', detection.covariates],
    ['features', detection.features],
  ] as const) {
    for (const [key, one] of Object.entries(quantities)) {
      checkSignal(one.of, [group, key, 'of'])
      checkTests([...one.while, ...one.when], [group, key])
    }
  }
  for (const [key, one] of Object.entries(detection.features)) {
    need(scales, one.scale, 'scale', ['features', key, 'scale'])
    need(kind.metrics, one.metric, 'metric', ['features', key, 'metric'])
    for (const covariate of one.compensate)
      need(detection.covariates, covariate, 'covariate', ['features', key, 'compensate'])
  }
  for (const [key, one] of Object.entries(detection.guards)) {
    checkSignal(one.of, ['guards', key, 'of'])
    checkTests(one.while, ['guards', key])
    need(kind.states, one.after?.state, 'state', ['guards', key, 'after'])
    for (const modes of [one.modes, ...Object.values(one.after?.modes ?? {})])
      for (const mode of Object.keys(modes)) need(kind.failureModes, mode, 'failure mode', ['guards', key, 'modes'])
  }
  for (const [key, one] of Object.entries(detection.bursts)) {
    for (const metric of [one.speed, ...Object.keys(one.gives)]) need(kind.metrics, metric, 'metric', ['bursts', key])
  }
  for (const key of Object.keys(detection.anchors)) need(detection.covariates, key, 'covariate', ['anchors', key])
  for (const [mode, one] of Object.entries(detection.signatures)) {
    need(kind.failureModes, mode, 'failure mode', ['signatures', mode])
    for (const moved of Object.keys(one.moves))
      need(detection.features, moved, 'feature', ['signatures', mode, 'moves'])
    need(detection.features, one.failsAt?.feature, 'feature', ['signatures', mode, 'failsAt'])
  }
  return problems
}
