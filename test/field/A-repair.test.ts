// Frames are shown and set aside by their offset while the program is stopped.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openJournal } from '../../ingest/index.ts'
import { connectAppliance, newDataDir, quiet, removeDataDir, runToEnd, startProgram } from '../program.ts'

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

test('A what a broken disk did to an earlier segment ends the program with its name, and a repair gives up that alone', async () => {
  const dataDir = await newDataDir()
  let program = await startProgram(dataDir)
  await program.call('POST', '/api/appliances', { id: 'f1', kind: 'fridge', model: 'M' })
  await program.kill()
  const journal = join(dataDir, 'live', 'journal')
  const log = await openJournal({ dir: journal, segmentBytes: 1_000 })
  const arrivedAt = Date.now()
  for (let i = 0; i < 60; i++) {
    const payload = Buffer.from(JSON.stringify({ ts: arrivedAt - (60 - i) * 60_000, metrics: { power: i } }))
    await log.append({ type: 'telemetry', appliance: 'f1', kind: 'fridge', payload, arrivedAt })
  }
  await log.close()
  const segments = readdirSync(journal).sort()
  expect(segments.length).toBeGreaterThan(4)
  const damaged = join(journal, segments[2] ?? '')
  const bytes = readFileSync(damaged)
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 4, bytes.length >> 1)
  writeFileSync(damaged, bytes)
  const { code, output } = await runToEnd(dataDir, { SIMULATE: '0', PORT: '0', MQTT_PORT: '0' })
  expect(code).toBe(1)
  expect(output).toContain(`${segments[2]} is damaged`)
  const env = { ...process.env, DATA_DIR: dataDir, SIMULATE: '0', NODE_NO_WARNINGS: '1' }
  const { stdout, status } = spawnSync(process.execPath, ['scripts/repair.ts'], { env, encoding: 'utf8' })
  expect(status).toBe(0)
  expect(stdout.match(/^given up: offsets/gm)).toHaveLength(1)
  program = await startProgram(dataDir)
  const { readings } = await quiet(program)
  expect(readings).toMatchObject({ received: 59, stored: 59 })
  await program.stop()
  await removeDataDir(dataDir)
})
