import type { Catalog } from '../../catalog/index.ts'
import {
  because,
  type Millis,
  type Notice,
  type OwnerTold,
  personOf,
  type Reason,
  type Render,
  sameText,
  type Text,
  ticketIs,
} from '../../core/index.ts'
import type { Ticket } from './ticket.ts'

/** What a desk is told of a report has the owner's own words in it. */
const quoting: ReadonlySet<TicketNews> = new Set(['accepted', 'joined', 'offered'])
const quotes = ({ appliance, owner }: Ticket, news: TicketNews): Pick<Notice, 'quotes' | 'quoted'> =>
  quoting.has(news) ? { quotes: true, quoted: personOf(appliance, owner) } : {}

export const deskPath = (ticket: Ticket): string => `/tickets/${ticket.id}`

/** What happened to a ticket that somebody should hear of. */
export type TicketNews =
  | 'asked'
  | 'offered'
  | 'accepted'
  | 'assigned'
  | 'joined'
  | 'waiting'
  | 'no-show'
  | 'escalated'
  | 'reopened'
  | 'verified'
  | 'closed'
  | 'cancelled'
  | 'reason-gone'
  | 'swap'
  | 'reason-weaker'

/** Title and text, by what happened. */
type Said = Partial<Record<TicketNews, [Reason, Reason]>>

/** What it was for is seen no more, or less: what its owner hears, and a desk. */
function faded({ number, state, appliance }: Ticket, kind: Text): { owner: Said; desk: Said } {
  const agreed = ticketIs(state, 'toCome')
  return {
    owner: {
      'reason-gone': [because('tell-reason-gone-title', { kind }), because('tell-reason-gone', { number, agreed })],
      'reason-weaker': [
        because('tell-reason-weaker-title', { kind }),
        because('tell-reason-weaker', { number, agreed }),
      ],
    },
    desk: {
      'reason-gone': [
        because('desk-reason-gone-title', { number, appliance }),
        because('desk-reason-gone', { agreed }),
      ],
      'reason-weaker': [
        because('desk-reason-weaker-title', { number, appliance }),
        because('desk-reason-weaker', { agreed }),
      ],
    },
  }
}

const isReported = ({ source }: Ticket): boolean => source === 'reported' || source === 'recall'

/** The step of an offer whose finding was told before, when its owner was asked. */
export const AFTER_ASKING = '/checked'

/** What is known when something is told, besides the ticket. */
interface Told {
  step: string
  at: Millis
  kind: Text
  mode: { text: Text; safe: boolean }
  /** Where the appliance stands. */
  zone: string
  engineerName: string | undefined
  /** Is there a way to its owner? */
  isReachable: boolean
}

function ownerNews(ticket: Ticket, { step, at, kind, mode, zone, engineerName }: Told): Said {
  const clock = (name: string): Millis => ticket.clocks.find((one) => one.name === name)?.dueAt ?? at
  const { number, plan } = ticket
  const { noticed, changed } = ticket.finding
  const contactBy = plan.contactBy ?? at
  const slot = plan.slot?.from
  return {
    asked: [
      because('tell-asked-title', { kind }),
      because('tell-asked', { noticed, safe: mode.safe, number, answerBy: clock('questions'), contactBy, zone }),
    ],
    offered: [
      because('tell-offered-title', { kind }),
      because('tell-offered', {
        ...(changed ? { changed } : {}),
        noticed,
        safe: mode.safe,
        number,
        answerBy: clock('owner-answer'),
        zone,
        // Said in the first message.
        ...(step === '' ? { contactBy } : {}),
      }),
    ],
    accepted: [because('tell-accepted-title', { number }), because('tell-accepted', { number, contactBy, zone })],
    assigned: [
      because('tell-assigned-title'),
      because('tell-assigned', {
        number,
        zone,
        ...(engineerName ? { engineer: engineerName } : {}),
        ...(slot ? { slot } : {}),
      }),
    ],
    waiting: [because('tell-waiting-title', { number }), because('tell-waiting', { partsBy: clock('parts'), zone })],
    'no-show': [because('tell-no-show-title', { number }), because('tell-no-show', slot ? { slot, zone } : {})],
    closed: [because('tell-closed-title', { number }), because('tell-closed')],
    verified: [because('tell-verified-title'), because('tell-verified', { kind })],
    reopened: [because('tell-reopened-title'), because('tell-reopened', { number })],
    cancelled: [because('tell-cancelled-title', { number }), because('tell-cancelled')],
    swap: [because('tell-swap-title', { number }), because('tell-swap')],
    ...faded(ticket, kind).owner,
  }
}

