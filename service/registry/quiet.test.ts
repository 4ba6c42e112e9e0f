import { expect, test } from 'vitest'
import { alertIdSchema, HOUR } from '../../core/index.ts'
import { type QuietFacts, quietBecause, unheardBecause } from './quiet.ts'

const now = 100 * HOUR
const silent = { id: alertIdSchema.parse('al-1'), failureMode: 'silent', firstSeenAt: 90 * HOUR }
const quiet = (facts: Partial<QuietFacts>) => quietBecause({ now, standing: [], ...facts })

test('what is heard is not quiet, whatever else stands', () => {
  expect(quiet({ standing: [{ ...silent, failureMode: 'condenser-fouling' }] })).toBeUndefined()
  expect(quiet({ health: { status: 'healthy' } })).toBeUndefined()
})

test('switched off counts until its end, and no longer than until it speaks', () => {
  const off = { since: 80 * HOUR, until: 110 * HOUR }
  const health = { status: 'silent', off } as const
  expect(quiet({ health, heardAt: 79 * HOUR, standing: [silent] })).toEqual({ why: 'off', ...off })
  expect(quiet({ health, heardAt: 81 * HOUR, standing: [silent] })).toMatchObject({ why: 'silent' })
  expect(quiet({ health: { status: 'silent', off: { ...off, until: now } }, standing: [silent] })).toMatchObject({
    why: 'silent',
  })
})

test('an outage is told while its notice is open; after it the silence is its own', () => {
  const notice = { id: 'co-1', state: 'open' } as const
  expect(quiet({ standing: [silent], notice })).toEqual({
    why: 'outage',
    alert: 'al-1',
    cohort: 'co-1',
    since: 90 * HOUR,
  })
  expect(quiet({ standing: [silent], notice: { ...notice, state: 'closed' } })).toMatchObject({ why: 'silent' })
})

test('who talks and is refused is not silent', () => {
  expect(quiet({ standing: [{ ...silent, failureMode: 'refused' }] })).toMatchObject({ why: 'refused' })
})

test('a gateway that went explains the silence of those behind it, and of nobody who is heard', () => {
  const gateway = { id: 'gw', alert: { id: alertIdSchema.parse('al-2'), firstSeenAt: 95 * HOUR } }
  expect(quiet({ health: { status: 'silent' }, gateway })).toEqual({
    why: 'gateway',
    gateway: 'gw',
    alert: 'al-2',
    since: 95 * HOUR,
  })
  expect(quiet({ health: { status: 'healthy' }, gateway })).toBeUndefined()
})

test('who was never heard: refused comes before a wrong topic, and that before silence', () => {
  const lastRefused = { at: now, reason: 'bad-shape', detail: '', sample: '' } as const
  expect(unheardBecause({ lastRefused, topic: 'a/b', isOnline: true })).toMatchObject({ why: 'refused' })
  expect(unheardBecause({ topic: 'a/b', isOnline: true })).toEqual({ why: 'wrong-topic', topic: 'a/b' })
  expect(unheardBecause({ isOnline: true })).toEqual({ why: 'says-nothing' })
  expect(unheardBecause({ isOnline: false })).toEqual({ why: 'not-connected' })
})
