// Brokers that do not keep to what they promised: each is told, and shown in a sentence.
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import packets, { type IPublishPacket, type Packet } from 'mqtt-packet'
import { afterEach, expect, test } from 'vitest'
import { OutsideClient } from './outsideClient.ts'

/** On a busy machine, too. */
const SOON = { timeout: 10_000 }
let server: Server
let client: OutsideClient
afterEach(async () => {
  await client.close()
  server.close()
})

/** A broker of one connection that grants each filter so, and then sends what it likes. */
async function dealWith(version: 4 | 5, grant: number, sends: Packet[], held: string[] = []) {
  const heard: Packet[] = []
  const taken: { packet: IPublishPacket; done: (isKept: boolean) => void }[] = []
  const said: string[] = []
  const kept: string[][] = []
  server = createServer((socket: Socket) => {
    const send = (packet: Packet) => socket.write(packets.generate(packet, { protocolVersion: version }))
    const parser = packets.parser({ protocolVersion: version })
    parser.on('packet', (packet) => {
      heard.push(packet)
      if (packet.cmd === 'connect')
        send({ cmd: 'connack', returnCode: 0, reasonCode: 0, sessionPresent: held.length > 0 })
      if (packet.cmd === 'unsubscribe')
        send({ cmd: 'unsuback', messageId: packet.messageId, granted: packet.unsubscriptions.map(() => 0) })
      if (packet.cmd !== 'subscribe') return
      send({ cmd: 'suback', messageId: packet.messageId, granted: packet.subscriptions.map(() => grant) })
      for (const one of sends) send(one)
    })
    socket.on('data', (bytes) => parser.parse(bytes)).on('error', () => undefined)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  client = new OutsideClient({
    url: `mqtt://127.0.0.1:${port}`,
    clientId: 'hearthwatch',
    version,
    group: undefined,
    held: {
      of: async () => held,
      keep: async (_, filters) => void kept.push([...filters]),
    },
    filters: ['a/+', 'b/#'],
    take: (packet, done) => void taken.push({ packet, done }),
    changed: () => undefined,
    onRetryableError: (error) => void said.push((error as Error).message),
  })
  return { heard, taken, said, kept }
}
const message = (messageId: number, qos: 0 | 1 | 2 = 1): IPublishPacket => ({
  cmd: 'publish',
  topic: 'a/b',
  payload: 'x',
  qos,
  messageId,
  dup: false,
  retain: false,
})

test.each([4, 5] as const)(
  'version %i: a grant of less than QoS 1 is said, and what comes is taken',
  async (version) => {
    const { taken } = await dealWith(version, 0, [message(0, 0)])
    await expect.poll(() => taken.length, SOON).toBe(1)
    expect(client.connected).toBe(true)
    expect(client.error).toBe(
      'The outside broker grants 2 of 2 subscriptions at QoS 0 alone: of what it sends so, some may be lost.',
    )
  },
)

test.each([
  [4, message(7, 2), 'it sends at QoS 2 what was asked for at QoS 1', undefined],
  [5, message(7, 2), 'it sends at QoS 2 what was asked for at QoS 1', 0x9b],
] as const)('version %i: QoS 2 where QoS 1 was granted ends the connection', async (version, sent, why, code) => {
  const { heard, taken, said } = await dealWith(version, 1, [sent])
  await expect.poll(() => client.error, SOON).toBe(why)
  expect(said).toEqual([`The outside broker is away: ${why}.`])
  expect(taken).toEqual([])
  if (code !== undefined)
    await expect.poll(() => heard.find(({ cmd }) => cmd === 'disconnect'), SOON).toMatchObject({ reasonCode: code })
})

test.each([4, 5] as const)(
  'version %i: beyond 500 it is not read until some are on disk, and all are acknowledged in order',
  async (version) => {
    const { taken, heard } = await dealWith(
      version,
      1,
      Array.from({ length: 20_000 }, (_, i) => message(i + 1)),
    )
    await expect.poll(() => taken.length, SOON).toBeGreaterThanOrEqual(500)
    await new Promise((resolve) => setTimeout(resolve, 50))
    const before = taken.length
    // One read may hold some more.
    expect(before).toBeLessThan(15_000)
    expect(client.error?.includes('more than 500')).toBe(version === 5 ? true : undefined)
    for (let i = 0; i < 20_000; ) {
      while (i < taken.length) taken[i++]?.done(true)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await expect.poll(() => heard.filter(({ cmd }) => cmd === 'puback').length, SOON).toBe(20_000)
    expect(heard.filter(({ cmd }) => cmd === 'puback').map(({ messageId }) => messageId)).toEqual(
      Array.from({ length: 20_000 }, (_, i) => i + 1),
    )
  },
)

test.each([4, 5] as const)(
  'version %i: what a resumed session has of a former group is taken back, after the new ones, and written down before',
  async (version) => {
    const { heard, kept } = await dealWith(version, 1, [], ['$share/desks/a/+', 'a/+'])
    await expect.poll(() => kept.length, SOON).toBe(2)
    const asked = heard.filter(({ cmd }) => cmd === 'subscribe' || cmd === 'unsubscribe')
    expect(asked).toMatchObject([
      { cmd: 'subscribe', subscriptions: [{ topic: 'a/+' }, { topic: 'b/#' }] },
      { cmd: 'unsubscribe', unsubscriptions: ['$share/desks/a/+'] },
    ])
    expect(kept).toEqual([
      ['a/+', 'b/#', '$share/desks/a/+'],
      ['a/+', 'b/#'],
    ])
  },
)
