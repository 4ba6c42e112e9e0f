import { expect, test } from 'vitest'
import { ticketStates } from '../../core/index.ts'
import { nextTicketState, ticketMoves } from './ticketMachine.ts'

test('every state of the contract is there, and every move leads to one', () => {
  expect(Object.keys(ticketMoves).sort()).toEqual([...ticketStates].sort())
  for (const moves of Object.values(ticketMoves))
    for (const to of Object.values(moves)) expect(ticketStates).toContain(to)
})

test('a ticket closes from every state but closed, verified and cancelled', () => {
  for (const state of ticketStates) {
    const closes = ticketMoves[state].close === 'closed'
    expect([state, closes]).toEqual([state, !['closed', 'verified', 'cancelled'].includes(state)])
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
