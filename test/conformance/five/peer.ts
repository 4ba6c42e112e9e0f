// A peer that speaks MQTT 5 byte by byte, and the table of what was asked of the broker.
import type { IConnackPacket, IConnectPacket, IDisconnectPacket, Packet } from 'mqtt-packet'
import { afterAll, expect, test } from 'vitest'
import { hello, type Peer, type TestBroker, topicOf } from '../testBroker.ts'

export const hello5 = (id: string, more: Partial<IConnectPacket> = {}): Buffer =>
  hello(id, { protocolVersion: 5, ...more })

/** Dials, sends CONNECT, and gives what is answered. */
export async function dialFive(
  at: TestBroker,
  id: string,
  more: Partial<IConnectPacket> = {},
): Promise<{ peer: Peer; answer: Packet | undefined }> {
  const peer = await at.dial(5)
  peer.send(hello5(id, more))
  return { peer, answer: await peer.next() }
}

/** Dials and is let in. */
export async function signInFive(
  at: TestBroker,
  id: string,
  more: Partial<IConnectPacket> = {},
): Promise<Peer & { connack: IConnackPacket }> {
  const { peer, answer } = await dialFive(at, id, more)
  if (answer?.cmd !== 'connack' || answer.reasonCode !== 0) throw new Error(`not let in: ${JSON.stringify(answer)}`)
  return Object.assign(peer, { connack: answer })
}

/** The broker says why, and the connection ends. */
export async function expectEnd(peer: Peer, reasonCode: number): Promise<IDisconnectPacket> {
  const last = (await peer.rest()).at(-1)
  expect(last).toMatchObject({ cmd: 'disconnect', reasonCode })
  const said = last as IDisconnectPacket
  expect(said.properties?.reasonString).toMatch(/^.{8,}$/)
  return said
}

export const command = (id: string, expiresInMs = 60_000) => ({
  id,
  type: 'restart',
  params: {},
  expires: Date.now() + expiresInMs,
})
export const listen = (messageId: number, topic = topicOf('f1', 'command'), more: object = {}): Packet =>
  ({ cmd: 'subscribe', messageId, subscriptions: [{ topic, qos: 1, nl: false, rap: false, rh: 0 }], ...more }) as Packet

const asked: [clause: string, what: string, holds: boolean][] = []

/** One case: a clause of the standard, what it asks, and how that is seen. */
export function clause(section: string, what: string, look: () => Promise<void>): void {
  test(`${section} ${what}`, async () => {
    let holds = false
    try {
      await look()
      holds = true
    } finally {
      asked.push([section, what, holds])
    }
  })
}
/** Prints the table of a file when its last case is done. */
export const printTable = (title: string): void =>
  afterAll(() => {
    const rows = asked.map(([section, what, holds]) => `| ${section} | ${what} | ${holds ? 'yes' : 'NO'} |`)
    console.log([`MQTT 5, ${title}: ${rows.length} cases`, '| clause | asked | holds |', ...rows].join('\n'))
  })
