// Connections that begin and do not go on, at every door.
import { connect } from 'node:net'
import { newDataDir, removeDataDir } from '../../test/program.ts'
import { atMost, exactly, type Finding } from './finding.ts'
import { connectPacket } from './rawClient.ts'
import { Supervised } from './supervised.ts'

const GIVE_UP_MS = 30_000
const GOAL_MS = 10_000

interface Beginning {
  name: string
  door: 'mqtt' | 'http'
  said: Buffer
  /** Says one more byte of it now and then. */
  drip?: boolean
}
const upgrade = Buffer.from(
  'GET /mqtt HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: mqtt\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
)
const beginnings: Beginning[] = [
  { name: 'MQTT, silent', door: 'mqtt', said: Buffer.alloc(0) },
  { name: 'MQTT, half a CONNECT', door: 'mqtt', said: connectPacket('nobody', 'guess').subarray(0, 9) },
  { name: 'MQTT, a CONNECT byte by byte', door: 'mqtt', said: connectPacket('n'.repeat(64), 'guess'), drip: true },
  { name: 'HTTP, silent', door: 'http', said: Buffer.alloc(0) },
  { name: 'HTTP, half a header', door: 'http', said: Buffer.from('GET /api/appliances HTTP/1.1\r\nhos') },
  { name: 'HTTP, headers byte by byte', door: 'http', said: Buffer.from(`GET /${'x'.repeat(200)}`), drip: true },
  { name: 'WebSocket, silent after its upgrade', door: 'http', said: upgrade },
]

export async function halfOpen(): Promise<Finding[]> {
  const dataDir = await newDataDir()
  const world = await Supervised.start(dataDir)
  try {
    const ports = { mqtt: world.mqttPort, http: Number(new URL(world.program.url).port) }
    const lasted = await Promise.all(beginnings.map((one) => howLong(ports[one.door], one)))
    const open = lasted.filter((ms) => ms >= GIVE_UP_MS).length
    return [
      exactly('half-open connections', 'never cut', 0, open),
      ...beginnings.map(({ name }, i) =>
        atMost('half-open connections', `${name}: cut after`, GOAL_MS, lasted[i]!, 'ms'),
      ),
    ]
  } finally {
    await world.stop()
    await removeDataDir(dataDir)
  }
}

function howLong(port: number, { said, drip }: Beginning): Promise<number> {
  return new Promise((resolve) => {
    const began = performance.now()
    const socket = connect(port, '127.0.0.1')
    let at = 0
    const dripping = drip
      ? setInterval(() => at < said.length - 1 && socket.write(said.subarray(at, ++at)), 400)
      : undefined
    const timer = setTimeout(() => socket.destroy(), GIVE_UP_MS)
    socket.on('connect', () => !drip && socket.write(said))
    socket.on('error', () => socket.destroy())
    socket.on('end', () => socket.destroy())
    socket.on('close', () => {
      clearInterval(dripping)
      clearTimeout(timer)
      resolve(performance.now() - began)
    })
    socket.resume()
  })
}
