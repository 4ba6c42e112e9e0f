import { Problem } from '../errors.ts'
import { type TicketState, ticketStates } from './ticket.ts'

/** Everything that is done to a ticket: first what moves it from state to state, then what leaves it where it stands. */
export const ticketMoveNames = [
  'offer',
  'accept',
  'decline',
  'expire',
  'assign',
  'start',
  'wait',
  'complete',
  'remote',
  'close',
  'verify',
  'reopen',
  'cancel',
] as const
export type TicketMove = (typeof ticketMoveNames)[number]

const X = null
type To = TicketState | typeof X
/** One cell for each state, in the order of `ticketStates`. */
type Row<T, S extends readonly unknown[] = typeof ticketStates> = { readonly [I in keyof S]: T }
/** Yes, and it stays where it is. */
const o = true

// biome-ignore format: a table, one line a move, one column a state
/** Where each move leads from each state; X: it is refused. */
const moves: Record<TicketMove, Row<To>> = {
//           new         offered     declined    expired     accepted    assigned    visiting    waiting     remote      completed   closed      verified    reopened    cancelled
  offer:    ['offered',  'offered',  'offered',  'offered',  X,          X,          X,          X,          X,          X,          X,          X,          X,          X],
  accept:   ['accepted', 'accepted', 'accepted', 'accepted', 'accepted', 'accepted', X,          X,          'accepted', X,          X,          X,          'accepted', X],
  decline:  [X,          'declined', X,          'declined', X,          X,          X,          X,          X,          X,          X,          X,          X,          X],
  expire:   [X,          'expired',  X,          X,          X,          X,          X,          X,          X,          X,          X,          X,          X,          X],
  assign:   [X,          X,          X,          X,          'assigned', 'assigned', X,          'assigned', X,          X,          X,          X,          'assigned', X],
  start:    [X,          X,          X,          X,          X,          'visiting', X,          'visiting', X,          X,          X,          X,          X,          X],
  wait:     [X,          X,          X,          X,          X,          X,          'waiting',  X,          X,          X,          X,          X,          X,          X],
  complete: [X,          X,          X,          X,          X,          X,          'completed',X,          'completed',X,          X,          X,          X,          X],
  remote:   [X,          'remote',   X,          X,          'remote',   'remote',   X,          X,          X,          X,          X,          X,          'remote',   X],
  close:    ['closed',   'closed',   'closed',   'closed',   'closed',   'closed',   'closed',   'closed',   'closed',   'closed',   X,          X,          'closed',   X],
  verify:   [X,          X,          X,          X,          X,          X,          X,          X,          X,          X,          'verified', X,          X,          X],
  reopen:   [X,          X,          X,          X,          X,          X,          X,          X,          X,          'reopened', 'reopened', 'reopened', X,          X],
  cancel:   ['cancelled','cancelled','cancelled','cancelled','cancelled','cancelled','cancelled','cancelled','cancelled','cancelled',X,          X,          'cancelled',X],
}

/** What is done to it without a move, each with what it means. */
export const ticketActs = {
  join: 'another finding or report of its appliance becomes part of it',
  dismiss: 'it ends with its alert: somebody says that this was no fault, or nothing is seen of it any more',
  choose: 'the owner chooses another time',
  answer: 'the owner answers what they are asked before a visit is offered',
  guide: 'the owner tries what the guide says',
  plan: 'the round of planning may give it to somebody, or to somebody else',
  grab: 'an engineer may take it',
  contact: 'the engineer agrees on the time with the owner',
  noShow: 'nobody was at home',
  rate: 'the owner rates the visit',
  callBack: 'the owner is called back after the visit',
  test: 'the appliance is told to test itself',
} as const
export type TicketAct = keyof typeof ticketActs

/** What a state means, where lists and pages ask for it. */
export const ticketMeanings = {
  living: 'something is still to be done about the fault itself',
  undecided: 'nobody has agreed to a visit yet',
  ranked: 'who could go is kept up to date',
  onADay: 'its place is in somebody’s day',
  busy: 'its engineer still has to do with it',
  atHand: 'its engineer has it, until what they found is written down',
  onBoard: 'it is on the dispatcher’s board',
  mended: 'the repair was reported done',
  toCome: 'somebody is going to come, or to come back',
  lost: 'nobody will come',
  awaitsPeople: 'an owner, an engineer or a desk may have to act',
} as const
export type TicketMeaning = keyof typeof ticketMeanings

// biome-ignore format: a table, one line a question, one column a state
const acts: Record<TicketAct, Row<typeof o | typeof X>> = {
//          new offered declined expired accepted assigned visiting waiting remote completed closed verified reopened cancelled
  join:     [o, o,      o,       o,      o,       o,       o,       o,      o,     o,        X,     X,       o,       X],
  dismiss:  [o, o,      o,       o,      o,       o,       X,       X,      X,     X,        X,     X,       X,       X],
  choose:   [X, X,      X,       X,      o,       o,       X,       X,      X,     X,        X,     X,       X,       X],
  answer:   [o, X,      X,       X,      X,       X,       X,       X,      X,     X,        X,     X,       X,       X],
  guide:    [X, o,      X,       X,      o,       o,       X,       X,      X,     X,        X,     X,       X,       X],
  plan:     [X, X,      X,       X,      o,       o,       X,       X,      X,     X,        X,     X,       o,       X],
  grab:     [X, X,      X,       X,      o,       X,       X,       X,      X,     X,        X,     X,       o,       X],
  contact:  [X, X,      X,       X,      X,       o,       X,       o,      X,     X,        X,     X,       X,       X],
  noShow:   [X, X,      X,       X,      X,       o,       X,       X,      X,     X,        X,     X,       X,       X],
  rate:     [X, X,      X,       X,      X,       X,       X,       X,      X,     o,        o,     o,       X,       X],
  callBack: [X, X,      X,       X,      X,       X,       X,       X,      X,     o,        o,     o,       X,       X],
  test:     [o, o,      o,       o,      o,       o,       o,       o,      o,     o,        X,     X,       o,       X],
}

