import type { Catalog } from '../../catalog/index.ts'
import { type Appliance, type Clock, hopedWay, type Render, ticketCan, ticketIs } from '../../core/index.ts'
import { slotsToOffer } from '../dispatch/plan.ts'
import type { Policy } from '../policy/policySchema.ts'
import { billInWords } from '../visit/bill.ts'
import type { Bill } from '../visit/billLine.ts'
import { jobOf } from '../visit/checklist.ts'
import type { StoredTicket } from './storedTicket.ts'
import type { TicketEvent } from './ticketTable.ts'

/** What the owner may see and do: plain words, times, the highest price, and no probabilities. */
export function ownerView(
  ticket: StoredTicket & { history: TicketEvent[] },
  appliance: Appliance,
  engineerName: string | undefined,
  catalog: Catalog,
  policy: Policy,
  clock: Clock,
  quote: Bill,
  render: Render,
) {
  const mode = catalog.failureMode(ticket.kind, ticket.failureMode ?? 'unknown')
  const kind = catalog.kinds.get(ticket.kind)
  const items = policy.checklists[jobOf(ticket)]
  const { state } = ticket
  const open = ticket.offeredSlots.filter(({ from }) => from > clock.now())
  return {
    number: ticket.number,
    state,
    isToCome: ticketIs(state, 'toCome'),
    isLost: ticketIs(state, 'lost'),
    hopedWay,
    now: clock.now(),
    appliance: { id: appliance.id, kind: ticket.kind, kindName: kind?.name, model: appliance.model },
    owner: ticket.owner ? { name: ticket.owner.name, language: ticket.owner.language } : undefined,
    source: ticket.source,
    noticed: ticket.source === 'reported' ? ticket.noticed : mode.owner,
    found: ticket.noticed,
    changed: ticket.changed && render(ticket.changed),
    swapRight: ticket.swapRight ?? false,
    safe: mode.safe,
    slots:
      ticketCan(state, 'accept') && state !== 'new'
        ? open.length > 0
          ? open
          : slotsToOffer(clock.now(), ticket.priority, appliance.location, policy)
        : [],
    slot: ticket.slot,
    engineer: engineerName,
    price: {
      highestCents: quote.totalCents,
      coveredByWarranty: quote.totalCents === 0,
      /** The tariff, line by line, and by which clause somebody else pays. */
      lines: billInWords(quote, render).lines,
      ifWeWereWrongCents: 0,
    },
    guide:
      ticket.guide && ticket.guide.triedAt === undefined && !ticket.visit && ticketCan(state, 'guide')
        ? policy.guides.find(({ id }) => id === ticket.guide?.id)
        : undefined,
    card: ticket.checklist
      ? items.map(({ code, text }) => ({
          code,
          text,
          ok: ticket.checklist?.answers[code]?.ok,
          ticked: ticket.ownerTicks?.ticks[code],
        }))
      : undefined,
    billConfirmed: ticket.billConfirmedAt !== undefined,
    compensation: ticket.compensation?.text,
    contactBy: ticket.contactBy,
    answerBy: ticket.clocks.find(({ name, doneAt }) => name === 'owner-answer' && doneAt === undefined)?.dueAt,
    may: {
      accept: ticketCan(state, 'accept') && !ticketCan(state, 'plan'),
      move: ticketCan(state, 'choose'),
      decline: ticketCan(state, 'decline'),
      cancel: ticketCan(state, 'plan'),
      rate: ticketCan(state, 'rate') && !ticket.rating && ticket.ratingExpiredAt === undefined,
      notSolved: ticketCan(state, 'reopen'),
    },
    verification: ticket.verification,
    rating: ticket.rating,
    bill: ticket.bill && billInWords(ticket.bill, render),
    steps: ticket.history.filter((step) => step.from !== step.to).map(({ at, to }) => ({ at, state: to })),
  }
}
