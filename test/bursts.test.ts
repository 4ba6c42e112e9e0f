// Raw vibration on the event path: a worn bearing is found by bursts alone, a sound one stays quiet, bad ones are refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAnalysis } from '../analytics/index.ts'
import { loadCatalog } from '../catalog/index.ts'
import { type Alert, type ApplianceEvent, DAY, type Detection, HOUR, MINUTE } from '../core/index.ts'
import { FleetColumns } from '../lab/evaluation/runFleet.ts'
import { createFleet } from '../simulator/index.ts'
import { connectAppliance, newDataDir, type Program, quiet, removeDataDir, startProgram } from './program.ts'

const START = Date.UTC(2026, 4, 1)
const ONSET_DAY = 30
const DAYS = 46
const STEP = 10 * MINUTE
const catalog = loadCatalog()
/** The first has a bearing that wears out within 40 days; the second is sound. Neither has a vibration sensor of any kind. */
const makeFleet = (failureMode = 'bearing-wear') =>
  createFleet({
    seed: 11,
    catalog,
    kinds: { washer: 2 },
    models: ['Wave 7'],
    start: START,
    faults: [{ index: 0, failureMode, onsetDay: ONSET_DAY, days: 40, shape: 'linear' }],
    nuisances: false,
    bursts: true,
  })
const vibration = ['vibrationRms', 'vibrationPeak', 'vibrationKurtosis', 'vibration1x', 'bearingEnvelope']

describe('bursts of raw vibration', () => {
  let dataDir: string
  let program: Program
  beforeAll(async () => {
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { CLOCK: 'telemetry' })
  }, 120_000)
  afterAll(async () => {
    await program.stop()
    await removeDataDir(dataDir)
  })

  test('alone show a worn bearing over MQTT, with its lines on the page’s chart, and leave a sound one alone', {
    timeout: 300_000,
  }, async () => {
    const { appliances } = makeFleet()
    const { metricNames } = catalog.kind('washer')
    let sent = 0
    for (const appliance of appliances) {
      const { mqtt } = await program.call<{ mqtt: { password: string } }>(
        'POST',
        '/api/appliances',
        appliance.registration,
      )
      const client = await connectAppliance(program, appliance.id, mqtt.password)
      const base = `appliances/washer/${appliance.id}`
      for (let day = 0; day < DAYS; day++) {
        const readings: object[] = []
        while (appliance.nextAt() <= START + (day + 1) * DAY) {
          if (!appliance.next()) continue
          const metrics: Record<string, number> = {}
          for (const [m, name] of metricNames.entries()) {
            const value = appliance.values[m] ?? Number.NaN
            if (!Number.isNaN(value) && !vibration.includes(name)) metrics[name] = value
          }
          readings.push({ ts: appliance.ts, metrics, states: { ...appliance.states } })
        }
        for (const event of appliance.takeEvents()) {
          if (event.type !== 'burst') continue
          await client.publishAsync(`${base}/event`, JSON.stringify(event), { qos: 1 })
          sent++
        }
        for (let i = 0; i < readings.length; i += 500)
          await client.publishAsync(`${base}/telemetry`, JSON.stringify(readings.slice(i, i + 500)), { qos: 1 })
      }
      await client.endAsync()
    }
    await quiet(program)
    expect(sent).toBeGreaterThan(80)
    const [worn, sound] = appliances.map(({ id }) => id)
    const alertsOf = async (id: string | undefined): Promise<Alert[]> =>
      (await program.call<{ items: Alert[] }>('GET', `/api/alerts?appliance=${id}&state=open,acknowledged`)).items
    const [alert] = await alertsOf(worn)
    expect(alert?.opened?.failureMode).toBe('bearing-wear')
    expect(alert?.openedAt).toBeGreaterThan(START + ONSET_DAY * DAY)
    expect(alert?.evidence.map(({ feature }) => feature)).toContain('envelope')
    expect(alert?.ticket).toBeTruthy()
    expect(await alertsOf(sound)).toEqual([])

    const bursts = (
      await program.call<{
        items: { lines: { outer: number }; envelope: { stepHz: number; level: number[] }; values: object }[]
      }>('GET', `/api/appliances/${worn}/bursts`)
    ).items
    expect(bursts).toHaveLength(4)
    const [{ lines, envelope } = { lines: { outer: 0 }, envelope: { stepHz: 1, level: [] as number[] } }] = bursts
    const highest = envelope.level.indexOf(Math.max(...envelope.level.slice(Math.ceil(30 / envelope.stepHz))))
    // The strongest line of the envelope is the outer race or one of its harmonics.
    const order = (highest * envelope.stepHz) / lines.outer
    expect(Math.abs(order - Math.round(order))).toBeLessThan(0.1)
    // Samples are kept for the newest eight alone; the events stay.
    const { items: events } = await program.call<{ items: { type: string; body: { points?: number } }[] }>(
      'GET',
      `/api/appliances/${worn}/events?from=${START}&to=${START + DAYS * DAY}`,
    )
    const points = events.flatMap(({ type, body }) => (type === 'burst' ? [body.points] : []))
    // At speed, and on the way up to it.
    expect(new Set(points)).toEqual(new Set([4_096, 512]))
    expect(events.length).toBeGreaterThan(20)
    const all = await program.call<{ items: object[] }>('GET', `/api/appliances/${worn}/bursts?limit=8`)
    expect(all.items).toHaveLength(8)
  })

  test('that are not whole, or of another unit, are quarantined with what is wrong with them', async () => {
    const { id, mqtt } = await program.call<{ id: string; mqtt: { password: string } }>('POST', '/api/appliances', {
      id: 'bad-bursts',
      kind: 'washer',
      model: 'Wave 7',
    })
    const client = await connectAppliance(program, id, mqtt.password)
    const samples = Array.from({ length: 64 }, (_, i) => Math.sin(i))
    const good = { type: 'burst', code: 'tub', sampleRate: 4_096, unit: 'mm/s', points: 64, samples, speed: 1_200 }
    const wrong: [string, object][] = [
      ['points', { points: 65 }],
      ['samples.3', { samples: samples.with(3, null as never) }],
      ['sampleRate', { sampleRate: 0 }],
      ['unit', { unit: 'furlong' }],
      ['unit: must be mm/s', { unit: 'g' }],
      ['speed', { speed: undefined }],
      ['no sensor', { code: 'door' }],
      ['samples', { points: 4_097, samples: Array.from({ length: 4_097 }, () => 1) }],
    ]
    const publish = (body: object) =>
      client.publishAsync(`appliances/washer/${id}/event`, JSON.stringify(body), { qos: 1 })
    for (const [i, [, change]] of wrong.entries()) await publish({ ...good, ...change, ts: START + DAYS * DAY + i })
    await publish({ ...good, ts: START + DAYS * DAY + 100 })
    await client.endAsync()
    await quiet(program)
    const { items } = await program.call<{ items: { appliance: string; reason: string; detail: string }[] }>(
      'GET',
      '/api/quarantine?limit=100',
    )
    const details = items.filter(({ appliance }) => appliance === id).map(({ detail }) => detail)
    expect(details).toHaveLength(wrong.length)
    for (const [says] of wrong) expect(details.some((detail) => detail.includes(says))).toBe(true)
    const kept = await program.call<{ items: { points: number }[] }>('GET', `/api/appliances/${id}/bursts`)
    expect(kept.items).toMatchObject([{ points: 64, unit: 'mm/s', speed: 1_200 }])
  })

  test('tell the same whether they come ten minutes early or late, and over a restart', {
    timeout: 120_000,
  }, async () => {
    const before = await detect('before')
    expect(before.length).toBeGreaterThan(0)
    expect(await detect('after')).toEqual(before)
    expect(await detect('before', 20)).toEqual(before)
  })

  test('show a drum out of balance as well, by the line of its own turns', { timeout: 120_000 }, async () => {
    const found = await detect('before', undefined, { days: 70, failureMode: 'drum-imbalance' })
    const confirmed = found.filter(({ phase, severity }) => phase === 'confirmed' && severity !== 'info')
    expect(confirmed.map(({ hypotheses }) => hypotheses[0]?.failureMode)).toContain('drum-imbalance')
    expect(new Set(confirmed.map(({ appliance }) => appliance))).toEqual(new Set(['washer-0001']))
  })
})

