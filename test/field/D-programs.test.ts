// FIELD D: what an appliance's own programs say of it, by the readings' own clock.
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Alert, DAY, MINUTE } from '../../core/index.ts'
import { connectAppliance, newDataDir, type Program, quiet, removeDataDir, startProgram } from '../program.ts'

let dataDir: string
let program: Program
const clients: MqttClient[] = []
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { CLOCK: 'telemetry' })
})
afterAll(async () => {
  for (const client of clients) await client.endAsync(true)
  await program.stop()
  await removeDataDir(dataDir)
})

const START = Date.now() - 60 * DAY
const SOUND = ['fill', 'wash', 'rinse', 'spin', 'end']
const FAILED = ['fill', 'wash', 'error']

async function washer(id: string) {
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id,
    kind: 'washer',
    model: 'Test',
    cadenceSeconds: 60,
  })
  const client = await connectAppliance(program, id, mqtt.password)
  clients.push(client)
  const publish = (payload: object, type = 'telemetry') =>
    client.publishAsync(`appliances/washer/${id}/${type}`, JSON.stringify(payload), { qos: 1 })
  /** Ten minutes of each phase, three in error; then at rest. */
  const run = async (day: number, phases: string[]): Promise<void> => {
    const washing = phases
      .flatMap((phase) => Array<string>(phase === 'error' ? 3 : 10).fill(phase))
      .map((phase, minute) => ({
        ts: START + day * DAY + minute * MINUTE,
        metrics: { power: phase === 'error' ? 4 : 200 },
        states: { phase },
      }))
    const end = washing.at(-1)!.ts
    const resting = Array.from({ length: 6 }, (_, i) => ({
      ts: end + (10 * i + 1) * MINUTE,
      metrics: { power: 2 },
      states: { phase: 'idle' },
    }))
    await publish([...washing, ...resting])
  }
  /** By its own word. */
  const alerts = async (): Promise<Alert[]> => {
    await quiet(program)
    const { items } = await program.call<{ items: Alert[] }>('GET', `/api/alerts?appliance=${id}`)
    // What its power makes of programs that are all alike is another matter.
    return items.filter(({ evidence }) => /^(code |phase: error)/.test(evidence[0]?.feature ?? ''))
  }
  return { run, publish, alerts }
}

test('D9 two programs within a week that ended in error are told; one is not, and five are no more than two', async () => {
  const { run, alerts } = await washer('d9')
  for (const day of [0, 1, 2]) await run(day, SOUND)
  await run(3, FAILED)
  expect(await alerts()).toEqual([])
  await run(5, FAILED)
  const [alert] = await alerts()
  expect([alert?.failureMode, alert?.severity, alert?.state, alert?.ticket]).toEqual([
    'unknown',
    'info',
    'open',
    undefined,
  ])
  expect(alert?.explanation.engineer.en).toContain('Its programs end in error.')
  for (const day of [6, 7, 8]) await run(day, FAILED)
  expect(await alerts()).toMatchObject([{ state: 'open' }])
  for (let day = 9; day < 18; day++) await run(day, SOUND)
  expect(await alerts()).toMatchObject([{ state: 'cleared' }])
})

test('D10 a program that waits in error and goes on has not failed, nor have two that lie ten days apart', async () => {
  const { run, alerts } = await washer('d10')
  for (const day of [0, 1, 2, 3]) await run(day, ['fill', 'error', 'wash', 'rinse', 'spin', 'end'])
  await run(4, FAILED)
  for (let day = 5; day < 14; day++) await run(day, SOUND)
  await run(14, FAILED)
  expect(await alerts()).toEqual([])
})

test('D11 a program whose own code says why is told by that, and by nothing else', async () => {
  const { run, publish, alerts } = await washer('d11')
  for (const day of [0, 1]) await run(day, SOUND)
  for (const day of [2, 3, 4]) {
    await publish({ ts: START + day * DAY + 20 * MINUTE, type: 'error', code: 'E18' }, 'event')
    await run(day, FAILED)
  }
  expect((await alerts()).map(({ failureMode }) => failureMode)).toEqual(['drain-clog'])
})
