// A small MQTT 3.1.1 publisher on a raw socket: what tests need to see every byte and to be fast beside the program.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import packets from 'mqtt-packet'

const CONNECT_MS = 60_000

export interface SignIn {
  port: number
  id: string
  password: string
  /** Seconds; 0 switches it off. */
  keepalive?: number
  /** Of this machine, where many connections are opened and closed. */
  localAddress?: string
}

/** Signed in, and one promise for each message that waits for its PUBACK. */
export class RawClient {
  readonly socket: Socket
  /** The connection is over; whatever waits was not acknowledged. */
  readonly closed: Promise<void>
  #waiting = new Map<number, { resolve: () => void; reject: (why: Error) => void }>()
  #next = 1
  #carry: Buffer = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.socket = socket
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        for (const { reject } of this.#waiting.values()) reject(new Error('the connection ended'))
        this.#waiting.clear()
        resolve()
      })
    })
  }

  /** @throws when nobody listens, the sign-in is refused, or no answer comes */
  static async connect({ port, id, password, keepalive = 0, localAddress }: SignIn): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, localAddress })
    const timer = setTimeout(() => socket.destroy(new Error('no CONNACK in time')), CONNECT_MS)
    try {
      await once(socket, 'connect')
      socket.write(connectPacket(id, password, keepalive))
      const [answer] = (await Promise.race([
        once(socket, 'data'),
        once(socket, 'close').then(() => Promise.reject(new Error('closed before CONNACK'))),
      ])) as [Buffer]
      if (answer[0] !== 0x20 || answer[3] !== 0) throw new Error(`CONNACK ${answer.toString('hex')}`)
      const client = new RawClient(socket)
      socket.on('error', () => socket.destroy())
      if (answer.length > 4) client.#heard(answer.subarray(4))
      socket.on('data', (bytes) => client.#heard(bytes))
      return client
    } catch (error) {
      socket.on('error', () => socket.destroy())
      socket.destroy()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  /** QoS 1. Resolves at its PUBACK, rejects when the connection ends before. */
  publish(topic: string, payload: string | Buffer, dup = false): Promise<void> {
    const messageId = this.#next
    this.#next = messageId === 65_535 ? 1 : messageId + 1
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) return reject(new Error('the connection ended'))
      this.#waiting.set(messageId, { resolve, reject })
      this.socket.write(packets.generate({ cmd: 'publish', topic, payload, qos: 1, messageId, dup, retain: false }))
    })
  }

  end(): Promise<void> {
    this.socket.end(packets.generate({ cmd: 'disconnect' }))
    return this.closed
  }

  #heard(bytes: Buffer): void {
    const all = this.#carry.length > 0 ? Buffer.concat([this.#carry, bytes]) : bytes
    let at = 0
    for (; at + 4 <= all.length; at += 4) {
      if (all[at] !== 0x40)
        return void this.socket.destroy(new Error(`not a PUBACK: ${all.toString('hex', at, at + 4)}`))
      const id = all.readUInt16BE(at + 2)
      this.#waiting.get(id)?.resolve()
      this.#waiting.delete(id)
    }
    this.#carry = all.subarray(at)
  }
}

export const connectPacket = (id: string, password: string, keepalive = 0): Buffer =>
  packets.generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: id,
    username: id,
    password: Buffer.from(password),
    clean: true,
    keepalive,
  })
