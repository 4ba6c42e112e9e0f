// SKAB valve1: a pump on a test rig whose outlet valve is closed; each experiment commissions itself on its first rows.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { changeScores } from './changeScore.ts'
import { type Episodes, episodesOf } from './episodes.ts'
import { markdownTable, type RealResult } from './realReport.ts'
import { rigScores } from './rigScore.ts'

const COMMISSIONING_ROWS = 400
/** What the rig's data sheet would declare: the water warms as the pump runs, whatever its health. */
const COVARIATES = ['Temperature', 'Thermocouple']
/** And what it is for: a pump that does not do its work moves less water. */
const FUNCTION = 'Volume Flow RateRMS'
const FOUND_WITHIN_S = 60
/** False episodes in a normal hour that the other experiments may have at a threshold: of the goal, and of the first aim. */
const BUDGET_PER_HOUR = 2
const WIDE_BUDGET_PER_HOUR = 4
const THRESHOLDS = Array.from({ length: 100 }, (_, i) => 0.5 * 1.03 ** i)

interface Experiment {
  name: string
  /** By sensor that is no covariate, its values by row, one a second. */
  sensors: Map<string, Float64Array>
  anomaly: boolean[]
}

export function readExperiment(path: string): Experiment {
  const [head, ...lines] = readFileSync(path, 'utf8').trim().split('\n')
  const names = head!.trim().split(';')
  const cells = lines.map((line) => line.trim().split(';'))
  const watched = names.filter((name) => !['datetime', 'anomaly', 'changepoint', ...COVARIATES].includes(name))
  return {
    name: path.split('/').slice(-2).join('/'),
    sensors: new Map(
      watched.map((name) => [name, Float64Array.from(cells, (row) => Number(row[names.indexOf(name)]))]),
    ),
    anomaly: cells.map((row) => Number(row[names.indexOf('anomaly')]) > 0.5),
  }
}

/** The seconds scale: did what the rig is for just fall? */
export const functionScores = ({ sensors }: Pick<Experiment, 'sensors'>): Float64Array =>
  changeScores(sensors.get(FUNCTION)!, COMMISSIONING_ROWS, -1)

/** The same where nothing is declared: the sensor that just moved most. */
export function anySensorScores({ sensors }: Experiment): Float64Array {
  const each = [...sensors.values()].map((column) => changeScores(column, COMMISSIONING_ROWS, 0))
  return each[0]!.map((_, r) => Math.max(...each.map((scores) => scores[r]!)))
}

/** The state: all sensors together against commissioning. */
export const stateScores = ({ sensors }: Pick<Experiment, 'sensors'>): Float64Array =>
  rigScores([...sensors.values()], COMMISSIONING_ROWS)

