import { type InLanguages, inLanguages, isQuoted, type Render, type Text, type Ticket } from '../../core/index.ts'
import type { RankedCandidate } from '../dispatch/rankCandidates.ts'
import { billInWords } from '../visit/bill.ts'
import type { StoredTicket } from './store/storedTicket.ts'
import type { TicketEvent } from './ticketCommand.ts'

/** A step as people read it; `quotes`: a person's own words are in it, and stay as they were written. */
export type WordedStep = Omit<TicketEvent, 'why'> & InLanguages<'why'> & { code: string; quotes?: true }

/** The desk's view of a ticket: the contract's fields, with what pages show besides, in words. */
export type TicketView = Omit<Ticket, 'history' | 'candidates'> &
  Omit<StoredTicket, keyof Ticket | 'nobody' | 'changed'> &
  Partial<InLanguages<'candidatesNote'>> & {
    history: WordedStep[]
    /** Where its appliance stands, by IANA name: its times are told in this zone. */
    timeZone: string
    candidates: ReturnType<typeof candidateInWords>[]
    changedFacts?: Text
  }

/** What the desk knows of a ticket, in every language. Pure. */
export function factsInWords<T extends Partial<StoredTicket>>(ticket: T, render: Render) {
  const { bill, nobody, changed, ...rest } = ticket
  const note = nobody && render(nobody)
  return {
    ...rest,
    ...(bill ? { bill: billInWords(bill, render) } : {}),
    ...(note ? inLanguages('candidatesNote', (language) => note[language]) : {}),
    ...(changed ? { changedFacts: render(changed) } : {}),
  }
}

export const inWords = (
  ticket: StoredTicket,
  history: readonly TicketEvent[],
  { ownerLink, timeZone }: Pick<TicketView, 'ownerLink' | 'timeZone'>,
  render: Render,
): TicketView => ({
  ...factsInWords(ticket, render),
  candidates: ticket.candidates.map((one) => candidateInWords(one, render)),
  ownerLink,
  timeZone,
  history: history.map((step) => stepInWords(step, render)),
})

function stepInWords({ why, ...step }: TicketEvent, render: Render): WordedStep {
  const said = render(why)
  return {
    ...step,
    ...inLanguages('why', (language) => said[language]),
    code: why.code,
    ...(isQuoted(why) ? { quotes: true as const } : {}),
  }
}

function candidateInWords({ reasons, rejected, ...candidate }: RankedCandidate, render: Render) {
  const said = reasons.map(render)
  const refused = rejected && render(rejected)
  return {
    ...candidate,
    ...inLanguages('reasons', (language) => said.map((text) => text[language])),
    ...(refused ? inLanguages('rejectedBecause', (language) => refused[language]) : {}),
  }
}
