import { expect, test } from 'vitest'
import {
  type AlertId,
  type ApplianceId,
  alertIdSchema,
  type EngineerId,
  engineerIdSchema,
  type TicketId,
  ticketIdSchema,
} from './ids.ts'
import { personOf } from './persons.ts'

test('ids are made by their schemas, and one stands for no other: the compiler refuses each of these', () => {
  const ticket: TicketId = ticketIdSchema.parse('tk-1')
  const engineer: EngineerId = engineerIdSchema.parse('eva')
  const alert: AlertId = alertIdSchema.parse('al-1')
  const opened = (of: TicketId, by: EngineerId): string => `${of} ${by}`
  expect(opened(ticket, engineer)).toBe('tk-1 eva')
  // @ts-expect-error they cannot change places
  expect(opened(engineer, ticket)).toBe('eva tk-1')
  // @ts-expect-error an alert is no ticket
  expect(opened(alert, engineer)).toBe('al-1 eva')
  // @ts-expect-error a text is no id before its schema has looked at it
  expect(opened('tk-1', engineer)).toBe('tk-1 eva')
})

test('any text may stand for an appliance, and no other id: the compiler refuses each of these', () => {
  const kept: ApplianceId[] = ['fridge-1']
  // @ts-expect-error a ticket is no appliance
  kept.push(ticketIdSchema.parse('tk-1'))
  // @ts-expect-error an engineer is no appliance
  kept.push(engineerIdSchema.parse('eva'))
  // @ts-expect-error a person is no appliance
  kept.push(personOf('fridge-1'))
  const ticketOf = (of: TicketId): string => of
  // @ts-expect-error an appliance is no ticket
  kept.push(ticketOf(kept[0] ?? ''))
  expect(kept).toHaveLength(5)
})

test('what cannot be an id is refused where it comes in', () => {
  expect(engineerIdSchema.safeParse('no spaces').success).toBe(false)
  expect(ticketIdSchema.safeParse('x'.repeat(129)).success).toBe(false)
  expect(alertIdSchema.safeParse(7).success).toBe(false)
})
