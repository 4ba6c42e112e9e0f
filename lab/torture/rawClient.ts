// A small publisher of MQTT 3.1.1 or 5 on a raw socket: what tests need to see every byte and to be fast beside the program.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import packets from 'mqtt-packet'

const CONNECT_MS = 60_000
const NOBODY_HEARS = 0x10
/** Of the protocol, as CONNECT says it. */
export type Version = 4 | 5

export interface SignIn {
  port: number
  id: string
  password: string
  /** 4 is MQTT 3.1.1. */
  version?: Version
  /** With version 5 a broker says when nobody subscribed to what it acknowledges: then the connection ends, as if it had not. */
  mustBeHeard?: boolean
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
  readonly #version: Version
  readonly #mustBeHeard: boolean
  #waiting = new Map<number, { resolve: () => void; reject: (why: Error) => void }>()
  #next = 1
  #carry: Buffer = Buffer.alloc(0)

  private constructor(socket: Socket, version: Version, mustBeHeard: boolean) {
    this.socket = socket
    this.#version = version
    this.#mustBeHeard = mustBeHeard
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        for (const { reject } of this.#waiting.values()) reject(new Error('the connection ended'))
        this.#waiting.clear()
        resolve()
      })
    })
  }

  /** @throws when nobody listens, the sign-in is refused, or no answer comes */
  static async connect(signIn: SignIn): Promise<RawClient> {
    const { port, id, password, version = 4, mustBeHeard = false, keepalive = 0, localAddress } = signIn
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, localAddress })
    const timer = setTimeout(() => socket.destroy(new Error('no CONNACK in time')), CONNECT_MS)
    try {
      await once(socket, 'connect')
      socket.write(connectPacket(id, password, keepalive, version))
      const [answer] = (await Promise.race([
        once(socket, 'data'),
        once(socket, 'close').then(() => Promise.reject(new Error('closed before CONNACK'))),
      ])) as [Buffer]
      if (answer[0] !== 0x20 || answer[3] !== 0) throw new Error(`CONNACK ${answer.toString('hex')}`)
      const client = new RawClient(socket, version, mustBeHeard)
      socket.on('error', () => socket.destroy())
      // Its length is one byte: of what version 5 may add to it, a broker says little.
      client.#heard(answer.subarray(2 + (answer[1] ?? 0)))
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
      const packet = { cmd: 'publish', topic, payload, qos: 1, messageId, dup, retain: false } as const
      this.socket.write(packets.generate(packet, { protocolVersion: this.#version }))
    })
  }

  end(): Promise<void> {
    this.socket.end(packets.generate({ cmd: 'disconnect' }, { protocolVersion: this.#version }))
    return this.closed
  }

  #heard(bytes: Buffer): void {
    const all = this.#carry.length > 0 ? Buffer.concat([this.#carry, bytes]) : bytes
    let at = 0
    // What comes is short: its length is one byte.
    while (at + 2 <= all.length && at + 2 + all[at + 1]! <= all.length) {
      const length = all[at + 1]!
      if (all[at] !== 0x40)
        return void this.socket.destroy(new Error(`not a PUBACK: ${all.toString('hex', at, at + 2 + length)}`))
      const id = all.readUInt16BE(at + 2)
      const reason = length > 2 ? all[at + 4]! : 0
      if (reason === NOBODY_HEARS && this.#mustBeHeard)
        return void this.socket.destroy(new Error('nobody subscribed to it'))
      if (reason < 0x80) this.#waiting.get(id)?.resolve()
      else this.#waiting.get(id)?.reject(new Error(`refused with reason code ${reason}`))
      this.#waiting.delete(id)
      at += 2 + length
    }
    this.#carry = all.subarray(at)
  }
}

export const connectPacket = (id: string, password: string, keepalive = 0, version: Version = 4): Buffer =>
  packets.generate(
    {
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: version,
      clientId: id,
      username: id,
      password: Buffer.from(password),
      clean: true,
      keepalive,
    },
    { protocolVersion: version },
  )
