// MQTT 5, sections 3.1, 3.2, 3.14, 3.15 and 4.12 to 4.13: how a connection begins and ends.
import type { IConnectPacket } from 'mqtt-packet'
import { afterEach, beforeEach, expect } from 'vitest'
import { frame, hello, publish, TestBroker, text, topicOf, u16 } from '../testBroker.ts'
import { clause, dialFive, expectEnd, hello5, listen, printTable, signInFive } from './peer.ts'

let at: TestBroker
beforeEach(async () => {
  at = await TestBroker.open()
})
afterEach(() => at.close())
printTable('connections')

const refused = async (more: Partial<IConnectPacket>, reasonCode: number, id = 'f1'): Promise<void> => {
  const { peer, answer } = await dialFive(at, id, more)
  expect(answer).toMatchObject({ cmd: 'connack', reasonCode, sessionPresent: false })
  expect(answer && 'properties' in answer && answer.properties).toMatchObject({ reasonString: /^.{8,}$/ })
  expect(await peer.next()).toBeUndefined()
}
/** A CONNECT written by hand: flags, properties, and what follows. */
const connect = (flags: number, properties: Buffer, ...rest: Buffer[]): Buffer =>
  frame(
    0x10,
    text('MQTT'),
    Buffer.from([5, flags]),
    u16(60),
    Buffer.from([properties.length]),
    properties,
    text('f1'),
    ...rest,
  )
const user = [text('f1'), text('secret-f1')]
const connectRaw = async (bytes: Buffer): Promise<number | undefined> => {
  const peer = await at.dial(5)
  peer.send(bytes)
  const [first, ...others] = await peer.rest()
  expect(others).toEqual([])
  return first?.cmd === 'connack' ? first.reasonCode : undefined
}

clause('3.1.2-3', 'CONNECT of version 5 is answered in version 5', async () => {
  const { connack } = await signInFive(at, 'f1')
  expect(connack).toMatchObject({ reasonCode: 0, sessionPresent: false })
})
clause('3.1.2-2', 'a version that does not exist is refused, and told so', async () => {
  const peer = await at.dial()
  const bytes = hello('f1')
  bytes[8] = 6
  peer.send(bytes)
  expect(await peer.next()).toMatchObject({ cmd: 'connack', returnCode: 1 })
  expect(await peer.next()).toBeUndefined()
})
clause('3.1.2-1', 'another protocol name ends the connection', async () => {
  const peer = await at.dial(5)
  const bytes = hello5('f1')
  bytes.write('MQTX', 4)
  peer.send(bytes)
  expect(await peer.rest()).toEqual([])
})
clause('3.1.0-1', 'the first packet is CONNECT', async () => {
  const peer = await at.dial(5)
  peer.send({ cmd: 'pingreq' })
  expect(await peer.rest()).toEqual([])
})
clause('3.1.0-2', 'a second CONNECT is a protocol error', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(hello5('f1'))
  await expectEnd(peer, 0x82)
})
clause('3.1.2-3', 'a reserved flag is malformed', async () => {
  expect(await connectRaw(connect(0xc3, Buffer.alloc(0), ...user))).toBe(0x81)
})
clause('3.1.2-11', 'a will’s QoS without a will is malformed', async () => {
  expect(await connectRaw(connect(0xca, Buffer.alloc(0), ...user))).toBe(0x81)
})
clause('3.1.2-12', 'a will of QoS 3 is malformed', async () => {
  const will = [Buffer.from([0]), text(topicOf('f1', 'status')), text('{}')]
  expect(await connectRaw(connect(0xde, Buffer.alloc(0), ...will, ...user))).toBe(0x81)
})
clause('3.1.2-13', 'retaining no will is malformed', async () => {
  expect(await connectRaw(connect(0xe2, Buffer.alloc(0), ...user))).toBe(0x81)
})
clause('3.1.4-1', 'a CONNECT that is cut short is malformed', async () => {
  expect(await connectRaw(frame(0x10, text('MQTT'), Buffer.from([5, 2]), u16(60)))).toBe(0x81)
})
clause('2.2.2-2', 'a property that is unknown is malformed', async () => {
  expect(await connectRaw(connect(0xc2, Buffer.from([0x7f, 0]), ...user))).toBe(0x81)
})
clause('2.2.2-2', 'a property of another packet is malformed', async () => {
  expect(await connectRaw(connect(0xc2, Buffer.from([0x23, 0, 1]), ...user))).toBe(0x81)
})
for (const [name, bytes] of [
  ['session expiry', [0x11, 0, 0, 0, 5]],
  ['receive maximum', [0x21, 0, 5]],
  ['maximum packet size', [0x27, 0, 0, 1, 0]],
  ['topic alias maximum', [0x22, 0, 5]],
] as const)
  clause('3.1.2.11', `${name} twice is a protocol error`, async () => {
    expect(await connectRaw(connect(0xc2, Buffer.from([...bytes, ...bytes]), ...user))).toBe(0x82)
  })
