import type { Catalog } from '../catalog/index.ts'
import {
  type Clock,
  conversion,
  type Database,
  type ForeignFrame,
  type ForeignTopics,
  type FrameIngress,
  type Millis,
  own,
  Problem,
  type Registration,
} from '../core/index.ts'
import { ANY_SOURCE, type Binding, Bindings } from './bindings.ts'
import type { Format } from './format.ts'
import { type HeardDevice, HeardDevices } from './heard.ts'
import { OTLP, readOtlp } from './otlp.ts'
import { decodeOtlp } from './otlpProtobuf.ts'
import { MappedReadings } from './readings.ts'
import { MessageReader, type Said } from './readMessage.ts'
import { SparkplugReader } from './sparkplug.ts'
import { filterOf } from './topicPattern.ts'

/** A value of a device, and what it shall be. */
export interface WantedValue {
  value: string
  metric: string
  unit?: string
  counter?: boolean
  deadband?: number
}
export interface WantedMapping {
  source: string
  format: string
  device: string
  appliance: string
  kind: string
  model: string
  values: WantedValue[]
}
/** One of the last messages, and what would count of it. */
export interface PreviewedMessage {
  at: Millis
  topic: string
  payload: string
  metrics: Record<string, number>
}

export interface MappingOptions {
  database: Database
  catalog: Catalog
  formats: readonly Format[]
  /** Stamps what arrives: the wall clock. */
  clock: Clock
  /** The kind that an appliance in service has. */
  kindOf: (appliance: string) => string | undefined
  /** It was in service once, and is no more. */
  isRetired: (appliance: string) => boolean
  /** Puts an appliance into the registry, or changes it. */
  register: (
    registrations: Pick<Registration, 'id' | 'kind' | 'model' | 'reports' | 'units' | 'counters'>[],
  ) => Promise<unknown>
  /** Makes a gateway of this id speak for these as well. @returns its password, where it is new */
  speakFor: (gateway: string, appliances: readonly string[]) => Promise<string | undefined>
}

/** A share of values that fall, beyond which something is no total. */
const FALLS_OF_NO_TOTAL = 0.2
const MOST_MAPPED = 20_000

/** Foreign topics as appliances: what is heard, what is mapped, and how a mapping would read. */
export class Mapping implements ForeignTopics {
  readonly #of: MappingOptions
  readonly #reader: MessageReader
  readonly #heard = new HeardDevices()
  readonly #readings = new MappedReadings()
  readonly #bindings: Bindings
  readonly #leftOut: string[] = []
  #unmapped = 0

  constructor(options: MappingOptions) {
    this.#of = options
    this.#reader = new MessageReader(options.formats, new SparkplugReader())
    this.#bindings = new Bindings(options.database)
  }

  /** What was mapped before, and what mapping files turn into appliances: but for those that somebody retired since. */
  async load(): Promise<void> {
    await this.#bindings.load()
    for (const format of this.#of.formats) {
      for (const { device, appliance, kind, model, metrics, deadband } of format.devices) {
        if (this.#of.isRetired(appliance)) {
          this.#leftOut.push(appliance)
          continue
        }
        const values = Object.entries(metrics).map(([value, metric]) => ({ value, metric }))
        const wanted = { source: ANY_SOURCE, format: format.format, device, appliance, kind, model, values }
        await this.#register({ ...wanted, values: values.map((one) => this.#withHints(format.format, one)) })
        for (const { value, metric } of values)
          this.#bindings.remember({ ...wanted, value, metric, deadband: deadband && own(deadband, value) })
      }
    }
  }

  isOpenTo(device: string): boolean {
    return this.#bindings.isOpen(device)
  }
  get unmapped(): number {
    return this.#unmapped
  }

  translate(source: string, topic: string, payload: Buffer, at: Millis): ForeignFrame[] {
    return this.#reader.read(topic, payload).flatMap((said) => this.hear(source, topic, payload, said, at))
  }

