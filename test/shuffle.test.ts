// Three hours of a faulty fleet, every reading sent twice and shuffled within the allowed lateness, give the same
// alerts and tickets as the hours in order.
import { afterAll, describe, expect, test } from 'vitest'
import { loadCatalog } from '../catalog/index.ts'
import { type Alert, DAY, HOUR, MINUTE, SeededRandom, type Ticket } from '../core/index.ts'
import { createFleet, drawFault } from '../simulator/index.ts'
import { connectAppliance, newDataDir, type Program, quiet, removeDataDir, startProgram } from './program.ts'

const catalog = loadCatalog()
const START = Date.UTC(2026, 4, 1)
const FAULTY = START + 16 * DAY
const END = FAULTY + 3 * HOUR
const LATENESS = 12 * MINUTE
/** Readings that are under way at once: two minutes of the fleet. */
const TOGETHER = 22
const programs: { program: Program; dataDir: string }[] = []
afterAll(async () => {
  for (const { program, dataDir } of programs) {
    await program.stop()
    await removeDataDir(dataDir)
  }
})

interface Sent {
  id: string
  kind: string
  ts: number
  body: object
}

/** Sixteen sound days, then three hours in which some of them break at once. */
function recordFleet(): { calm: Sent[]; faulty: Sent[]; registrations: { id: string }[] } {
  const fleet = createFleet({
    seed: 3,
    catalog,
    kinds: { fridge: 8, ac: 3 },
    start: START,
    faults: 'none',
    nuisances: false,
  })
  const random = new SeededRandom(3, 'faults')
  for (const [i, failureMode] of [
    [0, 'start-relay-failure'],
    [1, 'evaporator-fan-failure'],
    [4, 'compressor-wear'],
  ] as const) {
    const appliance = fleet.appliances[i]
    appliance?.inject({
      ...drawFault('fridge', appliance.registration.id, failureMode, FAULTY, random, { days: 0.01, shape: 'step' }),
      abrupt: true,
    })
  }
  const calm: Sent[] = []
  const faulty: Sent[] = []
  for (const appliance of fleet.appliances) {
    const { metricNames } = catalog.kind(appliance.kind)
    while (appliance.nextAt() <= END) {
      if (!appliance.next()) continue
      const metrics: Record<string, number> = {}
      for (const [m, name] of metricNames.entries()) {
        const value = appliance.values[m] ?? Number.NaN
        if (!Number.isNaN(value)) metrics[name] = value
      }
      const body = { ts: appliance.ts, metrics, states: { ...appliance.states } }
      const list = appliance.ts <= FAULTY ? calm : faulty
      list.push({ id: appliance.registration.id, kind: appliance.kind, ts: appliance.ts, body })
    }
  }
  return { calm, faulty, registrations: fleet.appliances.map(({ registration }) => registration) }
}

async function play(calm: Sent[], faulty: Sent[], registrations: { id: string }[]) {
  const dataDir = await newDataDir()
  const program = await startProgram(dataDir, { CLOCK: 'telemetry' })
  programs.push({ program, dataDir })
  const made = await program.call<{ id: string; mqtt: { password: string } }[]>(
    'POST',
    '/api/appliances',
    registrations,
  )
  const clients = new Map(
    await Promise.all(
      made.map(async ({ id, mqtt }) => [id, await connectAppliance(program, id, mqtt.password)] as const),
    ),
  )
  const publish = (id: string, kind: string, body: unknown) =>
    clients.get(id)?.publishAsync(`appliances/${kind}/${id}/telemetry`, JSON.stringify(body), { qos: 1 })
  // The sound days go in stretches of three hours, so that the fleet's clock moves with all of them.
  for (let from = START; from < FAULTY; from += 3 * HOUR) {
    const stretch = Map.groupBy(
      calm.filter(({ ts }) => ts > from && ts <= from + 3 * HOUR),
      ({ id }) => id,
    )
    for (const [id, list] of stretch) {
      await publish(
        id,
        list[0]?.kind ?? '',
        list.map(({ body }) => body),
      )
    }
  }
  await quiet(program)
  // Each waits for the acknowledgements of the ones before: the fleet's clock would else run ahead of a slow connection.
  for (let i = 0; i < faulty.length; i += TOGETHER) {
    await Promise.all(faulty.slice(i, i + TOGETHER).map(({ id, kind, body }) => publish(id, kind, body)))
  }
  // A last, ordinary reading of each, well after, so that nothing waits for a gap any more.
  for (const { id } of registrations) {
    const last = faulty.findLast((one) => one.id === id)
    if (last) await publish(id, last.kind, { ...last.body, ts: END + 30 * MINUTE })
  }
  const balance = await quiet(program)
  for (const client of clients.values()) await client.endAsync()
  const alerts = await program.call<{ items: Alert[] }>('GET', '/api/alerts?limit=1000')
  const tickets = await program.call<{ items: Ticket[] }>('GET', '/api/tickets?limit=1000')
  return {
    balance,
    alerts: alerts.items
      .map(({ id, appliance, failureMode, state, openedAt, hypotheses, evidence, opened }) => ({
        id,
        appliance,
        failureMode,
        state,
        openedAt,
        hypotheses,
        evidence,
        opened,
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    tickets: tickets.items
      .map(({ id, appliance, failureMode, alerts, kit, priority }) => ({
        id,
        appliance,
        failureMode,
        alerts,
        kit,
        priority,
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  }
}

describe('a faulty fleet', () => {
  test('gives the same alerts and tickets in order, and doubled and shuffled within the allowed lateness', {
    timeout: 480_000,
  }, async () => {
    const { calm, faulty, registrations } = recordFleet()
    const ordered = [...faulty].sort((a, b) => a.ts - b.ts)
    const random = new SeededRandom(11, 'shuffle')
    const shuffled = [...ordered, ...ordered]
      .map((sent) => ({ sent, at: sent.ts + random.next() * LATENESS }))
      .sort((a, b) => a.at - b.at)
      .map(({ sent }) => sent)
    const one = await play(calm, ordered, registrations)
    const other = await play(calm, shuffled, registrations)
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
