// FIELD F: an alert shows what was sent, and is of what it holds for likeliest.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Alert, HOUR, MINUTE } from '../../core/index.ts'
import { connectAppliance, newDataDir, type Program, quiet, removeDataDir, startProgram } from '../program.ts'

let dataDir: string
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { CLOCK: 'telemetry' })
})
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

const START = Date.now() - 30 * 24 * HOUR

/** Readings every ten minutes, as the cabinet's sensor tells them; their alerts that stand. */
async function alertsOf(id: string, hours: number, cabinetTemp: (ts: number) => number): Promise<Alert[]> {
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id,
    kind: 'fridge',
    model: 'Test',
    cadenceSeconds: 600,
  })
  const client = await connectAppliance(program, id, mqtt.password)
  for (let day = 0; day < hours; day += 24) {
    const readings = Array.from({ length: 144 }, (_, i) => {
      const ts = START + day * HOUR + i * 10 * MINUTE
      return { ts, metrics: { cabinetTemp: cabinetTemp(ts), power: 80 + (i % 5) } }
    })
    await client.publishAsync(`appliances/fridge/${id}/telemetry`, JSON.stringify(readings), { qos: 1 })
  }
  await client.endAsync()
  await quiet(program)
  const { items } = await program.call<{ items: Alert[] }>('GET', `/api/alerts?appliance=${id}&state=open`)
  for (const { failureMode, hypotheses } of items) expect(failureMode).toBe(hypotheses[0]?.failureMode)
  return items
}

test('F5 a value beyond the plausible range is shown as it was sent, not as the bound', async () => {
  for (const [id, sent] of [
    ['f5-hot', 75],
    ['f5-cold', -55.5],
  ] as const) {
    const [alert] = await alertsOf(id, 24, (ts) => (ts < START + 12 * HOUR ? 4 + ((ts / MINUTE) % 3) / 10 : sent))
    expect([alert?.failureMode, alert?.evidence]).toMatchObject([
      'unknown',
      [{ feature: 'cabinetTemp', observed: sent, expected: [-30, 60], unit: 'Cel', from: START + 12 * HOUR }],
    ])
    expect(alert?.explanation.engineer.en).toContain(`${sent.toFixed(1)} °C (expected -30.0 to 60.0)`)
  }
})

test('F6 a stuck sensor is shown by what it stands at, and for how long', { timeout: 60_000 }, async () => {
  const stuckFrom = START + 18 * 24 * HOUR
  const moving = (ts: number) => 4 + ((ts / (10 * MINUTE)) % 7) / 10
  const alerts = await alertsOf('f6', 21 * 24, (ts) => (ts < stuckFrom ? moving(ts) : 4.44))
  const stuck = alerts.find(({ failureMode }) => failureMode === 'sensor-stuck')
  expect(stuck?.evidence).toMatchObject([{ feature: 'cabinetTemp', unit: 'h' }])
  expect(stuck?.evidence[0]?.observed).toBeGreaterThan(4)
  expect(stuck?.explanation.engineer.en).toContain('It has stood at 4.44 for')
})
