import { z } from 'zod'
import { type Millis, Problem } from '../core/index.ts'
import type { Said } from './readMessage.ts'

export const OTLP = 'opentelemetry'

/** Numbers of 64 bits are texts in its JSON, and so are those that JSON has no word for. */
const number = z.union([z.string().max(64), z.number()])
const attribute = z.looseObject({
  key: z.string(),
  value: z
    .looseObject({
      stringValue: z.string().optional(),
      intValue: number.optional(),
      boolValue: z.boolean().optional(),
    })
    .optional(),
})
type Attributes = readonly z.infer<typeof attribute>[] | undefined
const point = z.looseObject({
  timeUnixNano: number.optional(),
  asDouble: number.optional(),
  asInt: number.optional(),
  /** Of histograms and summaries. */
  count: number.optional(),
  sum: number.optional(),
  flags: z.number().optional(),
  attributes: z.array(attribute).optional(),
})
const points = z.looseObject({ dataPoints: z.array(point).max(10_000).optional() }).optional()
const metricSchema = z.looseObject({
  name: z.string().min(1).max(256),
  gauge: points,
  sum: points,
  histogram: points,
  exponentialHistogram: points,
  summary: points,
})
/** What of OTLP's JSON is read. */
const requestSchema = z.looseObject({
  resourceMetrics: z
    .array(
      z.looseObject({
        resource: z.looseObject({ attributes: z.array(attribute).optional() }).optional(),
        scopeMetrics: z
          .array(z.looseObject({ metrics: z.array(metricSchema).max(10_000).optional() }))
          .max(1_000)
          .optional(),
      }),
    )
    .max(1_000)
    .default([]),
})

/** A device is what an instance calls itself, else its host, else its service. */
const NAMES = ['device.id', 'service.instance.id', 'host.name', 'service.name']
const MOST_NAME = 256
/** A point that says that there is no value (DataPointFlags). */
const NO_VALUE = 1

const textOf = (attributes: Attributes, key: string): string | undefined => {
  const text = wordOf(attributes?.find((one) => one.key === key)?.value)
  return text === undefined || text === '' || text.length > MOST_NAME ? undefined : text
}
const wordOf = (value: z.infer<typeof attribute>['value']): string | undefined =>
  value?.stringValue ?? (value?.intValue ?? value?.boolValue)?.toString()

/**
 * What an export of OpenTelemetry metrics says: of each device and time the values of its gauges and sums, and of its
 * histograms and summaries how many and how much (`.count`, `.sum`). A value has the metric's name; where a metric has points
 * with attributes, each is called by them, too (`name{direction=receive}`).
 * Source: opentelemetry-proto 1.3, ExportMetricsServiceRequest, as its JSON says it.
 * @throws Problem `bad-otlp`
 */
export function readOtlp(body: unknown): { said: Said[]; rejected: number } {
  const parsed = requestSchema.safeParse(body)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Problem({
      code: 'bad-otlp',
      message: `This is no export of metrics: ${issue?.path.join('.') || 'it'}: ${issue?.message}.`,
      remedy: 'Send OTLP/HTTP (OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf or http/json).',
      status: 400,
    })
  }
  const found = new Map<string, Said>()
  let rejected = 0
  for (const { resource, scopeMetrics = [] } of parsed.data.resourceMetrics) {
    const device = NAMES.map((key) => textOf(resource?.attributes, key)).find((name) => name !== undefined)
    for (const metric of scopeMetrics.flatMap(({ metrics = [] }) => metrics)) {
      for (const { point: one, values } of valuesOf(metric)) {
        if (((one.flags ?? 0) & NO_VALUE) !== 0) continue
        if (device === undefined || values.some(([, value]) => !Number.isFinite(value))) {
          rejected++
          continue
        }
        const ts = millisOf(one.timeUnixNano)
        const key = `${device}\n${ts}`
        const said = found.get(key) ?? { format: OTLP, device, values: new Map(), ...(ts === undefined ? {} : { ts }) }
        found.set(key, said)
        for (const [name, value] of values) put(said.values, name, labelsOf(one.attributes), value)
      }
    }
  }
  return { said: [...found.values()].map(unmarked), rejected }
}

function* valuesOf({ name, ...metric }: z.infer<typeof metricSchema>) {
  for (const one of [...(metric.gauge?.dataPoints ?? []), ...(metric.sum?.dataPoints ?? [])])
    yield { point: one, values: [[name, numberOf(one.asDouble ?? one.asInt)]] as [string, number][] }
  for (const many of [metric.histogram, metric.exponentialHistogram, metric.summary])
    for (const one of many?.dataPoints ?? []) {
      const count: [string, number] = [`${name}.count`, numberOf(one.count ?? 0)]
      // Of what may be below zero there is no sum.
      const values: [string, number][] = one.sum === undefined ? [count] : [count, [`${name}.sum`, numberOf(one.sum)]]
      yield { point: one, values }
    }
}
const numberOf = (said: string | number | undefined): number =>
  said === undefined || said === '' ? Number.NaN : Number(said)

function labelsOf(attributes: Attributes = []): string {
  const said = attributes.map(({ key, value }) => `${key}=${wordOf(value) ?? ''}`).sort()
  const text = said.length > 0 ? `{${said.join(',')}}` : ''
  return text.slice(0, MOST_NAME)
}

/** By its labels always, by its bare name where it is the only one that has it. */
function put(values: Map<string, number>, name: string, labels: string, value: number): void {
  if (labels !== '') values.set(name + labels, value)
  values.set(name, values.has(name) && labels !== '' ? Number.NaN : value)
}
const unmarked = (said: Said): Said => ({
  ...said,
  values: new Map([...said.values].filter(([, value]) => !Number.isNaN(value))),
})

function millisOf(nanos: string | number | undefined): Millis | undefined {
  if (nanos === undefined || !/^\d{1,19}$/.test(String(nanos))) return undefined
  const ms = Number(BigInt(nanos) / 1_000_000n)
  return ms > 0 ? ms : undefined
}
