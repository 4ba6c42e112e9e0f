// The tables of `npm run evaluate`, as they are printed and as docs/prediction.md keeps them.
import { SeededRandom } from '../../core/index.ts'
import { diagnosisReliability, intervalScore, lifeReliability } from './reliability.ts'
import { reliabilityChart } from './reliabilityChart.ts'
import {
  blindRecall,
  type Figures,
  figuresOf,
  oneDateRecall,
  periodicRecall,
  resampled,
  type Scored,
} from './scoreDetections.ts'

const number = (value: number, digits = 2): string => (Number.isNaN(value) ? '–' : value.toFixed(digits))

const columns: [string, (f: Figures) => string][] = [
  ['appliances', (f) => String(f.appliances)],
  ['predictable', (f) => String(f.predictable)],
  ['recall', (f) => number(f.recall)],
  ['false alarms / year', (f) => number(f.falsePerYear)],
  ['false days / year', (f) => number(f.falseDaysPerYear, 1)],
  ['lead share median', (f) => number(f.leadShareMedian)],
  ['p10', (f) => number(f.leadShareP10)],
  ['lead days (≥ 30 d)', (f) => number(f.leadDaysLong, 1)],
  ['diagnosis', (f) => number(f.diagnosis)],
  ['abrupt found', (f) => f.abruptFound],
  ['hours', (f) => number(f.abruptHours, 1)],
  ['in 80 % interval', (f) => number(f.coverage)],
]

function table(head: string, groups: [string, Scored[]][]): string {
  const lines = [`| ${head} | ${columns.map(([name]) => name).join(' | ')} |`, `|---${'|---'.repeat(columns.length)}|`]
  for (const [name, part] of groups) {
    const figures = figuresOf(part)
    lines.push(`| ${name} | ${columns.map(([, show]) => show(figures)).join(' | ')} |`)
  }
  return lines.join('\n')
}

function by(scored: Scored[], key: (one: Scored) => string | null): [string, Scored[]][] {
  const groups = new Map<string, Scored[]>()
  for (const one of scored) {
    const name = key(one)
    if (name !== null) groups.set(name, [...(groups.get(name) ?? []), one])
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Probabilities of the modes, and intervals of remaining life by nominal level, against what came true. */
export const reliabilityOf = (scored: readonly Scored[]): string =>
  reliabilityChart([
    {
      title: 'Diagnosis',
      said: 'probability of a failure mode',
      came: 'it was that mode',
      points: diagnosisReliability(scored),
    },
    {
      title: 'Remaining life',
      said: 'nominal level of the interval',
      came: 'failed inside',
      points: lifeReliability(scored),
    },
  ])

export function report(
  title: string,
  scored: (Scored & { seed: number })[],
  perReading: number,
  readings: number,
): string {
  const all = figuresOf(scored)
  const random = new SeededRandom(1, 'resampling')
  const interval = (figure: (f: Figures) => number): string => {
    const [low, high] = resampled(
      scored,
      (part) => figure(figuresOf(part)),
      () => random.next(),
    )
    return `${number(low)} to ${number(high)}`
  }
  const years = scored.reduce((sum, one) => sum + (one.truth.to - one.truth.from) / (365 * 86_400_000), 0)
  const alerts = scored.filter((one) => one.found).length + scored.reduce((sum, one) => sum + one.falseAlarms.length, 0)
  return [
    '# Prediction, measured',
    '',
    `${title}. Simulated fleets with every nuisance; what counts is what was said at the opening. ${(readings / 1e6).toFixed(1)} million readings, ${perReading.toFixed(2)} µs each in the analysis.`,
    '',
    table('all', [['pooled', scored], ...by(scored, (one) => `seed ${(one as Scored & { seed: number }).seed}`)]),
    '',
    `95 % by resampling appliances: recall ${interval((f) => f.recall)}, false alarms a year ${interval((f) => f.falsePerYear)}, diagnosis ${interval((f) => f.diagnosis)}.`,
    `Remaining life: interval score ${number(intervalScore(scored))} (of 80 % on ln hours; smaller is better), 95 % of the share inside ${interval((f) => f.coverage)}.`,
    `Data-blind baselines at the same number of alerts: recall ${number(blindRecall(scored, alerts / years))} at random, ${number(oneDateRecall(scored, alerts))} at one date, ${number(periodicRecall(scored, alerts / years))} periodically (ours ${number(all.recall)}).`,
    '',
    table(
      'can it be seen',
      by(scored, (one) =>
        one.truth.fault ? (one.truth.visible ? 'its sensors and use show it' : 'no sensor or no use shows it') : null,
      ),
    ),
    '',
    table(
      'kind',
      by(scored, (one) => one.truth.kind),
    ),
    '',
    table(
      'failure mode',
      by(scored, (one) => (one.truth.fault ? `${one.truth.kind} ${one.truth.fault.failureMode}` : null)),
    ),
    '',
    table(
      'shape',
      by(scored, (one) => one.truth.fault?.shape ?? null),
    ),
    '',
    table(
      'model and sensors',
      by(scored, (one) => `${one.truth.kind} ${one.truth.sensors}`),
    ),
    '',
  ].join('\n')
}
