import { z } from 'zod'
import { protobufType } from './protobuf.ts'

/** What of Sparkplug B's payload is read. Source: Eclipse Tahu, sparkplug_b.proto (Sparkplug 3.0). */
const PROTO = `
syntax = "proto2";
message Payload {
  message Metric {
    optional string name = 1;
    optional uint64 alias = 2;
    optional uint64 timestamp = 3;
    optional uint32 datatype = 4;
    optional bool is_historical = 5;
    optional bool is_transient = 6;
    optional bool is_null = 7;
    oneof value {
      uint32 int_value = 10;
      uint64 long_value = 11;
      float float_value = 12;
      double double_value = 13;
      bool boolean_value = 14;
      string string_value = 15;
    }
  }
  optional uint64 timestamp = 1;
  repeated Metric metrics = 2;
  optional uint64 seq = 3;
}`
export const sparkplugPayload = protobufType(PROTO, 'Payload')

/** Whole numbers below zero travel as their two's complement, by the width of the type (6.4.16). */
const signedBits: Readonly<Record<number, number>> = { 1: 8, 2: 16, 3: 32, 4: 64 }
/** Names that an edge node may give aliases to, and nodes that are known by them. */
const MOST_ALIASES = 5_000
const MOST_NODES = 1_000

const whole = z.string().optional()
const metricSchema = z.object({
  name: z.string().optional(),
  alias: whole,
  timestamp: whole,
  datatype: z.number().optional(),
  isNull: z.boolean().optional(),
  intValue: z.number().optional(),
  longValue: whole,
  floatValue: z.number().optional(),
  doubleValue: z.number().optional(),
  booleanValue: z.boolean().optional(),
})
type Metric = z.infer<typeof metricSchema>
const payloadSchema = z.object({ timestamp: whole, metrics: z.array(metricSchema).optional() })

export interface SparkplugSaid {
  /** Group, edge node and device. */
  device: string
  /** A birth or a death says so. */
  online?: boolean
  ts?: number
  values: Map<string, number>
  /** Metrics named by an alias that no birth gave. */
  unnamed: number
}

/** Reads Sparkplug B: remembers what births name, since data may come by alias alone. */
export class SparkplugReader {
  /** Group and edge node → alias → name: one space a node, its devices included. */
  readonly #aliases = new Map<string, Map<string, string>>()

  /** @param rest of the topic: group, type, edge node, perhaps a device @returns undefined where it says nothing of values */
  read(rest: string, payload: Buffer): SparkplugSaid | undefined {
    const [group = '', type = '', node = '', ...more] = rest.split('/')
    const device = [group, node, ...more].join('/')
    if (type === 'NDEATH' || type === 'DDEATH') return { device, online: false, values: new Map(), unnamed: 0 }
    const isBirth = type === 'NBIRTH' || type === 'DBIRTH'
    if (!isBirth && type !== 'NDATA' && type !== 'DDATA') return undefined
    const proto = sparkplugPayload()
    const { timestamp, metrics = [] } = payloadSchema.parse(proto.toObject(proto.decode(payload), { longs: String }))
    const key = `${group}/${node}`
    if (type === 'NBIRTH') this.#aliases.delete(key)
    const aliases = this.#aliases.get(key) ?? new Map<string, string>()
    if (isBirth && this.#aliases.size < MOST_NODES) this.#aliases.set(key, aliases)
    const values = new Map<string, number>()
    let unnamed = 0
    for (const metric of metrics) {
      const { name: given, alias } = metric
      if (isBirth && given && alias !== undefined && aliases.size < MOST_ALIASES) aliases.set(alias, given)
      const name = given || (alias === undefined ? undefined : aliases.get(alias))
      if (name === undefined) unnamed++
      const value = numberIn(metric)
      if (name !== undefined && value !== undefined) values.set(name, value)
    }
    const newest = metrics.map((metric) => Number(metric.timestamp ?? 0)).reduce((a, b) => Math.max(a, b), 0)
    const ts = newest || Number(timestamp ?? 0)
    return { device, ...(isBirth ? { online: true } : {}), ...(ts > 0 ? { ts } : {}), values, unnamed }
  }
}

function numberIn({ datatype, isNull, ...metric }: Metric): number | undefined {
  if (isNull) return undefined
  if (metric.booleanValue !== undefined) return metric.booleanValue ? 1 : 0
  if (metric.floatValue !== undefined) return Number(metric.floatValue.toPrecision(7))
  if (metric.doubleValue !== undefined) return metric.doubleValue
  const bits = signedBits[datatype ?? 0]
  const whole = metric.intValue ?? metric.longValue
  if (whole === undefined) return undefined
  return Number(bits === undefined ? BigInt(whole) : BigInt.asIntN(bits, BigInt(whole)))
}
