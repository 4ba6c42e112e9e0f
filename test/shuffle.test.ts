// Three hours of a faulty fleet, every reading sent twice and shuffled within the allowed lateness, give the same
// alerts and tickets as the hours in order.
import { afterAll, describe, expect, test } from 'vitest'
import { MINUTE, SeededRandom } from '../core/index.ts'
import { fleetOutcome, playCalm, playFaulty, type RecordedFleet, recordFleet, type Sent } from './faultyFleet.ts'
import { connectAppliance, newDataDir, type Program, quiet, removeDataDir, startProgram } from './program.ts'

const LATENESS = 12 * MINUTE
const programs: { program: Program; dataDir: string }[] = []
afterAll(async () => {
  for (const { program, dataDir } of programs) {
    await program.stop()
    await removeDataDir(dataDir)
  }
})

async function play(fleet: RecordedFleet, order: Sent[]) {
  const dataDir = await newDataDir()
  const program = await startProgram(dataDir, { CLOCK: 'telemetry' })
  programs.push({ program, dataDir })
  const made = await program.call<{ id: string; mqtt: { password: string } }[]>(
    'POST',
    '/api/appliances',
    fleet.registrations,
  )
  const clients = new Map(
    await Promise.all(
      made.map(async ({ id, mqtt }) => [id, await connectAppliance(program, id, mqtt.password)] as const),
    ),
  )
  const publish = async (id: string, kind: string, body: unknown) =>
    clients.get(id)?.publishAsync(`appliances/${kind}/${id}/telemetry`, JSON.stringify(body), { qos: 1 })
  await playCalm(fleet, publish)
  await quiet(program)
  await playFaulty(fleet, publish, order)
  const outcome = await fleetOutcome(program)
  for (const client of clients.values()) await client.endAsync()
  return outcome
}

describe('a faulty fleet', () => {
  test('gives the same alerts and tickets in order, and doubled and shuffled within the allowed lateness', {
    timeout: 480_000,
  }, async () => {
    const fleet = recordFleet()
    const ordered = fleet.faulty
    const random = new SeededRandom(11, 'shuffle')
    const shuffled = [...ordered, ...ordered]
      .map((sent) => ({ sent, at: sent.ts + random.next() * LATENESS }))
      .sort((a, b) => a.at - b.at)
      .map(({ sent }) => sent)
    const one = await play(fleet, ordered)
    const other = await play(fleet, shuffled)
    console.log(
      `${ordered.length} readings, ${one.alerts.length} alerts, ${one.tickets.length} tickets: ${one.alerts.map(({ appliance, failureMode }) => `${appliance} ${failureMode}`).join(', ')}`,
    )
    expect(other.balance.readings.duplicates).toBeGreaterThanOrEqual(ordered.length)
    expect(other.balance.readings.stored).toBe(one.balance.readings.stored)
    expect(one.alerts.length).toBeGreaterThan(0)
    expect(one.tickets.length).toBeGreaterThan(0)
    expect(other.alerts).toEqual(one.alerts)
    expect(other.tickets).toEqual(one.tickets)
  })
})
