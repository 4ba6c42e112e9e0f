// A process of its own that sends hostile frames and calls, each after the answer to the one before, over as many
// connections as it has senders. Orders on standard input; a line with the count so far every second, the outcome last.
// Loopback only.
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import mqtt, { type IClientPublishOptions, type MqttClient } from 'mqtt'
import { SeededRandom } from '../../../core/index.ts'
import type { Version } from '../rawClient.ts'
import { drawCall, type Route } from './hostileCalls.ts'
import { drawFrame, type HostileSender } from './hostileFrames.ts'
import { pick } from './hostileWords.ts'

export interface HostileOrders {
  mqttPort: number
  url: string
  token: string
  seed: number
  version: Version
  frames: number
  senders: (HostileSender & { password: string; signIn: string })[]
  /** Another's appliances, whose topics end the connection. */
  others: string[]
  routes: Route[]
  /** Appliances and tickets that calls may change. */
  ids: string[]
  callers: number
}
export interface HostileOutcome {
  frames: number
  calls: number
  /** Connections that were cut, as they are over another's topic. */
  cut: number
  /** By HTTP status. */
  statuses: Record<string, number>
  /** Calls without an answer, as while the program was killed. */
  unanswered: number
  /** Answers that are our own fault, some of them. */
  serverErrors: string[]
}

/** What one frame or call may take before it counts as unanswered. */
const ANSWER_MS = 20_000
/** Calls by the administrator that would change what the fleet beside is measured by. */
const changesAll =
  /simulator|models|polic|account|session|sign-in|engineers|depots|parts|stock|jobs|gateways|dispatch|plan|tasks|contracts|push|restock|claim|stream/

const orders = JSON.parse(await text(process.stdin)) as HostileOrders
const outcome: HostileOutcome = { frames: 0, calls: 0, cut: 0, statuses: {}, unanswered: 0, serverErrors: [] }
const done = (): number => outcome.frames + outcome.calls
const goesOn = (): boolean => done() < orders.frames

async function send(sender: HostileOrders['senders'][number], n: number): Promise<void> {
  const random = new SeededRandom(orders.seed, `frames ${n}`)
  let client: MqttClient | undefined
  while (goesOn()) {
    client ??= await signIn(sender)
    if (!client) {
      await wait(100)
      continue
    }
    const { topic, payload, qos } = drawFrame(random, sender, orders.others)
    const open = client
    const isAcked = await Promise.race([
      open.publishAsync(topic, payload, { qos, ...drawProperties(random, payload) }).then(
        () => true,
        () => false,
      ),
      new Promise<false>((resolve) => open.once('close', () => resolve(false))),
      wait(ANSWER_MS, false, { ref: false }),
    ])
    outcome.frames++
    if (isAcked) continue
    outcome.cut++
    open.end(true)
    client = undefined
  }
  client?.end(true)
}

const signIn = ({ signIn: id, password }: HostileOrders['senders'][number]): Promise<MqttClient | undefined> =>
  mqtt
    .connectAsync(
      `mqtt://127.0.0.1:${orders.mqttPort}`,
      {
        clientId: id,
        username: id,
        password,
        protocolVersion: orders.version,
        reconnectPeriod: 0,
        connectTimeout: ANSWER_MS,
      },
      false,
    )
    .then(
      (client) => client.on('error', () => undefined).setMaxListeners(0),
      () => undefined,
    )

/** What version 5 lets a sender say besides, true or not. */
function drawProperties(
  random: SeededRandom,
  payload: string | Buffer,
): { properties?: IClientPublishOptions['properties'] } {
  if (orders.version !== 5 || random.next() < 0.5) return {}
  const word = payload.toString('utf8').slice(0, 40).replaceAll('\0', '')
  return {
    properties: {
      payloadFormatIndicator: random.next() < 0.5,
      messageExpiryInterval: 1 + Math.floor(random.next() * 4_000_000_000),
      userProperties: { [word]: word, constructor: ['a', word], __proto__: 'b' },
      correlationData: Buffer.from(word),
      contentType: word,
    },
  }
}

async function call(n: number): Promise<void> {
  const random = new SeededRandom(orders.seed, `calls ${n}`)
  while (goesOn()) {
    const route = pick(random, orders.routes)
    const isOurs = random.next() < 0.7 && !(route.method !== 'GET' && changesAll.test(route.path))
    const { method, path, body, type } = drawCall(random, route, orders.ids)
    if (path.includes('/stream')) continue
    const answer = await fetch(orders.url + path, {
      method,
      headers: {
        ...(isOurs ? { authorization: `Bearer ${orders.token}` } : {}),
        ...(type ? { 'content-type': type } : {}),
      },
      ...(body ? { body: Uint8Array.from(body) } : {}),
      signal: AbortSignal.timeout(ANSWER_MS),
    }).catch(() => undefined)
    if (!answer || answer.status === 503) {
      // The program is down, or starts: it is asked again, not hammered.
      outcome.unanswered++
      await wait(100)
      continue
    }
    const said = await answer.text().catch(() => '')
    outcome.calls++
    outcome.statuses[answer.status] = (outcome.statuses[answer.status] ?? 0) + 1
    if (answer.status >= 500 && answer.status !== 503 && outcome.serverErrors.length < 20) {
      outcome.serverErrors.push(
        `${method} ${path.slice(0, 200)} ${body?.toString().slice(0, 300) ?? ''} → ${said?.slice(0, 300)}`,
      )
    }
  }
}

const tell = setInterval(() => process.stdout.write(`${done()}\n`), 1_000)
await Promise.all([...orders.senders.map(send), ...Array.from({ length: orders.callers }, (_, n) => call(n))])
clearInterval(tell)
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0))
