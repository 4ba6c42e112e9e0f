// MQTT 5, sections 3.3 to 3.7 and 4.3 to 4.9: what an appliance publishes, and what it hears of it.
import type { Packet } from 'mqtt-packet'
import { afterEach, beforeEach, expect } from 'vitest'
import { Problem } from '../../../core/index.ts'
import { frame, publish, TestBroker, text, topicOf, u16 } from '../testBroker.ts'
import { clause, command, expectEnd, listen, printTable, signInFive } from './peer.ts'

let at: TestBroker
beforeEach(async () => {
  at = await TestBroker.open()
})
afterEach(() => at.close())
printTable('what is published')

const payloads = (): string[] => at.said.map(([, , payload]) => payload)
const ack = (messageId: number, reasonCode: number, cmd = 'puback') => ({ cmd, messageId, reasonCode })

clause('4.3.1', 'QoS 0 is answered by nothing', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(publish('f1', 'zero', { qos: 0 }))
  expect(await peer.untilPong()).toEqual([])
  expect(payloads()).toEqual(['zero'])
  expect(at.broker.stats()).toMatchObject({ withoutPromise: 1, acked: 0 })
})
clause('4.3.2-4', 'QoS 1 is answered by PUBACK with success once it is kept', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(publish('f1', 'one', { messageId: 7 }))
  expect(await peer.next()).toMatchObject(ack(7, 0))
  expect(payloads()).toEqual(['one'])
  expect(at.broker.stats().acked).toBe(1)
})
clause('3.4.2.1', 'success takes two bytes', async () => {
  const peer = await signInFive(at, 'f1')
  const heard = new Promise<Buffer>((resolve) => peer.socket.once('data', resolve))
  peer.send(publish('f1', 'one', { messageId: 258 }))
  expect(await heard).toEqual(Buffer.from([0x40, 2, 1, 2]))
})
clause('4.6.0-2', 'PUBACKs leave in the order in which messages came', async () => {
  const peer = await signInFive(at, 'f1')
  const ids = [7, 65_535, 1, 300, 2]
  const topics = ['telemetry', 'state', 'command/ack', 'telemetry', 'event']
  peer.send(...ids.map((messageId, i) => publish('f1', '{}', { messageId, topic: topicOf('f1', topics[i]) })))
  for (const messageId of ids) expect(await peer.next()).toMatchObject({ cmd: 'puback', messageId })
})
clause('4.3.2-5', 'QoS 1 that is sent again is taken again', async () => {
  const peer = await signInFive(at, 'f1')
  for (const dup of [false, true]) {
    peer.send(publish('f1', 'once', { messageId: 9, dup }))
    expect(await peer.next()).toMatchObject(ack(9, 0))
  }
  expect(payloads()).toEqual(['once', 'once'])
})
clause('4.3.3-9', 'QoS 2 is answered by PUBREC, PUBREL by PUBCOMP, and it is taken once', async () => {
  const peer = await signInFive(at, 'f1')
  const two = publish('f1', 'two', { qos: 2, messageId: 11 })
  peer.send(two)
  expect(await peer.next()).toMatchObject(ack(11, 0, 'pubrec'))
  peer.send({ ...two, dup: true } as never)
  expect(await peer.next()).toMatchObject(ack(11, 0, 'pubrec'))
  peer.send({ cmd: 'pubrel', messageId: 11, reasonCode: 0 } as never)
  expect(await peer.next()).toMatchObject(ack(11, 0, 'pubcomp'))
  expect(payloads()).toEqual(['two'])
})
clause('4.3.3-10', 'after PUBCOMP the id is another message’s', async () => {
  const peer = await signInFive(at, 'f1')
  for (const payload of ['a', 'b']) {
    peer.send(publish('f1', payload, { qos: 2, messageId: 11 }))
    expect(await peer.next()).toMatchObject(ack(11, 0, 'pubrec'))
    peer.send({ cmd: 'pubrel', messageId: 11, reasonCode: 0 } as never)
    expect(await peer.next()).toMatchObject(ack(11, 0, 'pubcomp'))
  }
  expect(payloads()).toEqual(['a', 'b'])
})
clause('3.7.2.1', 'PUBREL for nothing is answered so', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send({ cmd: 'pubrel', messageId: 5, reasonCode: 0 } as never)
  expect(await peer.next()).toMatchObject(ack(5, 0x92, 'pubcomp'))
})
clause('3.5.2.1', 'PUBREC for nothing is answered so', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send({ cmd: 'pubrec', messageId: 5, reasonCode: 0 } as never)
  expect(await peer.next()).toMatchObject(ack(5, 0x92, 'pubrel'))
})
clause('4.4.0-1', 'QoS 2 goes on where it stopped when its session comes back', async () => {
  const properties = { sessionExpiryInterval: 60 }
  const first = await signInFive(at, 'f1', { clean: false, properties })
  const two = publish('f1', 'two', { qos: 2, messageId: 12 })
  first.send(two)
  expect(await first.next()).toMatchObject({ cmd: 'pubrec' })
  first.socket.destroy()
  const second = await signInFive(at, 'f1', { clean: false, properties })
  second.send({ ...two, dup: true } as never)
  expect(await second.next()).toMatchObject(ack(12, 0, 'pubrec'))
  second.send({ cmd: 'pubrel', messageId: 12, reasonCode: 0 } as never)
  expect(await second.next()).toMatchObject(ack(12, 0, 'pubcomp'))
  expect(payloads()).toEqual(['two'])
})
clause('3.1.2-4', 'QoS 2 starts anew after a clean start', async () => {
  const first = await signInFive(at, 'f1', { properties: { sessionExpiryInterval: 60 } })
  const two = publish('f1', 'two', { qos: 2, messageId: 12 })
  first.send(two)
  await first.next()
  first.socket.destroy()
  const second = await signInFive(at, 'f1')
  second.send(two)
  expect(await second.next()).toMatchObject(ack(12, 0, 'pubrec'))
  expect(payloads()).toEqual(['two', 'two'])
})
for (const topic of ['appliances/fridge/f2/telemetry', 'appliances/fridge', '$SYS/x', 'tele/f1/STATE'])
  for (const qos of [1, 2] as const)
    clause('3.4.2.1', `QoS ${qos} to ${topic}, another’s, is told so and the connection lives`, async () => {
      const peer = await signInFive(at, 'f1')
      peer.send(publish('f1', 'x', { topic, qos, messageId: 3 }))
      const answer = await peer.next()
      expect(answer).toMatchObject(ack(3, 0x87, qos === 1 ? 'puback' : 'pubrec'))
      expect(answer).toMatchObject({ properties: { reasonString: 'This is the topic of somebody else.' } })
      peer.send(publish('f1', 'heard', { messageId: 4 }))
      expect(await peer.next()).toMatchObject(ack(4, 0))
      expect(payloads()).toEqual(['heard'])
      expect(at.broker.stats().refusedPublishes).toBe(1)
    })
