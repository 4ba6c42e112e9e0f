// MQTT 3.1.1, sections 3.8 to 3.11, 4.4 and 4.7: what an appliance or a gateway hears.
import type { IPublishPacket, Packet } from 'mqtt-packet'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { frame, subscribe, TestBroker, text, topicOf, u16 } from './testBroker.ts'

let at: TestBroker
beforeEach(async () => {
  at = await TestBroker.open()
})
afterEach(() => at.close())

const COMMAND = topicOf('f1', 'command')
const command = (id: string) => at.commands.queue('f1', { id, type: 'defrost', params: {}, expires: 5 })
const idOf = (packet: Packet | undefined): string =>
  (JSON.parse(String((packet as IPublishPacket | undefined)?.payload)) as { id: string }).id
const unsubscribe = (messageId: number, ...unsubscriptions: string[]): Packet =>
  ({ cmd: 'unsubscribe', messageId, unsubscriptions }) as Packet

describe('SUBSCRIBE', () => {
  test('is answered by SUBACK with its id and one code for each filter, in their order (3.8.4-2, 3.8.4-5)', async () => {
    const peer = await at.signIn('f1')
    peer.send(
      subscribe(
        300,
        [COMMAND, 1],
        [topicOf('f2', 'command'), 1],
        [topicOf('f1', 'status'), 0],
        ['#', 2],
        [topicOf('f1'), 2],
      ),
    )
    expect(await peer.next()).toMatchObject({ cmd: 'suback', messageId: 300, granted: [1, 0x80, 0, 0x80, 2] })
  })

  test.each([
    '#',
    '+',
    '+/+/+/command',
    'appliances/#',
    'appliances/fridge/+/telemetry',
    '$SYS/#',
    '$SYS/broker/clients/connected',
    `$share/group/${topicOf('f1', 'command')}`,
    `$queue/${topicOf('f1', 'command')}`,
    topicOf('f2'),
    'appliances/washer/f1/command',
    `/${topicOf('f1', 'command')}`,
  ])('to %s is refused by 0x80, and the connection stays', async (filter) => {
    const peer = await at.signIn('f1')
    peer.send(subscribe(1, [filter, 1]))
    expect(await peer.next()).toMatchObject({ cmd: 'suback', messageId: 1, granted: [0x80] })
    expect(await peer.untilPong()).toEqual([])
  })

  test.each([
    'appliances/fridge/f1/#',
    'appliances/fridge/f1/+',
    'appliances/fridge/f1/command/#',
    'appliances/fridge/f1/+/ack',
  ])('to %s, below its own name, is granted, and a command comes once (4.7.1-2, 4.7.1-3)', async (filter) => {
    const peer = await at.signIn('f1')
    peer.send(subscribe(1, [filter, 1], [COMMAND, 0]))
    expect(await peer.next()).toMatchObject({ cmd: 'suback', messageId: 1, granted: [1, 0] })
    command('c1')
    const heard = await peer.next()
    expect(heard).toMatchObject({ cmd: 'publish', topic: COMMAND, qos: filter.endsWith('/ack') ? 0 : 1 })
    expect(await peer.untilPong()).toEqual([])
  })

  test('to the same filter again replaces the QoS, and each message comes once (3.8.4-3, 3.3.5-1)', async () => {
    const peer = await at.signIn('f1')
    for (const qos of [0, 2, 1] as const) {
      peer.send(subscribe(1, [COMMAND, qos]))
      expect(await peer.next()).toMatchObject({ cmd: 'suback', granted: [qos] })
    }
    command('c1')
    const heard = await peer.next()
    expect(heard).toMatchObject({ cmd: 'publish', topic: COMMAND, qos: 1, retain: false, dup: false })
    expect(await peer.untilPong()).toEqual([])
  })

  test.each([
    [0, 0],
    [1, 1],
    [2, 1],
  ] as const)('of QoS %i gets a message of QoS 1 at QoS %i (3.8.4-6)', async (asked, given) => {
    const peer = await at.signIn('f1')
    peer.send(subscribe(1, [COMMAND, asked]))
    await peer.next()
    command('c1')
    expect(await peer.next()).toMatchObject({ cmd: 'publish', qos: given })
  })

  test.each([
    ['without a filter (3.8.3-3)', frame(0x82, u16(1))],
    ['with wrong flags (3.8.1-1)', frame(0x80, u16(1), text(COMMAND), Buffer.from([1]))],
    ['with packet id 0 (2.3.1-1)', frame(0x82, u16(0), text(COMMAND), Buffer.from([1]))],
    ['with QoS 3 (3.8.3-4)', frame(0x82, u16(1), text(COMMAND), Buffer.from([3]))],
    ['with reserved bits (3.8.3-4)', frame(0x82, u16(1), text(COMMAND), Buffer.from([0xf1]))],
    ['without a QoS', frame(0x82, u16(1), text(COMMAND))],
    ['with an empty filter (4.7.3-1)', frame(0x82, u16(1), text(''), Buffer.from([1]))],
    ['with a filter that is no UTF-8 (1.5.3-1)', frame(0x82, u16(1), u16(3), Buffer.from([0xed, 0xa0, 0x80, 1]))],
    ['with U+0000 in a filter (1.5.3-2)', frame(0x82, u16(1), text('a\u0000b'), Buffer.from([1]))],
  ])('%s ends the connection', async (_, bytes) => {
    const peer = await at.signIn('f1')
    peer.send(bytes)
    expect((await peer.rest()).filter(({ cmd }) => cmd === 'suback')).toEqual([])
  })
})

