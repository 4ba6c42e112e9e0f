import { expect, test } from 'vitest'
import { openPollLoop } from './pollLoop.ts'

/** A piece of work that goes on when it is told to. */
function gate() {
  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

test('a wake while it works makes it work once more, and never twice at once', async () => {
  const gates = [gate(), gate(), gate()]
  let began = 0
  let inside = 0
  let most = 0
  const pump = openPollLoop(
    async () => {
      most = Math.max(most, ++inside)
      await gates[began++]?.opened
      inside--
    },
    60_000,
    () => {},
  )
  pump.wake()
  for (let i = 0; i < 5; i++) pump.wake()
  for (const { open } of gates) open()
  await pump.idle()
  expect([began, most]).toEqual([2, 1])
  await pump.close()
})

test('a failure is told, and the next wake tries again', async () => {
  const told: unknown[] = []
  let tries = 0
  const pump = openPollLoop(
    async () => {
      if (++tries === 1) throw new Error('away')
    },
    60_000,
    (error) => told.push(error),
  )
  pump.wake()
  await pump.idle()
  pump.wake()
  await pump.idle()
  expect([tries, told.length]).toEqual([2, 1])
  await pump.close()
  pump.wake()
  expect(tries).toBe(2)
})
