import { z } from 'zod'
import { type Millis, Problem } from '../core/index.ts'
import type { Said } from './readMessage.ts'

export const OTLP = 'opentelemetry'

const attribute = z.looseObject({
  key: z.string().max(256),
  value: z.looseObject({
    stringValue: z.string().max(1_000).optional(),
    intValue: z.union([z.string(), z.number()]).optional(),
  }),
})
const point = z.looseObject({
  timeUnixNano: z.union([z.string(), z.number()]).optional(),
  asDouble: z.number().optional(),
  asInt: z.union([z.string(), z.number()]).optional(),
  attributes: z.array(attribute).max(64).optional(),
})
const points = z.looseObject({ dataPoints: z.array(point).max(10_000).optional() })
/** What of OTLP's JSON is read; histograms and summaries are of many measurements, and no reading. */
const requestSchema = z.looseObject({
  resourceMetrics: z
    .array(
      z.looseObject({
        resource: z.looseObject({ attributes: z.array(attribute).max(256).optional() }).optional(),
        scopeMetrics: z
          .array(
            z.looseObject({
              metrics: z
                .array(
                  z.looseObject({ name: z.string().min(1).max(256), gauge: points.optional(), sum: points.optional() }),
                )
                .max(10_000)
                .optional(),
            }),
          )
          .max(1_000)
          .optional(),
      }),
    )
    .max(1_000),
})

/** A device is what an instance calls itself, else its host, else its service. */
const NAMES = ['device.id', 'service.instance.id', 'host.name', 'service.name']

const textOf = (attributes: readonly z.infer<typeof attribute>[] | undefined, key: string): string | undefined => {
  const value = attributes?.find((one) => one.key === key)?.value
  return value?.stringValue ?? (value?.intValue === undefined ? undefined : String(value.intValue))
}

/**
 * What an export of OpenTelemetry metrics says: of each device and time the values of its gauges and sums.
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
    for (const { metrics = [] } of scopeMetrics) {
      for (const { name, gauge, sum } of metrics) {
        for (const one of [...(gauge?.dataPoints ?? []), ...(sum?.dataPoints ?? [])]) {
          const value = Number(one.asDouble ?? one.asInt ?? Number.NaN)
          if (device === undefined || !Number.isFinite(value)) {
            rejected++
            continue
          }
          const ts = millisOf(one.timeUnixNano)
          const key = `${device}\n${ts}`
          const said = found.get(key) ?? {
            format: OTLP,
            device,
            values: new Map(),
            ...(ts === undefined ? {} : { ts }),
          }
          said.values.set(name, value)
          found.set(key, said)
        }
      }
    }
  }
  return { said: [...found.values()], rejected }
}

function millisOf(nanos: string | number | undefined): Millis | undefined {
  if (nanos === undefined || !/^\d{1,19}$/.test(String(nanos))) return undefined
  const ms = Number(BigInt(nanos) / 1_000_000n)
  return ms > 0 ? ms : undefined
}
