// `npm run replay -- FILE`: publishes a recorded series as an appliance over real MQTT, at any speed.
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import mqtt from 'mqtt'
import { loadCatalog } from '../catalog/index.ts'
import { Problem, wallClock } from '../core/index.ts'
import { averageTo, batchesOf, parseSeries, shiftTo } from './recordedSeries.ts'

const usage = `npm run replay -- FILE [--kind fridge] [--metric power] [--id ID] [--model NAME]
  [--start ISO|ms] (default: so that it ends now)  [--speed N|max] (default max: seconds per second)
  [--cadence SECONDS] (default: the kind's)  [--url mqtt://127.0.0.1:1883] (default: of MQTT_PORT)
  [--api http://127.0.0.1:3000 --token ADMIN_TOKEN] (default: of PORT and of DATA_DIR/admin-token), or [--password SECRET] when it is registered
FILE: csv or csv.gz; 'unix_s,watts', or a header 'ts,metric…' with ts in ms. Use CLOCK=telemetry for a series of the past.`

export interface ReplayOptions {
  file: string
  kind: string
  metric: string
  id: string
  model: string
  /** When the first reading is to be; undefined: so that the last is now. */
  start?: number
  /** Recorded seconds per second; Infinity: as fast as it is acknowledged. */
  speed: number
  cadenceSeconds?: number
  url: string
  api?: string
  token?: string
  password?: string
  /** Where added kinds are. */
  catalogDir?: string
  log?: (line: string) => void
}

/** @returns how many readings were acknowledged, and the times of the first and the last */
export async function replay(options: ReplayOptions): Promise<{ readings: number; from: number; to: number }> {
  const { kind, id, speed, url, log = () => undefined } = options
  const spec = loadCatalog(options.catalogDir).kind(kind)
  const cadenceMs = (options.cadenceSeconds ?? spec.cadenceSeconds) * 1_000
  const recorded = averageTo(parseSeries(readFileSync(options.file), options.metric), cadenceMs, spec)
  const last = recorded[recorded.length - 1]
  if (!last) throw bad(`${options.file} has no readings.`, 'Give a file with at least one row of numbers.')
  const startAt = options.start ?? wallClock.now() - (last.ts - recorded[0]!.ts)
  const readings = shiftTo(recorded, startAt, cadenceMs)
  const password = options.password ?? (await register(options))
  const client = await mqtt.connectAsync(
    url,
    { clientId: id, username: id, password, protocolVersion: 4, clean: true },
    false,
  )
  try {
    const topic = `appliances/${kind}/${id}/telemetry`
    const begunAt = wallClock.now()
    let done = 0
    for (const batch of batchesOf(readings, speed, cadenceMs)) {
      const dueAt = begunAt + (batch[batch.length - 1]!.ts - readings[0]!.ts) / speed
      const waitMs = dueAt - wallClock.now()
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
      await client.publishAsync(topic, JSON.stringify(batch.length === 1 ? batch[0] : batch), { qos: 1 })
      if (Math.floor((done + batch.length) / 10_000) > Math.floor(done / 10_000))
        log(`${done + batch.length} of ${readings.length}`)
      done += batch.length
    }
    return { readings: done, from: readings[0]!.ts, to: readings[readings.length - 1]!.ts }
  } finally {
    await client.endAsync()
  }
}

/** @returns the appliance's secret: of the registration, or a new one when it was registered before */
async function register({ api, token, id, kind, model, cadenceSeconds }: ReplayOptions): Promise<string> {
  if (!api || !token)
    throw bad('There is no way to sign in.', 'Give --api and --token to register the appliance, or its --password.')
  const call = async (path: string, body: unknown): Promise<{ mqtt?: { password?: string } }> => {
    const answer = await fetch(new URL(path, api), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await answer.text()
    if (!answer.ok) throw bad(`${path} answered ${answer.status}: ${text.slice(0, 300)}`, 'Check --api and --token.')
    return JSON.parse(text)
  }
  const made = await call('/api/appliances', { id, kind, model, ...(cadenceSeconds ? { cadenceSeconds } : {}) })
  const secret = made.mqtt?.password ?? (await call(`/api/appliances/${id}/credentials`, {})).mqtt?.password
  if (!secret) throw bad(`No secret came back for ${id}.`, 'Give its --password.')
  return secret
}

const bad = (message: string, remedy: string): Problem => new Problem({ code: 'bad-replay', message, remedy })

/** The token that the server made at its first start, when it runs here. */
function savedToken(): string | undefined {
  try {
    return readFileSync(join(process.env.DATA_DIR || './data', 'admin-token'), 'utf8').trim()
  } catch {
    // Not here: it has to be given.
    return undefined
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      kind: { type: 'string', default: 'fridge' },
      metric: { type: 'string', default: 'power' },
      id: { type: 'string' },
      model: { type: 'string', default: 'recorded' },
      start: { type: 'string' },
      speed: { type: 'string', default: 'max' },
      cadence: { type: 'string' },
      // As the server beside it was started: the same environment says where it listens and where its token is.
      url: { type: 'string', default: `mqtt://127.0.0.1:${process.env.MQTT_PORT || 1883}` },
      api: { type: 'string', default: `http://127.0.0.1:${process.env.PORT || 3000}` },
      help: { type: 'boolean', short: 'h' },
      token: { type: 'string' },
      password: { type: 'string' },
    },
  })
  if (values.help) return console.log(usage)
  const file = positionals[0]
  if (!file) throw bad('No file was given.', usage)
  const number = (name: 'start' | 'speed' | 'cadence'): number | undefined => {
    const text = values[name]
    if (text === undefined) return undefined
    const value =
      name === 'start' && Number.isNaN(Number(text)) ? Date.parse(text) : text === 'max' ? Infinity : Number(text)
    if (Number.isNaN(value) || (name !== 'start' && value <= 0)) throw bad(`--${name} ${text} cannot be used.`, usage)
    return value
  }
  const token = values.token ?? process.env.ADMIN_TOKEN ?? savedToken()
  const id =
    values.id ??
    basename(file)
      .replace(/\..*$/, '')
      .replace(/[^A-Za-z0-9_-]/g, '-')
      .slice(0, 64)
  const { kind, metric, model, url, api, password } = values
  const [start, speed, cadenceSeconds] = [number('start'), number('speed') ?? Infinity, number('cadence')]
  const log = (line: string): void => console.log(line)
  const done = await replay({
    file,
    id,
    kind,
    metric,
    model,
    url,
    api,
    token,
    password,
    start,
    speed,
    cadenceSeconds,
    log,
  })
  console.log(
    `${done.readings} readings of ${id} acknowledged, ${new Date(done.from).toISOString()} to ${new Date(done.to).toISOString()}`,
  )
}

if (import.meta.main) {
  await main().catch((error) => {
    if (!(error instanceof Problem)) throw error
    console.error(`${error.message}\n${error.remedy}`)
    process.exitCode = 1
  })
}
