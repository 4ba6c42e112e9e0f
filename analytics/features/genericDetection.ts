import { type DetectionSpec, detectionSchema, type Kind } from '../../catalog/index.ts'
import { type ByName, byName } from '../../core/index.ts'
import { inWords } from '../words/index.ts'

const NONE: DetectionSpec = detectionSchema.parse({})

/**
 * Of a kind that says nothing of how it is watched, what its power tells: it runs while it draws clearly more than at rest,
 * and a run that never draws much is none (a display that lights up). Pauses of a program (it soaks, it dries) last minutes;
 * a compressor rests longer.
 */
const BY_POWER = {
  running: { tests: [], program: { aboveRest: 12, peak: 40 } },
  run: { minMinutes: 5, mergeMinutes: 15, text: inWords(({ run }) => run) },
} as const

/** The metric that is its power: of that name, or the only one in watts. */
function powerOf({ metrics }: Kind): string | undefined {
  const inWatts = Object.keys(metrics).filter((name) => metrics[name]?.unit === 'W')
  return inWatts.includes('power') || inWatts.length !== 1 ? inWatts.find((name) => name === 'power') : inWatts[0]
}

function undeclared(kind: Kind): DetectionSpec {
  const power = powerOf(kind)
  if (power === undefined) return NONE
  return detectionSchema.parse({ running: { ...BY_POWER.running, power }, cycles: { run: BY_POWER.run } })
}

/**
 * What a kind declares about its detection, or, where it declares no features, what can be watched of any appliance:
 * every metric’s daily mean (or sum), by cycle where cycles are declared, and a guard on each side of its range. `unknown`
 * is the only hypothesis of these.
 */
export function genericDetection(kind: Kind): DetectionSpec {
  const declared = kind.detection ?? undeclared(kind)
  if (Object.keys(declared.features).length > 0) return declared
  const features: ByName<unknown> = byName()
  const guards: ByName<unknown> = byName()
  const cycle = Object.keys(declared.cycles)[0]
  for (const [metric, spec] of Object.entries(kind.metrics)) {
    if (spec.covariate) continue
    const common = {
      floor: Math.max(4 * spec.resolution, 0.01 * Math.min(100, spec.plausible[1] - spec.plausible[0])),
      unit: spec.unit,
      text: spec.text,
      metric,
    }
    const aggregate = spec.sums ? 'sum' : 'mean'
    features[`${metric}Day`.slice(0, 32)] = { ...common, aggregate, of: { metric } }
    if (cycle) features[`${metric}Cycle`.slice(0, 32)] = { ...common, aggregate, of: { metric }, scale: cycle }
    if (spec.sums) continue
    for (const side of ['above', 'below'] as const) {
      guards[`${metric}${side === 'above' ? 'High' : 'Low'}`.slice(0, 32)] = {
        of: { metric },
        side,
        margin: common.floor,
        rangeShare: 0.5,
        forMinutes: 60,
        unit: spec.unit,
        text: spec.text,
        metric,
        modes: {},
      }
    }
  }
  if (cycle)
    features.cycleMinutes = {
      aggregate: 'minutes',
      while: [],
      scale: cycle,
      log: true,
      floor: 0.1,
      unit: 'min',
      text: inWords(({ cycleLength }) => cycleLength),
    }
  return { ...detectionSchema.parse({ features, guards }), ...pickDeclared(declared) }
}

const pickDeclared = (declared: DetectionSpec): Partial<DetectionSpec> => ({
  running: declared.running,
  marks: declared.marks,
  cycles: declared.cycles,
  covariates: declared.covariates,
})
