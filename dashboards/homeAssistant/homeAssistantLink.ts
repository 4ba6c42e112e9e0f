import mqtt, { type MqttClient } from 'mqtt'
import {
  configTopic,
  discoveryOf,
  type House,
  type HouseDevice,
  idOfConfig,
  isOurs,
  PRESSED,
  saidTopics,
  statesOf,
  statusTopic,
} from './devices.ts'

const RECONNECT_MS = 5_000
const CONNECT_MS = 10_000
/** How often it is looked whether anything changed. */
const LOOK_MS = 5_000
/** What others published before comes within this after a subscription. */
const SETTLE_MS = 1_500
/** A house has no more; beyond it the first ones are shown. */
const MOST_DEVICES = 500
const MOST_CONFIGS = 5_000

export interface HomeAssistantOptions {
  url: string
  house: House
  /** What is to be shown now. */
  look: () => Promise<HouseDevice[]>
  /** Somebody pressed the button. */
  serviced: (id: string) => Promise<void>
  onRetryableError: (error: unknown) => void
  lookMs?: number
}
export interface HomeAssistantState {
  connected: boolean
  /** Of MQTT, as the broker speaks it. */
  version: 4 | 5
  published: number
  /** Discovery topics that are somebody else's: left alone. */
  foreign: string[]
  error?: string
}

/** Shows appliances to a Home Assistant, over a broker of its own: as devices, with what is known of them. */
export class HomeAssistantLink {
  readonly #of: HomeAssistantOptions
  #client: MqttClient
  #version: 4 | 5 = 5
  #error: string | undefined
  /** What stands on discovery topics, ours and others'. */
  readonly #configs = new Map<string, string>()
  /** Of whom states stand there: ours, since nobody else knows our mark. */
  readonly #stated = new Set<string>()
  /** What was said since the connection began. */
  readonly #said = new Map<string, string>()
  readonly #published = new Set<string>()
  readonly #foreign = new Set<string>()
  #settledAt = Infinity
  #isLooking = false
  #isClosed = false
  readonly #timer: NodeJS.Timeout

  constructor(options: HomeAssistantOptions) {
    this.#of = options
    this.#client = this.#connect()
    this.#timer = setInterval(() => void this.#look(), options.lookMs ?? LOOK_MS)
    this.#timer.unref()
  }

