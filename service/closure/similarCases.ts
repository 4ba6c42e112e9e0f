import type { Appliance, Closure, Database, Millis } from '../../core/index.ts'
import type { LeanTicket } from '../tickets/store/storedTicket.ts'
import { closedCases } from '../tickets/store/ticketCounts.ts'
import { leanTickets } from '../tickets/store/ticketRepository.ts'
import { type CaseDistance, type CaseFacts, caseDistance } from './caseDistance.ts'

/** A closed case that is like the one at hand, and what it turned out to be. */
export interface SimilarCase {
  ticket: string
  number: string
  appliance: string
  model: string
  closedAt: Millis
  /** What it was taken for. */
  failureMode?: string
  found: Pick<Closure, 'cause' | 'verdict' | 'parts'>
  visits: number
  verification?: LeanTicket['verification']
  /** 0 to 1, and how far each part of it is apart. */
  similarity: number
  apart: Omit<CaseDistance, 'whole'>
}

/** Of one kind, so many of the newest closed cases are looked at; so many are answered. */
const LOOKED_AT = 1_000
const ANSWERED = 5
/** Less alike than this is no likeness. */
const LEAST = 0.6
/** Facts of so many cases are kept in memory. */
const REMEMBERED = 5_000

type ClosedCase = Omit<SimilarCase, 'similarity' | 'apart'> & Pick<CaseFacts, 'hypotheses' | 'evidence'>

/** The most similar closed cases of a kind. Reads what it has not read before; a case that changed is read anew. */
export function similarCases(database: Database, appliance: (id: string) => Appliance) {
  const remembered = new Map<string, { stamp: string; case: ClosedCase }>()

  async function closedOf(kind: string): Promise<ClosedCase[]> {
    const rows = await closedCases(database.query, kind, LOOKED_AT)
    const stampOf = ({ state, closedAt }: { state: string; closedAt: number | null }): string => `${state}/${closedAt}`
    const unread = rows.filter((row) => remembered.get(row.id)?.stamp !== stampOf(row))
    if (remembered.size + unread.length > REMEMBERED) remembered.clear()
    const missing = rows.filter((row) => remembered.get(row.id)?.stamp !== stampOf(row))
    const stamps = new Map(missing.map((row) => [row.id, stampOf(row)]))
    for (let i = 0; i < missing.length; i += 100) {
      const ids = missing.slice(i, i + 100).map(({ id }) => id)
      for (const ticket of await leanTickets(database.query, { ids })) {
        const closed = caseOf(ticket, appliance)
        if (closed) remembered.set(ticket.id, { stamp: stamps.get(ticket.id) ?? '', case: closed })
      }
    }
    return rows.flatMap(({ id }) => remembered.get(id)?.case ?? [])
  }

  /** @param but the case itself, which is not its own likeness */
  return async (
    of: CaseFacts & { kind: string },
    but: { tickets: readonly string[] } = { tickets: [] },
  ): Promise<SimilarCase[]> =>
    (await closedOf(of.kind))
      .filter(({ ticket }) => !but.tickets.includes(ticket))
      .map(({ hypotheses, evidence, ...rest }) => {
        const { whole, ...apart } = caseDistance(of, { hypotheses, evidence, model: rest.model })
        return { ...rest, similarity: 1 - whole, apart }
      })
      .filter(({ similarity }) => similarity >= LEAST)
      .sort((a, b) => b.similarity - a.similarity || b.closedAt - a.closedAt || (a.ticket < b.ticket ? -1 : 1))
      .slice(0, ANSWERED)
}

function caseOf(ticket: LeanTicket, appliance: (id: string) => Appliance): ClosedCase | undefined {
  const { closure, failureMode, verification } = ticket
  if (!closure) return undefined
  return {
    ticket: ticket.id,
    number: ticket.number,
    appliance: ticket.appliance,
    model: appliance(ticket.appliance).model,
    closedAt: closure.at,
    ...(failureMode ? { failureMode } : {}),
    found: {
      cause: closure.cause,
      ...(closure.verdict ? { verdict: closure.verdict } : {}),
      parts: closure.parts,
    },
    visits: ticket.visits ?? (ticket.visit ? 1 : 0),
    ...(verification ? { verification } : {}),
    hypotheses: ticket.hypotheses,
    evidence: ticket.evidence,
  }
}
