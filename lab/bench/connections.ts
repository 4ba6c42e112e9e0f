// 10,000 connections at once: how many a second are accepted, and what an idle one weighs; ours, with a secret to check
// for each, against Aedes with nothing behind it and against Mosquitto.

import { fromEnvironment, wholeOption } from '../../scripts/commandOptions.ts'
import { newDataDir, removeDataDir, startProgram } from '../../test/program.ts'
import { startMosquitto } from '../../test/servers/servers.ts'
import { portOf, publish, register } from './load.ts'
import { memoryOf } from './processor.ts'
import { startBareAedes } from './startBareAedes.ts'

const CONNECTIONS = fromEnvironment('BENCH_CONNECTIONS', wholeOption(1, 1_000_000, 10_000))
const ACCEPTS_GOAL = 2_000
const KILOBYTES_GOAL = 28

type Clients = { id: string; password: string }[]

export async function connections(): Promise<void> {
  const rows = [await ours(), await bare(), await mosquitto()]
  console.table(rows)
}

async function measure(broker: string, pid: number, port: number, clients: Clients) {
  // Those that were here before: memory grows once for the first, and that is not theirs.
  await publish(port, { sockets: 0, inFlight: 0, batch: 1, seconds: 1, connectAtOnce: 500 }, clients.slice(0, 500))
  const before = memoryOf(pid)
  let held = 0
  const load = { sockets: clients.length, inFlight: 0, batch: 1, seconds: 3, connectAtOnce: clients.length }
  const outcome = await publish(port, load, clients, () => {
    held = memoryOf(pid)
  })
  const kilobytes = ((held - before) * 1024) / clients.length
  const perSecond = outcome.connectedPerSecond
  return {
    broker,
    connections: clients.length.toLocaleString('en'),
    'accepted/s': perSecond.toFixed(0),
    'KB a connection': kilobytes.toFixed(1),
    goal: broker.startsWith('Hearthwatch')
      ? `${ACCEPTS_GOAL}/s ${perSecond >= ACCEPTS_GOAL ? 'pass' : 'falls short'}, ${KILOBYTES_GOAL} KB ${kilobytes <= KILOBYTES_GOAL ? 'pass' : 'falls short'}`
      : '',
  }
}

async function ours() {
  const dataDir = await newDataDir()
  const program = await startProgram(dataDir, { CLOCK: 'telemetry' })
  try {
    const clients = await register(program, CONNECTIONS)
    return await measure('Hearthwatch', program.pid, portOf(program.mqttUrl), clients)
  } finally {
    await program.stop()
    await removeDataDir(dataDir)
  }
}
const anybody = (): Clients => Array.from({ length: CONNECTIONS }, (_, i) => ({ id: `bench-${i}`, password: 'x' }))

async function bare() {
  const server = await startBareAedes()
  try {
    return await measure('Aedes alone', server.pid, server.port, anybody())
  } finally {
    await server.stop()
  }
}
async function mosquitto() {
  const server = await startMosquitto({ more: ['max_connections -1'] })
  try {
    return await measure('Mosquitto', server.pid, server.port, anybody())
  } finally {
    await server.stop()
  }
}