  state(): HomeAssistantState {
    return {
      connected: this.#client.connected,
      version: this.#version,
      published: this.#published.size,
      foreign: [...this.#foreign],
      ...(this.#error === undefined || this.#client.connected ? {} : { error: this.#error }),
    }
  }

  /** Says that it goes; devices stay, as not available. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    if (this.#client.connected) await this.#publish(statusTopic(this.#of.house), 'offline').catch(() => undefined)
    await this.#client.endAsync(true).catch(() => undefined)
  }

  #connect(): MqttClient {
    const { house, url } = this.#of
    const client = mqtt.connect(url, {
      clientId: `hearthwatch-${house.mark}`,
      protocolVersion: this.#version,
      reconnectPeriod: RECONNECT_MS,
      connectTimeout: CONNECT_MS,
      queueQoSZero: false,
      will: { topic: statusTopic(house), payload: Buffer.from('offline'), qos: 1, retain: true },
    })
    client.on('connect', () => void this.#begin(client))
    client.on('message', (topic, payload, { retain }) => this.#hear(topic, payload.toString(), retain))
    client.on('error', (error) => {
      this.#error = error.message
      if (this.#version === 4 || this.#isClosed || !isOldBroker(error)) return
      // A broker of 3.1.1 alone.
      this.#version = 4
      client.end(true)
      this.#client = this.#connect()
    })
    return client
  }

  async #begin(client: MqttClient): Promise<void> {
    const { prefix, base } = this.#of.house
    this.#configs.clear()
    this.#stated.clear()
    this.#said.clear()
    this.#settledAt = Infinity
    try {
      await client.subscribeAsync(
        [`${prefix}/device/+/config`, `${prefix}/status`, `${base}/+/serviced`, `${base}/+/state`],
        { qos: 1 },
      )
      this.#settledAt = performance.now() + SETTLE_MS
      setTimeout(() => void this.#look(), SETTLE_MS + 10).unref()
    } catch (error) {
      this.#error = (error as Error).message
    }
  }

  #hear(topic: string, payload: string, isRetained: boolean): void {
    const { prefix, base } = this.#of.house
    const [, id] = topic.startsWith(`${base}/`) ? topic.slice(base.length).split('/') : []
    if (id !== undefined && topic.endsWith('/state')) {
      if (payload === '') this.#stated.delete(id)
      else this.#stated.add(id)
    } else if (id !== undefined) {
      // What a broker kept was pressed some other day: it would close a ticket at each start.
      if (payload === PRESSED && !isRetained) this.#of.serviced(id).catch(this.#of.onRetryableError)
    } else if (topic === `${prefix}/status`) {
      // Home Assistant came back: it knows what is retained, and hears the rest anew.
      if (payload !== 'online') return
      this.#said.clear()
      void this.#look()
    } else if (payload === '') this.#configs.delete(topic)
    else if (this.#configs.size < MOST_CONFIGS || this.#configs.has(topic)) this.#configs.set(topic, payload)
  }

  async #look(): Promise<void> {
    if (this.#isLooking || this.#isClosed || !this.#client.connected || performance.now() < this.#settledAt) return
    this.#isLooking = true
    try {
      await this.#say(statusTopic(this.#of.house), 'online')
      const devices = (await this.#of.look()).slice(0, MOST_DEVICES)
      await this.#remove(new Set(devices.map(({ id }) => id)))
      for (const device of devices) await this.#show(device)
    } catch (error) {
      // The connection broke meanwhile: what was said is said again.
      this.#error = (error as Error).message
    } finally {
      this.#isLooking = false
    }
  }

  async #show(device: HouseDevice): Promise<void> {
    const { house } = this.#of
    const topic = configTopic(house, device.id)
    const there = this.#configs.get(topic)
    if (there !== undefined && !isOurs(house, there)) {
      this.#foreign.add(topic)
      this.#published.delete(topic)
      this.#said.delete(topic)
      return
    }
    this.#foreign.delete(topic)
    await this.#say(topic, JSON.stringify(discoveryOf(house, device)))
    this.#published.add(topic)
    for (const [state, payload] of statesOf(house, device)) await this.#say(state, payload)
  }

  /** What is ours and shall not be there any more: an appliance retired, perhaps while this was away. */
  async #remove(wanted: ReadonlySet<string>): Promise<void> {
    const { house } = this.#of
    const ours = [...this.#configs].filter(([, payload]) => isOurs(house, payload))
    const shown = [...ours.map(([topic]) => topic), ...this.#foreign].map((topic) => idOfConfig(house, topic))
    for (const id of new Set([...shown, ...this.#stated])) {
      if (wanted.has(id)) continue
      const topic = configTopic(house, id)
      const there = this.#configs.get(topic)
      // Somebody may have put a device of their own there meanwhile.
      if (there !== undefined && isOurs(house, there)) {
        await this.#publish(topic, '')
        this.#configs.delete(topic)
      }
      this.#published.delete(topic)
      this.#foreign.delete(topic)
      this.#said.delete(topic)
      for (const rest of saidTopics) {
        this.#said.delete(`${house.base}/${id}/${rest}`)
        await this.#publish(`${house.base}/${id}/${rest}`, '')
      }
      this.#stated.delete(id)
    }
  }

  /** Retained, and only what is new. */
  async #say(topic: string, payload: string): Promise<void> {
    if (this.#said.get(topic) === payload) return
    await this.#publish(topic, payload)
    this.#said.set(topic, payload)
  }
  async #publish(topic: string, payload: string): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos: 1, retain: true })
  }
}

/** Refused for its version: 1 in the words of 3.1.1, 0x84 in those of 5. */
const isOldBroker = (error: Error): boolean => 'code' in error && (error.code === 1 || error.code === 0x84)
