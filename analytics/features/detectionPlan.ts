import type {
  BurstSpec,
  DetectionSpec,
  FeatureSpec,
  GuardSpec,
  Kind,
  MetricSpec,
  QuantitySpec,
  SignalSpec,
  TestSpec,
} from '../../catalog/index.ts'
import { MINUTE, nth } from '../../core/index.ts'
import { type Feature, leastOf } from './feature.ts'
import { genericDetection } from './genericDetection.ts'
import { afterOf, type FormerWord, type Phases, phasesOf } from './phases.ts'
import { compileTest, type Predicate } from './predicates.ts'

/** A signal with its metrics as columns; −1 where it has none. */
export interface Signal {
  metric: number
  minus: number
  without: number
  per: number
  power: number
  scale: number
}

export type Aggregate = QuantitySpec['aggregate']
export interface Quantity {
  name: string
  aggregate: Aggregate
  scale: number
  of: Signal | null
  while: Int32Array
  when: Int32Array
  minSeconds: number
  /** Metrics that must have been heard for it to exist. */
  inputs: number[]
  /** A burst alone can say it. */
  byBurst: boolean
  /** It asks whether the appliance runs. */
  byRunning: boolean
  /** It is the highest, or below 0 the lowest, of so many cycles in a row. */
  bestOf: number
}

/** Where raw samples come from, and which metrics (columns) they stand for. */
export interface BurstChannel {
  name: string
  spec: BurstSpec
  metrics: number[]
}

export interface Scale {
  name: string
  /** Quantities of its row: features first, then covariates. */
  features: number[]
  covariates: number[]
  covariateNames: string[]
  /** Is a covariate taken by its logarithm? */
  covariateLogs: boolean[]
  /** Covariates (places in the row) whose lasting change is a reason to learn levels anew. */
  anchors: { place: number; change: number; name: string }[]
  minMs: number
  mergeMs: number
}

export interface Guard {
  name: string
  spec: GuardSpec
  of: Signal | null
  while: Int32Array
  forMs: number
  /** It asks whether the appliance runs. */
  byRunning: boolean
  /** The state by whose former word its modes go; null: they go by none. */
  after: FormerWord | null
}

/** A kind's declarations, compiled: names are columns, tests are predicates, both in fixed order. */
export interface DetectionPlan {
  kind: Kind
  /** In the order of the columns. */
  metricSpecs: MetricSpec[]
  /** Is the metric a share of the interval? */
  shares: boolean[]
  /** By metric, for each reading: its sensor's step, and whether it can be stuck (what is told to run, and what people do, may stay as it is). */
  resolutions: Float64Array
  canStick: Uint8Array
  spec: DetectionSpec
  /** First those of metrics and states, then those of marks. */
  predicates: Predicate[]
  rawPredicates: number
  markNames: string[]
  marks: Int32Array[]
  running: {
    while: Int32Array
    metrics: number[]
    /** Those of its metrics that are shares of the interval. */
    shares: number[]
    states: number[]
    power: number
    /** Counts its starts; −1: nothing does. */
    starts: number
    /** 0: power is split into two learned levels. */
    aboveRestW: number
    leastPeakW: number
  }
  quantities: Quantity[]
  scales: Scale[]
  features: Feature[]
  guards: Guard[]
  bursts: Readonly<Record<string, BurstChannel>>
  burstChannels: BurstChannel[]
  /** Quantities of the day that are the same at any hour of it (means and slopes), by their place in its row. */
  steady: { q: number; place: number; isFeature: boolean }[]
  /** Metrics that people set, by which the appliance then goes elsewhere. */
  setMetrics: { metric: number; change: number }[]
  /** Is a state word one at rest? By state column, null where the state says nothing of it. */
  idle: (boolean[] | null)[]
  /** The state that tells how programs end; null where none has a word for it. */
  phases: Phases | null
}