clause('3.3.1', 'QoS 0 to another’s topic is dropped and counted', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(publish('f2', 'x', { qos: 0 }))
  expect(await peer.untilPong()).toEqual([])
  expect(payloads()).toEqual([])
  expect(at.broker.stats().refusedPublishes).toBe(1)
})
for (const rest of ['state', 'telemetry/', 'command', 'telemetry/more'])
  clause('3.4.2.1', `…/${rest}, its own but unknown, is told so, shown, and the connection lives`, async () => {
    const peer = await signInFive(at, 'f1')
    const topic = topicOf('f1', rest)
    peer.send(publish('f1', 'x', { topic, messageId: 3 }))
    expect(await peer.next()).toMatchObject(ack(3, 0x90))
    expect(await peer.untilPong()).toEqual([])
    expect(at.broker.misdirected('f1')).toMatchObject([{ topic, count: 1, from: 'f1' }])
  })
for (const [code, retryable, reasonCode] of [
  ['journal-full', true, 0x89],
  ['journal-failed', false, 0x83],
] as const)
  clause(
    '4.3.2-4',
    `what is not kept (${code}) is not acknowledged: the connection ends, with the reason`,
    async () => {
      const peer = await signInFive(at, 'f1')
      at.refusal.problem = new Problem({ code, message: 'The journal takes nothing.', remedy: 'Look.', retryable })
      peer.send(publish('f1', 'x'))
      expect((await peer.rest()).map((one) => one.cmd)).toEqual(['disconnect'])
      const again = await signInFive(at, 'f1')
      again.send(publish('f1', 'x'))
      await expectEnd(again, reasonCode)
    },
  )
