// A process of its own: many publishers of MQTT 3.1.1 or 5 on raw sockets, each with so many messages in flight. It reads its
// orders from standard input and prints one line of JSON. Loopback only.
import { connect, type Socket } from 'node:net'

export interface Orders {
  port: number
  /** Of the protocol, as CONNECT says it. */
  version: 4 | 5
  clients: { id: string; password: string }[]
  kind: string
  /** Messages that each client has unacknowledged at most. */
  inFlight: number
  /** Readings in one message. */
  batch: number
  seconds: number
  /** Messages a second over all clients; 0 as fast as it goes. */
  rate: number
  /** Of the first reading, ms since 1970. */
  firstTs: number
  /** Sockets that are being opened at one time. */
  connectAtOnce: number
}
export interface Outcome {
  connectedPerSecond: number
  acked: number
  seconds: number
  p50Ms: number
  p99Ms: number
  refused: number
  cpuSeconds: number
}

/** Between the last CONNACK and the first reading: what the broker does about connections is not counted to readings. */
const SETTLE_MS = 2_000
const text = await new Promise<string>((resolve) => {
  let all = ''
  process.stdin.on('data', (chunk) => {
    all += chunk
  })
  process.stdin.on('end', () => resolve(all))
})
const orders = JSON.parse(text) as Orders
const metrics =
  '"metrics":{"cabinetTemp":4.1,"freezerTemp":-18.4,"evaporatorTemp":-23.9,"condenserTemp":34.2,"ambientTemp":21.6,"setpointTemp":4,"power":81.5,"compressorOn":1,"compressorStarts":0,"doorOpen":0,"defrost":0,"fanSpeed":1480,"vibration":0.61}'
/** Of version 5 alone. */
const NO_PROPERTIES = Buffer.alloc(orders.version === 5 ? 1 : 0)
const latencies: number[] = []
let acked = 0
let refused = 0
let running = false
let tokens = 0

class Publisher {
  socket: Socket | undefined
  #id: string
  #head: Buffer
  #ts: number
  #next = 1
  #sentAt = new Float64Array(65_536)
  #carry: Buffer | undefined
  free = orders.inFlight
  constructor(id: string, index: number) {
    this.#id = id
    this.#ts = orders.firstTs + index
    const topic = Buffer.from(`appliances/${orders.kind}/${id}/telemetry`)
    this.#head = Buffer.concat([Buffer.from([topic.length >> 8, topic.length & 255]), topic])
  }
  open(password: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: orders.port, host: '127.0.0.1', noDelay: true })
      this.socket = socket
      socket.on('error', reject)
      socket.on('connect', () => socket.write(connectPacket(this.#id, password)))
      socket.once('data', (bytes) => {
        if (bytes[0] !== 0x20 || bytes[3] !== 0) return reject(new Error(`CONNACK ${bytes.toString('hex')}`))
        socket.on('data', (more) => this.#heard(more))
        socket.on('close', () => {
          if (running) refused++
        })
        resolve()
      })
    })
  }
  #heard(bytes: Buffer): void {
    const all = this.#carry ? Buffer.concat([this.#carry, bytes]) : bytes
    let at = 0
    const now = performance.now()
    while (at + 2 <= all.length && at + 2 + all[at + 1]! <= all.length) {
      const id = all.readUInt16BE(at + 2)
      if (latencies.length < 2_000_000) latencies.push(now - this.#sentAt[id]!)
      acked++
      this.free++
      // In version 5 a reason may follow the id.
      at += 2 + all[at + 1]!
    }
    this.#carry = at < all.length ? all.subarray(at) : undefined
    if (orders.rate === 0) this.send()
  }
  /** As many as may be in flight, in one write. */
  send(most = Number.MAX_SAFE_INTEGER): number {
    const parts: Buffer[] = []
    let count = 0
    while (running && this.free > 0 && count < most) {
      parts.push(this.#publish())
      this.free--
      count++
    }
    if (parts.length > 0) this.socket?.write(parts.length === 1 ? parts[0]! : Buffer.concat(parts))
    return count
  }
  #publish(): Buffer {
    let payload = ''
    for (let i = 0; i < orders.batch; i++) {
      payload += `${i === 0 ? '' : ','}{"ts":${this.#ts},"firmware":"2.3.1",${metrics},"states":{"mode":"normal"}}`
      this.#ts += 60_000
    }
    if (orders.batch > 1) payload = `[${payload}]`
    const bytes = Buffer.from(payload)
    const id = this.#next
    this.#next = id === 65_535 ? 1 : id + 1
    const length = this.#head.length + 2 + NO_PROPERTIES.length + bytes.length
    const lengthBytes = remaining(length)
    const packet = Buffer.allocUnsafe(1 + lengthBytes.length + length)
    packet[0] = 0x32
    lengthBytes.copy(packet, 1)
    let at = 1 + lengthBytes.length
    at += this.#head.copy(packet, at)
    packet.writeUInt16BE(id, at)
    at += 2 + NO_PROPERTIES.copy(packet, at + 2)
    bytes.copy(packet, at)
    this.#sentAt[id] = performance.now()
    return packet
  }
}

function remaining(length: number): Buffer {
  const bytes: number[] = []
  do {
    const digit = length % 128
    length = Math.floor(length / 128)
    bytes.push(length > 0 ? digit | 128 : digit)
  } while (length > 0)
  return Buffer.from(bytes)
}

function connectPacket(id: string, password: string): Buffer {
  const field = (value: string): Buffer => {
    const bytes = Buffer.from(value)
    return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
  }
  const body = Buffer.concat([
    Buffer.from([0, 4, 77, 81, 84, 84, orders.version, 0xc2, 0x04, 0xb0]),
    NO_PROPERTIES,
    field(id),
    field(id),
    field(password),
  ])
  return Buffer.concat([Buffer.from([0x10]), remaining(body.length), body])
}

const publishers = orders.clients.map(({ id }, i) => new Publisher(id, i))
const connectStarted = performance.now()
for (let i = 0; i < publishers.length; i += orders.connectAtOnce) {
  await Promise.all(
    publishers.slice(i, i + orders.connectAtOnce).map((one, j) => one.open(orders.clients[i + j]!.password)),
  )
}
const connectedPerSecond = publishers.length / ((performance.now() - connectStarted) / 1000)
// Whoever started this may look at the clock now.
process.stdout.write('connected\n')
await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
running = true
const cpuBefore = process.cpuUsage()
const started = performance.now()
const until = started + orders.seconds * 1000
if (orders.rate === 0) for (const one of publishers) one.send()
let at = 0
let last = started
while (performance.now() < until) {
  await new Promise((resolve) => setTimeout(resolve, orders.rate === 0 ? 100 : 2))
  if (orders.rate === 0) continue
  const now = performance.now()
  tokens = Math.min(orders.rate, tokens + ((now - last) / 1000) * orders.rate)
  last = now
  for (let tried = 0; tokens >= 1 && tried < publishers.length; tried++) {
    tokens -= publishers[at]!.send(1)
    at = (at + 1) % publishers.length
  }
}
const seconds = (performance.now() - started) / 1000
const counted = acked
running = false
await new Promise((resolve) => setTimeout(resolve, 500))
for (const one of publishers) one.socket?.destroy()
latencies.sort((a, b) => a - b)
const cpu = process.cpuUsage(cpuBefore)
const outcome: Outcome = {
  connectedPerSecond,
  acked: counted,
  seconds,
  p50Ms: latencies[latencies.length >> 1] ?? Number.NaN,
  p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
  refused,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
}
process.stdout.write(`${JSON.stringify(outcome)}\n`)
process.exit(0)
