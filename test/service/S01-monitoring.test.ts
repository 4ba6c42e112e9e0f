// S01, S03, S04: what an appliance measures is seen at once, what it will come to is ticketed before it does, and the ticket has all that
// an engineer needs to judge it from afar.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { type Alert, DAY, HOUR, SeededRandom, type Ticket } from '../../core/index.ts'
import { createFleet, drawFault } from '../../simulator/index.ts'
import { connectAppliance, eventually, quiet } from '../program.ts'
import { onBothPrograms, type Restartable } from './onBothPrograms.ts'

const START = Date.UTC(2026, 4, 1)
const ONSET = START + 17 * DAY
const COURSE_DAYS = 12

/** A fridge whose compressor wears out, by physics. */
function wearingFridge() {
  const catalog = loadCatalog()
  const fleet = createFleet({ seed: 5, catalog, kinds: { fridge: 1 }, start: START, faults: 'none', nuisances: false })
  const [fridge] = fleet.appliances
  if (!fridge) throw new Error('no fridge')
  const random = new SeededRandom(5, 'faults')
  const { id } = fridge.registration
  const fault = drawFault('fridge', id, 'compressor-wear', ONSET, random, { days: COURSE_DAYS, shape: 'linear' })
  fridge.inject(fault)
  const { metricNames } = catalog.kind('fridge')
  /** Its readings until then. */
  const until = (end: number) => {
    const readings: object[] = []
    while (fridge.nextAt() <= end) {
      if (!fridge.next()) continue
      const metrics = metricNames.flatMap((name, m) => {
        const value = fridge.values[m] ?? Number.NaN
        return Number.isNaN(value) ? [] : [[name, value] as const]
      })
      readings.push({ ts: fridge.ts, metrics: Object.fromEntries(metrics), states: { ...fridge.states } })
    }
    return readings
  }
  return { registration: fridge.registration, fault, until }
}

onBothPrograms('S01 S03 S04 watched from afar', { CLOCK: 'telemetry' }, (start) => {
  let held: Restartable
  beforeAll(async () => {
    held = await start()
  })
  afterAll(() => held.close())

  test('S01 a reading of each kind is told to pages at once, and can be asked for', async () => {
    const { call, token, url } = held.now
    const stream = await fetch(`${url}/api/stream`, { headers: { authorization: `Bearer ${token}` } })
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    let told = ''
    for (const [i, kind] of ['fridge', 'washer', 'ac'].entries()) {
      const id = `live-${kind}`
      const { mqtt } = await call<{ mqtt: { password: string } }>('POST', '/api/appliances', { id, kind, model: 'M' })
      const client = await connectAppliance(held.now, id, mqtt.password)
      const ts = START - DAY + i * 1_000
      const body = JSON.stringify({ ts, metrics: { power: 40 + i } })
      await client.publishAsync(`appliances/${kind}/${id}/telemetry`, body, { qos: 1 })
      await eventually(`the stream tells of ${id}`, async () => {
        told += (await reader?.read())?.value ?? ''
        return told.includes(`"appliance":"${id}"`)
      })
      await eventually(`${id} is asked for`, async () => {
        const path = `/api/appliances/${id}/telemetry?from=${ts}&to=${ts + 1}&points=10`
        const { series } = await call<{ series: { power?: { mean: number[] } } }>('GET', path)
        return series.power?.mean.join() === String(40 + i)
      })
      await client.endAsync()
    }
    await reader?.cancel()
  })

  test('S03 S04 wear is ticketed before it fails, with its lead, and what an engineer needs to judge it', {
    timeout: 300_000,
  }, async () => {
    const { call } = held.now
    const { registration, fault, until } = wearingFridge()
    const { id } = registration
    const { mqtt } = await call<{ mqtt: { password: string } }>('POST', '/api/appliances', registration)
    const client = await connectAppliance(held.now, id, mqtt.password)
    const publish = async (readings: object[]) => {
      for (let i = 0; i < readings.length; i += 500)
        await client.publishAsync(`appliances/fridge/${id}/telemetry`, JSON.stringify(readings.slice(i, i + 500)), {
          qos: 1,
        })
    }
    await publish(until(ONSET))
    let found: Alert | undefined
    for (let at = ONSET + 6 * HOUR; !found && at < fault.functionalFailureAt; at += 6 * HOUR) {
      await publish(until(at))
      await quiet(held.now)
      const { items } = await call<{ items: Alert[] }>('GET', `/api/alerts?appliance=${id}&state=open`)
      found = items.find(({ ticket }) => ticket)
    }
    await client.endAsync()
    const ticket = await call<Ticket>('GET', `/api/tickets/${found?.ticket}`)
    // The simulator's own time of failure is later, and the ticket says how long it may last.
    expect(ticket.createdAt).toBeLessThan(fault.functionalFailureAt)
    expect(ticket.source).toBe('predicted')
    expect(found?.opened?.remainingLife).toBeDefined()
    const alert = await call<Alert>('GET', `/api/alerts/${ticket.alerts[0]}`)
    expect(alert.hypotheses[0]?.probability).toBeGreaterThan(0)
    expect(alert.opened?.hypotheses.slice(0, 2).map(({ failureMode }) => failureMode)).toContain('compressor-wear')
    expect(alert.evidence.length).toBeGreaterThan(0)
    for (const { observed, expected } of alert.evidence)
      expect([observed, ...expected].every(Number.isFinite)).toBe(true)
    // Each row of the proof is on the signal that it speaks of.
    const drawn = alert.evidence.filter(({ metric }) => metric !== undefined)
    expect(drawn.length).toBeGreaterThan(0)
    for (const { metric = '', from, to } of drawn) {
      const path = `/api/appliances/${id}/telemetry?from=${from}&to=${to}&points=100`
      const { series } = await call<{ series: Record<string, { mean: (number | null)[] }> }>('GET', path)
      expect(series[metric]?.mean.filter((one) => one !== null).length, metric).toBeGreaterThan(0)
    }
  })
})
