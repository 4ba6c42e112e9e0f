import { expect, test } from 'vitest'
import { ticketStates } from './ticket.ts'
import {
  describeTicketStates,
  nextTicketState,
  ticketCan,
  ticketIs,
  ticketMoves,
  ticketStatesWhere,
} from './ticketCan.ts'

test('every state of the contract is there, and every move leads to one', () => {
  expect(Object.keys(ticketMoves).sort()).toEqual([...ticketStates].sort())
  for (const moves of Object.values(ticketMoves))
    for (const to of Object.values(moves)) expect(ticketStates).toContain(to)
})

test('a ticket closes from every state but closed, verified and cancelled', () => {
  for (const state of ticketStates) {
    const closes = ticketMoves[state].close === 'closed'
    expect([state, closes]).toEqual([state, ticketIs(state, 'living')])
  }
  expect(ticketStatesWhere('living').length).toBe(ticketStates.length - 3)
})

test('what means that nobody decides any more does not allow what a person decides', () => {
  for (const { state, moves, can, is } of describeTicketStates()) {
    if (is.includes('living')) expect(Object.keys(moves)).toContain('cancel')
    if (can.includes('rate')) expect(is).not.toContain('undecided')
    if (can.includes('grab')) expect(can).toContain('plan')
    expect(ticketCan(state, 'join')).toBe(is.includes('living'))
  }
})

test('an illegal move is refused, and the legal ones are named', () => {
  expect(() => nextTicketState('tk-1', 'closed', 'assign')).toThrow('is closed')
  try {
    nextTicketState('tk-1', 'offered', 'start')
  } catch (error) {
    expect((error as { remedy: string }).remedy).toContain('accept, decline, expire')
  }
})