describe('UNSUBSCRIBE', () => {
  test('is answered by UNSUBACK with its id, even of what nobody subscribed to, and then nothing comes (3.10.4-1, 3.10.4-5)', async () => {
    const peer = await at.signIn('f1')
    peer.send(subscribe(1, [COMMAND, 1]))
    await peer.next()
    peer.send(unsubscribe(8, COMMAND, topicOf('f1', 'status')))
    expect(await peer.next()).toMatchObject({ cmd: 'unsuback', messageId: 8 })
    peer.send(unsubscribe(9, '#'))
    expect(await peer.next()).toMatchObject({ cmd: 'unsuback', messageId: 9 })
    command('c1')
    expect(await peer.untilPong()).toEqual([])
  })

  test.each([
    ['without a filter (3.10.3-2)', frame(0xa2, u16(1))],
    ['with wrong flags (3.10.1-1)', frame(0xa0, u16(1), text(COMMAND))],
    ['with packet id 0 (2.3.1-1)', frame(0xa2, u16(0), text(COMMAND))],
    ['with a filter that is no UTF-8 (1.5.3-1)', frame(0xa2, u16(1), u16(3), Buffer.from([0xed, 0xa0, 0x80]))],
  ])('%s ends the connection', async (_, bytes) => {
    const peer = await at.signIn('f1')
    peer.send(bytes)
    expect(await peer.rest()).toEqual([])
  })
})