/** Compiles what a kind declares; what it leaves out is watched generically. */
export function planDetection(kind: Kind): DetectionPlan {
  const spec = genericDetection(kind)
  const predicates: Predicate[] = []
  const keys = new Map<string, number>()
  const markNames = ['running', ...Object.keys(spec.marks)]
  const column = (metric: string | undefined): number =>
    metric === undefined ? -1 : (kind.metricIndex.get(metric) ?? -1)
  const addOne = (one: Predicate): number => {
    const key = JSON.stringify(one)
    const known = keys.get(key)
    if (known !== undefined) return known
    predicates.push(one)
    keys.set(key, predicates.length - 1)
    return predicates.length - 1
  }
  const add = (tests: TestSpec[]): Int32Array =>
    Int32Array.from(tests.map((one) => addOne(compileTest(one, kind, markNames, column))))

  // Metrics and states first, so that marks can be told before what asks for them.
  const everyTest = (): TestSpec[][] => [
    spec.running?.tests ?? [],
    ...Object.values(spec.marks),
    ...[...Object.values(spec.covariates), ...Object.values(spec.features)].flatMap((one) => [one.while, one.when]),
    ...Object.values(spec.guards).map((one) => one.while),
  ]
  for (const tests of everyTest()) add(tests.filter((one) => one.mark === undefined))
  const rawPredicates = predicates.length

  const running = {
    while: add(spec.running?.tests ?? []),
    metrics: (spec.running?.tests ?? []).flatMap((one) => (one.metric ? [column(one.metric)] : [])),
    shares: (spec.running?.tests ?? []).flatMap((one) =>
      one.metric && isShare(kind.metrics[one.metric]) ? [column(one.metric)] : [],
    ),
    states: (spec.running?.tests ?? []).flatMap((one) => (one.state ? [kind.stateNames.indexOf(one.state)] : [])),
    power: column(spec.running?.power),
    starts: column(spec.running?.starts),
    aboveRestW: spec.running?.program?.aboveRest ?? 0,
    leastPeakW: spec.running?.program?.peak ?? 0,
  }
  const compileSignal = (of: SignalSpec | undefined): Signal | null =>
    of
      ? {
          metric: column(of.metric),
          minus: column(of.minus),
          without: column(of.without),
          per: column(of.per?.metric),
          power: of.per?.power ?? 1,
          scale: of.per?.scale ?? 1,
        }
      : null

  const burstChannels = Object.entries(spec.bursts).map(([name, one]) => ({
    name,
    spec: one,
    metrics: [...Object.keys(one.gives), ...(one.speed === undefined ? [] : [one.speed])].map(column),
  }))
  const madeOf = ({ of }: FeatureSpec): number[] =>
    [of?.metric, of?.minus, of?.without, of?.per?.metric].map(column).filter((m) => m >= 0)
  /** How long and how often it runs, and what it draws in all: that goes with how long it runs. */
  const isOfRunning = ({ of, while: held, when }: FeatureSpec): boolean =>
    of ? of.metric === spec.running?.power && held.length + when.length === 0 : asksRunning([...held, ...when])
  const scaleNames = ['day', ...Object.keys(spec.cycles)]
  const quantities: Quantity[] = []
  const scales: Scale[] = []
  const features: Feature[] = []
  const compile = (
    name: string,
    one: QuantitySpec & Partial<Pick<FeatureSpec, 'highestOf' | 'lowestOf'>>,
    scale: number,
  ): number => {
    const of = compileSignal(one.of)
    const inputs = [of?.metric, of?.minus, of?.without, of?.per].filter((m): m is number => m !== undefined && m >= 0)
    const needed = one.while.flatMap((t) => (t.metric && !t.optional ? [column(t.metric)] : []))
    const quantity = {
      name,
      aggregate: one.aggregate,
      scale,
      of,
      while: add(one.while),
      when: add(one.when),
      minSeconds: 60 * (one.minMinutes ?? (scale === 0 ? 20 : 0)),
      inputs: [...new Set([...inputs, ...needed])],
    }
    quantities.push({
      ...quantity,
      byBurst: isByBurst(quantity, predicates, burstChannels),
      byRunning: asksRunning([...one.while, ...one.when]),
      bestOf: one.highestOf ?? -(one.lowestOf ?? 0),
    })
    return quantities.length - 1
  }
  for (const [index, scaleName] of scaleNames.entries()) {
    const own = Object.entries(spec.features).filter(([, one]) => one.scale === scaleName)
    const anchors = index === 0 ? Object.keys(spec.anchors) : []
    const wanted = [...new Set([...own.flatMap(([, one]) => one.compensate), ...anchors])]
    const scale: Scale = {
      name: scaleName,
      features: own.map(([name, one]) => compile(name, one, index)),
      covariates: wanted.map((name) => compile(name, nth(spec.covariates, name), index)),
      covariateNames: wanted,
      covariateLogs: wanted.map((name) => nth(spec.covariates, name).log),
      anchors: anchors.map((name) => ({ place: wanted.indexOf(name), change: nth(spec.anchors, name).change, name })),
      minMs: (spec.cycles[scaleName]?.minMinutes ?? 0) * MINUTE,
      mergeMs: (spec.cycles[scaleName]?.mergeMinutes ?? 0) * MINUTE,
    }
    scales.push(scale)
    for (const [place, [name, one]] of own.entries()) {
      features.push({
        name,
        scale: index,
        place,
        log: one.log,
        floor: one.floor,
        least: leastOf(kind, one),
        compensate: one.compensate.map((covariate) => wanted.indexOf(covariate)),
        unit: one.unit,
        metric: one.metric ?? one.of?.metric ?? null,
        madeOf: madeOf(one),
        shownBy: [...madeOf(one), ...(isOfRunning(one) ? running.metrics : [])],
        text: one.text,
        scored: one.scored,
        revision: one.revision,
      })
    }
  }
  return {
    kind,
    metricSpecs: kind.metricNames.map((metric) => nth(kind.metrics, metric)),
    shares: kind.metricNames.map((metric) => isShare(kind.metrics[metric])),
    resolutions: Float64Array.from(kind.metricNames, (metric) => nth(kind.metrics, metric).resolution),
    canStick: Uint8Array.from(kind.metricNames, (metric) =>
      Number(!nth(kind.metrics, metric).sums && !isShare(kind.metrics[metric])),
    ),
    spec,
    predicates,
    rawPredicates,
    markNames,
    marks: Object.values(spec.marks).map(add),
    running,
    quantities,
    scales,
    features,
    guards: Object.entries(spec.guards).map(([name, one]) => ({
      name,
      spec: one,
      of: compileSignal(one.of),
      while: add(one.while),
      forMs: one.forMinutes * MINUTE,
      byRunning: asksRunning(one.while),
      after: afterOf(kind, one),
    })),
    bursts: Object.fromEntries(burstChannels.map((channel) => [channel.name, channel])),
    burstChannels,
    steady: [
      ...nth(scales, 0).features.map((q, place) => ({ q, place, isFeature: true })),
      ...nth(scales, 0).covariates.map((q, place) => ({ q, place, isFeature: false })),
    ].filter(({ q, isFeature }) =>
      isSteady(nth(quantities, q), isFeature && nth(spec.features, nth(quantities, q).name)),
    ),
    setMetrics: Object.entries(spec.anchors).flatMap(([covariate, { change }]) => {
      const metric = column(nth(spec.covariates, covariate).of?.metric)
      return metric < 0 ? [] : [{ metric, change }]
    }),
    phases: phasesOf(kind),
    idle: kind.stateNames.map((state) => {
      const words = kind.states[state]
      const idle = kind.idle[state]
      return Array.isArray(words) && idle ? words.map((word) => idle.includes(word)) : null
    }),
  }
}

/** A ratio is the share of the interval. */
export const isShare = (spec: MetricSpec | undefined): boolean =>
  spec?.unit === '1' && spec.plausible[0] === 0 && spec.plausible[1] === 1

const asksRunning = (all: readonly TestSpec[]): boolean => all.some(({ mark }) => mark === 'running')

/** A mean over all of a day has its hours; one in an operating mode is the same in each. */
const isSteady = ({ aggregate, while: held }: Quantity, feature: { glance: boolean } | false): boolean =>
  feature
    ? feature.glance && ((aggregate === 'mean' && held.length > 0) || aggregate === 'slope')
    : aggregate === 'mean'

/** Can a burst of this channel say the quantity? Its signal and its tests ask for nothing else. */
const isByBurst = (
  one: Omit<Quantity, 'byBurst' | 'byRunning' | 'bestOf'>,
  predicates: readonly Predicate[],
  channels: readonly BurstChannel[],
): boolean =>
  ['mean', 'max', 'min'].includes(one.aggregate) &&
  one.of !== null &&
  [...one.while].every((p) => nth(predicates, p).type === 'compare') &&
  channels.some(({ metrics }) => one.inputs.every((metric) => metrics.includes(metric)))
