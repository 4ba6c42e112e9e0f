// How soon a reading is on the page, and how soon the reading that proves a fault has its ticket, at 300 appliances and
// 60 times the speed of time.
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, SeededRandom } from '../../core/index.ts'
import { createFleet, drawFault } from '../../simulator/index.ts'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from '../../test/program.ts'

const READINGS = 200
const BROKEN = 8
const GOAL_MS = 2_000

export async function latency(): Promise<void> {
  const dataDir = await newDataDir()
  const program = await startProgram(dataDir, { SIMULATE: '300', SIMULATE_SPEED: '60', SIMULATE_DAYS: '0' })
  try {
    await eventually(
      'the world to run',
      async () => {
        const { readingsPerSecond } = await program.call<{ readingsPerSecond: number }>('GET', '/api/ingest')
        return readingsPerSecond > 100
      },
      120_000,
    )
    const onPage = await publishedToPage(program)
    const toTicket = await detectedToTicket(program)
    const { readingsPerSecond } = await program.call<{ readingsPerSecond: number }>('GET', '/api/ingest')
    const row = (what: string, ms: number[]): void => {
      const sorted = ms.toSorted((a, b) => a - b)
      const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
      const p95 = at(0.95)
      console.log(
        `| ${what} | ${sorted.length} | ${at(0.5).toFixed(0)} | ${p95.toFixed(0)} | ${at(1).toFixed(0)} | ${GOAL_MS} | ${p95 <= GOAL_MS ? 'pass' : 'falls short'} |`,
      )
    }
    console.log(`300 simulated appliances at 60×, ${readingsPerSecond.toFixed(0)} readings/s beside`)
    console.log('| from … to | n | median ms | p95 ms | worst ms | goal p95 | |\n|---|---|---|---|---|---|---|')
    row('publish → on the page (event stream)', onPage.page)
    row('publish → stored (telemetry call)', onPage.stored)
    row('reading that opens an alert → its ticket in the API', toTicket)
  } finally {
    await program.stop()
    await removeDataDir(dataDir)
  }
}

interface Registered {
  id: string
  mqtt: { password: string }
}

async function publishedToPage(program: Program): Promise<{ page: number[]; stored: number[] }> {
  const { mqtt } = await program.call<Registered>('POST', '/api/appliances', {
    id: 'probe',
    kind: 'fridge',
    model: 'Probe',
  })
  const client = await connectAppliance(program, 'probe', mqtt.password)
  const { now } = await program.call<{ now: number }>('GET', '/api/fleet')
  const seen = new Map<number, number>()
  const stop = listen(program, '/api/stream?appliance=probe', (event, data) => {
    const { ts } = data as { ts: number }
    if (event === 'reading' && !seen.has(ts)) seen.set(ts, performance.now())
  })
  // The stream tells the analysis whom it watches once a second.
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  const page: number[] = []
  const stored: number[] = []
  for (let i = 0; i < READINGS; i++) {
    const ts = Math.floor(now / 60_000) * 60_000 + i * 60_000
    const sent = performance.now()
    await client.publishAsync(
      'appliances/fridge/probe/telemetry',
      JSON.stringify({ ts, metrics: { cabinetTemp: 4, power: 80 } }),
      { qos: 1 },
    )
    if (i % 10 === 0) {
      await eventually('stored', async () => {
        const answer = await program.call<{ ts: number[] }>(
          'GET',
          `/api/appliances/probe/telemetry?from=${ts}&to=${ts + 1}&points=10`,
        )
        return answer.ts.length === 1
      })
      stored.push(performance.now() - sent)
    }
    await eventually('on the page', async () => seen.has(ts))
    page.push((seen.get(ts) ?? 0) - sent)
  }
  stop()
  await client.endAsync()
  return { page, stored }
}

/** Fridges with a sound fortnight behind them, each of which breaks; single readings in order, as appliances send them. */
async function detectedToTicket(program: Program): Promise<number[]> {
  const catalog = loadCatalog()
  const { now } = await program.call<{ now: number }>('GET', '/api/fleet')
  const start = Math.floor(now / 60_000) * 60_000 - 20 * DAY
  const breaks = start + 17 * DAY
  const fleet = createFleet({
    seed: 5,
    catalog,
    kinds: { fridge: BROKEN },
    start,
    faults: 'none',
    nuisances: false,
    prefix: 'bench-',
  })
  const random = new SeededRandom(5, 'bench')
  const made = await program.call<Registered[]>(
    'POST',
    '/api/appliances',
    fleet.appliances.map(({ registration }) => ({ ...registration, model: 'Polar 300' })),
  )
  const published = new Map<string, number>()
  const took: number[] = []
  const ticketed = new Map<string, number>()
  const stop = listen(program, '/api/stream', (event, data) => {
    const { id } = data as { id: string }
    if (event === 'ticket' && !ticketed.has(id)) ticketed.set(id, performance.now())
  })
  for (const [i, appliance] of fleet.appliances.entries()) {
    const { id } = appliance.registration
    const mode = i % 2 ? 'compressor-wear' : 'door-seal-leak'
    appliance.inject(drawFault('fridge', id, mode, breaks, random, { days: 1.2, shape: 'linear' }))
    const client = await connectAppliance(program, id, made[i]?.mqtt.password ?? '')
    const { metricNames } = catalog.kind('fridge')
    let waiting: object[] = []
    const topic = `appliances/fridge/${id}/telemetry`
    for (let sinceLook = 0; appliance.nextAt() < breaks + 2.5 * DAY; ) {
      if (!appliance.next()) continue
      const metrics = Object.fromEntries(
        metricNames
          .map((name, m) => [name, appliance.values[m] as number] as const)
          .filter(([, v]) => !Number.isNaN(v)),
      )
      const reading = { ts: appliance.ts, metrics }
      if (appliance.ts < breaks) {
        waiting.push(reading)
        if (waiting.length < 720) continue
        await client.publishAsync(topic, JSON.stringify(waiting), { qos: 1 })
        waiting = []
        continue
      }
      if (waiting.length > 0) await client.publishAsync(topic, JSON.stringify(waiting), { qos: 1 })
      waiting = []
      published.set(`${id}/${reading.ts}`, performance.now())
      await client.publishAsync(topic, JSON.stringify(reading), { qos: 1 })
      if (++sinceLook % 60 === 0 && [...ticketed.keys()].length > took.length) break
    }
    await client.endAsync()
    await quiet(program)
    const { items } = await program.call<{ items: { openedAt: number; ticket?: string }[] }>(
      'GET',
      `/api/alerts?appliance=${id}&state=open`,
    )
    for (const { openedAt, ticket } of items) {
      const sent = published.get(`${id}/${openedAt}`)
      const known = ticket && ticketed.get(ticket)
      if (sent !== undefined && known) took.push(known - sent)
    }
  }
  stop()
  return took
}

/** Listens to the event stream until told to stop. */
function listen(program: Program, path: string, hear: (event: string, data: unknown) => void): () => void {
  const ending = new AbortController()
  void (async () => {
    const response = await fetch(program.url + path, {
      headers: { authorization: `Bearer ${program.token}` },
      signal: ending.signal,
    })
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const event = /^event: (.*)$/m.exec(text.slice(0, end))?.[1]
        const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1]
        text = text.slice(end + 2)
        if (event && data) hear(event, JSON.parse(data))
      }
    }
  })().catch((error: Error) => {
    if (error.name !== 'AbortError') throw error
  })
  return () => ending.abort()
}
