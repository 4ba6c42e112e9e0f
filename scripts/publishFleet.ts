// `npm run simulate -- publish mqtt://HOST --appliances 50 --faults 3 --truth truth.ndjson --format tasmota --version 5`: a fleet
// of simulated appliances, some of them faulty, on any broker, as plugs, hubs or appliances of ours would publish it.
import { appendFileSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import mqtt, { type MqttClient } from 'mqtt'
import { loadCatalog } from '../catalog/index.ts'
import { DAY, MINUTE, Problem, SECOND, SeededRandom, wallClock } from '../core/index.ts'
import { createFleet, drawFault, type Fault, type Fleet, modesOf } from '../simulator/index.ts'
import { type Foreign, foreignFormats } from './foreignFormats.ts'

const MOST_UNDER_WAY = 200
const CONNECT_MS = 10_000
const TICK_MS = 100
const help = `npm run simulate -- publish mqtt://[USER:PASSWORD@]HOST[:PORT]
  --appliances 50      how many
  --faults 3           how many of them are faulty; each fault begins with the fleet
  --fault-days 2       how long a fault takes until the appliance does not do its job
  --truth FILE         the truth of each fault, one line of JSON each
  --format NAME        ${[...foreignFormats.keys()].join(', ')}
  --version 5          of MQTT: 4 or 5
  --client ID          client id (default: the user name, else hearthwatch-fleet)
  --speed 1            simulated seconds per second (faster than 1 its times run ahead of the clock)
  --days 0             how many days ago the fleet begins: so much is sent as fast as the broker takes it
  --for SECONDS        ends after so long (default: never)
  --seed 7`

const bad = (message: string, concerns: string): Problem =>
  new Problem({ code: 'bad-argument', message, remedy: 'See npm run simulate -- publish --help.', concerns })

interface Asked {
  url: string
  appliances: number
  faults: number
  faultDays: number
  truth: string | undefined
  format: Foreign
  version: 4 | 5
  client: string | undefined
  speed: number
  days: number
  seconds: number
  seed: number
}

/** @throws Problem `bad-argument` @returns undefined where help was asked for */
function readArguments(args: string[]): Asked | undefined {
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      appliances: { ...text, default: '50' },
      faults: { ...text, default: '3' },
      'fault-days': { ...text, default: '2' },
      truth: text,
      format: { ...text, default: 'hearthwatch' },
      version: { ...text, default: '5' },
      client: text,
      speed: { ...text, default: '1' },
      days: { ...text, default: '0' },
      for: text,
      seed: { ...text, default: '7' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const number = (name: string, said: string, least: number, most: number): number => {
    const value = Number(said)
    if (!(value >= least && value <= most)) throw bad(`--${name} ${said} must lie between ${least} and ${most}.`, name)
    return value
  }
  const [url = ''] = positionals
  if (!/^(mqtts?|wss?):\/\/[^/]/.test(url)) throw bad(`'${url}' is no broker: say mqtt://HOST.`, 'url')
  const format = foreignFormats.get(values.format)
  if (!format) throw bad(`There is no format '${values.format}': ${[...foreignFormats.keys()].join(', ')}.`, 'format')
  const version = Number(values.version)
  if (version !== 4 && version !== 5) throw bad(`--version ${values.version} must be 4 (for 3.1.1) or 5.`, 'version')
  const appliances = number('appliances', values.appliances, 1, 10_000)
  return {
    url,
    appliances,
    faults: number('faults', values.faults, 0, appliances),
    faultDays: number('fault-days', values['fault-days'], 0.01, 400),
    truth: values.truth,
    format: format(),
    version,
    client: values.client,
    speed: number('speed', values.speed, 0.01, 1_000_000),
    days: number('days', values.days, 0, 400),
    seconds: values.for === undefined ? Infinity : number('for', values.for, 0.1, 1e9),
    seed: number('seed', values.seed, 0, 2 ** 31),
  }
}

export async function publishFleet(args: string[]): Promise<void> {
  const asked = readArguments(args)
  if (!asked) {
    console.log(help)
    return
  }
  const start = Math.floor((wallClock.now() - asked.days * DAY) / SECOND) * SECOND
  const fridge = Math.ceil(asked.appliances * 0.4)
  const washer = Math.ceil((asked.appliances - fridge) / 2)
  const fleet = createFleet({
    seed: asked.seed,
    catalog: loadCatalog(),
    kinds: { fridge, washer, ac: asked.appliances - fridge - washer },
    start,
    faults: 'none',
    nuisances: false,
  })
  const faults = breakSome(fleet, asked, start)
  if (asked.truth) {
    writeFileSync(asked.truth, '')
    for (const fault of faults) appendFileSync(asked.truth, `${JSON.stringify(fault)}\n`)
  }
  const client = await connect(asked)
  console.error(`${asked.appliances} appliances, ${faults.length} of them faulty, on ${new URL(asked.url).host}`)
  const sent = await play(fleet, asked, client, start)
  await client.endAsync()
  console.error(`${sent} messages acknowledged`)
}

/** Every so many-th appliance has a fault, each of another mode. */
function breakSome(fleet: Fleet, { faults, faultDays, seed }: Asked, start: number): Fault[] {
  const random = new SeededRandom(seed, 'faults')
  const step = fleet.appliances.length / Math.max(1, faults)
  return Array.from({ length: faults }, (_, i) => {
    const appliance = fleet.appliances[Math.floor(i * step)]!
    const modes = modesOf(appliance.kind)
    const mode = modes[i % modes.length] ?? ''
    const fault = drawFault(appliance.kind, appliance.registration.id, mode, start, random, { days: faultDays })
    appliance.inject(fault)
    return fault
  })
}

async function connect({ url, version, client }: Asked): Promise<MqttClient> {
  const { username } = new URL(url)
  try {
    const connected = await mqtt.connectAsync(
      url,
      {
        protocolVersion: version,
        clientId: client ?? (decodeURIComponent(username) || 'hearthwatch-fleet'),
        connectTimeout: CONNECT_MS,
        reconnectPeriod: 2_000,
      },
      false,
    )
    connected.on('error', (error) => console.error(error.message))
    return connected
  } catch (error) {
    throw new Problem({
      code: 'no-broker',
      message: `${new URL(url).host} does not let it in: ${(error as Error).message}.`,
      remedy: 'Look at the address, the user name and the password, or try --version 4.',
      cause: error,
    })
  }
}

/** Publishes what the fleet measures as its time passes. @returns acknowledged messages */
async function play(fleet: Fleet, asked: Asked, client: MqttClient, start: number): Promise<number> {
  const began = wallClock.now()
  const underWay = new Set<Promise<unknown>>()
  let sent = 0
  const publish = async (topic: string, payload: string, retain = false): Promise<void> => {
    const one = client.publishAsync(topic, payload, { qos: 1, retain }).then(
      () => sent++,
      (error: Error) => console.error(`${topic}: ${error.message}`),
    )
    underWay.add(one)
    void one.then(() => underWay.delete(one))
    if (underWay.size >= MOST_UNDER_WAY) await Promise.race(underWay)
  }
  for (const { registration } of fleet.appliances)
    for (const [topic, payload] of asked.format.online(registration.id)) await publish(topic, payload, true)
  let hasEnded = false
  process.once('SIGINT', () => {
    hasEnded = true
  })
  const isOver = (): boolean => hasEnded || wallClock.now() - began >= asked.seconds * SECOND
  let reached = start
  while (!isOver()) {
    // What lies behind is sent at once; then time passes as asked for.
    const now = began + (wallClock.now() - began) * asked.speed
    while (reached < now && !isOver()) {
      reached = Math.min(now, reached + MINUTE)
      for (const appliance of fleet.appliances) {
        while (appliance.nextAt() <= reached) {
          if (!appliance.next()) continue
          for (const [topic, payload] of asked.format.reading(appliance)) await publish(topic, payload)
        }
      }
    }
    await wait(TICK_MS)
  }
  await Promise.all(underWay)
  return sent
}
