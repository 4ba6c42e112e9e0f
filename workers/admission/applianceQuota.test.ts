import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type FrameIn, HOUR, ManualClock, MINUTE, Problem } from '../../core/index.ts'
import { ApplianceQuota } from './applianceQuota.ts'

const frame = (appliance: string, bytes = 36, more: Partial<FrameIn> = {}): FrameIn => ({
  type: 'telemetry',
  appliance,
  kind: 'fridge',
  payload: Buffer.alloc(bytes),
  arrivedAt: 0,
  ...more,
})

function open(quota = { messages: 10, bytes: 1_000 }, waitingBytes = { one: 2_000, all: 3_000 }) {
  const clock = new ManualClock(0)
  const acked: string[] = []
  const refused: string[] = []
  const told: string[] = []
  const door = new ApplianceQuota({
    next: { take: (_, done) => done(undefined, 1) },
    clock,
    quota,
    waitingBytes,
    over: (appliance) => told.push(appliance),
  })
  const send = (appliance: string, bytes?: number, more?: Partial<FrameIn>): void =>
    door.take(frame(appliance, bytes, more), (problem) => (problem ? refused : acked).push(appliance))
  const pass = (ms: number): void => {
    clock.advanceTo(clock.now() + ms)
    vi.advanceTimersByTime(10_000)
  }
  return { door, clock, acked, refused, told, send, pass }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the quota of one appliance', () => {
  test('an hour’s worth comes at once; what is beyond waits, is taken at the pace of the quota, and nobody else notices', () => {
    const { door, acked, told, send, pass } = open()
    for (let i = 0; i < 13; i++) send('loud')
    send('quiet')
    expect(acked).toHaveLength(11)
    expect(told).toEqual(['loud'])
    expect(door.of('loud')).toMatchObject({
      messages: { used: 10, limit: 10 },
      bytes: { used: 360, limit: 1_000 },
      heldBack: { messages: 3, bytes: 108 },
      until: 18 * MINUTE,
    })
    expect(door.status()).toMatchObject({ frames: 3, appliances: 1 })
    pass(6 * MINUTE)
    expect(acked).toHaveLength(12)
    pass(HOUR)
    expect(acked).toHaveLength(14)
    expect(door.of('loud')).toMatchObject({ heldBack: { messages: 0 } })
    expect(door.of('loud').until).toBeUndefined()
    expect(door.of('stranger')).toMatchObject({ messages: { used: 0 }, bytes: { used: 0 }, dropped: 0 })
  })

  test('bytes count too, and what alone is more than an hour’s worth waits for an empty account', () => {
    const { acked, send, pass } = open({ messages: 0, bytes: 1_000 })
    send('a', 900)
    send('a', 1_500)
    expect(acked).toHaveLength(1)
    pass(HOUR)
    expect(acked).toHaveLength(2)
    send('a', 1)
    pass(20 * MINUTE)
    expect(acked).toHaveLength(2)
    pass(20 * MINUTE)
    expect(acked).toHaveLength(3)
  })

  test('without a promise it is dropped and counted; more than may wait is refused', () => {
    const { door, acked, refused, send } = open()
    for (let i = 0; i < 10; i++) send('a')
    send('a', 36, { withoutPromise: true })
    expect(refused).toEqual(['a'])
    expect(door.of('a').dropped).toBe(1)
    for (let i = 0; i < 21; i++) send('a')
    expect(acked).toHaveLength(10)
    expect(refused).toHaveLength(2)
  })

  test('what was sent on a connection that is gone makes room for what is sent again', () => {
    const { door, acked, refused, send, pass } = open()
    for (let i = 0; i < 10; i++) send('a')
    const sender = { closed: false }
    for (let i = 0; i < 20; i++) send('a', 36, { sender })
    expect(refused).toHaveLength(0)
    sender.closed = true
    send('a')
    expect(refused).toHaveLength(20)
    expect(door.of('a').heldBack).toEqual({ messages: 1, bytes: 36 })
    expect(door.status()).toMatchObject({ frames: 1, bytes: 100 })
    const second = { closed: false }
    send('a', 36, { sender: second })
    send('a')
    second.closed = true
    pass(12 * MINUTE)
    expect(acked).toHaveLength(12)
    expect(refused).toHaveLength(21)
    expect(door.status()).toMatchObject({ frames: 0, bytes: 0, appliances: 0 })
  })

  test('0 bounds nothing, and an end refuses all that waits, and nothing else', () => {
    const { acked, send } = open({ messages: 0, bytes: 0 })
    for (let i = 0; i < 1_000; i++) send('a', 1_000)
    expect(acked).toHaveLength(1_000)
    const other = open()
    for (let i = 0; i < 12; i++) other.send('a')
    other.door.end(new Problem({ code: 'journal-closed', message: 'ending', remedy: 'wait' }))
    other.send('a')
    other.send('b')
    expect(other.refused).toHaveLength(3)
    expect(other.acked).toHaveLength(11)
  })
})
