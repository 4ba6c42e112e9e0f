import { isUtf8 } from 'node:buffer'
import packets, { type Parser } from 'mqtt-packet'
import { type Fault, fault, reason } from './reasons.ts'

/** What the bytes of a packet break, with the code that it ends by. */
export class Ungrammatical extends Error {
  readonly fault: Fault
  constructor(why: Fault) {
    super(why.why)
    this.fault = why
  }
}

/** Of mqtt-packet's parser (9.0): it looks at none of what is looked at here, and has no setting for it. */
interface Insides {
  _list: { slice(from: number, to: number): Buffer }
  _pos: number
  packet: { length: number }
  error: Error | null
  _parseString(): string | null
  _parseProperties(): object
  _parseConnect(): unknown
  _emitError(error: Error): void
}

/** A parser of MQTT 5 that minds what bytes may stand in a packet (1.5.4, 2.2.2, 3.1). */
export function strictParser(): Parser {
  const parser = packets.parser()
  const inside = parser as unknown as Insides
  const { _parseString: text, _parseProperties: properties, _parseConnect: connect } = inside
  const refuse = (why: Fault): void => inside._emitError(new Ungrammatical(why))
  inside._parseString = () => {
    const from = inside._pos + 2
    const said = text.call(inside)
    // The mark of what could not be read, or a character like any other.
    if (said?.includes('\uFFFD') && !isUtf8(inside._list.slice(from, inside._pos))) refuse(NO_TEXT)
    return said
  }
  inside._parseProperties = () => {
    const wrong = propertiesFault(inside._list.slice(inside._pos, inside.packet.length))
    if (!wrong) return properties.call(inside)
    refuse(wrong)
    return {}
  }
  inside._parseConnect = () => {
    connect.call(inside)
    if (!inside.error && inside._pos !== inside.packet.length)
      refuse(fault(reason.malformed, 'CONNECT goes on after its last field.'))
  }
  return parser
}

const NO_TEXT = fault(reason.malformed, 'A text is no UTF-8.')
const CUT_SHORT = fault(reason.malformed, 'Its properties are longer than it.')
const USER_PROPERTY = 0x26
const SUBSCRIPTION_IDENTIFIER = 0x0b
const lists = {
  /** A byte that is 0 or 1, of those that clients send. */
  flag: [0x01, 0x17, 0x19],
  two: [0x21, 0x22, 0x23],
  four: [0x02, 0x11, 0x18, 0x27],
  text: [0x03, 0x08, 0x15, 0x1f],
  bytes: [0x09, 0x16],
} as const
const typeOf = new Map(Object.entries(lists).flatMap(([type, codes]) => codes.map((code) => [code as number, type])))

/** What is wrong with a list of properties (2.2.2), its length first; what a client may not say at all is judged later. */
export function propertiesFault(bytes: Buffer): Fault | undefined {
  if (bytes.length === 0) return undefined
  const length = varInt(bytes, 0)
  if (!length) return CUT_SHORT
  const end = length.end + length.value
  if (end > bytes.length) return CUT_SHORT
  const seen = new Set<number>()
  for (let at = length.end; at < end; ) {
    const code = bytes[at++] ?? 0
    if (code !== USER_PROPERTY && seen.has(code)) return fault(reason.protocolError, 'A property stands twice.')
    seen.add(code)
    const next = afterValue(bytes, at, code)
    if (next === undefined) return undefined
    if (typeof next !== 'number') return next
    if (next > end) return CUT_SHORT
    at = next
  }
  return undefined
}

/** Where the value of a property ends, or what is wrong with it; undefined: the parser will say it. */
function afterValue(bytes: Buffer, at: number, code: number): number | Fault | undefined {
  if (code === SUBSCRIPTION_IDENTIFIER) return varInt(bytes, at)?.end ?? CUT_SHORT
  if (code === USER_PROPERTY) {
    const name = afterText(bytes, at)
    return typeof name === 'number' ? afterText(bytes, name) : name
  }
  switch (typeOf.get(code)) {
    case 'flag':
      return (bytes[at] ?? 0) > 1 ? fault(reason.protocolError, 'A property that is 0 or 1 is neither.') : at + 1
    case 'two':
      return at + 2
    case 'four':
      return at + 4
    case 'text':
      return afterText(bytes, at)
    case 'bytes':
      return at + 2 > bytes.length ? CUT_SHORT : at + 2 + bytes.readUInt16BE(at)
    default:
      return undefined
  }
}
function afterText(bytes: Buffer, at: number): number | Fault {
  if (at + 2 > bytes.length) return CUT_SHORT
  const end = at + 2 + bytes.readUInt16BE(at)
  if (end > bytes.length) return CUT_SHORT
  return isUtf8(bytes.subarray(at + 2, end)) ? end : NO_TEXT
}

/** A number of up to four bytes (1.5.5). */
function varInt(bytes: Buffer, from: number): { value: number; end: number } | undefined {
  let value = 0
  for (let i = 0; i < 4; i++) {
    const byte = bytes[from + i]
    if (byte === undefined) return undefined
    value += (byte & 127) * 128 ** i
    if (byte < 128) return { value, end: from + i + 1 }
  }
  return undefined
}
