// MQTT 5, sections 1.5, 2.1, 2.2 and 4.13: what no client may write, byte by byte, and how the connection ends.
import type { Packet } from 'mqtt-packet'
import { afterEach, beforeEach, expect } from 'vitest'
import { frame, type Peer, publish, TestBroker, text, topicOf, u16 } from '../testBroker.ts'
import { clause, command, dialFive, hello5, listen, printTable, signInFive } from './peer.ts'

let at: TestBroker
beforeEach(async () => {
  at = await TestBroker.open()
})
afterEach(() => at.close())
printTable('malformed and at the limits')

const NONE = Buffer.from([0])
const bad = (...bytes: number[]): Buffer => Buffer.concat([u16(bytes.length), Buffer.from(bytes)])
const properties = (...bytes: number[]): Buffer => Buffer.from([bytes.length, ...bytes])
/** A CONNECT of f1 by hand. */
const connect = (props: Buffer, id = text('f1'), user = text('f1')): Buffer =>
  frame(0x10, text('MQTT'), Buffer.from([5, 0xc2]), u16(60), props, id, user, text('secret-f1'))
const connected = async (bytes: Buffer): Promise<number | undefined> => {
  const peer = await at.dial(5)
  peer.send(bytes)
  const [first, ...others] = await peer.rest()
  expect(others).toEqual([])
  return first?.cmd === 'connack' ? first.reasonCode : undefined
}
/** Sends it after signing in, and expects the end with one of these codes; nothing was kept. */
const ends = async (bytes: Buffer, ...codes: number[]): Promise<void> => {
  const peer = await signInFive(at, 'f1')
  peer.send(bytes)
  const last = (await peer.rest()).at(-1)
  expect(last?.cmd).toBe('disconnect')
  expect(codes).toContain(last?.cmd === 'disconnect' ? last.reasonCode : undefined)
  expect(at.said).toEqual([])
}
const telemetry = text(topicOf('f1'))

for (const [what, bytes] of [
  ['a lone surrogate', [0xed, 0xa0, 0x80]],
  ['an overlong sequence', [0xc0, 0xaf]],
  ['a sequence cut short', [0x61, 0xe2, 0x82]],
  ['bytes that are none', [0xff, 0xfe]],
] as const)
  clause('1.5.4-1', `a topic with ${what} is malformed`, () =>
    ends(frame(0x32, bad(...Buffer.from('appliances/'), ...bytes), u16(1), NONE, Buffer.from('x')), 0x81),
  )
clause('1.5.4-2', 'a topic with a null character is malformed', () =>
  ends(frame(0x32, bad(0x61, 0x00, 0x62), u16(1), NONE, Buffer.from('x')), 0x81, 0x90),
)
clause('1.5.4-1', 'a filter that is no UTF-8 is malformed', () =>
  ends(frame(0x82, u16(1), NONE, bad(0x61, 0xff), Buffer.from([1])), 0x81),
)
clause('1.5.4-1', 'a filter to leave that is no UTF-8 is malformed', () =>
  ends(frame(0xa2, u16(1), NONE, bad(0x61, 0xff)), 0x81),
)
clause('1.5.4-1', 'a client id that is no UTF-8 is malformed', async () => {
  expect(await connected(connect(NONE, bad(0x66, 0xff)))).toBe(0x81)
})
clause('1.5.4-1', 'a user name that is no UTF-8 is malformed', async () => {
  expect(await connected(connect(NONE, text('f1'), bad(0x66, 0xff)))).toBe(0x81)
})
clause('1.5.7-1', 'a user property that is no UTF-8 is malformed', async () => {
  expect(await connected(connect(properties(0x26, 0, 1, 0xff, 0, 1, 0x61)))).toBe(0x81)
})
clause('1.5.4-3', 'a byte order mark in a user property is kept', async () => {
  const peer = await signInFive(at, 'f1')
  const topic = topicOf('f1', 'event')
  peer.send(publish('f1', '{"ts":1,"type":"error"}', { topic, properties: { userProperties: { room: '\uFEFFa' } } }))
  await peer.next()
  expect(JSON.parse(at.said[0]?.[2] ?? '')).toMatchObject({ properties: { room: '\uFEFFa' } })
})
clause('1.5.5', 'a property length of five bytes is malformed', () =>
  ends(frame(0x32, telemetry, u16(1), Buffer.from([0x80, 0x80, 0x80, 0x80, 1]), Buffer.from('x')), 0x81),
)
clause('1.5.5', 'a remaining length of five bytes is malformed', () =>
  ends(Buffer.from([0x32, 0x80, 0x80, 0x80, 0x80, 1]), 0x81),
)
clause('2.2.2.1', 'properties that are longer than their packet are malformed', () =>
  ends(frame(0x32, telemetry, u16(1), Buffer.from([60, 0x01])), 0x81),
)
clause('2.2.2.1', 'a property that is longer than its list is malformed', () =>
  ends(frame(0x32, telemetry, u16(1), Buffer.from([2, 0x02, 0]), Buffer.from('xxxx')), 0x81),
)
for (const [what, first] of [
  ['PUBREL', 0x60],
  ['UNSUBSCRIBE', 0xa0],
] as const)
  clause('2.1.3-1', `${what} with other flags than 2 is malformed`, () => ends(frame(first, u16(1), NONE), 0x81))
