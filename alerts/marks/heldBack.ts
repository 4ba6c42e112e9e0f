import type { Alert, Evidence, Mark, MarkedRow } from '../../core/index.ts'

/** So many marks of the same nuisance, and it does not come back; who was there and found nothing has said it twice. */
const MARKS_THAT_HOLD = 2
const weightOf = ({ visit }: Mark): number => (visit === undefined ? 1 : MARKS_THAT_HOLD)
/** A deviation counts as the same up to so much beyond the largest that was marked: half as far again, and a quarter of a band. */
const FURTHER = { times: 1.5, plus: 0.25 }
/** A row of so small a share says nothing of its own. */
const SAYS_SOMETHING = 0.1
/** Something that was never marked may be so much of it, and no more. */
const FOREIGN_AT_MOST = 0.25

/** What is remembered of an alert's proof. Pure. */
export const markedRows = (evidence: readonly Evidence[]): MarkedRow[] => evidence.map(rowOf)

function rowOf({ feature, observed, expected: [low, high], share }: Evidence): MarkedRow {
  // A band without width is a limit: how far beyond it counts against the limit itself.
  const width = high > low ? high - low : Math.max(Math.abs(high), Number.EPSILON)
  const side = observed > high ? 'high' : observed < low ? 'low' : 'inside'
  const outside = side === 'high' ? observed - high : side === 'low' ? low - observed : 0
  return { feature, side, deviation: outside / width, share }
}

/**
 * Is this what was marked before: the same features out of their bands on the same side, not clearly further than they
 * were? Then the marks that say so. A fault of the same mode goes further, or shows where the nuisance did not. Pure.
 * @param marks of its appliance, none undone
 */
export function heldBackBy(
  alert: Pick<Alert, 'failureMode' | 'severity' | 'evidence'>,
  marks: readonly Mark[],
): readonly Mark[] | undefined {
  const same = marks.filter(
    (mark) => mark.failureMode === alert.failureMode || showsAlike(markedRows(alert.evidence), mark.rows),
  )
  if (same.reduce((sum, mark) => sum + weightOf(mark), 0) < MARKS_THAT_HOLD) return undefined
  // Nobody has said of what is critical that it may be let be.
  if (alert.severity === 'critical' && !same.some(({ severity }) => severity === 'critical')) return undefined
  // Without proof there is nothing to compare.
  if (alert.evidence.length === 0) return undefined
  const known = same.flatMap(({ rows }) => rows)
  let foreign = 0
  for (const row of markedRows(alert.evidence)) {
    if (row.side === 'inside' || row.share < SAYS_SOMETHING) continue
    const alike = known.filter(({ feature, side }) => feature === row.feature && side === row.side)
    if (alike.length === 0) foreign += row.share
    else if (row.deviation > Math.max(...alike.map(({ deviation }) => deviation)) * FURTHER.times + FURTHER.plus)
      return undefined
  }
  return foreign > FOREIGN_AT_MOST ? undefined : same
}

/** The strongest row of one is the strongest of the other. */
function showsAlike(seen: readonly MarkedRow[], marked: readonly MarkedRow[]): boolean {
  const [first, before] = [strongest(seen), strongest(marked)]
  return first !== undefined && first.feature === before?.feature && first.side === before.side
}
const strongest = (rows: readonly MarkedRow[]): MarkedRow | undefined =>
  rows.reduce<MarkedRow | undefined>((best, row) => (best && best.share >= row.share ? best : row), undefined)
