import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt, { type MqttClient } from 'mqtt'

const READY_MS = 120_000
const STOP_MS = 20_000

export interface Program {
  url: string
  mqttUrl: string
  token: string
  dataDir: string
  pid: number
  /** From spawn to the ready line, ms. */
  startedInMs: number
  /** Everything it printed. */
  output(): string
  call<T>(method: string, path: string, body?: unknown): Promise<T>
  /** Resolves when it is gone, however it went. */
  ended: Promise<void>
  /** SIGKILL, at once. */
  kill(): Promise<void>
  /** SIGTERM, and waits for an orderly end. @returns its exit code */
  stop(): Promise<number | null>
}

export const newDataDir = (): Promise<string> => mkdtemp(join(tmpdir(), 'hearthwatch-'))
export const removeDataDir = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true, maxRetries: 5 })

/** Runs the program as its users do, on free ports, in a folder of its own. */
export async function startProgram(
  dataDir: string,
  env: Record<string, string> = {},
  args: readonly string[] = [],
): Promise<Program> {
  const started = performance.now()
  const { child, output } = spawnProgram(dataDir, env, args)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const ready = await new Promise<RegExpMatchArray>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`not ready within ${READY_MS} ms:\n${output()}`))
    }, READY_MS)
    const look = (): void => {
      const match = /^ready (http:\S+)(?: (mqtt:\S+))?$/m.exec(output())
      if (!match) return
      clearTimeout(timer)
      resolve(match)
    }
    child.stdout?.on('data', look)
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`ended with ${code} before it was ready:\n${output()}`))
    })
  })
  const [, url = '', mqttUrl = ''] = ready
  const token = env.ADMIN_TOKEN ?? (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim()
  return {
    url,
    mqttUrl,
    token,
    dataDir,
    pid: child.pid ?? 0,
    startedInMs: performance.now() - started,
    output,
    ended,
    call: (method, path, body) => call(url, token, method, path, body),
    kill: () => end(child, 'SIGKILL').then(() => {}),
    stop: () => end(child, 'SIGTERM'),
  }
}

/** Runs it where it is expected to refuse. @returns its exit code and what it printed */
export async function runToEnd(
  dataDir: string,
  env: Record<string, string>,
  args: readonly string[] = [],
): Promise<{ code: number | null; output: string }> {
  const { child, output } = spawnProgram(dataDir, env, args)
  const code = await new Promise<number | null>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), READY_MS)
    child.once('exit', (exit) => {
      clearTimeout(timer)
      resolve(exit)
    })
  })
  return { code, output: output() }
}

/** `npm run doctor`, with what is needed to find the service beside `env`. */
export function runDoctor(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ['scripts/doctor.ts'], {
    env: { ...process.env, NODE_NO_WARNINGS: '1', SIMULATE: '0', PORT: '0', MQTT_PORT: '0', ...env },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk
    })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })))
}

/** Runs it and does not wait for anything. */
export function spawnProgram(dataDir: string, env: Record<string, string>, args: readonly string[] = []) {
  let text = ''
  // Put together by `npm test` and the like; a test run by itself starts the source.
  const child = spawn(process.execPath, [process.env.PROGRAM ?? 'main.ts', ...args], {
    env: {
      ...process.env,
      NODE_NO_WARNINGS: '1',
      // As `npm start` sets it.
      NODE_COMPILE_CACHE: join('.cache', 'compiled'),
      MALLOC_ARENA_MAX: '2',
      MALLOC_MMAP_THRESHOLD_: '32768',
      MALLOC_TRIM_THRESHOLD_: '131072',
      PORT: '0',
      MQTT_PORT: '0',
      SIMULATE: '0',
      LOG_LEVEL: 'warn',
      // Benches and torture run what people run.
      ...(process.env.VITEST ? { STRICT_ANSWERS: '1' } : {}),
      DATA_DIR: dataDir,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const hear = (chunk: Buffer): void => {
    if (text.length < 1_000_000) text += chunk.toString()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  return { child, output: () => text }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  const code = await ended
  clearTimeout(timer)
  return code
}

async function call<T>(url: string, token: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return JSON.parse(text) as T
}

/** An appliance as it signs in. @throws when the connection ends before it is let in, and does not wait for another */
export const connectAppliance = (
  program: Pick<Program, 'mqttUrl'>,
  id: string,
  password: string,
): Promise<MqttClient> =>
  mqtt.connectAsync(
    program.mqttUrl,
    { clientId: id, username: id, password, protocolVersion: 4, reconnectPeriod: 0 },
    false,
  )

/** Looks again and again until it holds. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false | null>,
  withinMs = 60_000,
): Promise<T> {
  const until = performance.now() + withinMs
  let last: unknown
  for (;;) {
    const found = await look().catch((error: unknown) => {
      last = error
      return undefined
    })
    if (found) return found
    if (performance.now() > until) throw new Error(`${what}: not within ${withinMs} ms${last ? ` (${last})` : ''}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export interface IngestAnswer {
  messages: { acked: number; processed: number; withoutPromise: number }
  readings: { received: number; stored: number; duplicates: number; quarantined: Record<string, number> }
  waitingBytes: number
  journalEnd: number
  storedUpTo: number
  decidedUpTo: number
}

/**
 * Waits until everything acknowledged is settled, stored and decided.
 * @throws at once when the program ends meanwhile: it would be waited for in vain
 */
export async function quiet(program: Program, withinMs = 120_000): Promise<IngestAnswer> {
  let ended = false
  void program.ended.then(() => {
    ended = true
  })
  let now: IngestAnswer | undefined
  const found = await eventually(
    'quiet',
    async () => {
      if (ended) return 'ended'
      now = await program.call<IngestAnswer>('GET', '/api/ingest')
      const settled = now.waitingBytes === 0 && now.storedUpTo >= now.journalEnd && now.decidedUpTo >= now.journalEnd
      return settled && now.messages.processed === now.messages.acked && now
    },
    withinMs,
  ).catch((cause: unknown) => {
    throw new Error(`not quiet: ${JSON.stringify(now)}`, { cause })
  })
  if (found === 'ended') throw new Error(`it ended before it was quiet:\n${program.output()}`)
  return found
}