for (const [what, bytes] of [
  ['PINGREQ', Buffer.from([0xc1, 0])],
  ['DISCONNECT', Buffer.from([0xe1, 0])],
  ['PUBACK', frame(0x41, u16(1))],
] as const)
  clause('2.1.3-1', `${what} with a flag is malformed`, () => ends(bytes, 0x81))
clause('2.2.1-2', 'QoS 0 has no packet id: what follows are its properties', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(frame(0x30, telemetry, NONE, Buffer.from('x')))
  expect(await peer.untilPong()).toEqual([])
  expect(at.said).toEqual([['telemetry', 'f1', 'x']])
})
for (const [what, bytes] of [
  ['request response information', [0x19, 2]],
  ['request problem information', [0x17, 2]],
] as const)
  clause('3.1.2.11', `${what} is 0 or 1: 2 is a protocol error`, async () => {
    expect(await connected(connect(properties(...bytes)))).toBe(0x82)
  })
for (const [what, bytes] of [
  ['request response information', [0x19, 1]],
  ['request problem information', [0x17, 1]],
  ['authentication method', [0x15, 0, 1, 0x61]],
] as const)
  clause('3.1.2.11', `${what} twice is a protocol error`, async () => {
    expect(await connected(connect(properties(...bytes, ...bytes)))).toBe(0x82)
  })
clause('3.1.2-24', 'who takes less than CONNACK is told so in the least, and let go', async () => {
  const peer = await at.dial(5)
  peer.send(hello5('f1', { properties: { maximumPacketSize: 8 } }))
  const heard: Buffer[] = []
  peer.socket.on('data', (bytes: Buffer) => heard.push(bytes))
  await peer.rest()
  expect(Buffer.concat(heard)).toEqual(Buffer.from([0x20, 3, 0, 0x95, 0]))
  expect(at.broker.isConnected('f1')).toBe(false)
})
clause('3.3.2.3.2', 'a payload format indicator of 2 is a protocol error', () =>
  ends(frame(0x32, telemetry, u16(1), properties(0x01, 2), Buffer.from('x')), 0x82),
)
for (const [what, bytes] of [
  ['payload format indicator', [0x01, 1]],
  ['message expiry interval', [0x02, 0, 0, 0, 1]],
  ['topic alias', [0x23, 0, 1]],
  ['response topic', [0x08, 0, 1, 0x61]],
  ['correlation data', [0x09, 0, 1, 1]],
  ['content type', [0x03, 0, 1, 0x61]],
] as const)
  clause('3.3.2.3', `${what} twice is a protocol error`, () =>
    ends(frame(0x32, telemetry, u16(1), properties(...bytes, ...bytes), Buffer.from('x')), 0x82),
  )
clause('3.3.2.3.7', 'a user property may stand as often as it likes, and its values keep their order', async () => {
  const peer = await signInFive(at, 'f1')
  const topic = topicOf('f1', 'event')
  const userProperties = { tag: ['b', 'a', 'b'] }
  peer.send(publish('f1', '{"ts":1,"type":"error"}', { topic, properties: { userProperties } }))
  expect(await peer.next()).toMatchObject({ cmd: 'puback', reasonCode: 0 })
  expect(JSON.parse(at.said[0]?.[2] ?? '')).toMatchObject({ properties: userProperties })
})
clause('3.3.2.3.7', 'a user property by the name of something inherited is one', async () => {
  const peer = await signInFive(at, 'f1')
  const topic = text(topicOf('f1', 'event'))
  const named = Buffer.concat([Buffer.from([0x26]), text('__proto__'), text('x')])
  const props = Buffer.concat([Buffer.from([named.length]), named])
  peer.send(frame(0x32, topic, u16(1), props, Buffer.from('{"ts":1,"type":"error"}')))
  expect(await peer.next()).toMatchObject({ cmd: 'puback', reasonCode: 0 })
})
clause('3.8.2.1.2', 'a subscription identifier twice is a protocol error', () =>
  ends(frame(0x82, u16(1), properties(0x0b, 1, 0x0b, 2), text('a'), Buffer.from([1])), 0x82),
)
clause('3.8.2.1.2', 'the largest subscription identifier comes back', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(
    frame(0x82, u16(1), properties(0x0b, 0xff, 0xff, 0xff, 0x7f), text(topicOf('f1', 'command')), Buffer.from([1])),
  )
  expect(await peer.next()).toMatchObject({ cmd: 'suback', granted: [1] })
  at.commands.queue('f1', command('c1'))
  expect(await peer.next()).toMatchObject({ properties: { subscriptionIdentifier: 268_435_455 } })
})
clause('3.8.3-1', 'a filter that is cut short is malformed', () =>
  ends(frame(0x82, u16(1), NONE, u16(40), Buffer.from('a')), 0x81),
)
clause(
  '3.8.3.1',
  'no local, retain as published and retain handling are granted: nothing is retained here',
  async () => {
    const peer = await signInFive(at, 'f1')
    const each = [0, 1, 2] as const
    const subscriptions = each.map((rh) => ({ topic: topicOf('f1', `x${rh}`), qos: 1, nl: true, rap: true, rh }))
    peer.send({ cmd: 'subscribe', messageId: 3, subscriptions } as Packet)
    expect(await peer.next()).toMatchObject({ cmd: 'suback', granted: [1, 1, 1] })
    expect(await peer.untilPong()).toEqual([])
  },
)
for (const [what, code] of [
  ['of no packet', 0x42],
  ['of another packet', 0x01],
] as const)
  clause('3.14.2.1', `DISCONNECT with a reason ${what} is malformed`, () =>
    ends(frame(0xe0, Buffer.from([code, 0])), 0x81, 0x82),
  )