/** The fleet straight through detection, bursts before or after the readings of their ten minutes. */
async function detect(
  order: 'before' | 'after',
  restartDay?: number,
  { days = DAYS, failureMode = 'bearing-wear' } = {},
): Promise<Detection[]> {
  const options = { catalog, clock: 'telemetry' as const, modelsDir: new URL('../models', import.meta.url).pathname }
  let analysis = await createAnalysis(options)
  const fleet = makeFleet(failureMode)
  const kind = catalog.kind('washer')
  const columns = new FleetColumns(kind, fleet)
  const found: Detection[] = []
  let place = 1
  let controls = fleet.appliances.map(({ registration }) => ({
    control: { type: 'register' as const, appliance: registration.id, kind: 'washer', model: registration.model },
    offset: place++,
  }))
  for (let from = START; from < START + days * DAY; from += STEP) {
    const first = place
    const last = columns.fill(from + STEP, first + 100)
    place = last + 100
    const batch = columns.batch()
    for (const metric of vibration) batch.values[kind.metricIndex.get(metric) ?? 0]?.fill(Number.NaN)
    let offset = order === 'before' ? first : last + 1
    const events = fleet.appliances.flatMap((appliance) =>
      appliance.takeEvents().map(
        ({ ts, type, code, ...body }): ApplianceEvent => ({
          appliance: appliance.id,
          kind: 'washer',
          ts,
          type,
          code,
          body: { ts, type, code, ...body },
          offset: offset++,
        }),
      ),
    )
    const out = await analysis.accept({ upTo: place, readings: [batch], events, presence: [], controls, ticks: [] })
    controls = []
    found.push(...out.detections.map((one) => ({ ...one, offset: 0 })))
    if (restartDay !== undefined && from === START + restartDay * DAY + 10 * HOUR) {
      const pieces: Parameters<Parameters<typeof analysis.copy>[0]>[0][] = []
      const copy = analysis.copy((piece) => pieces.push(structuredClone(piece)))
      while (!copy.step(64)) {
        // The next step copies some more.
      }
      analysis = await createAnalysis(options, pieces)
    }
  }
  return found
}
