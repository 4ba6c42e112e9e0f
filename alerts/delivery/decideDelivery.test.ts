import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ownerWays } from '../../core/index.ts'
import { beginDelivery, type Delivery, type DeliveryEvent, decideDelivery } from './decideDelivery.ts'

const failed = (way: DeliveryEvent['way'], at = 1): DeliveryEvent => ({ type: 'failed', way, at, error: 'no' })

test('a way that fails is followed by the next, and after the last nobody was reached', () => {
  const first = beginDelivery(['mail', 'sms'], 0)
  expect(first.ways).toMatchObject([{ state: 'sending' }, { state: 'waiting' }])
  const second = decideDelivery(first, failed('mail'))
  expect(second).toMatchObject({ send: 'sms', delivery: { state: 'under-way' } })
  expect(decideDelivery(second.delivery, failed('sms'))).toMatchObject({
    became: 'unreached',
    delivery: { state: 'unreached' },
  })
})

test('what its carrier took is waited for; its silence is a failure, and a word that comes after all counts', () => {
  const taken = decideDelivery(beginDelivery(['sms', 'voice'], 0), { type: 'taken', way: 'sms', at: 1 })
  expect(taken).toMatchObject({ delivery: { state: 'under-way' } })
  expect(taken.send).toBeUndefined()
  const silent = decideDelivery(taken.delivery, { type: 'silent', way: 'sms', at: 2 })
  expect(silent.send).toBe('voice')
  const late = decideDelivery(silent.delivery, { type: 'received', way: 'sms', at: 3 })
  expect(late).toMatchObject({ became: 'received', delivery: { state: 'received' } })
  expect(decideDelivery(late.delivery, failed('voice', 4))).toMatchObject({ delivery: { state: 'received' } })
})

test('without a way nobody is reached, from the beginning', () => {
  expect(beginDelivery([], 0).state).toBe('unreached')
})

test('whatever comes in whatever order: each way is tried once at most, in order, and how it ends is said once', () => {
  const ways = fc.shuffledSubarray([...ownerWays], { minLength: 1 })
  const events = fc.array(
    fc.record({
      type: fc.constantFrom('taken' as const, 'received' as const, 'failed' as const, 'silent' as const),
      way: fc.constantFrom(...ownerWays),
      at: fc.nat(),
      error: fc.constant('no'),
    }),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(ways, events, (order, all) => {
      let delivery: Delivery = beginDelivery(order, 0)
      const sent = [order[0]]
      const said: string[] = []
      for (const event of all) {
        const step = decideDelivery(delivery, event)
        if (step.send) sent.push(step.send)
        if (step.became) said.push(step.became)
        delivery = step.delivery
        // Somebody is being told, or it is known how it ended.
        const isOpen = delivery.ways.some(({ state }) => state === 'sending' || state === 'taken')
        expect(delivery.state === 'under-way' ? isOpen : true).toBe(true)
      }
      expect(sent).toEqual(order.slice(0, sent.length))
      expect(said.filter((what) => what === 'received').length).toBeLessThanOrEqual(1)
      expect(said.filter((what) => what === 'unreached').length).toBeLessThanOrEqual(1)
    }),
  )
})
