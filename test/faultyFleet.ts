// A simulated fleet, recorded once: sixteen sound days, then three hours in which some of it breaks at once. What the
// product makes of it (alerts, tickets) must not depend on how the readings came, or on what was done to it meanwhile.
import { loadCatalog } from '../catalog/index.ts'
import { type Alert, DAY, HOUR, MINUTE, SeededRandom, type Ticket } from '../core/index.ts'
import { createFleet, drawFault } from '../simulator/index.ts'
import { type IngestAnswer, type Program, quiet } from './program.ts'

const START = Date.UTC(2026, 4, 1)
const SOUND_MS = 16 * DAY
const FAULTY_MS = 3 * HOUR
/** Readings that are under way at once: two minutes of the fleet. */
const TOGETHER = 22

export interface Sent {
  id: string
  kind: string
  ts: number
  body: object
}
export interface RecordedFleet {
  start: number
  registrations: { id: string }[]
  calm: Sent[]
  /** In the order of their `ts`. */
  faulty: Sent[]
}
/** Resolves once it is acknowledged. */
export type Publish = (id: string, kind: string, body: unknown) => Promise<unknown>

export function recordFleet(start = START): RecordedFleet {
  const faultyFrom = start + SOUND_MS
  const end = faultyFrom + FAULTY_MS
  const catalog = loadCatalog()
  const fleet = createFleet({
    seed: 3,
    catalog,
    kinds: { fridge: 8, ac: 3 },
    start,
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
      ...drawFault('fridge', appliance.registration.id, failureMode, faultyFrom, random, { days: 0.01, shape: 'step' }),
      abrupt: true,
    })
  }
  const calm: Sent[] = []
  const faulty: Sent[] = []
  for (const appliance of fleet.appliances) {
    const { metricNames } = catalog.kind(appliance.kind)
    while (appliance.nextAt() <= end) {
      if (!appliance.next()) continue
      const metrics: Record<string, number> = {}
      for (const [m, name] of metricNames.entries()) {
        const value = appliance.values[m] ?? Number.NaN
        if (!Number.isNaN(value)) metrics[name] = value
      }
      const body = { ts: appliance.ts, metrics, states: { ...appliance.states } }
      const list = appliance.ts <= faultyFrom ? calm : faulty
      list.push({ id: appliance.registration.id, kind: appliance.kind, ts: appliance.ts, body })
    }
  }
  return {
    start,
    registrations: fleet.appliances.map(({ registration }) => registration),
    calm,
    faulty: faulty.sort((a, b) => a.ts - b.ts),
  }
}

/** The sound days, in stretches of three hours, so that the fleet's clock moves with all of them. */
export async function playCalm({ start, calm }: RecordedFleet, publish: Publish): Promise<void> {
  for (let from = start; from < start + SOUND_MS; from += 3 * HOUR) {
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
}

/**
 * The faulty hours, in the order given. Each waits for the acknowledgements of the ones before: the fleet's clock would
 * else run ahead of a slow connection.
 * @param before is called before each two minutes of them, with the share that is done
 */
export async function playFaulty(
  { start, registrations, faulty }: RecordedFleet,
  publish: Publish,
  order: Sent[] = faulty,
  before: (done: number) => Promise<void> = async () => {},
): Promise<void> {
  for (let i = 0; i < order.length; i += TOGETHER) {
    await before(i / order.length)
    await Promise.all(order.slice(i, i + TOGETHER).map(({ id, kind, body }) => publish(id, kind, body)))
  }
  // A last, ordinary reading of each, well after, so that nothing waits for a gap any more.
  for (const { id } of registrations) {
    const last = faulty.findLast((one) => one.id === id)
    if (last) await publish(id, last.kind, { ...last.body, ts: start + SOUND_MS + FAULTY_MS + 30 * MINUTE })
  }
}

export interface FleetOutcome {
  balance: IngestAnswer
  alerts: { appliance: string; failureMode: string }[]
  tickets: object[]
}

/** What the product says, once it is quiet. */
export async function fleetOutcome(program: Program, withinMs?: number): Promise<FleetOutcome> {
  const balance = await quiet(program, withinMs)
  const alerts = await program.call<{ items: Alert[] }>('GET', '/api/alerts?limit=1000')
  const tickets = await program.call<{ items: Ticket[] }>('GET', '/api/tickets?limit=1000')
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)
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
      .sort(byId),
    tickets: tickets.items
      .map(({ id, appliance, failureMode, alerts, kit, priority }) => ({
        id,
        appliance,
        failureMode,
        alerts,
        kit,
        priority,
      }))
      .sort(byId),
  }
}
