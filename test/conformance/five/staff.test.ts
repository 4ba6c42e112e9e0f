// MQTT 5, 4.8.2: programs of the staff hear what appliances say, alone or sharing it.
import type { IPublishPacket } from 'mqtt-packet'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TestBroker, topicOf } from '../testBroker.ts'
import { clause, dialFive, expectEnd, listen, printTable, signInFive } from './peer.ts'

let at: TestBroker
beforeEach(async () => {
  at = await TestBroker.open({ filtersPerAppliance: 4 })
})
afterEach(() => at.close())
printTable('programs of the staff')

const key = { username: '$staff', password: Buffer.from('key-of-staff') }
/** Signs in as the staff, and subscribes to these at QoS 1. */
async function hearing(id: string, ...topics: string[]) {
  const peer = await signInFive(at, id, key)
  for (const [i, topic] of topics.entries()) {
    peer.send(listen(i + 1, topic))
    expect(await peer.next()).toMatchObject({ cmd: 'suback', granted: [0] })
  }
  return peer
}
/** A fridge says so many readings, and each is acknowledged. */
async function says(count: number, from = 0): Promise<void> {
  const fridge = await signInFive(at, 'f1')
  for (let i = from; i < from + count; i++) {
    const packet = {
      cmd: 'publish',
      topic: topicOf('f1', 'telemetry'),
      payload: `${i}`,
      qos: 1,
      messageId: 1 + i,
    } as const
    fridge.send({ ...packet, dup: false, retain: false })
    expect(await fridge.next()).toMatchObject({ cmd: 'puback', messageId: 1 + i })
  }
}
const payloads = async (peer: { next(): Promise<unknown> }, count: number): Promise<string[]> => {
  const heard: string[] = []
  while (heard.length < count) heard.push(((await peer.next()) as IPublishPacket).payload.toString())
  return heard
}
const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `${from + i}`)

clause('3.2.2.3.13', 'CONNACK to a program of the staff does not say that sharing is unavailable', async () => {
  expect((await signInFive(at, 'desk-1', key)).connack.properties?.sharedSubscriptionAvailable).toBeUndefined()
})
clause('4.8.2', 'of a shared subscription each message goes to one, in turn', async () => {
  const [one, two] = [
    await hearing('desk-1', '$share/desk/appliances/+/+/telemetry'),
    await hearing('desk-2', '$share/desk/appliances/+/+/telemetry'),
  ]
  await says(6)
  expect(await payloads(one, 3)).toEqual(['0', '2', '4'])
  expect(await payloads(two, 3)).toEqual(['1', '3', '5'])
})
clause('4.8.2', 'groups of two names each hear all of it, and so does who shares with nobody', async () => {
  const peers = [
    await hearing('a', '$share/desk/appliances/#'),
    await hearing('b', '$share/lab/appliances/#'),
    await hearing('c', topicOf('f1', '#')),
  ]
  await says(3)
  for (const peer of peers) expect(await payloads(peer, 3)).toEqual(numbers(0, 3))
})
clause('4.8.2', 'who leaves a group leaves its messages to the others', async () => {
  const [one, two] = [await hearing('a', '$share/desk/#'), await hearing('b', '$share/desk/#')]
  one.send({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: ['$share/desk/#'] })
  expect(await one.next()).toMatchObject({ cmd: 'unsuback', granted: [0] })
  await says(3)
  expect(await payloads(two, 3)).toEqual(numbers(0, 3))
})
clause('3.3.2.3.8', 'a message says which subscription it came for', async () => {
  const peer = await signInFive(at, 'a', key)
  peer.send(listen(1, '$share/desk/#', { properties: { subscriptionIdentifier: 7 } }))
  await peer.next()
  await says(1)
  const { properties, qos, retain } = (await peer.next()) as IPublishPacket
  expect([properties?.subscriptionIdentifier, qos, retain]).toEqual([7, 0, false])
})
for (const filter of ['$share/desk', '$share//a', '$share/de+sk/a', '$share/desk/', '$share/desk/a/#/b', '$SYS/#'])
  clause('4.8.2-2', `a subscription to ${filter} is refused as no filter`, async () => {
    const peer = await signInFive(at, 'a', key)
    peer.send(listen(1, filter))
    expect(await peer.next()).toMatchObject({ cmd: 'suback', granted: [0x8f] })
  })
clause('3.9.3', 'more filters than it may have are refused by quota', async () => {
  const peer = await hearing('a', 'a', 'b', 'c', 'd')
  peer.send(listen(9, 'e'))
  expect(await peer.next()).toMatchObject({ granted: [0x97] })
})
clause('3.8.3-4', 'one that shares and does not hear its own is a protocol error', async () => {
  const peer = await signInFive(at, 'a', key)
  peer.send(
    listen(1, '$share/desk/#', { subscriptions: [{ topic: '$share/desk/#', qos: 0, nl: true, rap: false, rh: 0 }] }),
  )
  await expectEnd(peer, 0x82)
})
clause('3.4.2.1', 'what it publishes is refused, and nobody hears it', async () => {
  const peer = await signInFive(at, 'a', key)
  peer.send({
    cmd: 'publish',
    topic: topicOf('f1', 'telemetry'),
    payload: 'x',
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
  })
  expect(await peer.next()).toMatchObject({ cmd: 'puback', reasonCode: 0x87 })
  expect(at.said).toEqual([])
})
clause('3.1.4-3', 'another of its client id takes its place', async () => {
  const [first, second] = [await hearing('a', '#'), await hearing('a', '#')]
  await expectEnd(first, 0x8e)
  await says(1)
  expect(await payloads(second, 1)).toEqual(['0'])
})
for (const [what, more] of [
  ['a wrong key', { password: Buffer.from('x') }],
  ['no key', { password: undefined }],
  ['a will', { will: { topic: topicOf('f1', 'status'), payload: Buffer.from('x'), qos: 0, retain: false } }],
] as const)
  clause('3.2.2.2', `with ${what} it is not let in`, async () => {
    const { answer } = await dialFive(at, 'a', { ...key, ...more } as object)
    expect(answer).toMatchObject({ cmd: 'connack', reasonCode: 0x86 })
  })

test('who does not read misses messages, and stops nobody', async () => {
  const [deaf, well] = [await hearing('deaf', 'appliances/#'), await hearing('well', 'appliances/#')]
  deaf.socket.pause()
  const fridge = await signInFive(at, 'f1')
  const payload = Buffer.alloc(100_000, 'x')
  for (let i = 1; i <= 200; i++) {
    fridge.send({
      cmd: 'publish',
      topic: topicOf('f1', 'telemetry'),
      payload,
      qos: 1,
      messageId: i,
      dup: false,
      retain: false,
    })
    expect(await fridge.next()).toMatchObject({ cmd: 'puback', messageId: i })
    expect(await well.next()).toMatchObject({ cmd: 'publish' })
  }
  await vi.waitUntil(() => at.broker.stats().staffMissed > 0)
  expect(at.broker.stats().sessions).toBe(1)
})