clause('3.14.2.2', 'DISCONNECT with a property of another packet is malformed', () =>
  ends(frame(0xe0, Buffer.from([0]), properties(0x23, 0, 1)), 0x81),
)
clause('3.14.2.2.2', 'DISCONNECT may make a kept session last longer, up to 30 days', async () => {
  const first = await signInFive(at, 'f1', { clean: false, properties: { sessionExpiryInterval: 1 } })
  first.send(listen(1))
  await first.next()
  first.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 60 } } as never)
  await first.rest()
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  const { connack } = await signInFive(at, 'f1', { clean: false, properties: { sessionExpiryInterval: 60 } })
  expect(connack.sessionPresent).toBe(true)
})
clause('3.14.0-1', 'what follows DISCONNECT is not read', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send({ cmd: 'disconnect', reasonCode: 0 } as never, publish('f1', 'late'))
  expect(await peer.rest()).toEqual([])
  expect(at.said).toEqual([])
})
clause('3.15.2', 'AUTH before CONNECT ends the connection', async () => {
  const peer = await at.dial(5)
  peer.send(frame(0xf0, Buffer.from([0x18, 0])))
  expect(await peer.rest()).toEqual([])
})
clause('3.1.3.2', 'a will with a property of another packet is malformed', async () => {
  const will = [properties(0x11, 0, 0, 0, 1), text(topicOf('f1', 'status')), text('{}')]
  const bytes = frame(
    0x10,
    text('MQTT'),
    Buffer.from([5, 0xc6]),
    u16(60),
    NONE,
    text('f1'),
    ...will,
    text('f1'),
    text('secret-f1'),
  )
  expect(await connected(bytes)).toBe(0x81)
})
clause('3.1.3.2.2', 'a will delay twice is a protocol error', async () => {
  const delay = [0x18, 0, 0, 0, 1]
  const will = [properties(...delay, ...delay), text(topicOf('f1', 'status')), text('{}')]
  const bytes = frame(
    0x10,
    text('MQTT'),
    Buffer.from([5, 0xc6]),
    u16(60),
    NONE,
    text('f1'),
    ...will,
    text('f1'),
    text('secret-f1'),
  )
  expect(await connected(bytes)).toBe(0x82)
})
clause('3.1.3', 'what follows the last field of CONNECT is malformed', async () => {
  const bytes = frame(
    0x10,
    text('MQTT'),
    Buffer.from([5, 0xc2]),
    u16(60),
    NONE,
    text('f1'),
    text('f1'),
    text('secret-f1'),
    text('more'),
  )
  expect(await connected(bytes)).toBe(0x81)
})
clause('4.9.0-3', 'who fills its receive maximum is still answered when it pings or asks', async () => {
  const peer: Peer = await signInFive(at, 'f1', { properties: { receiveMaximum: 1 } })
  peer.send(listen(1))
  await peer.next()
  for (const id of ['c1', 'c2']) at.commands.queue('f1', command(id))
  expect(await peer.untilPong()).toHaveLength(1)
  peer.send(listen(2, topicOf('f1', 'x')))
  expect(await peer.next()).toMatchObject({ cmd: 'suback' })
})
clause('4.3.2-2', 'PUBACK for what was never sent changes nothing', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send({ cmd: 'puback', messageId: 77, reasonCode: 0 } as never)
  expect(await peer.untilPong()).toEqual([])
  expect(at.commands.deliveries).toEqual([])
})
clause('3.2.2-6', 'a refusal never says that a session is present', async () => {
  const first = await signInFive(at, 'f1', { clean: false, properties: { sessionExpiryInterval: 60 } })
  first.send(listen(1))
  await first.next()
  first.socket.destroy()
  const { answer } = await dialFive(at, 'f1', { clean: false, password: Buffer.from('guess') })
  expect(answer).toMatchObject({ cmd: 'connack', reasonCode: 0x86, sessionPresent: false })
})