clause('4.3.1', 'QoS 0 that is not kept is dropped and counted', async () => {
  const peer = await signInFive(at, 'f1')
  at.refusal.problem = new Problem({ code: 'journal-full', message: 'Full.', remedy: 'Wait.', retryable: true })
  peer.send(publish('f1', 'x', { qos: 0 }))
  expect(await peer.untilPong()).toEqual([])
  expect(at.broker.stats().withoutPromiseDropped).toBe(1)
})
clause('3.3.1-5', 'the retain flag is ignored and counted', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(publish('f1', 'x', { retain: true }))
  expect(await peer.next()).toMatchObject(ack(1, 0))
  expect(at.broker.stats().retainIgnored).toBe(1)
})

const alias = (topic: string, topicAlias: number, payload: string, messageId = 1): Packet =>
  publish('f1', payload, { topic, messageId, properties: { topicAlias } })
clause('3.3.2-12', 'an alias stands for its topic', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(alias(topicOf('f1'), 3, 'named', 1), alias('', 3, 'short', 2))
  for (const messageId of [1, 2]) expect(await peer.next()).toMatchObject(ack(messageId, 0))
  expect(payloads()).toEqual(['named', 'short'])
})
clause('3.3.2-12', 'an alias is given to another topic', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(alias(topicOf('f1'), 3, 'a', 1), alias(topicOf('f1', 'event'), 3, '{}', 2), alias('', 3, '{"b":1}', 3))
  for (const messageId of [1, 2, 3]) expect(await peer.next()).toMatchObject(ack(messageId, 0))
  expect(at.said.map(([type]) => type)).toEqual(['telemetry', 'event', 'event'])
})
clause('3.3.2-7', 'an alias ends with its connection', async () => {
  const properties = { sessionExpiryInterval: 60 }
  const first = await signInFive(at, 'f1', { clean: false, properties })
  first.send(alias(topicOf('f1'), 3, 'named'))
  await first.next()
  first.socket.destroy()
  const second = await signInFive(at, 'f1', { clean: false, properties })
  second.send(alias('', 3, 'short'))
  await expectEnd(second, 0x82)
})
for (const topicAlias of [0, 17, 65_535])
  clause('3.3.2-8', `alias ${topicAlias} is out of range`, async () => {
    const peer = await signInFive(at, 'f1')
    peer.send(alias(topicOf('f1'), topicAlias, 'x'))
    expect((await expectEnd(peer, 0x94)).properties?.reasonString).toBe('A topic alias lies between 1 and 16.')
    expect(payloads()).toEqual([])
  })
clause('3.3.2.3.4', 'an alias that stands for nothing is a protocol error', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(alias('', 3, 'x'))
  await expectEnd(peer, 0x82)
})
clause('3.3.2-1', 'no topic and no alias is a protocol error', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(frame(0x32, text(''), u16(1), Buffer.from([0]), Buffer.from('x')))
  await expectEnd(peer, 0x82)
})
for (const topic of ['appliances/fridge/f1/+', 'appliances/#'])
  clause('3.3.2-2', `${topic} is no topic to publish to`, async () => {
    const peer = await signInFive(at, 'f1')
    peer.send(publish('f1', 'x', { topic }))
    await expectEnd(peer, 0x90)
  })