  /** What somebody said, in whatever way it came. */
  hear(source: string, topic: string, payload: Buffer, said: Said, at: Millis): ForeignFrame[] {
    this.#heard.add(source, topic, payload, said, at)
    const bindings = this.#bindings.of(source, said.format, said.device)
    if (bindings.length === 0) this.#unmapped++
    const frames: ForeignFrame[] = []
    const frame = (type: ForeignFrame['type'], appliance: string, body: object): void => {
      const kind = this.#of.kindOf(appliance)
      const fromAnySource = bindings.some((one) => one.appliance === appliance && one.source === ANY_SOURCE)
      if (kind) frames.push({ type, appliance, kind, fromAnySource, payload: Buffer.from(JSON.stringify(body)) })
    }
    const below = said.isOfAllBelow ? this.#bindings.below(source, said.format, said.device) : []
    if (said.online !== undefined)
      for (const appliance of new Set([...bindings, ...below].map((one) => one.appliance)))
        frame('status', appliance, { online: said.online })
    for (const { appliance, ...reading } of this.#readings.read(said, bindings, at))
      frame('telemetry', appliance, reading)
    return frames
  }

  /**
   * Takes an export of OpenTelemetry metrics; resolves when what is mapped of it is on disk.
   * @throws Problem `bad-otlp`, or why it is not kept
   */
  async hearOtlp(body: unknown, log: FrameIngress): Promise<{ rejected: number }> {
    const { said, rejected } = readOtlp(Buffer.isBuffer(body) ? decodeOtlp(body) : body)
    const arrivedAt = this.#of.clock.now()
    const frames = said.flatMap((one) => {
      const shown = Buffer.from(JSON.stringify({ ts: one.ts, ...Object.fromEntries(one.values) }))
      return this.hear(OTLP, '/v1/metrics', shown, one, arrivedAt)
    })
    await Promise.all(
      frames.map(
        (frame) =>
          new Promise<void>((resolve, reject) => {
            log.take({ ...frame, arrivedAt }, (refused) => (refused ? reject(refused) : resolve()))
          }),
      ),
    )
    return { rejected }
  }

  formats(): readonly Format[] {
    return this.#of.formats
  }
  /** What a broker is to be asked for, so that every format is heard. */
  filters(): string[] {
    const topics = this.#of.formats.flatMap(({ topics, availability }) => [...topics, ...availability])
    return [...new Set(topics.map(({ topic }) => filterOf(topic.text)))]
  }
  /** Retired appliances that mapping files go on naming. */
  leftOut(): readonly string[] {
    return this.#leftOut
  }
  sources(): string[] {
    return this.#bindings.sources()
  }
  devices(): HeardDevice[] {
    return this.#heard.all()
  }
  bindingsOf(device: Pick<HeardDevice, 'source' | 'format' | 'device'>): readonly Binding[] {
    return this.#bindings.of(device.source, device.format, device.device)
  }
  /** What a format says of a value: its unit, whether it is a total, and which metric it mostly is. */
  hintOf(format: string, value: string) {
    const known = this.#of.formats.find((one) => one.format === format)
    return known && own(known.values, value)
  }

  /** Lets a gateway publish to whatever topic. @returns its password, where it is new */
  async openSource(id: string): Promise<string | undefined> {
    const password = await this.#of.speakFor(id, [])
    await this.#bindings.openSource(id, this.#of.clock.now())
    return password
  }

  /** How the last messages would read. @throws Problem where the mapping cannot be */
  preview(wanted: WantedMapping): { messages: PreviewedMessage[]; warnings: string[] } {
    const heard = this.#check(wanted)
    const kind = this.#of.catalog.kind(wanted.kind)
    const warnings: string[] = []
    const messages = (heard?.messages ?? []).map(({ at, topic, payload, values }): PreviewedMessage => {
      const said = new Map(values)
      const metrics = wanted.values.flatMap(({ value, metric, unit, counter }): [string, number][] => {
        const number = said.get(value)
        const to = own(kind.metrics, metric)?.unit ?? ''
        // A total counts by its difference, which is of two messages.
        const convert = unit === undefined || counter ? undefined : conversion(unit, to)
        if (number === undefined) return []
        return [[metric, convert ? Number((number * convert.scale + convert.shift).toPrecision(12)) : number]]
      })
      return { at, topic, payload, metrics: Object.fromEntries(metrics) }
    })
    for (const { value, counter } of wanted.values) {
      const { falls = 0 } = heard?.values.get(value) ?? {}
      if (counter && falls > 0) warnings.push(`${value} fell ${falls} times: each time it counts from 0 again.`)
      if (!heard?.values.has(value)) warnings.push(`${value} was not heard yet.`)
    }
    return { messages, warnings }
  }

  /** Makes it so. @throws Problem where it cannot be */
  async map(wanted: WantedMapping): Promise<void> {
    this.#check(wanted)
    if (this.#bindings.all().length + wanted.values.length > MOST_MAPPED)
      throw refused('too-many-mapped', wanted.appliance, `More than ${MOST_MAPPED} values are mapped.`, 'Unmap some.')
    await this.#register(wanted)
    if (this.#bindings.isOpen(wanted.source)) await this.#of.speakFor(wanted.source, [wanted.appliance])
    const { source, format, device, appliance } = wanted
    await this.#bindings.bind(
      wanted.values.map(({ value, metric, deadband }) => ({
        source,
        format,
        device,
        value,
        appliance,
        metric,
        deadband,
      })),
    )
  }
  async unmap(appliance: string): Promise<void> {
    const count = await this.#bindings.unbind(appliance)
    if (count === 0)
      throw refused('not-mapped', appliance, `Nothing is mapped to ${appliance}.`, 'Look at the list.', 404)
  }

  /** It is retired: what is heard of a device of its former home is not its any more. */
  forget(appliance: string): void {
    this.#bindings.forget(appliance)
  }

  #withHints(format: string, { value, metric }: { value: string; metric: string }): WantedValue {
    const { unit, counter } = this.hintOf(format, value) ?? {}
    return { value, metric, ...(unit === undefined ? {} : { unit }), ...(counter ? { counter } : {}) }
  }

  async #register({ appliance, kind, model, values }: WantedMapping): Promise<void> {
    const units = values.flatMap(({ metric, unit }): [string, string][] => (unit === undefined ? [] : [[metric, unit]]))
    const counters = values.filter(({ counter }) => counter).map(({ metric }) => metric)
    await this.#of.register([
      { id: appliance, kind, model, reports: 'on-change', units: Object.fromEntries(units), counters },
    ])
  }

  #check({ source, format, device, appliance, kind, values }: WantedMapping): HeardDevice | undefined {
    const spec = this.#of.catalog.kind(kind)
    const known = this.#of.kindOf(appliance)
    if (known !== undefined && known !== kind)
      throw refused(
        'two-kinds',
        appliance,
        `${appliance} is a ${known}, and would be a ${kind}, too.`,
        'Choose another id.',
        409,
      )
    const metrics = new Set<string>()
    const heard = this.#heard.get(source, format, device)
    for (const { value, metric, counter } of values) {
      if (!own(spec.metrics, metric))
        throw refused(
          'unknown-metric',
          metric,
          `A ${kind} has no metric '${metric}'.`,
          `Use one of ${spec.metricNames.join(', ')}.`,
        )
      if (metrics.has(metric))
        throw refused('metric-twice', metric, `Two values would be ${metric}.`, 'Map one of them.')
      metrics.add(metric)
      const other = this.#bindings.of(source, format, device).find((one) => one.value === value)
      if (other && other.appliance !== appliance)
        throw refused(
          'already-mapped',
          value,
          `'${value}' of ${device} is ${other.appliance}'s.`,
          `Unmap ${other.appliance} first.`,
          409,
        )
      const { falls = 0 } = heard?.values.get(value) ?? {}
      if (counter && heard && falls > FALLS_OF_NO_TOTAL * heard.count)
        throw refused(
          'no-total',
          value,
          `'${value}' fell ${falls} times in ${heard.count} messages: it is no total.`,
          'Map it as a value of the moment.',
        )
    }
    return heard
  }
}

const refused = (code: string, concerns: string, message: string, remedy: string, status = 422): Problem =>
  new Problem({ code, concerns, message, remedy, status })

export async function openMapping(options: MappingOptions): Promise<Mapping> {
  const mapping = new Mapping(options)
  await mapping.load()
  return mapping
}