/** @param dir SKAB's `data`, with the folder `valve1` */
export function evaluateSkab(dir: string): RealResult {
  const folder = join(dir, 'data/valve1')
  const experiments = readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .map((name) => readExperiment(join(folder, name)))
  const truths = experiments.map(({ anomaly }) => anomaly.slice(COMMISSIONING_ROWS))
  const hours = truths.map((truth) => truth.filter((bad) => !bad).length / 3600)
  const allHours = sum(hours)
  const byFunction = leaveOneOut(experiments.map(functionScores), truths, hours, BUDGET_PER_HOUR)
  const byAny = leaveOneOut(experiments.map(anySensorScores), truths, hours, WIDE_BUDGET_PER_HOUR)
  const precision = experiments.map((one, i) =>
    averagePrecision(stateScores(one).subarray(COMMISSIONING_ROWS), truths[i]!),
  )
  const each = sum(byFunction.map(({ starts }) => starts.length)) / truths.length
  const blind = mean(truths.map((truth) => 1 - (1 - FOUND_WITHIN_S / truth.length) ** each))
  const summary = (results: Episodes[]): string => {
    const found = sum(results.map((one) => one.found))
    const rate = sum(results.map((one) => one.false)) / allHours
    return `${(found / truths.length).toFixed(2)} (${found} of ${truths.length}) at ${rate.toFixed(1)}`
  }
  const goals = { firstAim: '0.85 at ≤ 5', goal: '0.95 at ≤ 2' }
  return {
    name: 'SKAB valve1',
    figures: [
      {
        figure: `onsets within ${FOUND_WITHIN_S} s, at false episodes per normal hour`,
        measured: summary(byFunction),
        blind: `${blind.toFixed(2)} at random times`,
        ...goals,
      },
      {
        figure: 'the same where nothing of the rig is declared but its temperatures',
        measured: summary(byAny),
        blind: '–',
        ...goals,
      },
      {
        figure: 'mean average precision per file',
        measured: mean(precision).toFixed(2),
        blind: `${mean(truths.map((truth) => truth.filter(Boolean).length / truth.length)).toFixed(2)} at random`,
        firstAim: '0.84',
        goal: '0.88',
      },
    ],
    about: [
      `Two scales, both learned from each experiment's own first ${COMMISSIONING_ROWS} rows and then frozen. Onsets are the seconds scale's: means of 10, 20 and 40 s against the two minutes before, for the flow, which is what a pump is for (only falls), or for whichever of six sensors moved most (both ways). Average precision is the state's: the product's PCA (\`analytics/onnx/pca.ts\`, T² and Q) over trailing means. The two temperatures are declared as covariates, because the water warms as the pump runs. An episode opens above a threshold and ends after a minute below half of it; it finds an onset only when it opens within ${FOUND_WITHIN_S} s after it, and it is false when it opens on a normal row. Each experiment's threshold is the lowest from which on the other ${truths.length - 1} have at most ${BUDGET_PER_HOUR} false episodes an hour (${WIDE_BUDGET_PER_HOUR} where nothing is declared).`,
      `With ${allHours.toFixed(1)} normal hours and ${truths.length} onsets the figures are coarse. All onsets lie near row 573, so an alarm at one date would find all of them: this set cannot show that a detector beats that. The lengths and the budget were chosen while looking at these files; other lengths found 14 to 16. That the flow is what to watch is knowledge of the rig, and the second row shows what is lost without it.`,
      markdownTable(
        ['experiment', 'found', 'false episodes', 'average precision'],
        experiments.map(({ name }, i) => [
          name,
          byFunction[i]!.found > 0 ? 'yes' : 'no',
          String(byFunction[i]!.false),
          precision[i]!.toFixed(2),
        ]),
      ),
    ],
  }
}

/** Each experiment at the threshold that keeps all others within the budget. */
function leaveOneOut(scores: Float64Array[], truths: boolean[][], hours: number[], perHour: number): Episodes[] {
  const byThreshold = scores.map((all, i) =>
    THRESHOLDS.map((threshold) => episodesOf(all.subarray(COMMISSIONING_ROWS), truths[i]!, threshold, FOUND_WITHIN_S)),
  )
  return byThreshold.map((mine, i) => {
    const others = byThreshold.toSpliced(i, 1)
    const budget = perHour * sum(hours.toSpliced(i, 1))
    const tooLow = THRESHOLDS.findLastIndex((_, t) => sum(others.map((one) => one[t]!.false)) > budget)
    return mine[Math.min(tooLow + 1, THRESHOLDS.length - 1)]!
  })
}

const sum = (values: number[]): number => values.reduce((total, x) => total + x, 0)
const mean = (values: number[]): number => sum(values) / values.length

/** Area under precision over recall; equal scores in the order of time. */
export function averagePrecision(scores: Float64Array, truth: boolean[]): number {
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b)
  let hits = 0
  let total = 0
  for (const [rank, row] of order.entries()) if (truth[row]) total += ++hits / (rank + 1)
  return hits > 0 ? total / hits : NaN
}
