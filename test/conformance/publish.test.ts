// MQTT 3.1.1, sections 3.3 to 3.7 and 4.3 to 4.7: what an appliance publishes.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { frame, publish, subscribe, TestBroker, text, topicOf, u16 } from './testBroker.ts'

let at: TestBroker
beforeEach(async () => {
  at = await TestBroker.open()
})
afterEach(() => at.close())
const payloads = (): string[] => at.said.map(([, , payload]) => payload)

describe('QoS', () => {
  test('0 is answered by nothing (4.3.1)', async () => {
    const peer = await at.signIn('f1')
    peer.send(publish('f1', 'zero', { qos: 0 }))
    expect(await peer.untilPong()).toEqual([])
    expect(payloads()).toEqual(['zero'])
  })

  test('1 is answered by PUBACK with its id, in the order sent (4.3.2-2, 4.6.0-2)', async () => {
    const peer = await at.signIn('f1')
    const ids = [7, 65_535, 1, 300, 2]
    peer.send(...ids.map((messageId) => publish('f1', `${messageId}`, { messageId })))
    for (const messageId of ids) expect(await peer.next()).toMatchObject({ cmd: 'puback', messageId })
    expect(payloads()).toEqual(ids.map(String))
  })

  test('1 that is sent again is taken again, since its PUBACK may have been lost; an id is free after it (4.3.2)', async () => {
    const peer = await at.signIn('f1')
    for (const [payload, dup] of [
      ['once', false],
      ['once', true],
      ['other', false],
    ]) {
      peer.send(publish('f1', payload as string, { messageId: 9, dup }))
      expect(await peer.next()).toMatchObject({ cmd: 'puback', messageId: 9 })
    }
    expect(payloads()).toEqual(['once', 'once', 'other'])
  })

  test('2 is answered by PUBREC, its PUBREL by PUBCOMP, and the message is taken once (4.3.3-2)', async () => {
    const peer = await at.signIn('f1')
    const two = publish('f1', 'two', { qos: 2, messageId: 11 })
    peer.send(two)
    expect(await peer.next()).toMatchObject({ cmd: 'pubrec', messageId: 11 })
    // Until PUBREL the same id is the same message.
    peer.send({ ...two, dup: true } as never)
    expect(await peer.next()).toMatchObject({ cmd: 'pubrec', messageId: 11 })
    peer.send({ cmd: 'pubrel', messageId: 11 })
    expect(await peer.next()).toMatchObject({ cmd: 'pubcomp', messageId: 11 })
    expect(payloads()).toEqual(['two'])
    peer.send(publish('f1', 'another', { qos: 2, messageId: 11 }))
    expect(await peer.next()).toMatchObject({ cmd: 'pubrec', messageId: 11 })
    expect(payloads()).toEqual(['two', 'another'])
  })

  test('2 goes on where it stopped when a kept session comes back (4.4.0-1)', async () => {
    const first = await at.signIn('f1', { clean: false })
    const two = publish('f1', 'two', { qos: 2, messageId: 12 })
    first.send(two)
    expect(await first.next()).toMatchObject({ cmd: 'pubrec' })
    first.socket.destroy()
    const second = await at.signIn('f1', { clean: false })
    second.send({ ...two, dup: true } as never)
    expect(await second.next()).toMatchObject({ cmd: 'pubrec', messageId: 12 })
    second.send({ cmd: 'pubrel', messageId: 12 })
    expect(await second.next()).toMatchObject({ cmd: 'pubcomp', messageId: 12 })
    expect(payloads()).toEqual(['two'])
  })

  test('2 starts anew after a clean session (3.1.2-6)', async () => {
    const first = await at.signIn('f1')
    const two = publish('f1', 'two', { qos: 2, messageId: 12 })
    first.send(two)
    await first.next()
    first.socket.destroy()
    const second = await at.signIn('f1')
    second.send(two)
    expect(await second.next()).toMatchObject({ cmd: 'pubrec' })
    expect(payloads()).toEqual(['two', 'two'])
  })

  test('a PUBREL of an id that nobody knows is answered by PUBCOMP (4.3.3-2)', async () => {
    const peer = await at.signIn('f1')
    peer.send({ cmd: 'pubrel', messageId: 77 })
    expect(await peer.next()).toMatchObject({ cmd: 'pubcomp', messageId: 77 })
  })

  test('acknowledgements of what was never sent are nothing', async () => {
    const peer = await at.signIn('f1')
    peer.send({ cmd: 'puback', messageId: 5 }, { cmd: 'pubrec', messageId: 6 }, { cmd: 'pubcomp', messageId: 7 })
    const heard = await peer.untilPong()
    expect(heard.filter(({ cmd }) => cmd !== 'pubrel')).toEqual([])
  })
})

