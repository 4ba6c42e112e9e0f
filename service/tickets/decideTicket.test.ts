import { describe, expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import {
  type Appliance,
  engineerIdSchema,
  type Problem,
  type TicketState,
  ticketCan,
  ticketIdSchema,
  ticketStates,
} from '../../core/index.ts'
import { alertOf, home, NOW } from '../../test/desk/openTestService.ts'
import { render } from '../../words/index.ts'
import type { EngineerNow } from '../dispatch/rankCandidates.ts'
import { weighVisit } from '../dispatch/weighVisit.ts'
import { readPolicy } from '../policy/policySchema.ts'
import { openFromAlert } from './decide/begin.ts'
import { decideTicket } from './decideTicket.ts'
import type { Ticket } from './ticket.ts'
import type { Decision, Facts, Refused, TicketCommand } from './ticketCommand.ts'

const policy = readPolicy()
const appliance: Appliance = {
  id: 'f1',
  kind: 'fridge',
  model: 'M1',
  location: home,
  owner: { name: 'Ann', contact: 'ann@example.invalid', language: 'en' },
  registeredAt: NOW,
}
const eva: EngineerNow = {
  id: engineerIdSchema.parse('eva'),
  name: 'Eva',
  location: home,
  grade: 'A+',
  skills: ['sealed-system'],
  depot: 'van',
  openJobs: 0,
}
const facts: Facts = {
  at: NOW,
  by: 'user:dora',
  appliance,
  catalog: loadCatalog(),
  render,
  isReachable: true,
  hearsBack: false,
  means: {
    now: NOW,
    live: policy,
    engineers: [eva],
    places: new Map([['van', { id: 'van', type: 'van', location: home, available: new Map([['compressor', 1]]) }]]),
    standing: [],
    chosen: [],
  },
}
const alert = alertOf('f1')
const decided = (decision: Decision | Refused): Decision => {
  if ('refused' in decision) throw decision.refused
  return decision
}
const { ticket: offered } = openFromAlert(
  {
    made: {
      id: ticketIdSchema.parse('tk-1'),
      number: 'HW-2026-00001',
      source: 'predicted',
      failureMode: alert.failureMode,
      alerts: [alert.id],
      hypotheses: alert.hypotheses,
      evidence: [],
      noticed: alert.explanation.owner,
      diagnosis: alert.explanation.engineer,
      policy: { version: 1, at: NOW, scopes: [] },
    },
    why: { code: 'alert-opened', params: { alert: alert.id, mode: alert.failureMode } },
    alert,
  },
  facts,
  policy,
)
/** A ticket that has all that a command may ask for, in any state. */
const inState = (state: TicketState): Ticket => ({
  ...offered,
  state,
  clocks: [...offered.clocks, { name: 'call-back', dueAt: NOW + 1 }],
  plan: { ...offered.plan, engineer: eva.id, slot: { from: NOW + 3_600_000, to: NOW + 7_200_000 } },
  visit: { checklist: { at: NOW, by: 'eva', answers: { done: { ok: true } } } },
  remote: { guide: { id: 'g', offeredAt: NOW }, repair: { command: 'c', type: 'restart', sentAt: NOW, by: 'd' } },
  money: { bill: { lines: [], totalCents: 0 } },
})

const supply = [{ part: 'compressor', quantity: 1, place: 'van' }]
/** Of each command one, with the column of the table that it asks. */
const commands: [TicketCommand, Parameters<typeof ticketCan>[1] | null][] = [
  [{ type: 'joinAlert', alert }, 'join'],
  [{ type: 'joinWhileVerifying', alert }, null],
  [{ type: 'grow', alert, weighed: weighVisit(alert, policy) }, 'join'],
  [{ type: 'dismiss', why: 'no fault' }, 'dismiss'],
  [{ type: 'joinReport', contact: { at: NOW, channel: 'app', by: 'owner', text: 'warm' } }, 'join'],
  [{ type: 'accept' }, 'accept'],
  [{ type: 'decline' }, 'decline'],
  [{ type: 'cancel', why: { code: 'said', params: { words: 'sold' } }, tells: true }, 'cancel'],
  [{ type: 'rate', stars: 5, text: '' }, 'rate'],
  [{ type: 'reopen' }, 'reopen'],
  [{ type: 'confirmChecklist', ticks: { done: false } }, null],
  [{ type: 'confirmBill' }, null],
  [{ type: 'contestBill', why: 'too much' }, null],
  [{ type: 'guideTried', helped: true }, 'guide'],
  [{ type: 'assign', engineer: eva, why: 'near' }, 'assign'],
  [{ type: 'take', engineer: eva.id, why: { code: 'grab-by-id' } }, 'grab'],
  [{ type: 'contact', words: '' }, 'contact'],
  [{ type: 'noShow', why: 'dark' }, 'noShow'],
  [{ type: 'startVisit' }, 'start'],
  [{ type: 'endVisit', answers: { done: { ok: true } }, lock: undefined }, 'complete'],
  [{ type: 'waitForParts', parts: [{ part: 'compressor', quantity: 1 }] }, 'wait'],
  [{ type: 'close', closure: { cause: 'none', verdict: 'refuted', parts: [], note: '' }, contracts: [] }, 'close'],
  [{ type: 'callBack', solved: true, note: '' }, 'callBack'],
  [{ type: 'hold', by: null }, null],
  [{ type: 'plan', promise: true }, 'plan'],
  [{ type: 'rank' }, null],
  [{ type: 'freshSlot' }, null],
  [{ type: 'takeOff', because: { code: 'day-off' }, from: 'record' }, 'accept'],
  [{ type: 'placeInDay', engineer: eva.id, at: NOW }, 'plan'],
  [{ type: 'retime', at: NOW }, null],
  [{ type: 'settled', unaccounted: ['fan'], supply }, null],
  [{ type: 'unlocked', by: 'eva' }, null],
  [{ type: 'compensate' }, null],
  [{ type: 'guideFailed' }, null],
  [{ type: 'verified', outcome: 'passed', evidence: [] }, 'verify'],
  [{ type: 'loseReason', alert: { ...alert, state: 'cleared' } }, 'dismiss'],
  [{ type: 'ownerLeft', owner: undefined, gone: { en: 'gone', zh: '无' } }, null],
]

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !(value instanceof Map) && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) freeze(inner)
  }
  return value
}

