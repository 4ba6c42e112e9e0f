// A client that behaves as Home Assistant's MQTT integration does: it subscribes, builds entities of what it discovers, reads
// their states, says its birth, forgets everything when it restarts, and removes what is emptied.
// Source: home-assistant/core 2025.1, homeassistant/components/mqtt (client.py, discovery.py, entity.py and the platforms).
import mqtt, { type MqttClient } from 'mqtt'
import { blockedAttributes, type Component, readDiscovery, TEMPLATE } from './discoverySchema.ts'

/** A state has at most so many characters. */
const MOST_STATE = 255

export interface Entity {
  component: Component
  device: string
  /** `unavailable`, `unknown`, or what it says. */
  state: string
  attributes: Record<string, unknown>
}
interface Known {
  component: Component
  discoveryTopic: string
}

export class HouseClient {
  readonly #url: string
  readonly #prefix: string
  readonly #version: 4 | 5
  #client: MqttClient
  /** By unique id. */
  #entities = new Map<string, Known>()
  #heard = new Map<string, string>()
  #subscribed = new Set<string>()
  /** What it could not take, with why. */
  readonly refused: [topic: string, why: string][] = []

  private constructor(client: MqttClient, url: string, version: 4 | 5, prefix: string) {
    this.#client = client
    this.#url = url
    this.#version = version
    this.#prefix = prefix
  }
  static async start(url: string, version: 4 | 5 = 5, prefix = 'homeassistant'): Promise<HouseClient> {
    const house = new HouseClient(await connect(url, version, prefix), url, version, prefix)
    await house.#begin()
    return house
  }

  /** Its memory is gone: it knows what is retained, and what is said after its birth. */
  async restart(): Promise<void> {
    await this.stop()
    this.#entities = new Map()
    this.#heard = new Map()
    this.#subscribed = new Set()
    this.#client = await connect(this.#url, this.#version, this.#prefix)
    await this.#begin()
  }
  async stop(): Promise<void> {
    if (this.#client.connected) await this.#client.publishAsync(`${this.#prefix}/status`, 'offline')
    await this.#client.endAsync()
  }

  /** By the last part of their unique ids: those of one appliance. */
  of(id: string): Record<string, Entity> {
    const found = [...this.#entities].filter(([, { discoveryTopic }]) => discoveryTopic.endsWith(`_${id}/config`))
    return Object.fromEntries(
      found.map(([uniqueId, { component, discoveryTopic }]) => [
        uniqueId.slice(uniqueId.indexOf(`_${id}_`) + id.length + 2),
        {
          component,
          device: discoveryTopic,
          state: this.#stateOf(component),
          attributes: this.#attributesOf(component),
        },
      ]),
    )
  }
  async press(id: string, button: string): Promise<void> {
    const { component } = this.of(id)[button] ?? {}
    if (component?.platform !== 'button') throw new Error(`${id} has no button '${button}'`)
    const { command_topic: topic, payload_press: payload, retain, qos } = component
    await this.#client.publishAsync(topic, payload, { qos, retain })
  }

  async #begin(): Promise<void> {
    this.#client.on('message', (topic, payload) => this.#hear(topic, payload.toString()))
    await this.#client.subscribeAsync([`${this.#prefix}/+/+/config`, `${this.#prefix}/+/+/+/config`])
    await this.#client.publishAsync(`${this.#prefix}/status`, 'online')
  }

  #hear(topic: string, payload: string): void {
    if (!topic.startsWith(`${this.#prefix}/`) || !topic.endsWith('/config')) {
      this.#heard.set(topic, payload)
      return
    }
    if (payload === '') {
      for (const [id, { discoveryTopic }] of this.#entities) if (discoveryTopic === topic) this.#entities.delete(id)
      return
    }
    try {
      for (const component of readDiscovery(this.#prefix, topic, payload).values()) {
        const other = this.#entities.get(component.unique_id)
        if (other && other.discoveryTopic !== topic) throw new Error(`${component.unique_id} is there already`)
        this.#entities.set(component.unique_id, { component, discoveryTopic: topic })
        for (const filter of topicsOf(component)) this.#subscribe(filter)
      }
    } catch (error) {
      this.refused.push([topic, (error as Error).message])
    }
  }
  #subscribe(topic: string): void {
    if (this.#subscribed.has(topic)) return
    this.#subscribed.add(topic)
    this.#client.subscribe(topic)
  }

  #isAvailable({ availability = [], availability_mode: mode }: Component): boolean {
    const said = availability.map(({ topic, payload_available: yes }) => this.#heard.get(topic) === yes)
    if (mode === 'latest') throw new Error('the latest is not followed here')
    return said.length === 0 || (mode === 'all' ? said.every(Boolean) : said.some(Boolean))
  }
  #stateOf(component: Component): string {
    if (!this.#isAvailable(component)) return 'unavailable'
    if (component.platform === 'button') return 'unknown'
    const payload = this.#heard.get(component.state_topic)
    if (payload === undefined || payload === '') return 'unknown'
    if (component.platform === 'update') {
      const { installed_version: has, latest_version: latest } = JSON.parse(payload) as Record<string, unknown>
      return typeof has !== 'string' || typeof latest !== 'string' ? 'unknown' : has === latest ? 'off' : 'on'
    }
    const text = component.value_template === undefined ? payload : rendered(component.value_template, payload)
    if (text === 'None' || text.length > MOST_STATE) return 'unknown'
    if (component.platform === 'sensor') return text
    const { payload_on: on, payload_off: off } = component
    return text === on ? 'on' : text === off ? 'off' : 'unknown'
  }
  #attributesOf(component: Component): Record<string, unknown> {
    const payload = this.#heard.get(component.json_attributes_topic ?? '')
    if (!payload) return {}
    const attributes = JSON.parse(payload) as Record<string, unknown>
    return Object.fromEntries(Object.entries(attributes).filter(([name]) => !blockedAttributes.has(name)))
  }
}

const topicsOf = (component: Component): string[] =>
  [
    ...(component.availability ?? []).map(({ topic }) => topic),
    component.platform === 'button' ? undefined : component.state_topic,
    component.json_attributes_topic,
  ].filter((topic) => topic !== undefined)

/** `{{ value_json.name }}`, as Jinja writes it. */
function rendered(template: string, payload: string): string {
  const [, name = ''] = TEMPLATE.exec(template) ?? []
  const value = (JSON.parse(payload) as Record<string, unknown>)[name]
  if (value === undefined) return ''
  return value === null ? 'None' : value === true ? 'True' : value === false ? 'False' : String(value)
}

const connect = (url: string, protocolVersion: 4 | 5, prefix: string): Promise<MqttClient> =>
  mqtt.connectAsync(url, {
    protocolVersion,
    clean: true,
    reconnectPeriod: 200,
    will: { topic: `${prefix}/status`, payload: Buffer.from('offline'), qos: 0, retain: false },
  })