function deskNews(ticket: Ticket, { step, kind, mode, engineerName, isReachable }: Told): Said {
  const { appliance, number, priority, plan, owner } = ticket
  const { noticed, diagnosis } = ticket.finding
  const offered: [Reason, Reason] = [
    because('desk-offered-title', { number, mode: mode.text, appliance }),
    because('desk-offered', {
      diagnosis,
      priority,
      kit: plan.kit.map(({ part }) => part),
      owned: owner !== undefined,
      called: !isReachable,
    }),
  ]
  return {
    escalated: [
      because('desk-escalated-title', { number }),
      because('desk-escalated', { engineer: engineerName ?? plan.engineer ?? '' }),
    ],
    // One word of a finding: what its owner says of it stands on the ticket.
    asked: offered,
    ...(step === AFTER_ASKING ? {} : { offered }),
    joined: [because('desk-joined-title', { number, appliance }), because('text', { text: diagnosis })],
    reopened: [because('desk-reopened-title', { number }), because('desk-reopened', { appliance })],
    ...faded(ticket, kind).desk,
    ...(isReported(ticket)
      ? { accepted: [because('desk-reported-title', { number, appliance }), because('text', { text: noticed })] }
      : {}),
  }
}

/**
 * Who is told what, each in their own words; at most one notice for each recipient. `step` makes the key unique where
 * the same news can come again.
 */
export function noticesOf(
  about: { ticket: Ticket; to: OwnerTold | undefined; isReachable: boolean },
  news: TicketNews,
  step: string,
  at: Millis,
  catalog: Catalog,
  render: Render,
  /** Where the appliance stands. */
  zone: string,
  engineerName?: string,
): Notice[] {
  const { ticket, to, isReachable } = about
  const kind = catalog.kinds.get(ticket.kind)?.name ?? sameText(ticket.kind)
  const mode = catalog.failureMode(ticket.kind, ticket.finding.failureMode ?? 'unknown')
  const told: Told = { step, at, kind, mode, zone, engineerName, isReachable }
  const common = { at, appliance: ticket.appliance, ticket: ticket.id, alert: ticket.alerts[0] }
  const notices: Notice[] = []
  const forOwner = ownerNews(ticket, told)[news]
  if (to && forOwner) {
    notices.push({
      key: `${ticket.id}/${news}${step}/owner`,
      to,
      title: render(forOwner[0]),
      body: render(forOwner[1]),
      ownersPage: ticket.id,
      template: { name: news, params: templateParams(ticket, kind, zone) },
      ...common,
    })
  }
  const forDesk = deskNews(ticket, told)[news]
  if (forDesk) {
    notices.push({
      key: `${ticket.id}/${news}${step}/desk`,
      to: { role: 'desk' },
      title: render(forDesk[0]),
      body: render(forDesk[1]),
      ...(isReported(ticket) ? quotes(ticket, news) : {}),
      link: deskPath(ticket),
      ...common,
    })
  }
  return notices
}

/** What a carrier's own template may fill in: the number, what it is of, when we are in contact and when somebody comes. */
function templateParams({ number, plan }: Ticket, kind: Text, zone: string): Record<string, string | Text> {
  const times = { by: plan.contactBy, slot: plan.slot?.from }
  const said = Object.entries(times).flatMap(([name, at]) => (at === undefined ? [] : [[name, inShort(at, zone)]]))
  return { number, kind, ...Object.fromEntries(said) }
}

/** `2026-11-29 18:30`, by the clocks of a zone. */
const inShort = (at: Millis, timeZone: string): string =>
  new Date(at).toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
