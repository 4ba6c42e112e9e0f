// `npm run replay -- FILE`: publishes a recorded series as an appliance over real MQTT, at any speed.
import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import mqtt from 'mqtt'
import { loadCatalog } from '../catalog/index.ts'
import { own, Problem, wallClock } from '../core/index.ts'
import {
  type CellRefusal,
  dateOrders,
  decimalSigns,
  delimiters,
  encodings,
  isZone,
  type Recording,
  type RecordingOptions,
  readRecording,
  timeUnits,
} from '../ingest/index.ts'
import { numberOption } from './commandOptions.ts'
import { endInWords } from './endInWords.ts'
import { batchesOf, readingsOf, shiftTo } from './recordedSeries.ts'

/** What an appliance may say of its times. */
const [EARLIEST, LATEST] = [Date.UTC(2015), Date.UTC(2100)]
const MOST_CADENCE_S = 7 * 86_400

const usage = `npm run replay -- FILE [--kind fridge] [--metric power] [--id ID] [--model NAME]
  [--start ISO|ms] (default: so that it ends now)  [--speed N|max] (default max: seconds per second)
  [--cadence SECONDS] (default: the kind's)  [--url mqtt://127.0.0.1:1883] (default: of MQTT_PORT)
  [--api http://127.0.0.1:3000 --token ADMIN_TOKEN] (default: of PORT and of DATA_DIR/admin-token), or [--password SECRET] when it is registered
  [--map COLUMN=METRIC …] ([--map COLUMN=] leaves it out)  [--preview] (says how the file is understood, and sends nothing)
  and where that is wrong: [--encoding utf-8|utf-16le|utf-16be|gb18030|windows-1252] [--delimiter ','|';'|tab|'|']
  [--decimal .|,] [--time-unit min|s|ms|us|ns] [--date-order dmy|mdy] [--zone Europe/Berlin]
FILE: csv or csv.gz: a line of names (a time and metrics: 'unix_s,watts', 'ts;cabinetTemp;power' …) and rows below it, or a
history that Home Assistant exported (entity_id,state,last_changed). Kinds of DATA_DIR/catalog are known.
Use CLOCK=telemetry for a series of the past.`

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
  /** How to read the file, where it does not say itself. */
  reading?: Omit<RecordingOptions, 'kind' | 'metric'>
  log?: (line: string) => void
}

/** Reads a file and says how: every row and cell that cannot be used, with its place. */
function understand({ file, kind, metric, catalogDir, reading, log = () => undefined }: ReplayOptions): Recording {
  const spec = loadCatalog(catalogDir).kind(kind)
  const recording = readRecording(bytesOf(file), { ...reading, kind: spec, metric })
  for (const line of describe(recording)) log(line)
  const unknown = recording.understood.metrics.filter(({ metric }) => !own(spec.metrics, metric))
  for (const { metric } of unknown)
    log(`${metric} is no metric of a ${kind}: kept, and not looked at (--map '${metric}=METRIC', or =)`)
  return recording
}

/** Larger ones are given in parts: one string holds no more. */
const MOST_FILE_BYTES = 512 << 20

/** @throws Problem `bad-replay` when there is no such file, or none that can be read whole */
function bytesOf(file: string): Buffer {
  try {
    const { size } = statSync(file)
    if (size > MOST_FILE_BYTES) throw new Error(`it has ${size} bytes, and ${MOST_FILE_BYTES} are read`)
    return readFileSync(file)
  } catch (error) {
    throw bad(`${file} cannot be read: ${(error as Error).message}.`, 'Give a file in csv or csv.gz, or a part of it.')
  }
}