clause('3.1.2.11.3', 'a receive maximum of 0 is a protocol error', async () => {
  expect(await connectRaw(connect(0xc2, Buffer.from([0x21, 0, 0]), ...user))).toBe(0x82)
})
clause('3.1.2.11.4', 'a maximum packet size of 0 is a protocol error', async () => {
  expect(await connectRaw(connect(0xc2, Buffer.from([0x27, 0, 0, 0, 0]), ...user))).toBe(0x82)
})
clause('3.1.2.11.10', 'authentication data without a method are a protocol error', async () => {
  expect(await connectRaw(connect(0xc2, Buffer.from([0x16, 0, 1, 7]), ...user))).toBe(0x82)
})
clause('4.12.0-1', 'a method of authentication that is not served is named so', () =>
  refused({ properties: { authenticationMethod: 'SCRAM-SHA-1' } }, 0x8c),
)
clause('3.1.4-2', 'a wrong secret', () => refused({ password: Buffer.from('guess') }, 0x86))
clause('3.1.4-2', 'no secret', () => refused({ username: undefined, password: undefined }, 0x86))
clause('3.1.4-2', 'an unknown id', () => refused({ clientId: 'nobody', username: 'nobody' }, 0x86))
clause('3.1.4-2', 'another’s user name', () => refused({ username: 'f2' }, 0x86))
clause('3.1.4-2', 'an inherited name', () => refused({ clientId: '__proto__', username: '__proto__' }, 0x86))
clause('3.1.3-8', 'a client id of 65 characters', () => refused({ clientId: 'a'.repeat(65) }, 0x85))
clause('3.1.3-8', 'no client id and no user name', () =>
  refused({ clientId: '', username: undefined, password: undefined }, 0x85),
)
clause('3.1.3-7', 'no client id: it is the user name, and told so', async () => {
  const peer = await signInFive(at, 'f1', { clientId: '' })
  expect(peer.connack.properties).toMatchObject({ assignedClientIdentifier: 'f1' })
  peer.send(publish('f1', 'heard'))
  expect(await peer.next()).toMatchObject({ cmd: 'puback', reasonCode: 0 })
})
const will = (topic: string, more: object = {}) => ({
  topic,
  payload: Buffer.from('{}'),
  qos: 1,
  retain: false,
  ...more,
})
clause('3.1.2-8', 'a will on another’s topic', () => refused({ will: will(topicOf('f2', 'status')) as never }, 0x87))
clause('3.1.2-8', 'a will on its telemetry', () => refused({ will: will(topicOf('f1')) as never }, 0x87))
clause('3.1.3-11', 'a will for a topic with a wildcard', () =>
  refused({ will: will('appliances/fridge/f1/+') as never }, 0x90),
)
clause('3.1.3.2.3', 'a will that says it is UTF-8 and is not', () =>
  refused(
    {
      will: will(topicOf('f1', 'status'), {
        payload: Buffer.from([0xff, 0xfe]),
        properties: { payloadFormatIndicator: true },
      }) as never,
    },
    0x99,
  ),
)

