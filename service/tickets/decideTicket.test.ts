import { describe, expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import {
  type TicketAct,
  type TicketMove,
  ticketCan,
  ticketMoveNames,
  ticketMoves,
  ticketStates,
} from '../../core/index.ts'
import { render } from '../../words/index.ts'
import { decideTicket } from './decideTicket.ts'
import { sampleCommands, sampleTickets } from './described/sampleTickets.ts'
import type { Decision, Refused, TicketCommand } from './ticketCommand.ts'

const { facts, policy, bare, full, offered, supply } = sampleTickets(loadCatalog(), render)
const decided = (decision: Decision | Refused): Decision => {
  if ('refused' in decision) throw decision.refused
  return decision
}

/** Which column of core's table says where a command is possible; null: its own decision does. */
const columns: Record<TicketCommand['type'], TicketMove | TicketAct | null> = {
  joinAlert: 'join',
  joinWhileVerifying: null,
  grow: 'join',
  loseReason: 'dismiss',
  dismiss: 'dismiss',
  joinReport: 'join',
  accept: 'accept',
  decline: 'decline',
  cancel: 'cancel',
  rate: 'rate',
  reopen: 'reopen',
  confirmChecklist: null,
  confirmBill: null,
  pay: null,
  claimSwap: null,
  contestBill: null,
  guideTried: 'guide',
  checked: 'answer',
  assign: 'assign',
  take: 'grab',
  contact: 'contact',
  reached: null,
  noShow: 'noShow',
  startVisit: 'start',
  endVisit: 'complete',
  waitForParts: 'wait',
  close: 'close',
  callBack: 'callBack',
  repairRemotely: 'remote',
  hold: null,
  beginTest: 'test',
  offer: null,
  plan: 'plan',
  rank: null,
  freshSlot: null,
  takeOff: 'accept',
  placeInDay: 'plan',
  retime: null,
  partsCame: null,
  commandAnswered: null,
  commandLate: null,
  tested: null,
  verified: 'verify',
  deadline: null,
  heard: null,
  unreached: null,
  guideFailed: null,
  settled: null,
  unlocked: null,
  compensate: null,
  ownerLeft: null,
}
/** Commands whose own words say which move they are: in states without it they are refused by the move. */
const movesByItsWords = [
  'endVisit no safe earth',
  'commandAnswered done',
  'commandAnswered failed',
  'deadline owner-answer',
]
const isMove = (asks: TicketMove | TicketAct): asks is TicketMove =>
  (ticketMoveNames as readonly string[]).includes(asks)

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of value instanceof Map ? value.values() : Object.values(value)) freeze(inner)
  return value
}
freeze([facts, policy])

describe('a command to a ticket', () => {
  test.each(sampleCommands)(
    '$type $when: decided where the table says so, refused with a code and a remedy elsewhere, and changes nothing that it was given',
    ({ type, when, command, isFirst }) => {
      const asks = columns[type]
      let yes = 0
      for (const state of ticketStates) {
        const answer = decideTicket(freeze(full(state)), freeze(command), facts, policy)
        if ('refused' in answer) {
          const { code, remedy } = answer.refused
          expect([state, code]).toEqual([state, expect.stringMatching(/^(illegal-move|too-early|no-call-back)$/)])
          expect(remedy.length).toBeGreaterThan(10)
          const isSaid = asks !== null && !ticketCan(state, asks)
          expect([state, isSaid || movesByItsWords.includes(`${type} ${when}`)]).toEqual([state, true])
          continue
        }
        expect([state, asks === null || ticketCan(state, asks)]).toEqual([state, true])
        yes++
        const { ticket, events } = answer
        if (isFirst && asks && isMove(asks)) expect([state, ticket.state]).toEqual([state, ticketMoves[state][asks]])
        // Its history says how it came to where it is, by moves that the table has.
        expect(events.reduce((from, event) => (event.from === from ? event.to : expect.fail(from)), state)).toBe(
          ticket.state,
        )
        for (const { from, to, why, at } of events) {
          if (from !== to) expect(Object.values(ticketMoves[from ?? 'new'])).toContain(to)
          expect(render(why).zh).not.toBe('')
          expect(at).toBe(facts.at)
        }
      }
      expect(yes).toBeGreaterThan(0)
    },
  )

  test('whatever a ticket lacks, a command is decided or refused with a code and a remedy, and nothing is thrown', () => {
    const codes = new Set<string>()
    let tried = 0
    for (const state of ticketStates) {
      for (const { command } of sampleCommands) {
        const answer = decideTicket(freeze(bare(state)), freeze(command), facts, policy)
        tried++
        if (!('refused' in answer)) continue
        codes.add(answer.refused.code)
        expect(answer.refused.remedy.length).toBeGreaterThan(10)
      }
    }
    expect(tried).toBe(ticketStates.length * sampleCommands.length)
    expect([...codes].sort()).toEqual([
      'illegal-move',
      'no-bill',
      'no-call-back',
      'no-card',
      'no-guide',
      'no-questions',
      'no-swap-right',
      'too-early',
    ])
  })

  test('an owner’s yes: agreed, and a plan must follow; the plan: who goes, with the kit reserved, and they are told', () => {
    const agreed = decided(decideTicket(offered, { type: 'accept' }, facts, policy))
    expect(agreed.events.map(({ to, why }) => [to, why.code])).toEqual([['accepted', 'agreed']])
    expect(agreed.effects).toEqual([{ do: 'plan', promise: true }])
    const planned = decided(decideTicket(agreed.ticket, { type: 'plan', promise: true }, facts, policy))
    expect(planned.ticket).toMatchObject({ state: 'assigned', plan: { engineer: 'eva' } })
    expect(planned.ticket.clocks.map(({ name }) => name)).toContain('on-site')
    expect(planned.effects.map((effect) => effect.do)).toEqual(['book', 'tell'])
  })

  test('what was reserved is free again when it ends, and is booked as what it was', () => {
    const held = { ...full('assigned'), plan: { ...full('assigned').plan, supply } }
    const { effects, ticket } = decided(
      decideTicket(
        held,
        { type: 'cancel', why: { code: 'said', params: { words: 'sold' } }, tells: true },
        facts,
        policy,
      ),
    )
    expect(ticket.plan.supply).toEqual([])
    expect(effects).toContainEqual({
      do: 'book',
      kit: expect.objectContaining({
        moves: [expect.objectContaining({ kind: 'release', place: 'van', part: 'compressor', reserved: -1 })],
      }),
    })
  })
})
