// MQTT 5, sections 3.1.2.5, 3.1.3.2, 3.8 to 3.11 and 4.1: subscriptions, sessions and wills.
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { memorySessions } from '../../../broker/commands.fixture.ts'
import { frame, type Peer, subscribe, TestBroker, text, topicOf, u16 } from '../testBroker.ts'
import { clause, command, expectEnd, listen, printTable, signInFive } from './peer.ts'

let at: TestBroker
beforeEach(async () => {
  at = await TestBroker.open()
})
afterEach(() => at.close())
printTable('subscriptions, sessions and wills')

const kept = { clean: false, properties: { sessionExpiryInterval: 60 } }
const granted = async (peer: Peer): Promise<unknown> => {
  const answer = await peer.next()
  return answer?.cmd === 'suback' || answer?.cmd === 'unsuback' ? answer.granted : answer
}
const commandTopic = topicOf('f1', 'command')
const gone = (peer: Peer): Promise<unknown> => {
  peer.socket.destroy()
  return vi.waitUntil(() => !at.broker.isConnected('f1'))
}

for (const [filter, code] of [
  [commandTopic, 1],
  [topicOf('f1', '#'), 1],
  [topicOf('f1', '+'), 1],
  [topicOf('f1', 'command/#'), 1],
  [topicOf('f2', 'command'), 0x87],
  ['#', 0x87],
  ['appliances/+/f1/command', 0x87],
  ['$SYS/#', 0x87],
  ['appliances/fridge/f1/#/x', 0x8f],
  ['appliances/fridge/f1/a+', 0x8f],
  ['', 0x8f],
  ['$share/desk/appliances/fridge/f1/command', 0x9e],
  [topicOf('f1', 'x'.repeat(1_100)), 0x97],
] as const)
  clause('3.9.3', `a subscription to ${filter.slice(0, 50) || 'nothing'} is answered by ${code}`, async () => {
    const peer = await signInFive(at, 'f1')
    const one = Buffer.concat([text(filter), Buffer.from([1])])
    const length = 3 + one.length
    const head = length > 127 ? Buffer.from([0x82, (length & 127) | 128, length >> 7]) : Buffer.from([0x82, length])
    peer.send(Buffer.concat([head, u16(4), Buffer.from([0]), one]))
    expect(await granted(peer)).toEqual([code])
    expect(at.broker.stats().refusedSubscriptions).toBe(code > 2 ? 1 : 0)
  })
clause('3.9.3-1', 'each filter of a packet has its own answer, in order', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(subscribe(5, [commandTopic, 0], [topicOf('f2'), 1], [topicOf('f1', '#'), 2]))
  expect(await granted(peer)).toEqual([0, 0x87, 2])
})
clause('3.9.3', 'more filters than its share are refused by quota', async () => {
  const peer = await signInFive(at, 'f1')
  const filters = Array.from({ length: 40 }, (_, i) => [topicOf('f1', `x${i}`), 1] as [string, 1])
  peer.send(subscribe(5, ...filters))
  const answer = (await granted(peer)) as number[]
  expect(answer.filter((code) => code === 0x97)).toHaveLength(40 - 32)
})
clause('3.8.3-2', 'SUBSCRIBE without a filter is a protocol error', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(frame(0x82, u16(1), Buffer.from([0])))
  await expectEnd(peer, 0x82)
})
clause('3.8.3-4', 'a shared subscription that does not hear its own is a protocol error', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(frame(0x82, u16(1), Buffer.from([0]), text('$share/a/b'), Buffer.from([0x05])))
  await expectEnd(peer, 0x82)
})
clause('3.8.3-5', 'reserved bits of a subscription are malformed', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(frame(0x82, u16(1), Buffer.from([0]), text('a'), Buffer.from([0xc1])))
  await expectEnd(peer, 0x81)
})
for (const [name, options] of [
  ['QoS 3', 0x03],
  ['retain handling 3', 0x30],
] as const)
  clause('3.8.3.1', `${name} of a subscription is a protocol error`, async () => {
    const peer = await signInFive(at, 'f1')
    peer.send(frame(0x82, u16(1), Buffer.from([0]), text('a'), Buffer.from([options])))
    await expectEnd(peer, 0x82)
  })
