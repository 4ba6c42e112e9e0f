import { isQuoted, languages, toReason, type UnitOfWork } from '../../../core/index.ts'
import { readPatch } from './patches.ts'

/** What goes from a ticket with its owner. */
export interface Gone {
  /** Fields of the ticket that were theirs. */
  fields: readonly string[]
  /** Their name and contact: cut out wherever somebody else wrote them. */
  strings: readonly string[]
  /** The reason that stands in the place of theirs, as JSON. */
  instead: string
}

/**
 * A former owner's words, name and contact leave what was written down, too. What others wrote of the work stays, without
 * them: it is nobody's of whom a key is kept, so it is not sealed any more.
 */
export async function forgetWords(tx: UnitOfWork, ticket: string, { fields, strings, instead }: Gone): Promise<void> {
  const rows = await tx.selectFrom('ticketChange').select(['seq', 'patch']).where('ticket', '=', ticket).execute()
  for (const row of rows) {
    const { seq } = row
    const { set = {}, unset } = readPatch(row)
    // How many stars it was stays: it is a figure of the work, and nobody's words.
    const { rating } = set as { rating?: object }
    for (const key of fields) delete set[key]
    if (rating) set.rating = { ...rating, text: '' }
    const kept = JSON.stringify({ set: cutOut(set, strings), ...(unset ? { unset } : {}) })
    await tx.updateTable('ticketChange').set({ patch: kept }).where('seq', '=', seq).execute()
  }
  const events = await tx.selectFrom('ticketEvent').select(['seq', 'by', 'why']).where('ticket', '=', ticket).execute()
  for (const { seq, by, why } of events) {
    const isTheirs = /^owner(?: |$)/.test(by) || theirs.test(why)
    if (!isTheirs && !isQuoted(toReason(JSON.parse(why)))) continue
    const kept = isTheirs
      ? { by: 'owner', why: instead }
      : { by, why: JSON.stringify(cutOut(JSON.parse(why) as unknown, strings)) }
    await tx.updateTable('ticketEvent').set(kept).where('seq', '=', seq).execute()
  }
}

const theirs = /"code":"(?:reported|also-reported|fault-again)"|"text":"(?:also )?reported: /

/** Shorter ones would be found in anything. */
const LEAST_LENGTH = 3
/** Below these keys people write; everything else is ids and figures. */
const written = new Set(['words', 'note', 'outcome', 'text', ...languages])

/** A value without these strings in what people wrote. Pure. */
export function cutOut(value: unknown, strings: readonly string[], key = ''): unknown {
  if (typeof value === 'string')
    return written.has(key)
      ? strings.reduce((text, one) => (one.length < LEAST_LENGTH ? text : text.replaceAll(one, '…')), value)
      : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return typeof value[0] === 'number' ? value : value.map((one) => cutOut(one, strings, key))
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cutOut(one, strings, name)]))
}