clause('3.3.2-14', 'a response topic with a wildcard is a protocol error', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(publish('f1', 'x', { properties: { responseTopic: 'a/#' } }))
  await expectEnd(peer, 0x82)
})
clause('3.3.4-6', 'a subscription identifier from a client is a protocol error', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(frame(0x32, text(topicOf('f1')), u16(1), Buffer.from([2, 0x0b, 1]), Buffer.from('x')))
  await expectEnd(peer, 0x82)
})
clause('2.2.2-2', 'a property that PUBLISH has not is malformed', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(frame(0x32, text(topicOf('f1')), u16(1), Buffer.from([5, 0x11, 0, 0, 0, 1]), Buffer.from('x')))
  await expectEnd(peer, 0x81)
})
clause('3.3.2.3.2', 'UTF-8 that is none is told so, and the connection lives', async () => {
  const peer = await signInFive(at, 'f1')
  const payload = Buffer.from([0x7b, 0xff])
  peer.send(publish('f1', '', { payload, messageId: 3, properties: { payloadFormatIndicator: true } }))
  expect(await peer.next()).toMatchObject(ack(3, 0x99))
  expect(await peer.untilPong()).toEqual([])
  expect(payloads()).toEqual([])
})
clause('3.3.2.3.2', 'UTF-8 that is some is taken', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(publish('f1', '温度', { messageId: 3, properties: { payloadFormatIndicator: true } }))
  expect(await peer.next()).toMatchObject(ack(3, 0))
})
clause('3.3.2.3.3', 'what expires at once is kept: it has arrived', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(publish('f1', 'x', { properties: { messageExpiryInterval: 0 } }))
  expect(await peer.next()).toMatchObject(ack(1, 0))
  expect(payloads()).toEqual(['x'])
})
clause('3.3.1-1', 'QoS 3 is malformed or a protocol error', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(frame(0x36, text(topicOf('f1')), u16(1), Buffer.from([0]), Buffer.from('x')))
  await expectEnd(peer, 0x82)
})
clause('3.3.1-2', 'QoS 0 that is sent again is malformed', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(publish('f1', 'x', { qos: 0, dup: true }))
  await expectEnd(peer, 0x81)
})
clause('2.2.1-3', 'packet id 0 is a protocol error', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(frame(0x32, text(topicOf('f1')), u16(0), Buffer.from([0]), Buffer.from('x')))
  await expectEnd(peer, 0x82)
})
clause('3.3.4-9', 'more unacknowledged than agreed ends it, with the reason', async () => {
  await at.close()
  at = await TestBroker.open({ receiveMaximum: 3 })
  const peer = await signInFive(at, 'f1')
  expect(peer.connack.properties?.receiveMaximum).toBe(3)
  peer.send(...[1, 2, 3, 4].map((messageId) => publish('f1', 'x', { qos: 2, messageId })))
  await expectEnd(peer, 0x93)
})
clause('4.9.0-2', 'what is acknowledged makes room', async () => {
  await at.close()
  at = await TestBroker.open({ receiveMaximum: 2 })
  const peer = await signInFive(at, 'f1')
  for (let messageId = 1; messageId <= 20; messageId++) {
    peer.send(publish('f1', 'x', { messageId }))
    expect(await peer.next()).toMatchObject(ack(messageId, 0))
  }
})
clause('3.3.2.3.7', 'user properties are part of an event', async () => {
  const peer = await signInFive(at, 'f1')
  const properties = { userProperties: { room: 'kitchen', tag: ['a', 'b'] } }
  peer.send(publish('f1', '{"ts":1,"type":"error"}', { topic: topicOf('f1', 'event'), properties }))
  expect(await peer.next()).toMatchObject(ack(1, 0))
  const body = { ts: 1, type: 'error', properties: { room: 'kitchen', tag: ['a', 'b'] } }
  expect(JSON.parse(payloads()[0] ?? '')).toEqual(body)
})
clause('3.3.2.3.7', 'user properties change no reading', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(publish('f1', '{"ts":1}', { properties: { userProperties: { room: 'kitchen' } } }))
  expect(await peer.next()).toMatchObject(ack(1, 0))
  expect(payloads()).toEqual(['{"ts":1}'])
})

