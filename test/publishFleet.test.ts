// `npm run simulate -- publish`: a faulty fleet on any broker, as plugs or appliances of ours publish it.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDataDir, removeDataDir } from './program.ts'
import { type RunningServer, serversMissing, startMosquitto } from './servers/servers.ts'

describe.skipIf(serversMissing())('a fleet for developers', () => {
  let server: RunningServer
  let dir: string
  beforeAll(async () => {
    server = await startMosquitto()
    dir = await newDataDir()
  })
  afterAll(async () => {
    await server.stop()
    await removeDataDir(dir)
  })

  async function run(...args: string[]): Promise<{ code: number | null; text: string }> {
    const child = spawn(process.execPath, ['scripts/simulate.ts', 'publish', ...args], {
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        text += chunk
      })
    return { code: await new Promise((resolve) => child.once('exit', resolve)), text }
  }

  test.each([
    ['hearthwatch', '5', /^appliances\/\w+\/[\w-]+\/telemetry$/, ['ts', 'metrics']],
    ['tasmota', '4', /^tele\/[\w-]+\/SENSOR$/, ['Time', 'ENERGY']],
    ['zigbee2mqtt', '5', /^zigbee2mqtt\/[\w-]+$/, ['power', 'energy', 'last_seen']],
  ])('%s over version %s, with its truth', async (format, version, topic, fields) => {
    const heard: { topic: string; body: Record<string, unknown> }[] = []
    const listener = await mqtt.connectAsync(server.url)
    listener.on('message', (name, payload) => {
      if (topic.test(name)) heard.push({ topic: name, body: JSON.parse(payload.toString()) as Record<string, unknown> })
    })
    await listener.subscribeAsync('#', { qos: 1 })
    const truth = join(dir, `${format}.ndjson`)
    const fleet = ['--appliances', '6', '--faults', '2', '--fault-days', '0.5', '--truth', truth]
    const { code, text } = await run(
      server.url,
      ...fleet,
      '--format',
      format,
      '--version',
      version,
      '--days',
      '0.1',
      '--for',
      '3',
    )
    expect(text).toMatch(/6 appliances, 2 of them faulty[\s\S]*\d{2,} messages acknowledged/)
    expect(code).toBe(0)
    expect(new Set(heard.map((one) => one.topic)).size).toBeGreaterThan(3)
    for (const field of fields) expect(heard[0]?.body).toHaveProperty(field)
    const faults = readFileSync(truth, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { failureMode: string; appliance: string })
    expect(faults).toHaveLength(2)
    await listener.endAsync()
  })

  test.each([
    [['nowhere'], "'nowhere' is no broker: say mqtt://HOST."],
    [['mqtt://127.0.0.1:1', '--for', '1'], 'does not let it in'],
    [['mqtt://127.0.0.1', '--format', 'knx'], "There is no format 'knx'"],
    [['mqtt://127.0.0.1', '--version', '6'], '--version 6 must be 4 (for 3.1.1) or 5.'],
    [['mqtt://127.0.0.1', '--appliances', '2', '--faults', '3'], '--faults 3 must lie between 0 and 2.'],
  ])('%j is refused in a sentence', async (args, why) => {
    const { code, text } = await run(...args)
    expect(code).toBe(1)
    expect(text).toContain(why)
    expect(text).not.toContain('    at ')
  })
})
