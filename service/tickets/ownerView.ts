import type { Catalog, Kind } from '../../catalog/index.ts'
import {
  type Appliance,
  because,
  type Clock,
  hopedWay,
  jobTypeOf,
  localDay,
  type Millis,
  type Render,
  type Slot,
  sameText,
  type Text,
  ticketCan,
  ticketIs,
} from '../../core/index.ts'
import { zoneOf } from '../calendar/workCalendar.ts'
import { isOpen } from '../payments/payment.ts'
import type { Policy } from '../policy/policySchema.ts'
import { billInWords } from '../visit/bill.ts'
import type { Bill } from '../visit/billLine.ts'
import { itemsOf } from '../visit/checklist.ts'
import type { Ticket } from './ticket.ts'
import type { TicketEvent } from './ticketCommand.ts'

/** What the owner may see and do: plain words, times, the highest price, and no probabilities. */
export function ownerView(
  ticket: Ticket & { history: readonly TicketEvent[] },
  appliance: Appliance,
  engineerName: string | undefined,
  catalog: Catalog,
  policy: Policy,
  clock: Clock,
  { quote, slots, advice, pays }: { quote: Bill; slots: Slot[]; advice: Text | undefined; pays: boolean },
  render: Render,
) {
  const { state, finding, plan, visit, closure, remote, money } = ticket
  const mode = catalog.failureMode(ticket.kind, finding.failureMode ?? 'unknown')
  const kind = catalog.kinds.get(ticket.kind)
  const isGone = finding.faded === 'gone'
  // After the repair nothing of what was wrong is told as if it were there; a closure that found nothing tells nothing either.
  const isMended = ticketIs(state, 'mended') && closure.found?.cause !== 'none'
  const kindName = kind?.name ?? sameText(ticket.kind)
  const items = itemsOf(jobTypeOf(ticket), policy)
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
    // What has gone is not told as if it were there.
    noticed: isMended
      ? render(because('mended-title', { kind: kindName }))
      : isGone
        ? render(because('tell-reason-gone-title', { kind: kindName }))
        : ticket.source === 'reported'
          ? finding.noticed
          : mode.owner,
    found: isMended
      ? render(because(closure.verification === 'passed' ? 'mended-proved' : 'mended-proving'))
      : finding.noticed,
    changed: finding.changed && render(finding.changed),
    swapRight: money.swapRight ?? false,
    swapClaimedAt: money.swapClaimedAt,
    // What is measured now comes before what the fault means.
    safe: !advice && (mode.safe || isGone || isMended),
    advice,
    slots,
    ...checkInView(ticket, kind, isMended),
    /** Where the appliance stands: every time is told by its clocks. */
    timeZone: zoneOf(appliance, policy),
    slot: plan.slot,
    eta: etaOf(ticket, zoneOf(appliance, policy), clock.now()),
    firm: policy.firm,
    engineer: engineerName,
    price: {
      highestCents: quote.totalCents,
      currency: policy.currency,
      taxPercent: policy.taxPercent,
      coveredByWarranty: quote.totalCents === 0,
      /** The tariff, line by line, and by which clause somebody else pays. */
      lines: billInWords(quote, render).lines,
      ifWeWereWrongCents: 0,
    },
    guide:
      remote.guide && remote.guide.triedAt === undefined && !visit.times && ticketCan(state, 'guide')
        ? policy.guides.find(({ id }) => id === remote.guide?.id)
        : undefined,
    card: visit.checklist
      ? items.map(({ code, text }) => ({
          code,
          text,
          ok: visit.checklist?.answers[code]?.ok,
          ticked: visit.ownerTicks?.ticks[code],
        }))
      : undefined,
    billConfirmed: money.billConfirmedAt !== undefined,
    payment: money.payment && { state: money.payment.state, at: money.payment.at },
    compensation: money.compensation?.text,
    contactBy: plan.contactBy,
    answerBy: ticket.clocks.find(({ name, doneAt }) => name === 'owner-answer' && doneAt === undefined)?.dueAt,
    may: mayOf(ticket, pays),
    verification: closure.verification,
    rating: closure.rating,
    bill: money.bill && billInWords(money.bill, render),
    steps: ticket.history.filter((step) => step.from !== step.to).map(({ at, to }) => ({ at, state: to })),
  }
}

/** What its owner may do now. */
const mayOf = ({ state, source, alerts, closure, money }: Ticket, pays: boolean) => ({
  accept: ticketCan(state, 'accept') && !ticketCan(state, 'plan'),
  move: ticketCan(state, 'choose'),
  decline: ticketCan(state, 'decline'),
  cancel: ticketCan(state, 'plan'),
  rate: ticketCan(state, 'rate') && !closure.rating && closure.ratingExpiredAt === undefined,
  notSolved: ticketCan(state, 'reopen'),
  /** Somebody takes money, and there is something left to pay. */
  pay: pays && (money.bill?.totalCents ?? 0) > 0 && isOpen(money.payment?.state),
  // Nobody needs to come for what they know.
  mark: source === 'predicted' && alerts.length > 0 && ticketCan(state, 'dismiss'),
})

/** What is asked first, and what the owner's answers led to until somebody has come. */
function checkInView(
  { state, remote: { check }, visit }: Ticket,
  kind: Pick<Kind, 'questions'> | undefined,
  isMended: boolean,
): { questions?: { id: string; text: Text }[]; answered?: 'wait' | 'guide' | 'offer' } {
  if (!check || visit.times || isMended) return {}
  if (check.outcome) return { answered: check.outcome }
  if (!ticketCan(state, 'answer') || !kind) return {}
  const questions = check.questions.flatMap((id) => {
    const spec = Object.hasOwn(kind.questions, id) ? kind.questions[id] : undefined
    return spec ? [{ id, text: spec.text }] : []
  })
  return { questions }
}

/** When the engineer is expected, on the day of the visit and not before: until then plans still change. */
export function etaOf(
  { state, plan: { plannedAt, slot }, visit }: Ticket,
  zone: string,
  now: Millis,
): Millis | undefined {
  if (!slot || plannedAt === undefined || visit.times || !ticketIs(state, 'toCome')) return undefined
  return localDay(now, zone) === localDay(slot.from, zone) && plannedAt >= slot.from && plannedAt <= slot.to
    ? plannedAt
    : undefined
}
