// An appliance whose own clock is wrong: its readings are refused or wrong, and the product says why.
import { afterEach, expect, test } from 'vitest'
import { connectAppliance, eventually, newDataDir, type Program, removeDataDir, startProgram } from './program.ts'

let dataDir: string
let program: Program
afterEach(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

test('a clock that is ahead is noticed from arrival times, shown, and remembered over a restart', async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { CLOCK: 'wall' })
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id: 'ahead',
    kind: 'fridge',
    model: 'Test',
  })
  const say = async (minutes: number): Promise<void> => {
    const client = await connectAppliance(program, 'ahead', mqtt.password)
    const reading = { ts: Date.now() + minutes * 60_000, metrics: { power: 80 } }
    await client.publishAsync('appliances/fridge/ahead/telemetry', JSON.stringify(reading), { qos: 1 })
    await client.endAsync()
  }
  const shown = async () => {
    const { clockAheadMs } = await program.call<{ clockAheadMs?: number }>('GET', '/api/appliances/ahead')
    const { wrongClocks } = await program.call<{ wrongClocks: { appliance: string }[] }>('GET', '/api/ingest')
    return { minutes: clockAheadMs && Math.round(clockAheadMs / 60_000), listed: wrongClocks.length }
  }
  await say(0)
  await say(25)
  await eventually('it is shown', async () => (await shown()).minutes === 25)
  expect(await shown()).toEqual({ minutes: 25, listed: 1 })
  await eventually('the refused reading is in the quarantine', async () => {
    const { items } = await program.call<{ items: { reason: string }[] }>('GET', '/api/quarantine')
    return items.length === 1 && items[0]?.reason === 'in-future'
  })
  await program.stop()
  program = await startProgram(dataDir, { CLOCK: 'wall' })
  expect(await shown()).toEqual({ minutes: 25, listed: 1 })
})