/** @returns how many readings were acknowledged, and the times of the first and the last */
export async function replay(options: ReplayOptions): Promise<{ readings: number; from: number; to: number }> {
  const { kind, id, speed, url, log = () => undefined } = options
  const spec = loadCatalog(options.catalogDir).kind(kind)
  const cadenceMs = (options.cadenceSeconds ?? spec.cadenceSeconds) * 1_000
  const { readings: recorded, implausible } = readingsOf(understand(options), cadenceMs, spec)
  if (implausible > 0) log(`${implausible} values no sensor of a ${kind} can mean: left out of the means`)
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

/** The most refusals that are printed one by one. */
const REFUSALS_SHOWN = 20

function describe({ understood, absent, refused }: Recording): string[] {
  const { encoding, delimiter, decimal, format, time, metrics, rows } = understood
  const written = time.unit ?? time.dateOrder ?? 'ISO'
  return [
    `${rows} ${format === 'rows' ? 'rows' : 'changes (Home Assistant)'}: ${encoding}, cells by ${delimiter === '\t' ? 'tab' : delimiter}, decimal ${decimal}`,
    `time: ${time.column}, ${written}${time.zone ? `, in ${time.zone}` : ''}`,
    `metrics: ${metrics.map(({ from, metric }) => (from === metric ? metric : `${from} → ${metric}`)).join(', ') || 'none'}`,
    ...(absent > 0 ? [`${absent} cells without a value`] : []),
    ...refused.slice(0, REFUSALS_SHOWN).map(sayRefusal),
    ...(refused.length > REFUSALS_SHOWN ? [`and ${refused.length - REFUSALS_SHOWN} more that cannot be used`] : []),
  ]
}
const sayRefusal = ({ line, column, name, value, why }: CellRefusal): string =>
  `line ${line}${column === undefined ? '' : `, column ${column} (${name})`}: ${value === undefined ? '' : `'${value.slice(0, 60)}' `}${why}`

/** The token that the server made at its first start, when it runs here. */
function savedToken(): string | undefined {
  try {
    return readFileSync(join(process.env.DATA_DIR || './data', 'admin-token'), 'utf8').trim()
  } catch {
    // Not here: it has to be given.
    return undefined
  }
}

const commandOptions = {
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
  map: { type: 'string', multiple: true },
  preview: { type: 'boolean' },
  encoding: { type: 'string' },
  delimiter: { type: 'string' },
  decimal: { type: 'string' },
  'time-unit': { type: 'string' },
  'date-order': { type: 'string' },
  zone: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  token: { type: 'string' },
  password: { type: 'string' },
} as const

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: commandOptions,
  })
  if (values.help) return console.log(usage)
  const file = positionals[0]
  if (!file) throw bad('No file was given.', usage)
  const number = (name: 'start' | 'speed' | 'cadence', least: number, most: number): number | undefined => {
    const text = values[name]
    if (text === undefined || (name === 'speed' && text === 'max')) return undefined
    const time = name === 'start' && Number.isNaN(Number(text)) ? Date.parse(text) : undefined
    const found = numberOption(least, most, undefined).read(time === undefined ? text : String(time))
    if ('must' in found) throw bad(`--${name} ${text} must be ${found.must}.`, usage)
    return found.value
  }
  const token = values.token ?? process.env.ADMIN_TOKEN ?? savedToken()
  const id =
    values.id ??
    basename(file)
      .replace(/\..*$/, '')
      .replace(/[^A-Za-z0-9_-]/g, '-')
      .slice(0, 64)
  const { kind, metric, model, url, api, password } = values
  const start = number('start', EARLIEST, LATEST)
  const speed = number('speed', 0.001, 1e9) ?? Infinity
  const cadenceSeconds = number('cadence', 0.001, MOST_CADENCE_S)
  const log = (line: string): void => console.log(line)
  const oneOf = <T extends string>(name: keyof typeof values, known: readonly T[]): T | undefined => {
    const value = values[name] === 'tab' ? '\t' : values[name]
    if (value === undefined) return undefined
    const found = known.find((one) => one === value)
    if (found === undefined) throw bad(`--${name} ${String(value)} cannot be used.`, usage)
    return found
  }
  if (values.zone !== undefined && !isZone(values.zone)) throw bad(`--zone ${values.zone} is no time zone.`, usage)
  const catalogDir = join(process.env.DATA_DIR || './data', 'catalog')
  const reading = {
    encoding: oneOf('encoding', encodings),
    delimiter: oneOf('delimiter', delimiters),
    decimal: oneOf('decimal', decimalSigns),
    timeUnit: oneOf('time-unit', timeUnits),
    dateOrder: oneOf('date-order', dateOrders),
    zone: values.zone,
    map: new Map(
      (values.map ?? []).map((pair) => [pair.slice(0, pair.lastIndexOf('=')), pair.slice(pair.lastIndexOf('=') + 1)]),
    ),
  }
  if (values.preview) {
    understand({ file, id, kind, metric, model, url, speed: Infinity, catalogDir, reading, log })
    return
  }
  const done = await replay({
    file,
    catalogDir,
    reading,
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

if (import.meta.main) await endInWords(main)