clause('3.8.2.1.2', 'a subscription identifier of 0 is a protocol error', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(frame(0x82, u16(1), Buffer.from([2, 0x0b, 0]), text('a'), Buffer.from([1])))
  await expectEnd(peer, 0x82)
})
clause('3.8.1-1', 'SUBSCRIBE with wrong flags is malformed', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(frame(0x80, u16(1), Buffer.from([0]), text('a'), Buffer.from([1])))
  await expectEnd(peer, 0x81)
})
clause('3.3.4-3', 'a message comes with the identifier of its subscription', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(listen(1, commandTopic, { properties: { subscriptionIdentifier: 300 } }))
  await peer.next()
  at.commands.queue('f1', command('c1'))
  expect(await peer.next()).toMatchObject({ properties: { subscriptionIdentifier: 300 } })
})
clause('3.3.4-5', 'of overlapping subscriptions it comes once, with all identifiers and the highest QoS', async () => {
  const peer = await signInFive(at, 'f1')
  const low = [{ topic: topicOf('f1', '#'), qos: 0, nl: false, rap: false, rh: 0 }]
  peer.send(listen(1, commandTopic, { properties: { subscriptionIdentifier: 3 } }))
  await peer.next()
  peer.send(listen(2, '', { subscriptions: low, properties: { subscriptionIdentifier: 4 } }))
  await peer.next()
  at.commands.queue('f1', command('c1'))
  expect(await peer.untilPong()).toMatchObject([{ qos: 1, properties: { subscriptionIdentifier: [3, 4] } }])
})
clause('3.8.4-3', 'a subscription made anew stands in the place of the first', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(listen(1, commandTopic, { properties: { subscriptionIdentifier: 3 } }))
  await peer.next()
  peer.send(subscribe(2, [commandTopic, 0]))
  await peer.next()
  at.commands.queue('f1', command('c1'))
  const [sent, ...more] = await peer.untilPong()
  expect(more).toEqual([])
  expect(sent).toMatchObject({ qos: 0 })
  expect(sent).not.toHaveProperty('properties.subscriptionIdentifier')
})
clause('3.10.4-2', 'UNSUBSCRIBE ends what comes', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(listen(1))
  await peer.next()
  peer.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: [commandTopic] } as never)
  expect(await granted(peer)).toEqual([0])
  at.commands.queue('f1', command('c1'))
  expect(await peer.untilPong()).toEqual([])
})
clause('3.11.3-1', 'UNSUBSCRIBE from what is not there is told so', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: [commandTopic, 'a/#/b'] } as never)
  expect(await granted(peer)).toEqual([0x11, 0x8f])
})
clause('3.10.3-2', 'UNSUBSCRIBE without a filter is a protocol error', async () => {
  const peer = await signInFive(at, 'f1')
  peer.send(frame(0xa2, u16(1), Buffer.from([0])))
  await expectEnd(peer, 0x82)
})