clause('4.10', 'a command says where it is answered, and by which mark', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(listen(1))
  await peer.next()
  at.commands.queue('f1', command('c1'))
  const sent = await peer.next()
  expect(sent).toMatchObject({
    cmd: 'publish',
    topic: topicOf('f1', 'command'),
    qos: 1,
    properties: {
      responseTopic: topicOf('f1', 'command/ack'),
      contentType: 'application/json',
      payloadFormatIndicator: true,
    },
  })
  expect(sent?.cmd === 'publish' && sent.properties?.correlationData?.toString()).toBe('c1')
})
clause('4.10', 'an answer by the mark alone is the command’s', async () => {
  const peer = await signInFive(at, 'f1')
  const properties = { correlationData: Buffer.from('c1') }
  peer.send(publish('f1', '{"result":"done"}', { topic: topicOf('f1', 'command/ack'), properties }))
  expect(await peer.next()).toMatchObject(ack(1, 0))
  expect(at.commands.acks).toMatchObject([{ appliance: 'f1', id: 'c1', result: 'done' }])
})
clause('3.3.2.3.3', 'a command says how long it is good', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(listen(1))
  await peer.next()
  at.commands.queue('f1', command('c1', 30_000))
  const sent = await peer.next()
  const left = sent?.cmd === 'publish' ? sent.properties?.messageExpiryInterval : undefined
  expect(left).toBeGreaterThan(25)
  expect(left).toBeLessThanOrEqual(30)
})
clause('3.3.4-7', 'no more commands than it takes are under way', async () => {
  const peer = await signInFive(at, 'f1', { properties: { receiveMaximum: 2 } })
  peer.send(listen(1))
  await peer.next()
  for (const id of ['c1', 'c2', 'c3']) at.commands.queue('f1', command(id))
  const [first, second, ...more] = await peer.untilPong()
  expect(more).toEqual([])
  expect(second?.cmd).toBe('publish')
  peer.send({ cmd: 'puback', messageId: first?.messageId, reasonCode: 0 } as never)
  expect(await peer.next()).toMatchObject({ cmd: 'publish' })
  expect(at.commands.deliveries).toEqual(['c1'])
})
clause('3.1.2-25', 'a command larger than it takes never goes, and has failed', async () => {
  const peer = await signInFive(at, 'f1', { properties: { maximumPacketSize: 100 } })
  peer.send(listen(1))
  await peer.next()
  at.commands.queue('f1', command('c1'))
  expect(await peer.untilPong()).toEqual([])
  expect(at.commands.acks).toMatchObject([
    { id: 'c1', result: 'failed', detail: 'it is larger than the appliance takes' },
  ])
})
clause('3.4.2.1', 'a command that it acknowledges with an error is refused, with its words', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(listen(1))
  await peer.next()
  at.commands.queue('f1', command('c1'))
  const sent = await peer.next()
  const properties = { reasonString: 'a child lock is set' }
  peer.send({ cmd: 'puback', messageId: sent?.messageId, reasonCode: 0x83, properties } as never)
  await peer.untilPong()
  expect(at.commands.acks).toMatchObject([{ id: 'c1', result: 'refused', detail: 'a child lock is set' }])
  expect(at.commands.deliveries).toEqual([])
})
clause('4.13.1', 'PUBACK with a code that is none is malformed', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(frame(0x40, u16(1), Buffer.from([0x42, 0])))
  await expectEnd(peer, 0x81)
})
