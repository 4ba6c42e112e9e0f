import type { Alert, FeatureRow } from '../../api.ts'
import type { Column } from '../../components/gaps.ts'

export type EvidenceRow = Alert['evidence'][number]

/** What a limit is put on: a signal of the catalog, as far as a chart can draw it. */
interface Watched {
  of?: { metric: string; minus?: string | undefined } | undefined
  metric?: string | undefined
}

/** How a row of proof is drawn. */
export type ProofChart =
  /** Dots of cycles or days on their band; what fired stands among them as itself. */
  | { as: 'band' }
  /** The raw signal, with lines at its limits. */
  | { as: 'signal'; metric: string; minus?: string | undefined; limits: number[] }
  /** The raw signal over the time that something held; `limitAt` is when it should have ended. */
  | { as: 'lasting'; metric: string; limitAt: number }
  /** It said so itself: there is nothing to measure. */
  | { as: 'said' }

const MINUTE = 60_000
const HOUR = 3_600_000

/**
 * Which chart shows the row. Rows of earlier programs do not say how they were seen: what is a guard, a metric or a feature
 * is told by its name.
 * @param guard the guard of that name, where the kind has one @param isMetric the kind has a metric of that name
 */
export function proofChart(row: EvidenceRow, guard: Watched | undefined, isMetric: boolean): ProofChart {
  const scale =
    row.scale ??
    (row.feature.startsWith('code ')
      ? 'code'
      : guard
        ? guard.of
          ? 'limit'
          : 'lasting'
        : isMetric
          ? row.unit === 'h'
            ? 'still'
            : 'range'
          : 'day')
  const metric = row.metric ?? guard?.metric ?? row.feature
  switch (scale) {
    case 'limit':
      return { as: 'signal', metric: guard?.of?.metric ?? metric, minus: guard?.of?.minus, limits: [limitOf(row)] }
    case 'range':
      return { as: 'signal', metric, limits: [...row.expected] }
    case 'lasting':
      return { as: 'lasting', metric, limitAt: row.from + limitOf(row) * MINUTE }
    case 'still':
      return { as: 'lasting', metric, limitAt: row.from + limitOf(row) * HOUR }
    case 'code':
      return { as: 'said' }
    default:
      return { as: 'band' }
  }
}

/** The bound that was passed. */
const limitOf = ({ observed, expected: [low, high] }: EvidenceRow): number => (observed < low ? low : high)

/** A band so many times as wide as what fired was held against says nothing any more. */
const TELLS_WITHIN = 2.5

export type Dot = 'inside' | 'outside' | 'learning' | 'cannotTell'
/**
 * What a dot on a band says. A band that has opened wide cannot tell inside from outside: who is within it proves nothing.
 * @param usualWidth what the band was wide when something was proved, or mostly is
 */
export function dotOf({ observed, low, high }: FeatureRow, usualWidth: number): Dot {
  if (!isNumber(low) || !isNumber(high) || !isNumber(observed)) return 'learning'
  if (observed < low || observed > high) return 'outside'
  return usualWidth > 0 && high - low > TELLS_WITHIN * usualWidth ? 'cannotTell' : 'inside'
}

/** Half of the bands are wider than this. */
export function usualWidth(rows: readonly FeatureRow[], fired?: EvidenceRow): number {
  if (fired && fired.expected[1] > fired.expected[0]) return fired.expected[1] - fired.expected[0]
  const widths = rows
    .flatMap(({ low, high }) => (isNumber(low) && isNumber(high) ? [high - low] : []))
    .sort((a, b) => a - b)
  return widths[widths.length >> 1] ?? 0
}

export const isNumber = (value: number | null): value is number => value !== null && Number.isFinite(value)

/**
 * Puts the record of what fired among the columns, at its own moment: the last of them is its value, absent elsewhere. Lines go
 * on over a row that is made for it.
 * @param x seconds, rising @param lines how many of the columns, from the first, are lines
 */
export function withRecord(
  x: readonly number[],
  columns: readonly Column[],
  lines: number,
  record: { at: number; value: number } | undefined,
): { x: number[]; columns: Column[] } {
  if (!record) return { x: [...x], columns: [...columns, x.map(() => null)] }
  const at = record.at / 1000
  const found = x.findIndex((one) => one >= at)
  const place = found < 0 ? x.length : found
  const own = x.map((_, i) => (i === place && x[i] === at ? record.value : null))
  if (x[place] === at) return { x: [...x], columns: [...columns, own] }
  const between = (column: Column): number | null => {
    const [before, after] = [column[place - 1] ?? null, column[place] ?? null]
    return before === null || after === null ? null : (before + after) / 2
  }
  return {
    x: x.toSpliced(place, 0, at),
    columns: [
      ...columns.map((column, c) => column.toSpliced(place, 0, c < lines ? between(column) : null)),
      own.toSpliced(place, 0, record.value),
    ],
  }
}
