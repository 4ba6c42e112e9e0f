// Malformed MQTT, drawn from a seed: arbitrary bytes, packets with bytes changed, cut or lying about their length, and
// packets that are well formed and forbidden.
import packets, { type Packet } from 'mqtt-packet'
import type { Random } from '../../core/index.ts'
import { connectPacket, type Version } from './rawClient.ts'

const topic = 'appliances/fridge/victim/telemetry'
const publish = { cmd: 'publish', topic, payload: 'x', qos: 1, messageId: 1, dup: false, retain: false } as const

/** Well formed, and one of every type that a client may send, and of those that it may not. */
const whole = (
  [
    publish,
    { ...publish, qos: 2 },
    { ...publish, qos: 0 },
    { cmd: 'pubrel', messageId: 1 },
    { cmd: 'pubrec', messageId: 9 },
    { cmd: 'puback', messageId: 9 },
    { cmd: 'pubcomp', messageId: 9 },
    { cmd: 'subscribe', messageId: 2, subscriptions: [{ topic: 'appliances/fridge/victim/command', qos: 1 }] },
    { cmd: 'unsubscribe', messageId: 3, unsubscriptions: ['appliances/fridge/victim/command'] },
    { cmd: 'pingreq' },
    { cmd: 'suback', messageId: 2, granted: [0] },
    { cmd: 'unsuback', messageId: 2 },
    { cmd: 'pingresp' },
    { cmd: 'connack', returnCode: 0, sessionPresent: false },
  ] as Packet[]
).map((packet) => packets.generate(packet))
/** The same in version 5, with what only that has. */
const wholeFive = (
  [
    { ...publish, properties: { topicAlias: 3, messageExpiryInterval: 60, userProperties: { a: 'b' } } },
    { ...publish, qos: 2, properties: { payloadFormatIndicator: true, contentType: 'application/json' } },
    { ...publish, qos: 0, properties: { responseTopic: 'a/b', correlationData: Buffer.from('c') } },
    { cmd: 'pubrel', messageId: 1, reasonCode: 0x92 },
    { cmd: 'pubrec', messageId: 9, reasonCode: 0 },
    { cmd: 'puback', messageId: 9, reasonCode: 0x80, properties: { reasonString: 'no' } },
    { cmd: 'pubcomp', messageId: 9, reasonCode: 0 },
    {
      cmd: 'subscribe',
      messageId: 2,
      subscriptions: [{ topic: 'appliances/fridge/victim/command', qos: 1, nl: false, rap: true, rh: 1 }],
      properties: { subscriptionIdentifier: 7 },
    },
    { cmd: 'unsubscribe', messageId: 3, unsubscriptions: ['appliances/fridge/victim/command'] },
    { cmd: 'pingreq' },
    { cmd: 'disconnect', reasonCode: 4, properties: { sessionExpiryInterval: 0 } },
    { cmd: 'auth', reasonCode: 0x18, properties: { authenticationMethod: 'none' } },
    { cmd: 'connack', reasonCode: 0, sessionPresent: false, properties: { receiveMaximum: 1 } },
  ] as Packet[]
).map((packet) => packets.generate(packet, { protocolVersion: 5 }))

const bytesOf = (text: string): Buffer => Buffer.concat([Buffer.from([0, Buffer.byteLength(text)]), Buffer.from(text)])
const frame = (first: number, body: Buffer): Buffer => Buffer.concat([Buffer.from([first, body.length]), body])
const messageId = Buffer.from([0, 1])

/** Each breaks one rule of the specification that its comment names. */
const forbidden: Buffer[] = [
  frame(0x00, Buffer.alloc(2)), // 2.2.1: type 0 is reserved
  frame(0xf0, Buffer.alloc(2)), // 2.2.1: type 15 is reserved
  frame(0x36, Buffer.concat([bytesOf(topic), messageId])), // 3.3.1-4: no QoS 3
  frame(0x32, Buffer.concat([bytesOf(topic), Buffer.alloc(2)])), // 2.3.1-1: no packet id 0
  frame(0x32, Buffer.concat([bytesOf(''), messageId])), // 4.7.3-1: a topic has a character
  frame(0x32, Buffer.concat([bytesOf('appliances/+/victim/telemetry'), messageId])), // 3.3.2-2: no wildcards
  frame(0x32, Buffer.concat([bytesOf('appliances/fridge/vic\u0000tim/telemetry'), messageId])), // 1.5.3-2: no U+0000
  frame(0x32, Buffer.concat([Buffer.from([0, 3, 0xed, 0xa0, 0x80]), messageId])), // 1.5.3-1: no surrogates
  frame(0x32, Buffer.from([0xff, 0xff, 97])), // a topic longer than its packet
  frame(0x80, Buffer.concat([messageId, bytesOf('a'), Buffer.from([1])])), // 3.8.1-1: flags of SUBSCRIBE
  frame(0x82, messageId), // 3.8.3-3: SUBSCRIBE names a filter
  frame(0x82, Buffer.concat([messageId, bytesOf('a'), Buffer.from([3])])), // 3.8.3-4: no QoS 3
  frame(0x82, Buffer.concat([messageId, bytesOf('a/#/b'), Buffer.from([1])])), // 4.7.1-2: # is last
  frame(0xa2, messageId), // 3.10.3-2: UNSUBSCRIBE names a filter
  frame(0x60, messageId), // 3.6.1-1: flags of PUBREL
  frame(0xc1, Buffer.alloc(0)), // 2.2.2-2: flags of PINGREQ
  frame(0xe4, Buffer.alloc(0)), // 3.14.1-1: flags of DISCONNECT
  Buffer.from([0x32, 0x80, 0x80, 0x80, 0x80, 0x01]), // 2.2.3: a length of five bytes
  Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f]), // 256 MiB announced
]

