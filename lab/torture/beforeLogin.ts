// Twenty strangers send sixteen megabytes each before they have signed in.
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { newDataDir, removeDataDir } from '../../test/program.ts'
import { atMost, exactly, type Finding } from './finding.ts'
import { residentMb } from './malformed.ts'
import { connectPacket, RawClient } from './rawClient.ts'
import { Supervised } from './supervised.ts'

const MEGABYTE = 1 << 20
const SOCKETS = 20

/** What a stranger may try: an endless CONNECT, a CONNECT that announces it, a WebSocket frame, an HTTP body. */
type Flood = { name: string; head: Buffer; port: 'mqtt' | 'http' }
const floods: Flood[] = [
  { name: 'a CONNECT of 16 MB', port: 'mqtt', head: Buffer.from([0x10, 0x80, 0x80, 0x80, 0x08]) },
  {
    name: 'a CONNECT and 16 MB behind it',
    port: 'mqtt',
    head: Buffer.concat([connectPacket('nobody', 'guess'), Buffer.from([0x32, 0x80, 0x80, 0x80, 0x08])]),
  },
  ...['/api/session', '/api/appliances', '/nowhere', '/api/t/guess/agree'].map(
    (path): Flood => ({
      name: `a body of 16 MB to ${path}`,
      port: 'http',
      head: Buffer.from(
        `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 16777216\r\n\r\n`,
      ),
    }),
  ),
  {
    name: 'a chunked body of 16 MB',
    port: 'http',
    head: Buffer.from(
      'POST /api/session HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1000000\r\n',
    ),
  },
  { name: 'headers of 16 MB', port: 'http', head: Buffer.from('GET / HTTP/1.1\r\nhost: a\r\nx: ') },
  {
    name: 'a WebSocket frame of 16 MB',
    port: 'http',
    head: Buffer.concat([
      Buffer.from(
        'GET /mqtt HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: mqtt\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      ),
      Buffer.from([0x82, 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
    ]),
  },
]

export async function beforeLogin(megabytes = 16): Promise<Finding[]> {
  const findings: Finding[] = []
  const dataDir = await newDataDir()
  const world = await Supervised.start(dataDir)
  const { program, mqttPort } = world
  try {
    const [made] = await program.call<{ mqtt: { password: string } }[]>('POST', '/api/appliances', [
      { id: 'good', kind: 'fridge', model: 'M1' },
    ])
    const ports = { mqtt: mqttPort, http: Number(new URL(program.url).port) }
    // Each door once, so that what they load at the first call is not counted.
    for (const flood of floods) await pour(ports[flood.port], flood.head, 1)
    for (const { name, port, head } of floods) {
      const fault = `before sign-in: ${SOCKETS} × ${name}`
      await wait(500)
      const before = residentMb(program.pid)
      let peak = before
      const watch = setInterval(() => {
        peak = Math.max(peak, residentMb(program.pid))
      }, 20)
      const taken = await Promise.all(Array.from({ length: SOCKETS }, () => pour(ports[port], head, megabytes)))
      clearInterval(watch)
      peak = Math.max(peak, residentMb(program.pid))
      findings.push(
        exactly(fault, 'connections that stayed open', 0, taken.filter((isClosed) => !isClosed).length),
        atMost(fault, 'resident memory above what it was', 16, peak - before, 'MB'),
      )
    }
    const client = await RawClient.connect({ port: mqttPort, id: 'good', password: made!.mqtt.password })
    await client.publish('appliances/fridge/good/telemetry', '[]')
    await client.end()
    findings.push(exactly('before sign-in', 'exit code of an orderly end', 0, (await world.stop()) ?? -1))
  } finally {
    await world.stop()
    await removeDataDir(dataDir)
  }
  return findings
}

/** @returns did the program end the connection? */
function pour(port: number, head: Buffer, megabytes: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const timer = setTimeout(() => {
      socket.destroy()
      resolve(false)
    }, 15_000)
    let left = megabytes
    const block = Buffer.alloc(MEGABYTE, 0x61)
    const more = (): void => {
      while (left > 0 && socket.writable) {
        left--
        if (!socket.write(block)) return
      }
    }
    socket.on('connect', () => {
      socket.write(head)
      more()
    })
    socket.on('drain', more)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(true)
    })
    socket.resume()
  })
}
