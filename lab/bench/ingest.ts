// How many readings a second the whole program takes: acknowledged on disk, validated, stored and scored, on one load
// generator beside it; and the same load on Mosquitto, which promises less.

import { monotonicMs } from '../../core/index.ts'
import { choiceOption, fromEnvironment, listOption, wholeOption } from '../../scripts/commandOptions.ts'
import { newDataDir, quiet, removeDataDir, startProgram } from '../../test/program.ts'
import { startMosquitto } from '../../test/servers/servers.ts'
import { type Load, portOf, publish, register } from './load.ts'
import { memoryOf, type Used, usedBy } from './processor.ts'
import type { Outcome } from './publishers.ts'
import { startBareAedes } from './startBareAedes.ts'

const SECONDS = fromEnvironment('BENCH_SECONDS', wholeOption(1, 86_400, 15))
/** Of the protocol: `4` is 3.1.1, `5`, or both in turn. */
const versions = fromEnvironment('BENCH_VERSIONS', listOption(choiceOption(['4', '5'], undefined), ['4', '5'])).map(
  (one) => (one === '5' ? 5 : 4),
)

interface Measured extends Load {
  name: string
  goal: number
}
const loads: Measured[] = [
  { name: '12,000 sockets, one in flight', sockets: 12_000, inFlight: 1, batch: 1, seconds: SECONDS, goal: 16_700 },
  {
    name: '12,000 sockets at 16,700/s',
    sockets: 12_000,
    inFlight: 1,
    batch: 1,
    seconds: SECONDS,
    rate: 16_700,
    goal: 16_700,
  },
  { name: '200 sockets × 20 in flight', sockets: 200, inFlight: 20, batch: 1, seconds: SECONDS, goal: 50_000 },
  {
    name: 'arrays of 60 readings, 200 sockets × 4',
    sockets: 200,
    inFlight: 4,
    batch: 60,
    seconds: SECONDS,
    goal: 200_000,
  },
]

export async function ingest(): Promise<void> {
  const only = process.env.BENCH_ONLY
  const rows: Record<string, string>[] = []
  for (const load of loads.filter(({ name }) => !only || name.includes(only))) {
    for (const version of versions) {
      rows.push(await ours({ ...load, version }))
      if (load.rate) continue
      for (const [name, { start, versions: spoken }] of Object.entries(peers))
        if (spoken.includes(version)) rows.push(await peer(name, { ...load, version }, start))
    }
  }
  console.table(rows)
}

async function ours(load: Measured): Promise<Record<string, string>> {
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
      MQTT: load.version === 5 ? '5' : '3.1.1',
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

/** The same load on a broker that promises less. */
async function peer(
  broker: string,
  load: Measured,
  start: () => Promise<{ pid: number; port: number; stop(): Promise<unknown> }>,
): Promise<Record<string, string>> {
  const server = await start()
  try {
    const clients = Array.from({ length: load.sockets }, (_, i) => ({ id: `bench-${i}`, password: 'x' }))
    let before = 0
    const connected = (): void => {
      before = usedBy(server.pid).all
    }
    const outcome = await publish(server.port, load, clients, connected)
    const after = usedBy(server.pid).all
    return {
      broker,
      load: load.name,
      MQTT: load.version === 5 ? '5' : '3.1.1',
      'acked readings/s': ((outcome.acked * load.batch) / outcome.seconds).toFixed(0),
      'cpu s per 100k: door': per100k(after - before, outcome),
      'ack p50 / p99 ms': `${outcome.p50Ms.toFixed(0)} / ${outcome.p99Ms.toFixed(0)}`,
      'connects/s': outcome.connectedPerSecond.toFixed(0),
    }
  } finally {
    await server.stop()
  }
}

const unbounded = ['max_connections -1', 'max_inflight_messages 100']
const peers = {
  'Mosquitto (memory)': { start: () => startMosquitto({ more: unbounded }), versions: [4, 5] },
  'Mosquitto (persistence, no sync)': {
    start: () => startMosquitto({ more: [...unbounded, 'persistence true', 'autosave_interval 1'] }),
    versions: [4, 5],
  },
  'Aedes alone (memory)': { start: startBareAedes, versions: [4] },
}

const per100k = (seconds: number, { acked }: Outcome): string => ((seconds / (acked + 1)) * 100_000).toFixed(2)