describe('a session', () => {
  test('that is kept says so, with what it subscribed to; a clean one forgets (3.1.2-4, 3.1.2-6, 3.2.2-2)', async () => {
    const first = await at.signIn('f1', { clean: false })
    expect(first.sessionPresent).toBe(false)
    first.send(subscribe(1, [COMMAND, 1]))
    await first.next()
    first.socket.destroy()
    const second = await at.signIn('f1', { clean: false })
    expect(second.sessionPresent).toBe(true)
    command('c1')
    const heard = await second.next()
    expect(idOf(heard)).toBe('c1')
    second.send({ cmd: 'puback', messageId: (heard as IPublishPacket).messageId! })
    await second.untilPong()
    second.socket.destroy()
    const clean = await at.signIn('f1')
    expect(clean.sessionPresent).toBe(false)
    command('c2')
    expect(await clean.untilPong()).toEqual([])
    clean.socket.destroy()
    at.commands.forget('f1', 'c2')
    expect((await at.signIn('f1', { clean: false })).sessionPresent).toBe(false)
  })

  test('that is away gets afterwards what came meanwhile, in its order (3.1.2-5, 4.6.0-6)', async () => {
    const first = await at.signIn('f1', { clean: false })
    first.send(subscribe(1, [COMMAND, 1]))
    await first.next()
    await first.untilPong()
    first.send(frame(0xe0))
    await first.rest()
    const ids = ['c1', 'c2', 'c3', 'c4']
    for (const id of ids) command(id)
    const second = await at.signIn('f1', { clean: false })
    const heard: string[] = []
    for (let packet = await second.next(); heard.length < ids.length; ) {
      heard.push(idOf(packet))
      second.send({ cmd: 'puback', messageId: (packet as IPublishPacket).messageId! })
      if (heard.length < ids.length) packet = await second.next()
    }
    expect(heard).toEqual(ids)
    await second.untilPong()
    second.socket.destroy()
    const third = await at.signIn('f1', { clean: false })
    expect(await third.untilPong()).toEqual([])
  })

  test('gets again, with its id and DUP, what it did not acknowledge, and not what it did (4.4.0-1, 3.3.1-1)', async () => {
    const first = await at.signIn('f1', { clean: false })
    first.send(subscribe(1, [COMMAND, 1]))
    await first.next()
    command('acknowledged')
    const one = (await first.next()) as IPublishPacket
    first.send({ cmd: 'puback', messageId: one.messageId! })
    command('not')
    const two = (await first.next()) as IPublishPacket
    await first.untilPong()
    first.socket.destroy()
    const second = await at.signIn('f1', { clean: false })
    const again = (await second.next()) as IPublishPacket
    expect([idOf(again), again.messageId, again.dup]).toEqual(['not', two.messageId, true])
    second.send({ cmd: 'puback', messageId: again.messageId! })
    expect(await second.untilPong()).toEqual([])
  })

  test('of QoS 0 hears what still waits when it is back, once', async () => {
    const first = await at.signIn('f1', { clean: false })
    first.send(subscribe(1, [COMMAND, 0]))
    await first.next()
    first.send(frame(0xe0))
    await first.rest()
    command('waits')
    const second = await at.signIn('f1', { clean: false })
    const heard = await second.next()
    expect([idOf(heard), (heard as IPublishPacket).qos]).toEqual(['waits', 0])
    expect(at.commands.deliveries).toEqual(['waits'])
    expect(await second.untilPong()).toEqual([])
  })

  test('is never sent again what has expired meanwhile', async () => {
    const first = await at.signIn('f1', { clean: false })
    first.send(subscribe(1, [COMMAND, 1]))
    await first.next()
    command('expires')
    expect(idOf(await first.next())).toBe('expires')
    first.socket.destroy()
    at.commands.forget('f1', 'expires')
    const second = await at.signIn('f1', { clean: false })
    expect(second.sessionPresent).toBe(true)
    expect(await second.untilPong()).toEqual([])
  })

  test('that is clean gets what waits as soon as it listens, anew', async () => {
    const first = await at.signIn('f1')
    first.send(subscribe(1, [COMMAND, 1]))
    await first.next()
    command('c1')
    expect(await first.next()).toMatchObject({ dup: false })
    first.socket.destroy()
    const second = await at.signIn('f1')
    expect(await second.untilPong()).toEqual([])
    second.send(subscribe(1, [COMMAND, 1]))
    await second.next()
    const heard = (await second.next()) as IPublishPacket
    expect([idOf(heard), heard.dup]).toEqual(['c1', false])
    second.send({ cmd: 'puback', messageId: heard.messageId! })
    await second.untilPong()
    expect(at.commands.deliveries).toEqual(['c1'])
  })
})
