// MQTT 3.1.1, section 3.1.2.5: the last will, which the contract has for the status topic alone.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { frame, hello, publish, TestBroker, topicOf } from './testBroker.ts'

let at: TestBroker
beforeEach(async () => {
  at = await TestBroker.open()
})
afterEach(() => at.close())

const will = (more: object = {}) => ({
  will: { topic: topicOf('f2', 'status'), payload: Buffer.from('{"online":false}'), qos: 1, retain: false, ...more },
})
const WRITTEN = ['status', 'f2', '{"online":false}']
/** The broker has noticed that it is gone. */
async function gone(): Promise<void> {
  while (at.broker.isConnected('f2')) await new Promise((resolve) => setImmediate(resolve))
}

describe('the will is taken', () => {
  test.each([0, 1, 2] as const)('at QoS %i when the connection breaks (3.1.2-8), once', async (qos) => {
    const peer = await at.signIn('f2', will({ qos }))
    peer.socket.resetAndDestroy()
    await gone()
    expect(at.said).toEqual([WRITTEN])
  })

  test('when the keep-alive runs out, after a protocol error, and when another one takes the session over', async () => {
    const silent = await at.signIn('f2', { ...will(), keepalive: 1 })
    await silent.rest()
    await gone()
    expect(at.said).toEqual([WRITTEN])
    const wrong = await at.signIn('f2', will())
    wrong.send(frame(0xf0))
    await wrong.rest()
    await gone()
    expect(at.said).toEqual([WRITTEN, WRITTEN])
    const before = await at.signIn('f2', will())
    const after = await at.signIn('f2')
    await before.rest()
    expect(await after.untilPong()).toEqual([])
    expect(at.said).toEqual([WRITTEN, WRITTEN, WRITTEN])
  })

  test('without the retain flag that it asked for, which is counted', async () => {
    const peer = await at.signIn('f2', will({ retain: true }))
    peer.socket.destroy()
    await gone()
    expect(at.said).toEqual([WRITTEN])
    expect(at.broker.stats().retainIgnored).toBe(1)
  })
})

describe('the will is not taken', () => {
  test('after DISCONNECT (3.1.2-10)', async () => {
    const peer = await at.signIn('f2', will())
    peer.send(frame(0xe0))
    await peer.rest()
    await gone()
    expect(at.said).toEqual([])
  })

  test('of a sign-in that was refused, or that names a topic which is no status of its own', async () => {
    const refused = await at.dial()
    refused.send(hello('f2', { ...will(), password: Buffer.from('guess') }))
    expect(await refused.rest()).toMatchObject([{ cmd: 'connack', returnCode: 4 }])
    for (const topic of [
      topicOf('f1', 'status'),
      topicOf('f2'),
      topicOf('f2', 'command'),
      '$SYS/x',
      'appliances/fridge/+/status',
    ]) {
      const peer = await at.dial()
      peer.send(hello('f2', will({ topic })))
      const answers = await peer.rest()
      expect([topic, answers.filter((one) => one.cmd === 'connack' && one.returnCode === 0)]).toEqual([topic, []])
    }
    expect(at.said).toEqual([])
  })

  test('of the session before, when the next one brings none', async () => {
    const first = await at.signIn('f2', will())
    first.send(frame(0xe0))
    await first.rest()
    const second = await at.signIn('f2')
    second.send(publish('f2', 'hello'))
    await second.next()
    second.socket.destroy()
    await gone()
    expect(at.said).toEqual([['telemetry', 'f2', 'hello']])
  })
})
