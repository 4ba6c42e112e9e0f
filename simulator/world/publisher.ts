import mqtt, { type MqttClient } from 'mqtt'
import packets from 'mqtt-packet'
import { z } from 'zod'
import type { SimulatedAppliance } from '../appliances/simulatedAppliance.ts'

// Otherwise it keeps the two bytes of each number that there is, 8 MB of them.
packets.writeToStream.cacheNumbers = false

/** Messages sent and not yet acknowledged, over all appliances; above it the world waits. */
const IN_FLIGHT = 600
/** Connections that may be opening at once. */
const OPENING = 40
/** Readings in one message, at most; the contract allows 1,000. */
const LONGEST_ARRAY = 900

const commandSchema = z.object({
  id: z.string(),
  type: z.string(),
  params: z.object({ test: z.string().optional() }).default({}),
})
function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString())
  } catch {
    return undefined
  }
}

interface Line {
  client: MqttClient
  base: string
  waiting: string[]
}

/** One real MQTT client for each appliance, as CONTRACT.md wants them: QoS 1, a will on the status topic. */
export class Publisher {
  #url: string
  #lines = new Map<string, Line>()
  #inFlight = 0
  #resume: (() => void)[] = []
  #closed = false
  readonly #commands: ReturnType<Publisher['takeCommands']> = []
  acked = 0
  constructor(url: string) {
    this.#url = url
  }

  /** Resolves when all of them are connected. */
  async connect(devices: { id: string; kind: string; password: string }[]): Promise<void> {
    const queue = [...devices]
    const worker = async (): Promise<void> => {
      for (let device = queue.shift(); device && !this.#closed; device = queue.shift()) await this.#open(device)
    }
    await Promise.all(Array.from({ length: OPENING }, worker))
  }

  #open({ id, kind, password }: { id: string; kind: string; password: string }): Promise<void> {
    const base = `appliances/${kind}/${id}`
    const client = mqtt.connect(this.#url, {
      clientId: id,
      username: id,
      password,
      protocolVersion: 4,
      keepalive: 60,
      reconnectPeriod: 1_000,
      connectTimeout: 20_000,
      resubscribe: false,
      will: { topic: `${base}/status`, payload: Buffer.from('{"online":false}'), qos: 1, retain: false },
    })
    this.#lines.set(id, { client, base, waiting: [] })
    client.on('connect', () => void client.subscribe(`${base}/command`, { qos: 1 }, () => {}))
    client.on('message', (_topic, payload) => this.#commanded(id, payload))
    client.on('error', () => {
      // It tries again by itself; what is not acknowledged is sent again then.
    })
    return new Promise((resolve) => {
      client.once('connect', () => {
        client.publish(`${base}/status`, '{"online":true}', { qos: 1 }, () => {})
        resolve()
      })
      client.once('end', () => resolve())
    })
  }

  /** What was told to it. What is no command of ours is left unanswered. */
  #commanded(appliance: string, payload: Uint8Array): void {
    const parsed = commandSchema.safeParse(jsonOf(payload))
    if (parsed.success) this.#commands.push({ appliance, ...parsed.data })
  }
  /** Commands that came down since last asked. */
  takeCommands(): { appliance: string; id: string; type: string; params: { test?: string | undefined } }[] {
    return this.#commands.splice(0)
  }
  answer(appliance: string, said: { id: string; result: string; detail: string }): void {
    const line = this.#lines.get(appliance)
    if (line) this.#publish(line, 'command/ack', JSON.stringify(said))
  }

  /** Adds one reading to what this appliance sends next. */
  add(appliance: string, reading: string): void {
    const line = this.#lines.get(appliance)
    if (!line) return
    line.waiting.push(reading)
    if (line.waiting.length >= LONGEST_ARRAY) this.#send(line)
  }

  /** Tells at once what happened to it: an error, a program, a burst. */
  tell(appliance: string, event: { ts: number; type: string; code: string }): void {
    const line = this.#lines.get(appliance)
    if (line) this.#publish(line, 'event', JSON.stringify(event))
  }

  /** Sends what was added; waits while too much is unacknowledged. */
  async flush(): Promise<void> {
    for (const line of this.#lines.values()) {
      if (line.waiting.length === 0) continue
      this.#send(line)
      while (this.#inFlight >= IN_FLIGHT && !this.#closed) {
        await new Promise<void>((resolve) => this.#resume.push(resolve))
      }
    }
  }

  #send(line: Line): void {
    const payload = line.waiting.length === 1 ? (line.waiting[0] as string) : `[${line.waiting.join(',')}]`
    line.waiting = []
    this.#publish(line, 'telemetry', payload)
  }

  #publish(line: Line, topic: string, payload: string): void {
    this.#inFlight++
    line.client.publish(`${line.base}/${topic}`, payload, { qos: 1 }, (error) => {
      this.#inFlight--
      if (!error) this.acked++
      this.#resume.shift()?.()
    })
  }

  /** Resolves when everything sent is acknowledged. */
  async settled(): Promise<void> {
    while (this.#inFlight > 0 && !this.#closed) await new Promise<void>((resolve) => this.#resume.push(resolve))
  }

  async retire(id: string): Promise<void> {
    const line = this.#lines.get(id)
    this.#lines.delete(id)
    await line?.client.endAsync(true)
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const resume of this.#resume.splice(0)) resume()
    await Promise.all([...this.#lines.values()].map(({ client }) => client.endAsync(true)))
  }
}

/**
 * A reading as the contract has it. Written by hand: it is built 40,000 times a second in the time-lapse. In one piece:
 * a text that grew by adding keeps every piece of it for as long as it waits, ten times what it says.
 */
export function readingText(appliance: SimulatedAppliance, metricNames: string[]): string {
  const pieces: (string | number)[] = ['{"ts":', appliance.ts]
  if (appliance.firmware !== undefined) pieces.push(',"firmware":"', appliance.firmware, '"')
  pieces.push(',"metrics":{')
  let comma = ''
  for (const [m, name] of metricNames.entries()) {
    const value = appliance.values[m] as number
    if (Number.isNaN(value)) continue
    pieces.push(comma, '"', name, '":', value)
    comma = ','
  }
  pieces.push('},"states":{')
  comma = ''
  for (const [name, word] of Object.entries(appliance.states)) {
    pieces.push(comma, '"', name, '":"', word, '"')
    comma = ','
  }
  pieces.push('}}')
  return pieces.join('')
}
