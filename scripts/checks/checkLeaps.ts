import ts from 'typescript-5'
import { isTest, lineOf, readSource, roomOf } from '../ownSource.ts'

/** Leaps of faith in the product: so many `!` at most, apart from the files below. */
const MOST = 400

/**
 * Where every reading, or every step of a training, goes through typed arrays: a look whether an element is there would be
 * paid millions of times a second. Counted apart, and no more than there are.
 */
const hot = new Map<string, number>([
  // Reading by reading, value by value.
  ['analytics/features/updateFeatures.ts', 45],
  ['analytics/features/operatingMode.ts', 42],
  ['analytics/features/quantities.ts', 27],
  ['analytics/features/journalOrder.ts', 18],
  ['analytics/features/secondsScale.ts', 12],
  ['analytics/featureStage.ts', 25],
  ['analytics/detectors/guards.ts', 8],
  ['analytics/detectors/stuckSensor.ts', 38],
  ['ingest/batchBuilder.ts', 20],
  ['ingest/translateBatch.ts', 9],
  ['ingest/store/applianceFile.ts', 23],
  ['ingest/store/applianceHour.ts', 16],
  ['ingest/store/readingBlock.ts', 12],
  ['ingest/store/recentTable.ts', 11],
  ['ingest/store/series.ts', 9],
  // Each row against every mode and feature; lines through all rows that were learned; steps of a training.
  ['analytics/baseline/bayesLine.ts', 28],
  ['analytics/detectors/signatures.ts', 23],
  ['analytics/training/trainDiagnosis.ts', 45],
  ['analytics/training/trainLife.ts', 26],
])

/** Ids are made by the schemas of core/ids.ts, out of what came from outside or was kept; nobody casts one. */
const madeIds = /^(?:readonly )?(?:ApplianceId|AlertId|TicketId|EngineerId)\b/

/** Rooms that are no part of what runs in production. */
const besides = new Set(['lab', 'scripts', 'test'])

interface Leaps {
  /** `!` by file. */
  counts: Map<string, number>
  casts: string[]
}

/** `!` that tell the compiler what it cannot see, and casts that make an id of anything. */
export function leapsOf(files: ReadonlyMap<string, string>): Leaps {
  const leaps: Leaps = { counts: new Map(), casts: [] }
  for (const [file, text] of files) {
    if (isTest(file) || besides.has(roomOf(file))) continue
    // Most files have neither, and need not be parsed.
    if (!/[\w)\]]!/.test(text) && !/\bas \w+Id\b/.test(text)) continue
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kindOf(file))
    const walk = (node: ts.Node): void => {
      if (ts.isNonNullExpression(node)) leaps.counts.set(file, (leaps.counts.get(file) ?? 0) + 1)
      if (ts.isAsExpression(node) && madeIds.test(node.type.getText(source)))
        leaps.casts.push(
          `${file}:${lineOf(text, node.getStart(source))} ${node.getText(source)}: ids are made by core/ids.ts`,
        )
      ts.forEachChild(node, walk)
    }
    walk(source)
  }
  return leaps
}

const kindOf = (file: string): ts.ScriptKind => (file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS)

/** @returns one line for each finding, and what was counted */
export function checkLeaps(root: string): { problems: string[]; counted: number; hot: number } {
  const { counts, casts } = leapsOf(readSource(root))
  return judgeLeaps(counts, casts, hot)
}

/** Pure. */
export function judgeLeaps(
  counts: ReadonlyMap<string, number>,
  casts: readonly string[],
  apart: ReadonlyMap<string, number>,
): { problems: string[]; counted: number; hot: number } {
  const problems = [...casts]
  let [counted, inHot] = [0, 0]
  for (const [file, count] of counts) {
    const most = apart.get(file)
    if (most === undefined) counted += count
    else inHot += count
    if (most !== undefined && count > most) problems.push(`${file}: ${count} non-null !, ${most} at most`)
  }
  for (const [file, most] of apart) {
    const count = counts.get(file) ?? 0
    if (count < most)
      problems.push(`${file}: ${count} non-null ! and not ${most}: say so in scripts/checks/checkLeaps.ts`)
  }
  if (counted > MOST) {
    const worst = [...counts].filter(([file]) => !apart.has(file)).toSorted(([, a], [, b]) => b - a)
    const named = worst.slice(0, 5).map(([file, count]) => `${file} ${count}`)
    problems.push(`${counted} non-null ! in the product, ${MOST} at most; most in ${named.join(', ')}`)
  }
  return { problems, counted, hot: inHot }
}