const properties = (...bytes: number[]): Buffer => Buffer.from([bytes.length, ...bytes])
/** What MQTT 5 forbids besides; the comment names the section. */
const forbiddenFive: Buffer[] = [
  frame(0x32, Buffer.concat([bytesOf(topic), messageId, properties(0x23, 0, 0)])), // 3.3.2-8: an alias of 0
  frame(0x32, Buffer.concat([bytesOf(topic), messageId, properties(0x23, 0xff, 0xff)])), // 3.3.2-9: an alias too high
  frame(0x32, Buffer.concat([bytesOf(''), messageId, properties(0x23, 0, 9)])), // 3.3.2.1: an alias that stands for nothing
  frame(0x32, Buffer.concat([bytesOf(topic), messageId, properties(0x0b, 1)])), // 3.3.4-6: an identifier from a client
  frame(0x32, Buffer.concat([bytesOf(topic), messageId, properties(0x01, 1, 0x01, 1)])), // 3.3.2.3.2: twice
  frame(0x32, Buffer.concat([bytesOf(topic), messageId, properties(0x11, 0, 0, 0, 1)])), // 2.2.2.2: of another packet
  frame(0x32, Buffer.concat([bytesOf(topic), messageId, Buffer.from([0x7f])])), // 2.2.2.1: properties longer than it is
  frame(0x32, Buffer.concat([bytesOf(topic), messageId, properties(0x7e)])), // 2.2.2.2: no such property
  frame(0x82, Buffer.concat([messageId, properties(0x0b, 0), bytesOf('a'), Buffer.from([1])])), // 3.8.2.1.2: identifier 0
  frame(0x82, Buffer.concat([messageId, properties(), bytesOf('a'), Buffer.from([0x31])])), // 3.8.3-5: retain handling 3
  frame(0x82, Buffer.concat([messageId, properties(), bytesOf('a'), Buffer.from([0xc1])])), // 3.8.3-5: reserved bits
  frame(0x82, Buffer.concat([messageId, properties(), bytesOf('$share/a/b'), Buffer.from([5])])), // 3.8.3-4: no local
  frame(0xe0, Buffer.concat([Buffer.from([0]), properties(0x11, 0, 0, 0, 9)])), // 3.14.2-2: kept on leaving
  frame(0xf0, Buffer.concat([Buffer.from([0x18]), properties()])), // 4.12: nothing was agreed on
]

/** @returns what one connection sends; the last packet is the bad one */
export function drawMalformed(random: Random, signIn: Buffer, version: Version): Buffer {
  const good = version === 5 ? wholeFive : whole
  const bad = version === 5 ? [...forbidden, ...forbiddenFive] : forbidden
  const below = (count: number): number => Math.floor(random.next() * count)
  const kind = random.next()
  if (kind < 0.15) return arbitrary(random, 1 + below(64))
  if (kind < 0.4) return spoiled(random, signIn)
  const last =
    kind < 0.55
      ? bad[below(bad.length)]!
      : kind < 0.6
        ? arbitrary(random, 1 + below(64))
        : kind < 0.65
          ? connectPacket('victim', 'again', 0, version)
          : spoiled(random, good[below(good.length)]!)
  return Buffer.concat([signIn, last])
}

function arbitrary(random: Random, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let i = 0; i < size; i++) bytes[i] = Math.floor(random.next() * 256)
  return bytes
}

/** One to three bytes changed, cut anywhere, or a length that is not its own. */
function spoiled(random: Random, good: Buffer): Buffer {
  const bytes = Buffer.from(good)
  const how = random.next()
  if (how < 0.2) return bytes.subarray(0, 1 + Math.floor(random.next() * (bytes.length - 1)))
  if (how < 0.4) bytes[1] = Math.floor(random.next() * 256)
  else {
    for (let i = 0; i < 1 + Math.floor(random.next() * 3); i++) {
      bytes[Math.floor(random.next() * bytes.length)] = Math.floor(random.next() * 256)
    }
  }
  return bytes
}
