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
/** Names of an edge node that are remembered, and nodes. */
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
const payloadSchema = z.object({ timestamp: whole, metrics: z.array(metricSchema).optional(), seq: whole })

export interface SparkplugSaid {
  /** Group, edge node and device. */
  device: string
  /** A birth or a death says so. */
  online?: boolean
  /** The death of a node is its devices' too (5.4.5). */
  isOfAllBelow?: boolean
  ts?: number
  values: Map<string, number>
  fault?: string
}

/** What is known of an edge node since its birth. */
interface EdgeNode {
  /** By alias: one space a node, its devices included. */
  names: Map<string, string>
  /** By device and name: data need not repeat what a birth said (6.4.16). */
  types: Map<string, number>
  /** Of its last message, 0 to 255. */
  seq: number | undefined
  /** Which of its lives it is: the death of an earlier one is over (5.4.1). */
  bdSeq: number | undefined
}

/** Reads Sparkplug B: remembers what births say, since data may come by alias alone, and without a type. */
export class SparkplugReader {
  readonly #nodes = new Map<string, EdgeNode>()

  /** @param rest of the topic: group, type, edge node, perhaps a device @returns one a time that its values are of */
  read(rest: string, payload: Buffer): SparkplugSaid[] {
    const [group = '', type = '', node = '', ...more] = rest.split('/')
    const device = [group, node, ...more].join('/')
    const key = `${group}/${node}`
    if (type === 'DDEATH') return [{ device, online: false, values: new Map() }]
    if (type === 'NDEATH') return this.#died(key, payload)
    const isBirth = type === 'NBIRTH' || type === 'DBIRTH'
    if (!isBirth && type !== 'NDATA' && type !== 'DDATA') return []
    const { timestamp, metrics = [], seq } = decoded(payload)
    const known = this.#node(key, type === 'NBIRTH')
    const gap = seqFault(known, Number(seq ?? Number.NaN), type === 'NBIRTH')
    const whole = new Map<number, Map<string, number>>()
    const sentAt = Number(timestamp ?? 0)
    // A birth repeats what holds, perhaps for long: that is of now.
    const bornAt = Math.max(0, ...metrics.map((metric) => Number(metric.timestamp ?? 0))) || sentAt
    let unnamed = 0
    for (const metric of metrics) {
      if (isBirth) learn(known, device, metric)
      const name = metric.name || known.names.get(metric.alias ?? '')
      if (name === undefined) unnamed++
      const value = name === undefined ? undefined : numberIn(metric, known.types.get(`${device}\n${name}`))
      if (name === undefined || value === undefined) continue
      const ts = isBirth ? bornAt : Number(metric.timestamp ?? 0) || sentAt
      whole.set(ts, (whole.get(ts) ?? new Map<string, number>()).set(name, value))
    }
    if (whole.size === 0) whole.set(sentAt, new Map())
    const fault =
      unnamed > 0 ? `${unnamed} metrics come by an alias that no birth gave: ask its node for a rebirth` : gap
    return [...whole]
      .sort(([a], [b]) => a - b)
      .map(([ts, values]) => ({
        device,
        ...(isBirth ? { online: true } : {}),
        ...(ts > 0 ? { ts } : {}),
        values,
        ...(fault === undefined ? {} : { fault }),
      }))
  }

  #died(key: string, payload: Buffer): SparkplugSaid[] {
    const known = this.#nodes.get(key)
    const said = decoded(payload).metrics?.find(({ name }) => name === BIRTH_AND_DEATH)
    const bdSeq = said && numberIn(said, undefined)
    // The will of a connection before this one.
    if (known?.bdSeq !== undefined && bdSeq !== undefined && bdSeq !== known.bdSeq) return []
    this.#nodes.delete(key)
    return [{ device: key, online: false, isOfAllBelow: true, values: new Map() }]
  }

  #node(key: string, isBorn: boolean): EdgeNode {
    const known = isBorn ? undefined : this.#nodes.get(key)
    const node = known ?? { names: new Map(), types: new Map(), seq: undefined, bdSeq: undefined }
    // Taken out and put back: who was heard last stands last.
    this.#nodes.delete(key)
    this.#nodes.set(key, node)
    for (const first of this.#nodes.keys()) {
      if (this.#nodes.size <= MOST_NODES) break
      this.#nodes.delete(first)
    }
    return node
  }
}

const BIRTH_AND_DEATH = 'bdSeq'

/** @throws Error where it is none */
function decoded(payload: Buffer): z.infer<typeof payloadSchema> {
  const proto = sparkplugPayload()
  return payloadSchema.parse(proto.toObject(proto.decode(payload), { longs: String }))
}

/** Each message of a node has the next number, its devices' included (6.4.15); what is missing is lost. */
function seqFault(node: EdgeNode, seq: number, isBorn: boolean): string | undefined {
  if (!Number.isInteger(seq)) return undefined
  const before = isBorn ? undefined : node.seq
  node.seq = seq
  if (before === undefined || seq === (before + 1) % 256 || seq === before) return undefined
  return `after message ${before} of its node came ${seq}: what was between is missing`
}

function learn(node: EdgeNode, device: string, metric: Metric): void {
  const { name, alias, datatype } = metric
  if (!name) return
  if (alias !== undefined && node.names.size < MOST_ALIASES) node.names.set(alias, name)
  if (datatype !== undefined && node.types.size < MOST_ALIASES) node.types.set(`${device}\n${name}`, datatype)
  if (name === BIRTH_AND_DEATH) node.bdSeq = numberIn(metric, datatype)
}

/** @param born the type that the birth said, where the metric does not repeat it */
function numberIn({ datatype = 0, isNull, ...metric }: Metric, born: number | undefined): number | undefined {
  if (isNull) return undefined
  if (metric.booleanValue !== undefined) return metric.booleanValue ? 1 : 0
  const said = metric.floatValue ?? metric.doubleValue
  if (said !== undefined && !Number.isFinite(said)) return undefined
  if (metric.floatValue !== undefined) return Number(metric.floatValue.toPrecision(7))
  if (metric.doubleValue !== undefined) return metric.doubleValue
  const bits = signedBits[datatype || (born ?? 0)]
  const whole = metric.intValue ?? metric.longValue
  if (whole === undefined) return undefined
  return Number(bits === undefined ? BigInt(whole) : BigInt.asIntN(bits, BigInt(whole)))
}