// biome-ignore format: a table, one line a question, one column a state
const meanings: Record<TicketMeaning, Row<typeof o | typeof X>> = {
//              new offered declined expired accepted assigned visiting waiting remote completed closed verified reopened cancelled
  living:       [o, o,      o,       o,      o,       o,       o,       o,      o,     o,        X,     X,       o,       X],
  undecided:    [o, o,      o,       o,      X,       X,       X,       X,      X,     X,        X,     X,       X,       X],
  ranked:       [o, o,      X,       X,      o,       o,       X,       X,      X,     X,        X,     X,       o,       X],
  onADay:       [X, X,      X,       X,      X,       o,       o,       X,      X,     X,        X,     X,       X,       X],
  busy:         [X, X,      X,       X,      X,       o,       o,       o,      o,     X,        X,     X,       X,       X],
  atHand:       [X, X,      X,       X,      X,       o,       o,       o,      o,     o,        X,     X,       X,       X],
  onBoard:      [X, X,      X,       X,      o,       o,       o,       o,      X,     o,        X,     X,       o,       X],
  mended:       [X, X,      X,       X,      X,       X,       X,       X,      X,     X,        o,     o,       X,       X],
  toCome:       [X, X,      X,       X,      o,       o,       o,       o,      X,     X,        X,     X,       o,       X],
  lost:         [X, X,      o,       o,      X,       X,       X,       X,      X,     X,        X,     X,       X,       o],
  awaitsPeople: [X, o,      X,       X,      o,       o,       o,       o,      X,     o,        o,     o,       o,       X],
}

/** Where it stands on the board of tickets; X: what is over, or was declined, is on none of its columns. */
export const ticketColumns = ['toAgree', 'toPlan', 'planned', 'atWork', 'toVerify'] as const
export type TicketColumn = (typeof ticketColumns)[number]
const columns: Record<TicketState, TicketColumn | typeof X> = {
  new: 'toAgree',
  offered: 'toAgree',
  declined: X,
  expired: X,
  accepted: 'toPlan',
  assigned: 'planned',
  visiting: 'atWork',
  waiting: 'atWork',
  remote: 'atWork',
  completed: 'toVerify',
  closed: 'toVerify',
  verified: X,
  reopened: 'toPlan',
  cancelled: X,
}

/** The way of a ticket that goes as hoped, as its owner sees it. */
export const hopedWay = [
  'offered',
  'accepted',
  'assigned',
  'visiting',
  'completed',
  'closed',
  'verified',
] as const satisfies readonly TicketState[]

type Command = TicketMove | TicketAct
const index = new Map(ticketStates.map((state, i) => [state, i]))
const rows: Record<Command | TicketMeaning, readonly (To | true)[]> = { ...moves, ...acts, ...meanings }

/** May this be done to a ticket in this state? Whatever else it takes (a bill, a card, a call-back due) is the command's. */
export const ticketCan = (state: TicketState, command: Command): boolean => rows[command][index.get(state) ?? -1] !== X

/** Does the state mean this? */
export const ticketIs = (state: TicketState, meaning: TicketMeaning): boolean =>
  rows[meaning][index.get(state) ?? -1] !== X

/** The states in which this may be done, or which mean this. */
export const ticketStatesWhere = (name: Command | TicketMeaning): TicketState[] =>
  ticketStates.filter((_, i) => rows[name][i] !== X)

/** What each state allows, and where it leads. */
export const ticketMoves = Object.fromEntries(
  ticketStates.map((state, i) => [
    state,
    Object.fromEntries(ticketMoveNames.flatMap((move) => (moves[move][i] ? [[move, moves[move][i]]] : []))),
  ]),
) as Record<TicketState, Partial<Record<TicketMove, TicketState>>>

/** All that is known of each state, for who draws it. */
export const describeTicketStates = () =>
  ticketStates.map((state) => ({
    state,
    column: columns[state],
    moves: ticketMoves[state],
    can: (Object.keys(ticketActs) as TicketAct[]).filter((act) => ticketCan(state, act)),
    is: (Object.keys(ticketMeanings) as TicketMeaning[]).filter((meaning) => ticketIs(state, meaning)),
  }))

/** Why a command is refused in this state, with what is possible in it. */
export function illegalMove(id: string, state: TicketState, command: Command): Problem {
  const legal = Object.keys(ticketMoves[state])
  return new Problem({
    code: 'illegal-move',
    message: `Ticket ${id} is ${state}; '${command}' is not possible now.`,
    remedy: legal.length ? `Possible now: ${legal.join(', ')}.` : 'It has ended; open a new one.',
    concerns: id,
    status: 409,
  })
}

/** @throws Problem `illegal-move`, which names the legal ones */
export function nextTicketState(id: string, state: TicketState, move: TicketMove): TicketState {
  const next = ticketMoves[state][move]
  if (next) return next
  throw illegalMove(id, state, move)
}