describe('a command to a ticket', () => {
  test.each(commands)(
    '$type: decided where the table says so, refused with a code and a remedy elsewhere, and changes nothing that it was given',
    (command, asks) => {
      let yes = 0
      for (const state of ticketStates) {
        const given = freeze(inState(state))
        const before = JSON.stringify(given)
        const answer = decideTicket(given, freeze(command), facts, policy)
        expect(JSON.stringify(given)).toBe(before)
        if (asks && !ticketCan(state, asks)) {
          const { code, remedy } = (answer as Refused).refused as Problem
          expect([state, code]).toEqual([state, expect.stringMatching(/^(illegal-move|too-early|no-call-back)$/)])
          expect(remedy.length).toBeGreaterThan(10)
          continue
        }
        yes++
        const { ticket, events } = decided(answer)
        // Its history says how it came to where it is.
        const last = events.at(-1)
        expect(ticket.state).toBe(last ? last.to : state)
        for (const event of events) {
          expect(render(event.why).zh).not.toBe('')
          expect(event.at).toBe(NOW)
        }
      }
      expect(yes).toBeGreaterThan(0)
    },
  )

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
    const held = { ...inState('assigned'), plan: { ...inState('assigned').plan, supply } }
    const { effects, ticket } = decided(decideTicket(held, commands[7]?.[0] as TicketCommand, facts, policy))
    expect(ticket.plan.supply).toEqual([])
    expect(effects).toContainEqual({
      do: 'book',
      kit: expect.objectContaining({
        moves: [expect.objectContaining({ kind: 'release', place: 'van', part: 'compressor', reserved: -1 })],
      }),
    })
  })
})
