// An orderly end in the middle of the work, and the start after it, with a kind that was not there before.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from './program.ts'

const START = Date.UTC(2026, 0, 1)
const dishwasher = (metrics: string[]) =>
  JSON.stringify({
    kind: 'dishwasher',
    name: { en: 'Dishwasher', zh: '洗碗机' },
    cadenceSeconds: 30,
    metrics: Object.fromEntries(
      metrics.map((name) => [name, { unit: 'W', plausible: [0, 3000], resolution: 1, text: { en: name, zh: name } }]),
    ),
  })

async function connect(program: Program, id: string, kind: string) {
  const [made] = await program.call<{ mqtt: { password: string } }[]>('POST', '/api/appliances', [
    { id, kind, model: 'M' },
  ])
  const { mqtt } = made!.mqtt.password
    ? made!
    : await program.call<{ mqtt: { password: string } }>('POST', `/api/appliances/${id}/credentials`)
  return connectAppliance(program, id, mqtt.password)
}

test('SIGTERM under load ends within ten seconds, loses nothing acknowledged, and a new or changed kind starts', async () => {
  const dataDir = await newDataDir()
  let program = await startProgram(dataDir, { CLOCK: 'telemetry' })
  try {
    const kinds = { 'fridge-1': 'fridge', 'washer-1': 'washer' }
    let acked = 0
    let ended = false
    const senders = await Promise.all(
      Object.entries(kinds).map(async ([id, kind]) => {
        const client = await connect(program, id, kind)
        client.on('error', () => {})
        const hours = Array.from({ length: 200 }, (_, hour) =>
          JSON.stringify(
            Array.from({ length: 500 }, (_, i) => ({ ts: START + (hour * 500 + i) * 5_000, metrics: { power: i } })),
          ),
        )
        return {
          client,
          send: () => hours.map((body) => client.publishAsync(`appliances/${kind}/${id}/telemetry`, body, { qos: 1 })),
        }
      }),
    )
    const sent = senders.flatMap(({ send }) =>
      send().map((one) =>
        one.then(
          () => {
            if (!ended) acked++
          },
          () => {},
        ),
      ),
    )
    await eventually('some of it', async () => acked > 20)
    const began = performance.now()
    expect(await program.stop()).toBe(0)
    expect(performance.now() - began).toBeLessThan(10_000)
    ended = true
    for (const { client } of senders) client.end(true)
    void Promise.all(sent)

    await mkdir(join(dataDir, 'catalog'), { recursive: true })
    await writeFile(join(dataDir, 'catalog', 'dishwasher.json'), dishwasher(['power']))
    program = await startProgram(dataDir, { CLOCK: 'telemetry' })
    const after = await quiet(program)
    expect(after.messages.acked).toBeGreaterThanOrEqual(acked)
    expect(after.readings.stored).toBe(after.messages.acked * 500)

    for (const metrics of [['power'], ['power', 'heater']]) {
      const client = await connect(program, 'dish-1', 'dishwasher')
      const ts = START + metrics.length * 60_000
      const values = Object.fromEntries(metrics.map((name) => [name, 7]))
      await client.publishAsync('appliances/dishwasher/dish-1/telemetry', JSON.stringify({ ts, metrics: values }), {
        qos: 1,
      })
      const last = await eventually('the reading', async () => {
        const { lastReading } = await program.call<{ lastReading: { ts: number; metrics: object } | null }>(
          'GET',
          '/api/appliances/dish-1',
        )
        return lastReading?.ts === ts && lastReading
      })
      expect(last.metrics).toEqual(values)
      await client.endAsync()
      expect(await program.stop()).toBe(0)
      await writeFile(join(dataDir, 'catalog', 'dishwasher.json'), dishwasher(['power', 'heater']))
      program = await startProgram(dataDir, { CLOCK: 'telemetry' })
    }
  } finally {
    await program.stop()
    await removeDataDir(dataDir)
  }
}, 300_000)
