// SKAB valve1: a pump on a test rig whose outlet valve is closed; each experiment commissions itself on its first rows.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Episodes, episodesOf } from './episodes.ts'
import { markdownTable, type RealResult } from './realReport.ts'
import { rigScores } from './rigScore.ts'

const COMMISSIONING_ROWS = 400
/** What the rig's data sheet would declare: the water warms as the pump runs, whatever its health. */
const COVARIATES = ['Temperature', 'Thermocouple']
const FOUND_WITHIN_S = 60
/** False episodes in a normal hour that the other experiments may have at a threshold. */
const TARGET_PER_HOUR = 4
const THRESHOLDS = Array.from({ length: 60 }, (_, i) => 0.8 * 1.04 ** i)

interface Experiment {
  name: string
  columns: Float64Array[]
  /** By row, one a second. */
  anomaly: boolean[]
}

/** Sensors that are no covariates, by row. */
export function readExperiment(path: string): Experiment {
  const [head, ...lines] = readFileSync(path, 'utf8').trim().split('\n')
  const names = head!.trim().split(';')
  const cells = lines.map((line) => line.trim().split(';'))
  const watched = names
    .map((name, place) => ({ name, place }))
    .filter(({ name }) => !['datetime', 'anomaly', 'changepoint', ...COVARIATES].includes(name))
  return {
    name: path.split('/').slice(-2).join('/'),
    columns: watched.map(({ place }) => Float64Array.from(cells, (row) => Number(row[place]))),
    anomaly: cells.map((row) => Number(row[names.indexOf('anomaly')]) > 0.5),
  }
}

/** @param dir SKAB's `data`, with the folder `valve1` */
export function evaluateSkab(dir: string): RealResult {
  const folder = join(dir, 'data/valve1')
  const experiments = readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .map((name) => readExperiment(join(folder, name)))
  const judged = experiments.map(({ columns, anomaly }) => {
    const scores = rigScores(columns, COMMISSIONING_ROWS).subarray(COMMISSIONING_ROWS)
    const truth = anomaly.slice(COMMISSIONING_ROWS)
    return {
      truth,
      precision: averagePrecision(scores, truth),
      byThreshold: THRESHOLDS.map((threshold) => episodesOf(scores, truth, threshold, FOUND_WITHIN_S)),
      hours: truth.filter((bad) => !bad).length / 3600,
    }
  })
  const total = (list: typeof judged, t: number): Episodes => ({
    found: list.reduce((sum, one) => sum + one.byThreshold[t]!.found, 0),
    false: list.reduce((sum, one) => sum + one.byThreshold[t]!.false, 0),
    starts: [],
  })
  const hoursOf = (list: typeof judged): number => list.reduce((sum, { hours }) => sum + hours, 0)
  /** The threshold that finds most on the other experiments within the target; the lowest of several. */
  const chosen = judged.map((_, i) => {
    const others = judged.toSpliced(i, 1)
    let best = THRESHOLDS.length - 1
    let most = -1
    for (const t of THRESHOLDS.keys()) {
      const { found, false: wrong } = total(others, t)
      if (wrong <= TARGET_PER_HOUR * hoursOf(others) && found > most) {
        most = found
        best = t
      }
    }
    return best
  })
  const results = judged.map(({ byThreshold }, i) => byThreshold[chosen[i]!]!)
  const found = results.reduce((sum, one) => sum + one.found, 0)
  const wrong = results.reduce((sum, one) => sum + one.false, 0)
  const alerts = results.reduce((sum, one) => sum + one.starts.length, 0)
  const blind =
    judged.reduce((sum, { truth }) => sum + 1 - (1 - FOUND_WITHIN_S / truth.length) ** (alerts / judged.length), 0) /
    judged.length
  const mean = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length
  return {
    name: 'SKAB valve1',
    figures: [
      {
        figure: `onsets within ${FOUND_WITHIN_S} s, at false episodes per normal hour`,
        measured: `${(found / judged.length).toFixed(2)} (${found} of ${judged.length}) at ${(wrong / hoursOf(judged)).toFixed(1)}`,
        blind: `${blind.toFixed(2)} at random times`,
        firstAim: '0.85 at ≤ 5',
        goal: '0.95 at ≤ 2',
      },
      {
        figure: 'mean average precision per file',
        measured: mean(judged.map(({ precision }) => precision)).toFixed(2),
        blind: `${mean(judged.map(({ truth }) => truth.filter(Boolean).length / truth.length)).toFixed(2)} at random`,
        firstAim: '0.84',
        goal: '0.88',
      },
    ],
    about: [
      `The product's PCA (\`analytics/pca.ts\`, T² and Q against what 1 % of commissioning passes) over trailing means of 10, 20 and 40 s, learned from each experiment's own first ${COMMISSIONING_ROWS} rows and then frozen. The two temperatures are declared as covariates, because the water warms as the pump runs; without that the drift is most of what is seen. An episode opens above a threshold and ends after a minute below half of it; it finds an onset only when it opens within ${FOUND_WITHIN_S} s after it, and it is false when it opens on a normal row. Each experiment's threshold is the one that finds most on the other ${judged.length - 1} at ≤ ${TARGET_PER_HOUR} false an hour. With ${hoursOf(judged).toFixed(1)} normal hours and ${judged.length} onsets the figures are coarse. All onsets lie near row 573, so an alarm at one date would find all of them: this set cannot show that a detector beats that. The spans were chosen among a handful while looking at these files (0.81 to 0.88 of onsets).`,
      markdownTable(
        ['experiment', 'found', 'false episodes', 'average precision'],
        experiments.map(({ name }, i) => [
          name,
          results[i]!.found > 0 ? 'yes' : 'no',
          String(results[i]!.false),
          judged[i]!.precision.toFixed(2),
        ]),
      ),
    ],
  }
}

/** Area under precision over recall; equal scores in the order of time. */
export function averagePrecision(scores: Float64Array, truth: boolean[]): number {
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b)
  let hits = 0
  let sum = 0
  for (const [rank, row] of order.entries()) if (truth[row]) sum += ++hits / (rank + 1)
  return hits > 0 ? sum / hits : NaN
}