clause('3.2.2.3.3', 'CONNACK says how many may be unacknowledged', async () => {
  expect((await signInFive(at, 'f1')).connack.properties?.receiveMaximum).toBe(1_000)
})
clause('3.2.2.3.6', 'CONNACK says how large a packet may be', async () => {
  expect((await signInFive(at, 'f1')).connack.properties?.maximumPacketSize).toBe(1024 * 1024)
})
clause('3.2.2.3.8', 'CONNACK says how many topic aliases there are', async () => {
  expect((await signInFive(at, 'f1')).connack.properties?.topicAliasMaximum).toBe(16)
})
clause('3.2.2.3.13', 'CONNACK says that subscriptions of appliances are not shared', async () => {
  expect((await signInFive(at, 'f1')).connack.properties?.sharedSubscriptionAvailable).toBe(false)
})
clause('3.2.2.3.2', 'a session that shall last for ever lasts 30 days, and CONNACK says so', async () => {
  const { connack } = await signInFive(at, 'f1', { properties: { sessionExpiryInterval: 0xffffffff } })
  expect(connack.properties?.sessionExpiryInterval).toBe(30 * 86_400)
})
clause('3.2.2.3.2', 'an expiry that is granted is not repeated', async () => {
  const { connack } = await signInFive(at, 'f1', { properties: { sessionExpiryInterval: 60 } })
  expect(connack.properties).not.toHaveProperty('sessionExpiryInterval')
})
clause('3.2.2.3.15', 'who asks is told where commands are answered', async () => {
  const { connack } = await signInFive(at, 'f1', { properties: { requestResponseInformation: true } })
  expect(connack.properties?.responseInformation).toBe(topicOf('f1', 'command/ack'))
})
clause('3.2.2.3.15', 'who does not ask is not told', async () => {
  expect((await signInFive(at, 'f1')).connack.properties).not.toHaveProperty('responseInformation')
})
clause('3.1.2-29', 'who does not want reasons gets codes alone', async () => {
  const peer = await signInFive(at, 'f1', { properties: { requestProblemInformation: false } })
  peer.send(publish('f2', 'x'))
  const answer = await peer.next()
  expect(answer).toMatchObject({ cmd: 'puback', reasonCode: 0x87 })
  expect(answer).not.toHaveProperty('properties')
})
clause('3.1.2-24', 'nothing larger than it takes is sent: explanations go first', async () => {
  const peer = await signInFive(at, 'f1', { properties: { maximumPacketSize: 40 } })
  peer.send(publish('f2', 'x'))
  const answer = await peer.next()
  expect(answer).toMatchObject({ cmd: 'puback', reasonCode: 0x87 })
  expect(answer).not.toHaveProperty('properties')
})
clause('3.1.2-22', 'silence of one and a half keep-alives ends it, with the reason', async () => {
  const peer = await signInFive(at, 'f1', { keepalive: 1 })
  const began = performance.now()
  await expectEnd(peer, 0x8d)
  expect(performance.now() - began).toBeGreaterThan(1_400)
})
clause('3.12.4-1', 'PINGREQ is answered by PINGRESP', async () => {
  const peer = await signInFive(at, 'f1')
  expect(await peer.untilPong()).toEqual([])
})
clause('3.1.4-3', 'the same id again takes over, and the first is told so', async () => {
  const first = await signInFive(at, 'f1')
  const second = await signInFive(at, 'f1')
  await expectEnd(first, 0x8e)
  expect(await second.untilPong()).toEqual([])
  expect(at.broker.stats()).toMatchObject({ sessions: 1, takeovers: 1 })
})
clause('3.1.4-3', 'version 3.1.1 takes over from version 5', async () => {
  const first = await signInFive(at, 'f1')
  const second = await at.signIn('f1')
  await expectEnd(first, 0x8e)
  expect(await second.untilPong()).toEqual([])
  expect(at.broker.isOnline('f1')).toBe(true)
})
clause('3.1.4-3', 'version 5 takes over from version 3.1.1', async () => {
  const first = await at.signIn('f1')
  const second = await signInFive(at, 'f1')
  expect(await first.rest()).toEqual([])
  expect(await second.untilPong()).toEqual([])
  expect(at.broker.isOnline('f1')).toBe(true)
})
clause('3.14.4-3', 'DISCONNECT ends it, and presence with it', async () => {
  const peer = await signInFive(at, 'f1')
  expect(at.broker.isOnline('f1')).toBe(true)
  peer.send({ cmd: 'disconnect', reasonCode: 0 } as never)
  expect(await peer.rest()).toEqual([])
  expect(at.broker.isOnline('f1')).toBe(false)
})
clause('3.14.2-2', 'an expiry on leaving, where there was none, is a protocol error', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 10 } } as never)
  await expectEnd(peer, 0x82)
})
clause('4.13', 'the end of the service is told', async () => {
  const peer = await signInFive(at, 'f1')
  const closed = at.broker.close()
  await expectEnd(peer, 0x8b)
  await closed
})
clause('3.15.1', 'AUTH that was not agreed on is a protocol error', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(frame(0xf0, Buffer.from([0x18, 0])))
  await expectEnd(peer, 0x82)
})
for (const [name, bytes] of [
  ['CONNACK', frame(0x20, Buffer.from([0, 0, 0]))],
  ['SUBACK', frame(0x90, u16(1), Buffer.from([0, 0]))],
  ['PINGRESP', Buffer.from([0xd0, 0])],
] as const)
  clause('4.13.1', `${name} from a client is a protocol error`, async () => {
    const peer = await signInFive(at, 'f1')
    peer.send(bytes)
    await expectEnd(peer, 0x82)
  })
