// A process of its own that opens many connections at once, signs in on each, and stays until all are answered.
import { text } from 'node:stream/consumers'
import { RawClient, type Version } from './rawClient.ts'

export interface StormOrders {
  port: number
  clients: { id: string; password: string }[]
  version: Version
}
export interface StormOutcome {
  accepted: number
  refused: number
  seconds: number
}

const { port, clients, version } = JSON.parse(await text(process.stdin)) as StormOrders
const began = performance.now()
const all = await Promise.allSettled(
  clients.map(({ id, password }) => RawClient.connect({ port, id, password, version })),
)
const seconds = (performance.now() - began) / 1000
const accepted = all.filter(({ status }) => status === 'fulfilled').length
process.stdout.write(
  `${JSON.stringify({ accepted, refused: all.length - accepted, seconds } satisfies StormOutcome)}\n`,
)
process.exit(0)
