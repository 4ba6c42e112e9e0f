import { MessageChannel } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Problem } from '../errors.ts'
import { PortCaller, type PortCallerOptions, servePort } from './portCall.ts'

const gone = (): Problem => new Problem({ code: 'gone', message: 'It is gone.', remedy: 'Try again.', retryable: true })
let letGo = (): void => {}
const calls = {
  add: (a: number, b: number) => a + b,
  later: async (text: string) => text,
  sumOf: (numbers: Float64Array) => numbers.reduce((sum, n) => sum + n, 0),
  /** Answers once somebody lets it go. */
  hold: () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    letGo = () => resolve('let go')
    return promise
  },
  letGo: () => letGo(),
  refuse: (): never => {
    throw new Problem({ code: 'no', message: 'No.', remedy: 'Ask less.', concerns: 'x', status: 409, retryable: true })
  },
  fail: async (): Promise<never> => {
    throw Object.assign(new Error('unique'), { errcode: 2067, rows: [] })
  },
  unclonable: () => () => 1,
}
let channel = new MessageChannel()
beforeEach(() => {
  channel = new MessageChannel()
})
afterEach(() => channel.port1.close())

function open(options: Partial<PortCallerOptions> = {}) {
  servePort(channel.port2, calls)
  return new PortCaller<typeof calls>({ gone, ...options }, channel.port1)
}

test('calls are answered, whether at once or later, also out of order', async () => {
  const caller = open()
  const first = caller.call('hold', [])
  expect(await caller.call('add', [1, 2])).toBe(3)
  expect(await caller.call('later', ['done'])).toBe('done')
  await caller.call('letGo', [])
  expect(await first).toBe('let go')
})

test('what is transferred moves: it is empty here afterwards', async () => {
  const caller = open()
  const numbers = Float64Array.of(1, 2, 3)
  const sum = caller.call('sumOf', [numbers], [numbers.buffer])
  expect(numbers.length).toBe(0)
  expect(await sum).toBe(6)
})

test('an error keeps what it says to whoever must act', async () => {
  const caller = open()
  const no = { code: 'no', message: 'No.', remedy: 'Ask less.', concerns: 'x', status: 409, retryable: true }
  const refused = await caller.call('refuse', []).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(Problem)
  expect(refused).toMatchObject(no)
  const failed = await caller.call('fail', []).catch((error: unknown) => error)
  expect(failed).toMatchObject({ message: 'unique', errcode: 2067, stack: expect.stringContaining('portCall.test.ts') })
  expect(failed).not.toHaveProperty('rows')
  const other = open({ asError: ({ message }) => new Problem({ code: 'own', message, remedy: 'Report it.' }) })
  await expect(other.call('fail', [])).rejects.toMatchObject({ code: 'own', message: 'unique' })
})

test('what cannot be cloned fails its own call, there and back, and the next one is answered', async () => {
  const caller = open({ most: { calls: 1, refused: gone } })
  await expect(caller.call('unclonable', [])).rejects.toThrow('could not be cloned')
  await expect(caller.call('later', [(() => 1) as never])).rejects.toThrow('could not be cloned')
  expect(await caller.call('add', [1, 1])).toBe(2)
})

test('whoever waits is told when the other end is gone; another one is asked from then on', async () => {
  const caller = open()
  const waits = caller.call('hold', [])
  channel.port2.close()
  await expect(waits).rejects.toMatchObject({ code: 'gone', retryable: true })
  await expect(caller.call('add', [1, 2])).rejects.toMatchObject({ code: 'gone' })
  expect([caller.isOpen, caller.life]).toEqual([false, 1])
  const next = new MessageChannel()
  servePort(next.port2, calls)
  caller.use(next.port1)
  expect(await caller.call('add', [1, 2])).toBe(3)
  const last = caller.call('hold', [])
  caller.close()
  await expect(last).rejects.toMatchObject({ code: 'gone' })
  expect([caller.isOpen, caller.life]).toEqual([false, 2])
})

test('a bound on what is under way refuses one more, and an answer in time makes room', async () => {
  const busy = () => new Problem({ code: 'busy', message: 'Busy.', remedy: 'Wait.' })
  const caller = open({ most: { calls: 2, refused: busy } })
  const first = caller.call('hold', [])
  const second = caller.call('letGo', [])
  await expect(caller.call('add', [1, 2])).rejects.toMatchObject({ code: 'busy' })
  await Promise.all([first, second])
  expect(await caller.call('add', [1, 2])).toBe(3)
})

test('an answer that takes too long is given up; when it comes all the same, nobody minds', async () => {
  const caller = open({ timeout: { ms: 20, late: () => new Problem({ code: 'late', message: 'Late.', remedy: '' }) } })
  await expect(caller.call('hold', [])).rejects.toMatchObject({ code: 'late' })
  await caller.call('letGo', [])
  expect(await caller.call('add', [1, 2])).toBe(3)
})
