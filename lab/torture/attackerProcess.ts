// A process of its own that opens connections, sends something bad on each, and waits for the end of each. Orders on
// standard input; a line for each thousand, and the count at the end. Loopback only.
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { SeededRandom } from '../../core/index.ts'
import { drawMalformed } from './malformedPackets.ts'
import { connectPacket, type Version } from './rawClient.ts'

export interface AttackOrders {
  port: number
  packets: number
  seed: number
  /** Connections at once. */
  atOnce: number
  /** The victim's sign-in, for what is sent behind it. */
  id: string
  password: string
  version: Version
}
export interface AttackOutcome {
  sent: number
  /** Connections that the program left open until the attacker gave up. */
  leftOpen: number
  /** Could not even connect. */
  refused: number
}

const GIVE_UP_MS = 5_000
const orders = JSON.parse(await text(process.stdin)) as AttackOrders
const random = new SeededRandom(orders.seed, 'malformed')
const signIn = connectPacket(orders.id, orders.password, 0, orders.version)
const outcome: AttackOutcome = { sent: 0, leftOpen: 0, refused: 0 }
let begun = 0

/** Source addresses differ, or the ports of one would run out. */
const attack = (n: number): Promise<void> =>
  new Promise((resolve) => {
    const bytes = drawMalformed(random, signIn, orders.version)
    const socket = connect({ port: orders.port, host: '127.0.0.1', localAddress: `127.0.1.${1 + (n % 200)}` })
    let connected = false
    const timer = setTimeout(() => {
      outcome.leftOpen++
      socket.destroy()
    }, GIVE_UP_MS)
    socket.on('connect', () => {
      connected = true
      outcome.sent++
      socket.end(bytes)
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(timer)
      if (!connected) outcome.refused++
      resolve()
    })
    socket.resume()
  })

await Promise.all(
  Array.from({ length: orders.atOnce }, async () => {
    while (begun < orders.packets) await attack(begun++)
  }),
)
process.stdout.write(`${JSON.stringify(outcome)}\n`)
