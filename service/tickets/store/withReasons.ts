import { because, engineerIdSchema, type Reason, type Text, toReason } from '../../../core/index.ts'
import type { RankedCandidate } from '../../dispatch/rankCandidates.ts'
import type { BillLine } from '../../visit/billLine.ts'

/** What a ticket held while its reasons were words, one field a language. */
interface Worded {
  candidates?: {
    engineer: string
    rank?: number
    reasons: unknown[]
    reasonsZh?: string[]
    rejected?: unknown
    rejectedBecause?: string
    rejectedBecauseZh?: string
  }[]
  candidatesNote?: string
  candidatesNoteZh?: string
  changedFacts?: Text
  bill?: { lines: (Partial<BillLine> & { text?: string; textZh?: string; clause?: unknown })[]; totalCents: number }
}

/** A ticket as it was written, whenever that was, with reasons as codes. */
export function withReasons(written: object) {
  const { candidates, candidatesNote, candidatesNoteZh, changedFacts, bill, ...rest } = written as Worded
  return {
    ...rest,
    ...(candidates ? { candidates: candidates.map(candidateOf) } : {}),
    ...(candidatesNote === undefined ? {} : { nobody: asReason(candidatesNote, candidatesNoteZh) }),
    ...(changedFacts ? { changed: asReason(changedFacts.en, changedFacts.zh) } : {}),
    ...(bill ? { bill: { ...bill, lines: bill.lines.map(lineOf) } } : {}),
  }
}

function candidateOf(written: NonNullable<Worded['candidates']>[number]): RankedCandidate {
  const { reasons, reasonsZh, rejected, rejectedBecause, rejectedBecauseZh, ...candidate } = written
  const refused = rejected ?? rejectedBecause
  return {
    ...candidate,
    engineer: engineerIdSchema.parse(candidate.engineer),
    reasons: reasons.map((reason, i) => asReason(reason, reasonsZh?.[i])),
    ...(refused === undefined ? {} : { rejected: asReason(refused, rejectedBecauseZh) }),
  }
}

function lineOf({ text, textZh, what, clause, ...line }: NonNullable<Worded['bill']>['lines'][number]): BillLine {
  const said = clause && typeof clause === 'object' && 'en' in clause ? (clause as unknown as Text) : undefined
  return {
    ...line,
    what: what ?? asReason(text ?? '', textZh),
    ...(said ? { clause: asReason(said.en, said.zh) } : clause ? { clause: asReason(clause) } : {}),
  } as BillLine
}

/** What was kept as words before reasons had codes. */
function asReason(kept: unknown, zh?: string): Reason {
  if (typeof kept !== 'string') return toReason(kept)
  return zh === undefined ? because('legacy-text', { text: kept }) : because('text', { text: { en: kept, zh } })
}
