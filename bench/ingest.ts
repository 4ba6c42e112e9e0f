// How many readings a second the whole program takes: acknowledged on disk, validated, stored and scored, on one load
// generator beside it; and the same load on Mosquitto, which promises less.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { monotonicMs, wallClock } from '../core/index.ts'
import { startMosquitto } from '../scripts/servers.ts'
import { newDataDir, type Program, quiet, removeDataDir, startProgram } from '../test/program.ts'
import { memoryOf, type Used, usedBy } from './processor.ts'
import type { Orders, Outcome } from './publishers.ts'

const SECONDS = Number(process.env.BENCH_SECONDS ?? 15)

interface Load {
  name: string
  sockets: number
  inFlight: number
  batch: number
  rate?: number
  goal: number
}
const loads: Load[] = [
  { name: '12,000 sockets, one in flight', sockets: 12_000, inFlight: 1, batch: 1, goal: 16_700 },
  { name: '12,000 sockets at 16,700/s', sockets: 12_000, inFlight: 1, batch: 1, rate: 16_700, goal: 16_700 },
  { name: '200 sockets × 20 in flight', sockets: 200, inFlight: 20, batch: 1, goal: 50_000 },
  { name: 'arrays of 60 readings, 200 sockets × 4', sockets: 200, inFlight: 4, batch: 60, goal: 200_000 },
]

export async function ingest(): Promise<void> {
  const only = process.env.BENCH_ONLY
  const rows: Record<string, string>[] = []
  for (const load of loads.filter(({ name }) => !only || name.includes(only))) {
    rows.push(await ours(load))
    if (!load.rate) rows.push(await mosquitto(load, false), await mosquitto(load, true))
  }
  console.table(rows)
}

async function ours(load: Load): Promise<Record<string, string>> {
  const dataDir = await newDataDir()
  const program = await startProgram(dataDir, { CLOCK: 'telemetry' })
  try {
    const clients = await register(program, load.sockets)
    const { pid } = program
    let before: Used = { all: 0, door: 0 }
    const connected = (): void => {
      before = usedBy(pid)
    }
    const outcome = await publish(portOf(program.mqttUrl), load, clients, connected)
    const ackedAt = monotonicMs()
    const acked = usedBy(pid)
    const { readings } = await quiet(program, 300_000)
    const settled = monotonicMs()
    const after = usedBy(pid)
    const memory = memoryOf(pid)
    const perSecond = (outcome.acked * load.batch) / outcome.seconds
    return {
      broker: 'Hearthwatch (synced, stored, scored)',
      load: load.name,
      'acked readings/s': perSecond.toFixed(0),
      'all settled/s': (readings.received / (outcome.seconds + (settled - ackedAt) / 1000)).toFixed(0),
      'cpu s per 100k: door': per100k(acked.door - before.door, outcome),
      whole: per100k(after.all - before.all, outcome),
      'ack p50 / p99 ms': `${outcome.p50Ms.toFixed(0)} / ${outcome.p99Ms.toFixed(0)}`,
      'connects/s': outcome.connectedPerSecond.toFixed(0),
      'memory MB': memory.toFixed(0),
      goal: perSecond >= load.goal * 0.99 ? `${load.goal} pass` : `${load.goal} falls short`,
    }
  } finally {
    await program.stop()
    await removeDataDir(dataDir)
  }
}

async function mosquitto(load: Load, persistence: boolean): Promise<Record<string, string>> {
  const kept = ['persistence true', 'autosave_interval 1']
  const server = await startMosquitto({
    more: ['max_connections -1', 'max_inflight_messages 100', ...(persistence ? kept : [])],
  })
  try {
    const clients = Array.from({ length: load.sockets }, (_, i) => ({ id: `bench-${i}`, password: 'x' }))
    let before = 0
    const connected = (): void => {
      before = usedBy(server.pid).all
    }
    const outcome = await publish(server.port, load, clients, connected)
    const after = usedBy(server.pid).all
    return {
      broker: persistence ? 'Mosquitto (persistence, no sync)' : 'Mosquitto (memory)',
      load: load.name,
      'acked readings/s': ((outcome.acked * load.batch) / outcome.seconds).toFixed(0),
      'cpu s per 100k: door': per100k(after - before, outcome),
      'ack p50 / p99 ms': `${outcome.p50Ms.toFixed(0)} / ${outcome.p99Ms.toFixed(0)}`,
      'connects/s': outcome.connectedPerSecond.toFixed(0),
    }
  } finally {
    await server.stop()
  }
}

async function register(program: Program, count: number): Promise<{ id: string; password: string }[]> {
  const clients: { id: string; password: string }[] = []
  for (let from = 0; from < count; from += 2_000) {
    const some = Array.from({ length: Math.min(2_000, count - from) }, (_, i) => ({
      id: `bench-${from + i}`,
      kind: 'fridge',
      model: 'Bench',
    }))
    const made = await program.call<{ id: string; mqtt: { password: string } }[]>('POST', '/api/appliances', some)
    clients.push(...made.map(({ id, mqtt }) => ({ id, password: mqtt.password })))
  }
  await quiet(program, 120_000)
  return clients
}

const per100k = (seconds: number, { acked }: Outcome): string => ((seconds / (acked + 1)) * 100_000).toFixed(2)

async function publish(port: number, load: Load, clients: Orders['clients'], connected: () => void): Promise<Outcome> {
  const orders: Orders = {
    port,
    clients,
    kind: 'fridge',
    inFlight: load.inFlight,
    batch: load.batch,
    seconds: SECONDS,
    rate: load.rate ?? 0,
    firstTs: Math.floor(wallClock.now() / 60_000) * 60_000,
  }
  const script = fileURLToPath(new URL('./publishers.ts', import.meta.url))
  const child = spawn(process.execPath, ['--max-old-space-size=4096', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    // Two seconds of quiet follow; the count begins at their end.
    if (text === 'connected\n') setTimeout(connected, 1_900)
  })
  child.stdin.end(JSON.stringify(orders))
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`the load generator ended with ${code}`)
  return JSON.parse(text.slice(text.indexOf('\n'))) as Outcome
}

const portOf = (url: string): number => Number(new URL(url).port)
