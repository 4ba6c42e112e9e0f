// Frames are shown and set aside by their offset while the program is stopped.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { connectAppliance, newDataDir, quiet, removeDataDir, startProgram } from '../program.ts'

test('A repair lists frames and sets one aside by its offset, and its bytes are in the quarantine', async () => {
  const dataDir = await newDataDir()
  let program = await startProgram(dataDir)
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id: 'f1',
    kind: 'fridge',
    model: 'M',
  })
  const repair = (...args: string[]) => {
    const env = { ...process.env, DATA_DIR: dataDir, SIMULATE: '0', NODE_NO_WARNINGS: '1' }
    const { stdout, stderr, status } = spawnSync(process.execPath, ['scripts/repair.ts', ...args], {
      env,
      encoding: 'utf8',
    })
    return { status, said: stdout + stderr }
  }
  const client = await connectAppliance(program, 'f1', mqtt.password)
  const reading = JSON.stringify({ ts: Date.now() - 60_000, metrics: { power: 5 } })
  await client.publishAsync('appliances/fridge/f1/telemetry', reading, { qos: 1 })
  // Killed before a snapshot stands the frame is still to come; a slow machine may have made one.
  await program.kill()
  const { said } = repair('--list', '--appliance', 'f1')
  const [, offset] = /^(\d+) \S+ telemetry f1 \d+ bytes /m.exec(said) ?? []
  expect(said).toContain('power')
  expect(repair('--set-aside', '1').said).toMatch(/No frame ends at 1|was handled already/)
  for (const args of [['--set-aside', 'x'], ['list']])
    expect(repair(...args), args.join(' ')).toMatchObject({ status: 1, said: expect.not.stringMatching(/^ +at /m) })
  // Stored before the kill, it stays what it was, and that is said; else it goes into the quarantine, whole.
  const { status, said: answer } = repair('--set-aside', offset ?? '')
  if (status !== 0) expect(answer).toMatch(/is stored already: .* nothing was set aside|was handled already/)
  program = await startProgram(dataDir)
  const { readings } = await quiet(program)
  expect(readings).toMatchObject({ received: 1, stored: status === 0 ? 0 : 1 })
  const { items } = await program.call<{ items: { text: string; detail: string }[] }>('GET', '/api/quarantine')
  expect(items.map(({ text, detail }) => [text, detail])).toEqual(
    status === 0 ? [[reading, 'repair: set aside by hand']] : [],
  )
  // What a snapshot stands before, but the store has, is said to be stored as well.
  const again = await connectAppliance(program, 'f1', mqtt.password)
  await again.publishAsync('appliances/fridge/f1/telemetry', reading.replace('5}', '6}'), { qos: 1 })
  await again.endAsync()
  await quiet(program)
  await program.kill()
  const offsets = [...repair('--list', '--appliance', 'f1').said.matchAll(/^(\d+) \S+ telemetry f1 /gm)]
  expect(repair('--set-aside', offsets.at(-1)?.[1] ?? '')).toMatchObject({
    status: 1,
    said: expect.stringMatching(/is stored already|was handled already/),
  })
  await removeDataDir(dataDir)
})