clause('4.13.1', 'a packet of no type is malformed', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(Buffer.from([0x00, 0]))
  await expectEnd(peer, 0x81)
})
clause('3.2.2.3.6', 'a packet beyond the bound ends it, with the reason', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(Buffer.from([0x32, 0x80, 0x80, 0x80, 0x7f]))
  await expectEnd(peer, 0x95)
  expect(at.broker.stats().oversize).toBe(1)
})
clause('3.1.4-1', 'a CONNECT beyond its bound is told so', async () => {
  const peer = await at.dial(5)
  peer.send(hello5('f1', { properties: { userProperties: { a: 'x'.repeat(5_000) } } }))
  const [answer] = await peer.rest()
  expect(answer).toMatchObject({ cmd: 'connack', reasonCode: 0x95 })
})
clause('3.1.4-5', 'what comes with CONNECT is taken after it', async () => {
  const peer = await at.dial(5)
  const early = await at.dial(5)
  early.socket.destroy()
  peer.send(hello5('f1'), publish('f1', 'early'), listen(2))
  expect(await peer.next()).toMatchObject({ cmd: 'connack', reasonCode: 0 })
  const both = [await peer.next(), await peer.next()].map((one) => one?.cmd).sort()
  expect(both).toEqual(['puback', 'suback'])
  expect(at.said).toEqual([['telemetry', 'f1', 'early']])
})
clause('1.4', 'a CONNECT byte by byte is put together', async () => {
  const peer = await at.dial(5)
  for (const byte of hello5('f1')) {
    peer.send(Buffer.from([byte]))
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(await peer.next()).toMatchObject({ cmd: 'connack', reasonCode: 0 })
})
clause('4.2', 'who stops in the midst of CONNECT is put out in time', async () => {
  await at.close()
  at = await TestBroker.open({ loginTimeoutMs: 60 })
  for (const length of [4, 20]) {
    const peer = await at.dial(5)
    peer.send(hello5('f1').subarray(0, length))
    expect(await peer.rest()).toEqual([])
  }
})
