// How soon the program acknowledges after a kill, what `npm start` adds to that, and how much memory it holds.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt, { type MqttClient } from 'mqtt'
import { monotonicMs, SECOND, wallClock } from '../../core/index.ts'
import { fromEnvironment, wholeOption } from '../../scripts/commandOptions.ts'
import { newDataDir, removeDataDir, spawnProgram, startProgram } from '../../test/program.ts'
import { register } from './load.ts'
import { median } from './median.ts'
import { memoryOf } from './processor.ts'

const RUNS = fromEnvironment('START_RUNS', wholeOption(1, 10_000, 10))
const APPLIANCES = fromEnvironment('START_APPLIANCES', wholeOption(1, 1_000_000, 10_000))
const MINUTES = fromEnvironment('START_MINUTES', wholeOption(1, 100_000, 10))
const TRY_AGAIN_MS = 10
const SETTLED_MS = 20 * SECOND

interface Row {
  what: string
  median: string
  worst: string
  limit: string
  holds: string
}

export async function start(): Promise<void> {
  console.log(`${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)} before it began; ${RUNS} runs each`)
  const rows: Row[] = []
  const ms = (what: string, times: number[], limit: number, worstLimit: number): void => {
    const [middle, worst] = [median(times), Math.max(...times)]
    rows.push({
      what,
      median: `${middle.toFixed(0)} ms`,
      worst: `${worst.toFixed(0)} ms`,
      limit: `${limit.toFixed(0)}, worst ${worstLimit.toFixed(0)} ms`,
      holds: middle <= limit && worst <= worstLimit ? 'pass' : 'falls short',
    })
  }
  const direct = await killedAgainAndAgain(1)
  ms('exec → first PUBACK', direct, 1_000, 2_000)
  ms(`the same, ${APPLIANCES} appliances registered`, await killedAgainAndAgain(APPLIANCES), 3_000, 4_000)

  const npm = await bareNpm()
  const whole = await killedAgainAndAgain(1, true)
  const added = whole.map((time) => time - median(direct) - median(npm))
  ms('npm start → first PUBACK, less that and bare npm', added, 500, 1_000)

  const mb = (what: string, value: number, limit: number, worst?: number): void =>
    void rows.push({
      what,
      median: `${value.toFixed(0)} MB`,
      worst: worst === undefined ? '' : `${worst.toFixed(0)} MB`,
      limit: `${limit} MB`,
      holds: value <= limit ? 'pass' : 'falls short',
    })
  const { empty, heard } = await memoryOfRealWorld()
  mb('resident, an empty real world', empty, 300)
  if (heard !== undefined) mb(`resident, ${MINUTES} minutes after a first reading`, heard, 400)
  const simulated = await memoryOfSimulatedWorld()
  mb('resident, 300 simulated appliances, 2 minutes', simulated.median, 600, simulated.worst)
  console.table(rows)
}

/** The world that is started again has been used before; the first start, which makes it, does not count. */
async function killedAgainAndAgain(appliances: number, byNpm = false): Promise<number[]> {
  const dataDir = await newDataDir()
  const program = await startProgram(dataDir)
  const [one] = await register(program, appliances)
  await program.kill()
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const port = await freePort()
    const env = { MQTT_PORT: String(port) }
    const began = monotonicMs()
    const child = byNpm ? npmStart(dataDir, env) : spawnProgram(dataDir, env).child
    const client = await connected(port, one!.id, one!.password)
    const reading = JSON.stringify({ ts: wallClock.now(), metrics: { cabinetTemp: 4 } })
    await client.publishAsync(`appliances/fridge/${one!.id}/telemetry`, reading, { qos: 1 })
    times.push(monotonicMs() - began)
    client.end(true)
    // What the next start finds is what a program leaves that was up.
    await new Promise((resolve) => setTimeout(resolve, 5 * SECOND))
    await killed(child)
  }
  await removeDataDir(dataDir)
  return times
}

function npmStart(dataDir: string, env: Record<string, string>): ChildProcess {
  return spawn('npm', ['start'], {
    env: { ...process.env, PORT: '0', SIMULATE: '0', LOG_LEVEL: 'warn', DATA_DIR: dataDir, ...env },
    stdio: 'ignore',
    detached: true,
  })
}
/** It alone, or npm's whole family. */
async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  if (child.spawnfile === 'npm' && child.pid) process.kill(-child.pid, 'SIGKILL')
  else child.kill('SIGKILL')
  await gone
}

/** npm, a shell, and nothing to do. */
async function bareNpm(): Promise<number[]> {
  const dir = await mkdtemp(join(tmpdir(), 'hearthwatch-npm-'))
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'nothing', scripts: { start: 'exit 0' } }))
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const began = monotonicMs()
    const child = spawn('npm', ['start'], { cwd: dir, stdio: 'ignore' })
    await new Promise((resolve) => child.once('exit', resolve))
    times.push(monotonicMs() - began)
  }
  await removeDataDir(dir)
  return times
}

/** As soon as somebody listens there; looking costs next to nothing of the processor that the start needs. */
async function connected(port: number, id: string, password: string): Promise<MqttClient> {
  const until = monotonicMs() + 60 * SECOND
  while (!(await isOpen(port))) {
    if (monotonicMs() > until) throw new Error('it does not open')
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS))
  }
  const options = { clientId: id, username: id, password, reconnectPeriod: 0 }
  return await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, options, false)
}

function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return new Promise((resolve) => {
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || !address) throw new Error('no port is free')
  return address.port
}

/** The second start of it: the first one tries the models. */
async function memoryOfRealWorld(): Promise<{ empty: number; heard: number | undefined }> {
  const dataDir = await newDataDir()
  await (await startProgram(dataDir)).stop()
  const program = await startProgram(dataDir)
  try {
    await new Promise((resolve) => setTimeout(resolve, SETTLED_MS))
    const empty = memoryOf(program.pid)
    if (MINUTES === 0) return { empty, heard: undefined }
    const [one] = await register(program, 1)
    const client = await connected(Number(new URL(program.mqttUrl).port), one!.id, one!.password)
    for (let minute = 0; minute < MINUTES; minute++) {
      const reading = JSON.stringify({ ts: wallClock.now(), metrics: { cabinetTemp: 4, power: 80 } })
      await client.publishAsync(`appliances/fridge/${one!.id}/telemetry`, reading, { qos: 1 })
      await new Promise((resolve) => setTimeout(resolve, 60 * SECOND))
    }
    client.end(true)
    return { empty, heard: memoryOf(program.pid) }
  } finally {
    await program.stop()
    await removeDataDir(dataDir)
  }
}

async function memoryOfSimulatedWorld(): Promise<{ median: number; worst: number }> {
  const dataDir = await newDataDir()
  const program = await startProgram(dataDir, { SIMULATE: '300' })
  try {
    await new Promise((resolve) => setTimeout(resolve, 105 * SECOND))
    const looks: number[] = []
    // It breathes: a checkpoint, a collection, a snapshot.
    for (let second = 0; second < 30; second++) {
      looks.push(memoryOf(program.pid))
      await new Promise((resolve) => setTimeout(resolve, SECOND))
    }
    return { median: median(looks), worst: Math.max(...looks) }
  } finally {
    await program.stop()
    await removeDataDir(dataDir)
  }
}