describe('a message', () => {
  test('goes to the journal and is heard by nobody, not even by who may subscribe to it', async () => {
    const gate = await at.signIn('gate')
    gate.send(subscribe(1, [topicOf('f2'), 1], [topicOf('f2', 'status'), 2]))
    await gate.next()
    const f2 = await at.signIn('f2')
    f2.send(publish('f2', 'private'))
    expect(await f2.next()).toMatchObject({ cmd: 'puback' })
    gate.send(publish('f2', 'its own', { qos: 2, messageId: 2 }))
    expect(await gate.next()).toMatchObject({ cmd: 'pubrec' })
    expect(await gate.untilPong()).toEqual([])
    expect(payloads()).toEqual(['private', 'its own'])
  })

  test('may be empty, and of any bytes', async () => {
    const peer = await at.signIn('f1')
    peer.send(publish('f1', '', { messageId: 1 }), publish('f1', 'ü\u0000\u0001', { messageId: 2 }))
    await peer.next()
    await peer.next()
    expect(payloads()).toEqual(['', 'ü\u0000\u0001'])
  })

  test.each([0, 1, 2] as const)(
    'with the retain flag and QoS %i is taken, and never given to who subscribes later (3.3.1-5)',
    async (qos) => {
      const peer = await at.signIn('f2')
      peer.send(publish('f2', 'kept?', { qos, messageId: 3, retain: true }))
      await peer.untilPong()
      const gate = await at.signIn('gate')
      gate.send(subscribe(1, [topicOf('f2'), 1]))
      expect(await gate.next()).toMatchObject({ cmd: 'suback', granted: [1] })
      expect(await gate.untilPong()).toEqual([])
      expect(payloads()).toEqual(['kept?'])
      expect(at.broker.stats().retainIgnored).toBe(1)
    },
  )

  test.each([
    ['QoS 3 (3.3.1-4)', frame(0x36, text(topicOf('f1')), u16(1))],
    ['the DUP flag at QoS 0 (3.3.1-2)', frame(0x38, text(topicOf('f1')))],
    ['packet id 0 (2.3.1-1)', frame(0x32, text(topicOf('f1')), u16(0))],
    ['no packet id (2.3.1-1)', frame(0x32, text(topicOf('f1')))],
    ['an empty topic (4.7.3-1)', frame(0x32, text(''), u16(1))],
    ['a # in its topic (3.3.2-2)', frame(0x32, text('appliances/#'), u16(1))],
    ['a + in its topic (3.3.2-2)', frame(0x32, text('appliances/fridge/+/telemetry'), u16(1))],
    ['U+0000 in its topic (1.5.3-2)', frame(0x32, text('appliances/fridge/f1\u0000/telemetry'), u16(1))],
    ['a topic that is no UTF-8 (1.5.3-1)', frame(0x32, u16(3), Buffer.from([0xed, 0xa0, 0x80]), u16(1))],
    ['a topic longer than the packet', frame(0x32, Buffer.from([0xff, 0xff, 97]))],
    ['a foreign topic', frame(0x32, text(topicOf('f2')), u16(1))],
    ['a topic that differs in case (4.7.3-4)', frame(0x32, text('Appliances/fridge/f1/telemetry'), u16(1))],
    ['a topic with one more slash (4.7.1)', frame(0x32, text(`/${topicOf('f1')}`), u16(1))],
    ['a topic of the server (4.7.2)', frame(0x32, text('$SYS/broker/uptime'), u16(1))],
    ['flags of PUBREL that are not 2 (3.6.1-1)', frame(0x60, u16(1))],
  ])('with %s is not taken, and ends the connection', async (_, bytes) => {
    const peer = await at.signIn('f1')
    peer.send(bytes)
    expect((await peer.rest()).filter(({ cmd }) => cmd === 'puback')).toEqual([])
    expect(at.said).toEqual([])
  })
})