clause('3.1.2-5', 'a kept session comes back with its subscriptions, and CONNACK says so', async () => {
  const first = await signInFive(at, 'f1', kept)
  first.send(listen(1))
  await first.next()
  await gone(first)
  at.commands.queue('f1', command('c1'))
  const second = await signInFive(at, 'f1', kept)
  expect(second.connack.sessionPresent).toBe(true)
  expect(await second.next()).toMatchObject({ cmd: 'publish', topic: commandTopic })
})
clause('3.1.2-4', 'a clean start ends the session', async () => {
  const first = await signInFive(at, 'f1', kept)
  first.send(listen(1))
  await first.next()
  await gone(first)
  const second = await signInFive(at, 'f1', { ...kept, clean: true })
  expect(second.connack.sessionPresent).toBe(false)
  at.commands.queue('f1', command('c1'))
  expect(await second.untilPong()).toEqual([])
})
clause('3.1.2.11.2', 'without an expiry a session ends with its connection', async () => {
  const first = await signInFive(at, 'f1', { clean: false })
  first.send(listen(1))
  await first.next()
  await gone(first)
  expect((await signInFive(at, 'f1', { clean: false })).connack.sessionPresent).toBe(false)
})
clause('3.1.2-23', 'a session ends when its time is over', async () => {
  const first = await signInFive(at, 'f1', { clean: false, properties: { sessionExpiryInterval: 1 } })
  first.send(listen(1))
  await first.next()
  await gone(first)
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  expect((await signInFive(at, 'f1', kept)).connack.sessionPresent).toBe(false)
})
clause('3.14.2.2.2', 'DISCONNECT may end a session that was to be kept', async () => {
  const first = await signInFive(at, 'f1', kept)
  first.send(listen(1))
  await first.next()
  first.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } } as never)
  await first.rest()
  expect((await signInFive(at, 'f1', kept)).connack.sessionPresent).toBe(false)
})
clause('4.4.0-1', 'a command that was not acknowledged comes again, with DUP and its id', async () => {
  const first = await signInFive(at, 'f1', kept)
  first.send(listen(1))
  await first.next()
  at.commands.queue('f1', command('c1'))
  const sent = await first.next()
  await gone(first)
  const second = await signInFive(at, 'f1', kept)
  expect(await second.next()).toMatchObject({ cmd: 'publish', dup: true, messageId: sent?.messageId })
})
clause('3.3.2-5', 'a command that expired meanwhile never arrives', async () => {
  const first = await signInFive(at, 'f1', kept)
  first.send(listen(1))
  await first.next()
  at.commands.queue('f1', command('c1'))
  await first.next()
  await gone(first)
  at.commands.forget('f1', 'c1')
  const second = await signInFive(at, 'f1', kept)
  expect(await second.untilPong()).toEqual([])
})
clause('4.1.0-1', 'a session outlives the broker', async () => {
  const sessions = memorySessions()
  await at.close()
  at = await TestBroker.open({}, sessions)
  const first = await signInFive(at, 'f1', kept)
  first.send(listen(1))
  await first.next()
  await at.close()
  at = await TestBroker.open({}, sessions)
  at.commands.queue('f1', command('c1'))
  const second = await signInFive(at, 'f1', kept)
  expect(second.connack.sessionPresent).toBe(true)
  expect(await second.next()).toMatchObject({ cmd: 'publish', topic: commandTopic })
})
clause('4.1.0-2', 'a session of 3.1.1 is none of version 5, and the other way round', async () => {
  const old = await at.signIn('f1', { clean: false })
  old.send(subscribe(1, [commandTopic, 1]))
  await old.next()
  await gone(old)
  const first = await signInFive(at, 'f1', kept)
  expect(first.connack.sessionPresent).toBe(false)
  first.send(listen(1))
  await first.next()
  await gone(first)
  expect((await at.signIn('f1', { clean: false })).sessionPresent).toBe(false)
})

const will = (delay?: number) => ({
  topic: topicOf('f1', 'status'),
  payload: Buffer.from('{"online":false}'),
  qos: 1 as const,
  retain: false,
  ...(delay === undefined ? {} : { properties: { willDelayInterval: delay } }),
})
const said = (): string[] => at.said.map(([type, , payload]) => `${type} ${payload}`)
clause('3.1.2-8', 'a will is said when the connection breaks', async () => {
  await gone(await signInFive(at, 'f1', { will: will() }))
  expect(said()).toEqual(['status {"online":false}'])
})
clause('3.1.2-10', 'a will is not said after DISCONNECT', async () => {
  const peer = await signInFive(at, 'f1', { will: will() })
  peer.send({ cmd: 'disconnect', reasonCode: 0 } as never)
  await peer.rest()
  expect(said()).toEqual([])
})
clause('3.14.2.1', 'DISCONNECT with will says it', async () => {
  const peer = await signInFive(at, 'f1', { will: will() })
  peer.send({ cmd: 'disconnect', reasonCode: 4 } as never)
  await peer.rest()
  expect(said()).toEqual(['status {"online":false}'])
})
clause('3.1.3.2.2', 'a will waits for its delay', async () => {
  await gone(await signInFive(at, 'f1', { ...kept, will: will(1) }))
  expect(said()).toEqual([])
  await vi.waitUntil(() => said().length > 0, 3_000)
})
clause('3.1.3-9', 'a will that waits is not said when its session comes back', async () => {
  await gone(await signInFive(at, 'f1', { ...kept, will: will(1) }))
  await signInFive(at, 'f1', kept)
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  expect(said()).toEqual([])
})
clause('3.1.3-9', 'a will that waits is said when a clean start ends its session', async () => {
  await gone(await signInFive(at, 'f1', { ...kept, will: will(60) }))
  await signInFive(at, 'f1')
  expect(said()).toEqual(['status {"online":false}'])
})
clause('3.1.3-9', 'a will that waits is said when its session expires before', async () => {
  const short = { clean: false, properties: { sessionExpiryInterval: 1 } }
  await gone(await signInFive(at, 'f1', { ...short, will: will(60) }))
  await vi.waitUntil(() => said().length > 0, 3_000)
})
