import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FrameIn, Problem, type Taken } from '../../core/index.ts'
import { AdmissionControl, type AdmissionOptions } from './admissionControl.ts'

/** A journal that syncs when told, one group of all that waits, and is full when told. */
class HandJournal {
  end = 0
  full = false
  taken: string[] = []
  waiting: { frame: FrameIn; done: Taken }[] = []
  take(frame: FrameIn, done: Taken): void {
    if (this.full) done(fullProblem, -1)
    else this.waiting.push({ frame, done })
  }
  sync(): void {
    for (const { frame, done } of this.waiting.splice(0)) {
      this.end += frame.payload.length + 64
      this.taken.push(`${frame.appliance}:${Buffer.from(frame.payload).toString().trim()}`)
      done(undefined, this.end)
    }
  }
  refuseAll(): void {
    for (const { done } of this.waiting.splice(0)) done(fullProblem, -1)
  }
}
const fullProblem = new Problem({ code: 'journal-full', message: 'full', remedy: 'wait', retryable: true })
const frame = (appliance: string, text: string, more: Partial<FrameIn> = {}): FrameIn => ({
  type: 'telemetry',
  appliance,
  kind: 'fridge',
  payload: Buffer.from(text.padEnd(36)),
  arrivedAt: 0,
  ...more,
})

function open(more: Partial<AdmissionOptions> = {}) {
  const log = new HandJournal()
  const share = new AdmissionControl({
    log,
    shareBytes: 1_000,
    lagBytes: 5_000,
    waitingBytes: { one: 20_000, all: 30_000 },
    retryMs: 1,
    ...more,
  })
  const acked: string[] = []
  const refused: string[] = []
  const send = (appliance: string, text: string, options: Partial<FrameIn> = {}): void =>
    share.take(frame(appliance, text, options), (problem) => (problem ? refused : acked).push(`${appliance}:${text}`))
  return { log, share, acked, refused, send }
}
const retried = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10))

describe('a fair share of the journal', () => {
  test('who screams waits, and nobody else does', () => {
    const { log, share, acked, send } = open()
    for (let i = 0; i < 100; i++) send('loud', `${i}`)
    send('quiet', 'one')
    log.sync()
    expect(acked.filter((each) => each.startsWith('loud'))).toHaveLength(11)
    expect(acked).toContain('quiet:one')
    expect(share.status()).toMatchObject({ frames: 89, appliances: 1 })
  })

  test('above what all may have, who waits is let in in turn', () => {
    const { log, share, acked, send } = open({ shareBytes: 10_000 })
    for (let i = 0; i < 51; i++) send('a', `${i}`)
    log.sync()
    for (let i = 0; i < 30; i++) send('a', `late ${i}`)
    for (const one of ['b', 'c']) for (let i = 0; i < 3; i++) send(one, `${i}`)
    log.sync()
    expect(acked).toHaveLength(51)
    share.progress(log.end)
    log.sync()
    expect(log.taken.slice(51, 60)).toEqual([
      'a:late 0',
      'b:0',
      'c:0',
      'a:late 1',
      'b:1',
      'c:1',
      'a:late 2',
      'b:2',
      'c:2',
    ])
  })

  test('a full journal is waited out, each appliance’s own in order', async () => {
    const { log, share, acked, refused, send } = open()
    for (const text of ['1', '2', '3']) send('a', text)
    log.full = true
    send('a', '4')
    send('a', '5')
    log.refuseAll()
    send('a', '6')
    send('b', 'without promise', { withoutPromise: true })
    await retried()
    expect(acked).toEqual([])
    expect(share.status().frames).toBe(6)
    log.full = false
    await retried()
    log.sync()
    await retried()
    log.sync()
    expect(log.taken).toEqual(['a:1', 'a:2', 'a:3', 'a:4', 'a:5', 'a:6'])
    expect(refused).toEqual(['b:without promise'])
  })

  test('what waits is bounded, and an end refuses all of it', () => {
    const { share, refused, send } = open()
    for (let i = 0; i < 400; i++) send('a', `${i}`)
    expect(share.status().bytes).toBeLessThanOrEqual(20_000)
    for (let i = 0; i < 400; i++) send('b', `${i}`)
    expect(share.status().bytes).toBeLessThanOrEqual(30_000)
    const before = refused.length
    const waiting = share.status().frames
    share.end(new Problem({ code: 'journal-closed', message: 'ends', remedy: 'wait' }))
    expect(refused).toHaveLength(before + waiting)
    expect(share.status()).toEqual({ frames: 0, bytes: 0, appliances: 0 })
  })

  test('whatever happens when, each frame is told of once, none is lost, and each appliance keeps its order', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), who: fc.constantFrom('a', 'b', 'c') }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('sync' as const, 'progress' as const) }) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { log, share, acked, refused, send } = open({ shareBytes: 300, lagBytes: 900 })
        let sent = 0
        for (const one of steps) {
          if (one.do === 'send') send(one.who, `${sent++}`.padStart(4, '0'))
          else if (one.do === 'sync') log.sync()
          else share.progress(log.end)
        }
        for (let i = 0; i < 300; i++) {
          log.sync()
          share.progress(log.end)
        }
        expect(share.status().frames).toBe(0)
        expect(refused).toEqual([])
        expect(new Set(acked).size).toBe(sent)
        expect(acked).toHaveLength(sent)
        for (const who of ['a', 'b', 'c']) {
          const own = log.taken.filter((each) => each.startsWith(who))
          expect(own).toEqual([...own].sort())
        }
      }),
    )
  })
})
