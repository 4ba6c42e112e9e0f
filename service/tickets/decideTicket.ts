import { illegalMove, Problem, type TicketAct, type TicketMove, ticketCan } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import * as begin from './decide/begin.ts'
import { beginTest } from './decide/beginTest.ts'
import * as end from './decide/end.ts'
import * as findings from './decide/findings.ts'
import { checked } from './decide/ownerCheck.ts'
import { pay } from './decide/pay.ts'
import * as plan from './decide/plan.ts'
import * as remote from './decide/remote.ts'
import { refuse, Step } from './decide/step.ts'
import { claimSwap } from './decide/swap.ts'
import * as tests from './decide/tests.ts'
import { deadline } from './decide/time.ts'
import * as told from './decide/told.ts'
import * as visit from './decide/visit.ts'
import type { Ticket } from './ticket.ts'
import type { Decision, Facts, Refused, TicketCommand } from './ticketCommand.ts'

type Decide<T> = (ticket: Ticket, command: T, facts: Facts, rules: Policy) => Decision | Refused
/** How a command is decided; and which column of core's table says in which states, null: whoever asks has looked. */
type Deciders = {
  readonly [T in TicketCommand['type']]: readonly [
    asks: TicketMove | TicketAct | null,
    decide: Decide<Extract<TicketCommand, { type: T }>>,
  ]
}

/** Every command. */
const deciders: Deciders = {
  joinAlert: ['join', findings.joinAlert],
  joinWhileVerifying: [null, findings.joinWhileVerifying],
  grow: ['join', findings.grow],
  loseReason: ['dismiss', findings.loseReason],
  dismiss: ['dismiss', begin.dismiss],
  joinReport: ['join', begin.joinReport],
  accept: ['accept', begin.accept],
  decline: ['decline', begin.decline],
  cancel: ['cancel', end.cancel],
  rate: ['rate', end.rate],
  reopen: ['reopen', end.reopenFor],
  confirmChecklist: [null, visit.confirmChecklist],
  confirmBill: [null, (ticket, _, facts) => visit.confirmBill(ticket, facts)],
  pay: [null, (ticket, command, facts) => pay(ticket, command, facts)],
  claimSwap: [null, (ticket, _, facts, rules) => claimSwap(ticket, facts, rules)],
  contestBill: [null, visit.contestBill],
  guideTried: ['guide', remote.guideTried],
  checked: ['answer', checked],
  assign: ['assign', plan.assign],
  take: ['grab', plan.take],
  contact: ['contact', visit.contact],
  reached: [null, begin.reached],
  noShow: ['noShow', visit.noShow],
  startVisit: ['start', (ticket, _, facts, rules) => visit.startVisit(ticket, facts, rules)],
  endVisit: ['complete', visit.endVisit],
  waitForParts: ['wait', visit.waitForParts],
  close: ['close', end.close],
  callBack: ['callBack', end.callBack],
  repairRemotely: ['remote', remote.repairRemotely],
  beginTest: ['test', beginTest],
  tested: [null, tests.tested],
  offer: [null, tests.offerNow],
  hold: [null, (ticket, { by }, facts) => new Step(ticket, facts).with({ heldBy: by ?? undefined })],
  plan: ['plan', plan.planTicket],
  rank: [null, (ticket, _, facts, rules) => plan.rank(ticket, facts, rules)],
  freshSlot: [null, (ticket, _, facts, rules) => plan.freshSlot(new Step(ticket, facts), facts, rules)],
  takeOff: ['accept', plan.takeOff],
  placeInDay: ['plan', plan.placeInDay],
  retime: [null, (ticket, { at }, facts) => new Step(ticket, facts).plan({ plannedAt: at })],
  partsCame: [null, plan.partsCame],
  commandAnswered: [null, remote.commandAnswered],
  commandLate: [null, remote.commandLate],
  verified: ['verify', end.verified],
  deadline: [null, deadline],
  heard: [null, (ticket, _, facts) => told.heard(ticket, facts)],
  unreached: [null, told.unreached],
  guideFailed: [null, (ticket, _, facts) => remote.guideFailed(ticket, facts)],
  settled: [null, end.settled],
  unlocked: [null, (ticket, { by }, facts) => end.unlocked(ticket, by, facts)],
  compensate: [null, (ticket, _, facts, rules) => end.compensated(ticket, facts, rules)],
  ownerLeft: [null, end.ownerLeft],
}

/**
 * What a command makes of a ticket: the ticket as it is then, what is written down of it, and what must follow in the
 * same transaction; or why it is not possible, `illegal-move` where its state allows no such move. Pure.
 * @param rules those that the ticket was made under
 */
export function decideTicket(ticket: Ticket, command: TicketCommand, facts: Facts, rules: Policy): Decision | Refused {
  const [asks, decide] = deciders[command.type] as readonly [TicketMove | TicketAct | null, Decide<TicketCommand>]
  if (asks && !ticketCan(ticket.state, asks)) return refuse(refusal(ticket, asks))
  try {
    return decide(ticket, command, facts, rules)
  } catch (error) {
    // Where it leads may hang on what it says (done or failed, safe or not): such a move is tried by `Step.move`.
    if (error instanceof Problem && error.code === 'illegal-move') return refuse(error)
    throw error
  }
}

function refusal({ id, state }: Ticket, asks: TicketMove | TicketAct): Problem {
  if (asks === 'rate') return end.tooEarly(id)
  if (asks === 'callBack') return end.noCallBack(id)
  return illegalMove(id, state, asks)
}
