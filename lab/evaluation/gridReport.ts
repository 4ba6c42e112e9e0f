// The table of the grid: the worst cell first.
import { DAY, SeededRandom } from '../../core/index.ts'
import type { Hearing } from './hearing.ts'
import { blindRecall, quantileOf, resampled, type Scored } from './scoreDetections.ts'

/** One way to hear one family, with how each of its appliances was scored. */
export interface Cell {
  name: string
  family: string
  hearing: Hearing
  scored: (Scored & { seed: number })[]
  cases: string[]
}

const rate = (scored: readonly Scored[], count: (one: Scored) => number): number =>
  scored.reduce((sum, one) => sum + count(one), 0) / scored.reduce((sum, one) => sum + one.healthyYears, 0)
const share = (scored: readonly Scored[], is: (one: Scored) => boolean): number =>
  scored.length === 0 ? NaN : scored.filter(is).length / scored.length

/** A miss is zero lead, a wrong name, and an interval that does not hold. */
export const gridFigures: Record<string, (scored: readonly Scored[]) => number> = {
  recall: (all) => share(predictable(all), ({ found }) => found !== null),
  'tickets / year': (all) => rate(all, ({ falseAlarms }) => falseAlarms.length),
  'words / year': (all) => rate(all, ({ falseWords }) => falseWords),
  'stuck / year': (all) => rate(all, ({ falseStuck }) => falseStuck),
  lead: (all) =>
    quantileOf(
      predictable(all).map(({ leadShare }) => leadShare),
      0.5,
    ),
  p10: (all) =>
    quantileOf(
      predictable(all).map(({ leadShare }) => leadShare),
      0.1,
    ),
  'right mode': (all) => share(predictable(all), ({ rightMode }) => rightMode),
  'in 80 %': (all) => share(predictable(all), ({ interval }) => interval === 'inside'),
  'abrupt, h': (all) =>
    quantileOf(
      all.filter(({ truth, found }) => truth.fault?.abrupt && found).map(({ delayHours }) => delayHours),
      0.5,
    ),
  'abrupt found': (all) =>
    share(
      all.filter(({ truth }) => truth.fault?.abrupt),
      ({ found }) => found !== null,
    ),
}
const predictable = (all: readonly Scored[]): Scored[] => all.filter((one) => one.predictable)

const shown = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : '–')
/** Figures of which chance is told. */
const UNSURE = ['recall', 'tickets / year', 'words / year', 'right mode']

/** How far a cell is from what is wanted: 0.90 found, 0.3 false tickets a year. */
const badness = ({ scored }: Cell): number =>
  Math.max(0, 0.9 - gridFigures.recall!(scored)) / 0.1 + Math.max(0, gridFigures['tickets / year']!(scored) - 0.3) / 0.3

export function gridReport(cells: readonly Cell[]): string {
  const names = Object.keys(gridFigures)
  const lines = [
    `| family, sensors, cadence, steps | faults | years | ${names.join(' | ')} | blind recall |`,
    `|---${'|---'.repeat(names.length + 3)}|`,
  ]
  for (const cell of [...cells].sort((a, b) => badness(b) - badness(a))) {
    const { family, hearing, scored } = cell
    const random = new SeededRandom(1, `grid/${cell.name}`)
    const years = scored.reduce((sum, { healthyYears }) => sum + healthyYears, 0)
    const all = scored.reduce((sum, { truth }) => sum + (truth.to - truth.from) / (365 * DAY), 0)
    const alerts = scored.reduce((sum, { falseAlarms, found }) => sum + falseAlarms.length + (found ? 1 : 0), 0)
    const cadence = hearing.cadenceSeconds === 0 ? 'own cadence' : `${hearing.cadenceSeconds} s`
    const figures = names.map((name) => {
      const figure = gridFigures[name]!
      if (!UNSURE.includes(name)) return shown(figure(scored))
      const [low, high] = resampled(scored, figure, () => random.next())
      return `${shown(figure(scored))} (${shown(low)}–${shown(high)})`
    })
    lines.push(
      `| ${family}, ${hearing.sensors}, ${cadence}${hearing.steps ? `, ${0.5 * hearing.steps} K` : ''} | ${predictable(scored).length} | ${years.toFixed(1)} | ${figures.join(' | ')} | ${shown(blindRecall(scored, alerts / all))} |`,
    )
  }
  return lines.join('\n')
}

/** The same figures by kind, over all cells. */
export function kindReport(cells: readonly Cell[]): string {
  const names = Object.keys(gridFigures)
  const scored = cells.flatMap((cell) => cell.scored)
  return [
    `| kind | ${names.join(' | ')} |`,
    `|---${'|---'.repeat(names.length)}|`,
    ...[...new Set(scored.map(({ truth }) => truth.kind))].map((kind) => {
      const own = scored.filter(({ truth }) => truth.kind === kind)
      return `| ${kind} | ${names.map((name) => shown(gridFigures[name]!(own))).join(' | ')} |`
    }),
  ].join('\n')
}
