import { expect, test } from 'vitest'
import { type FrameIn, type FrameIngress, type Offset, Problem, type TelemetryLog } from '../core/index.ts'
import type { Commands, TicketView } from '../service/index.ts'
import { openAdmission } from './admission/admission.ts'
import { commandLine } from './commandLine.ts'
import { openHttpDoor } from './httpDoor.ts'

test('the HTTP door says that the process lives before anything answers behind it, and then hands over', async () => {
  const door = await openHttpDoor('127.0.0.1', 0)
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${door.port}${path}`)
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  expect(await ask('/healthz')).toEqual({ status: 200, body: { ok: true } })
  expect(await ask('/readyz')).toEqual({ status: 503, body: { ready: false } })
  expect(await ask('/api/appliances')).toMatchObject({ status: 503, body: { code: 'starting' } })
  door.serve((_, response) => response.end('{"answered":true}'))
  expect(await ask('/readyz')).toEqual({ status: 200, body: { answered: true } })
  await expect(openHttpDoor('127.0.0.1', door.port)).rejects.toThrow(Problem)
  await door.close()
})

test('no command goes down, and no answer to one is taken, before the time of the world is known', async () => {
  const queued = { id: 'cmd-1', type: 'restart', params: {}, expires: 5 }
  const heard: string[] = []
  const answered: string[] = []
  const timeKnown = Promise.withResolvers<(ticket: TicketView) => void>()
  const commands: Pick<Commands, 'waiting' | 'remainingMs' | 'onQueued' | 'delivered' | 'awaited'> = {
    waiting: () => [queued],
    remainingMs: () => 1_000,
    onQueued: () => undefined,
    delivered: async () => undefined,
    awaited: () => ['fridge-1'],
  }
  const desk = {
    commandAnswered: async ({ id }: { id: string }) => {
      answered.push(id)
      return undefined
    },
  }
  const line = commandLine(commands, desk, timeKnown.promise)
  line.onQueued((appliance) => heard.push(appliance))
  const answer = line.answered({ appliance: 'fridge-1', id: 'cmd-0', result: 'done' })
  await Promise.resolve()
  expect([line.waiting('fridge-1'), heard, answered]).toEqual([[], [], []])
  timeKnown.resolve(() => undefined)
  await answer
  expect([line.waiting('fridge-1'), heard, answered]).toEqual([[queued], ['fridge-1'], ['cmd-0']])
})

test('what an earlier run left in the journal holds nobody up; what comes before analysis is bounded', () => {
  const LEFT = 200 << 20
  const journal = { end: LEFT }
  const log: Pick<TelemetryLog, 'onGroup'> & FrameIngress & { readonly end: Offset } = {
    get end() {
      return journal.end
    },
    onGroup: () => undefined,
    take(frame, done) {
      journal.end += frame.payload.byteLength
      done(undefined, journal.end)
    },
  }
  const admission = openAdmission({
    // It asks no more of it than this.
    log: log as unknown as TelemetryLog,
    quota: { messages: 1e9, bytes: 1e12 },
    onRetryableError: () => undefined,
  })
  let acknowledged = 0
  for (let i = 0; i < 100; i++) {
    const frame: FrameIn = {
      type: 'telemetry',
      appliance: `a-${i}`,
      kind: 'fridge',
      payload: Buffer.alloc(1 << 20),
      arrivedAt: 0,
    }
    admission.door.take(frame, (refused) => {
      if (!refused) acknowledged++
    })
  }
  expect(acknowledged).toBe(65)
  // Analysis begins at its snapshot, far behind: that alone lets nobody in, and shuts nobody out.
  admission.progress(1 << 20)
  expect(admission.acked()).toBe(65)
  admission.progress(journal.end)
  expect(admission.acked()).toBe(100)
})
