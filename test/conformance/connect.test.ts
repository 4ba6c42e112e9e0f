// MQTT 3.1.1, sections 3.1, 3.2, 3.12, 3.14 and 4.8: how a connection begins, lives and ends.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { frame, hello, publish, subscribe, TestBroker, text, topicOf, u16 } from './testBroker.ts'

let at: TestBroker
beforeEach(async () => {
  at = await TestBroker.open()
})
afterEach(() => at.close())

/** A CONNECT of parts: protocol name, level, flags, keep-alive, payload. */
const connect = (name: string, level: number, flags: number, ...payload: string[]): Buffer =>
  frame(0x10, text(name), Buffer.from([level, flags]), u16(60), ...payload.map(text))
const CLEAN = 0x02
const WITH_SECRET = 0xc2

describe('a connection begins with one CONNECT', () => {
  test('which is answered by CONNACK 0 before anything else (3.2.0-1), however it is cut into pieces', async () => {
    const peer = await at.dial()
    for (const byte of hello('f1')) {
      peer.send(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await peer.next()).toMatchObject({ cmd: 'connack', returnCode: 0, sessionPresent: false })
    expect(await peer.untilPong()).toEqual([])
  })

  test('what is sent behind it without waiting is served (3.1.4-5)', async () => {
    const peer = await at.dial()
    peer.send(hello('f1'), subscribe(5, [topicOf('f1', 'command'), 1]), publish('f1', 'soon', { messageId: 6 }))
    const cmds = [await peer.next(), await peer.next(), await peer.next()].map((packet) => packet?.cmd)
    expect([cmds[0], new Set(cmds.slice(1))]).toEqual(['connack', new Set(['suback', 'puback'])])
    expect(at.said).toEqual([['telemetry', 'f1', 'soon']])
  })

  test.each([
    ['another packet first (3.1.0-1)', frame(0xc0)],
    ['a name that is not MQTT (3.1.2-1)', connect('MQTX', 4, WITH_SECRET, 'f1', 'f1', 'secret-f1')],
    ['the reserved flag (3.1.2-3)', connect('MQTT', 4, WITH_SECRET | 1, 'f1', 'f1', 'secret-f1')],
    ['the QoS of a will that is not there (3.1.2-13)', connect('MQTT', 4, WITH_SECRET | 0x08, 'f1', 'f1', 'secret-f1')],
    ['the retain flag of no will (3.1.2-15)', connect('MQTT', 4, WITH_SECRET | 0x20, 'f1', 'f1', 'secret-f1')],
    [
      'a will of QoS 3 (3.1.2-14)',
      connect('MQTT', 4, WITH_SECRET | 0x1c, 'f1', topicOf('f1', 'status'), '{}', 'f1', 'secret-f1'),
    ],
    ['a password without a user name (3.1.2-22)', connect('MQTT', 4, 0x40 | CLEAN, 'f1', 'secret-f1')],
    ['a user name that is announced and missing (3.1.2-19)', connect('MQTT', 4, WITH_SECRET, 'f1')],
    ['flags in the fixed header (2.2.2-2)', Buffer.concat([Buffer.from([0x11]), hello('f1').subarray(1)])],
    ['a length of five bytes (2.2.3)', Buffer.from([0x10, 0x80, 0x80, 0x80, 0x80, 0x01])],
  ])('%s ends it without being let in', async (_, bytes) => {
    const peer = await at.dial()
    peer.send(bytes)
    const answers = await peer.rest()
    expect(answers.filter((packet) => packet.cmd !== 'connack' || packet.returnCode === 0)).toEqual([])
    expect(at.broker.stats().sessions).toBe(0)
  })

  test('a second one ends it (3.1.0-2)', async () => {
    const peer = await at.signIn('f1')
    peer.send(hello('f1'))
    expect(await peer.rest()).toEqual([])
  })

  test.each([6, 127])('protocol level %i is answered by CONNACK 1, then the end (3.1.2-2)', async (level) => {
    const peer = await at.dial()
    peer.send(frame(0x10, text('MQTT'), Buffer.from([level, WITH_SECRET]), u16(60), ...['f1', 'f1', 'x'].map(text)))
    expect(await peer.rest()).toMatchObject([{ cmd: 'connack', returnCode: 1, sessionPresent: false }])
  })

  test('MQTT 3.1 is served, too', async () => {
    const peer = await at.signIn('f1', { protocolId: 'MQIsdp', protocolVersion: 3 })
    peer.send(publish('f1', 'old'))
    expect(await peer.next()).toMatchObject({ cmd: 'puback' })
  })

  test('an empty client id is never let in, since the id is the appliance (3.1.3-8, 3.1.3-9)', async () => {
    for (const flags of [WITH_SECRET, WITH_SECRET & ~CLEAN]) {
      const peer = await at.dial()
      peer.send(connect('MQTT', 4, flags, '', 'f1', 'secret-f1'))
      expect(await peer.rest()).toMatchObject([{ cmd: 'connack', returnCode: 2, sessionPresent: false }])
    }
  })

  test('a wrong secret is answered by CONNACK 4, and nothing that follows is served (3.1.4-5)', async () => {
    const peer = await at.dial()
    peer.send(hello('f1', { password: Buffer.from('guess') }), publish('f1', 'never'))
    expect(await peer.rest()).toMatchObject([{ cmd: 'connack', returnCode: 4, sessionPresent: false }])
    expect(at.said).toEqual([])
  })
})

describe('a connection lives', () => {
  test('as long as a packet comes within one and a half times the keep-alive, and no longer (3.1.2-24)', async () => {
    const silent = await at.signIn('f1', { keepalive: 1 })
    const talking = await at.signIn('f2', { keepalive: 1 })
    const talk = setInterval(() => talking.send(frame(0xc0)), 400)
    expect(await silent.rest()).toEqual([])
    expect(await talking.next()).toMatchObject({ cmd: 'pingresp' })
    expect(at.broker.isConnected('f2')).toBe(true)
    clearInterval(talk)
  })

  test('a packet that is never finished does not keep it (3.1.2-24)', async () => {
    const peer = await at.signIn('f1', { keepalive: 1 })
    const drip = setInterval(() => peer.send(Buffer.from('a')), 200)
    peer.send(Buffer.from([0x32, 0xff, 0x7f]))
    expect(await peer.rest()).toEqual([])
    clearInterval(drip)
  })

  test('PINGREQ is answered by PINGRESP (3.12.4-1)', async () => {
    const peer = await at.signIn('f1')
    peer.send(frame(0xc0))
    expect(await peer.next()).toMatchObject({ cmd: 'pingresp' })
  })

  test('until another one with its id is let in (3.1.4-2), which a wrong secret is not', async () => {
    const first = await at.signIn('f1')
    const stranger = await at.dial()
    stranger.send(hello('f1', { password: Buffer.from('guess') }))
    await stranger.rest()
    expect(await first.untilPong()).toEqual([])
    const second = await at.signIn('f1')
    expect(await first.rest()).toEqual([])
    expect(await second.untilPong()).toEqual([])
    expect(at.broker.stats().sessions).toBe(1)
  })

  test.each([
    ['CONNACK', frame(0x20, u16(0))],
    ['SUBACK', frame(0x90, u16(1), Buffer.from([0]))],
    ['UNSUBACK', frame(0xb0, u16(1))],
    ['PINGRESP', frame(0xd0)],
    ['type 0', frame(0x00, u16(1))],
    ['type 15', frame(0xf0, u16(1))],
    ['PINGREQ with flags (2.2.2-2)', frame(0xc1)],
    ['DISCONNECT with flags (3.14.1-1)', frame(0xe1)],
  ])('%s, which no client sends, ends it', async (_, bytes) => {
    const peer = await at.signIn('f1')
    peer.send(bytes)
    expect(await peer.rest()).toEqual([])
  })

  test('DISCONNECT ends it (3.14.4-2)', async () => {
    const peer = await at.signIn('f1')
    peer.send(frame(0xe0))
    expect(await peer.rest()).toEqual([])
    expect(at.broker.stats().sessions).toBe(0)
  })
})
