// The load generator, from outside: it runs as a process of its own beside what is measured.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { DAY, MINUTE, wallClock } from '../../core/index.ts'
import { type Program, quiet } from '../../test/program.ts'
import type { Orders, Outcome } from './publishers.ts'

export interface Load {
  sockets: number
  /** Messages that each has unacknowledged at most. */
  inFlight: number
  /** Readings in a message. */
  batch: number
  /** Messages a second over all; as fast as it goes without. */
  rate?: number
  seconds: number
  /** Of the protocol; 3.1.1 where nothing is said. */
  version?: 4 | 5
  connectAtOnce?: number
  /** Days from now at which its readings begin: a second load of the same appliances must not repeat the first. */
  fromDay?: number
}

/** @param connected is called once all are connected and about to send */
export async function publish(
  port: number,
  load: Load,
  clients: Orders['clients'],
  connected: () => void = () => undefined,
): Promise<Outcome> {
  const orders: Orders = {
    port,
    version: load.version ?? 4,
    clients,
    kind: 'fridge',
    inFlight: load.inFlight,
    batch: load.batch,
    seconds: load.seconds,
    rate: load.rate ?? 0,
    firstTs: Math.floor(wallClock.now() / MINUTE) * MINUTE + (load.fromDay ?? 0) * DAY,
    connectAtOnce: load.connectAtOnce ?? 500,
  }
  const script = fileURLToPath(new URL('./publishers.ts', import.meta.url))
  const child = spawn(process.execPath, ['--max-old-space-size=4096', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    // Two seconds of quiet follow; the count begins at their end.
    if (text === 'connected\n') setTimeout(connected, 1_900)
  })
  child.stdin.end(JSON.stringify(orders))
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`the load generator ended with ${code}`)
  return JSON.parse(text.slice(text.indexOf('\n'))) as Outcome
}

/** So many fridges with secrets of their own. */
export async function register(program: Program, count: number): Promise<Orders['clients']> {
  const clients: Orders['clients'] = []
  for (let from = 0; from < count; from += 2_000) {
    const some = Array.from({ length: Math.min(2_000, count - from) }, (_, i) => ({
      id: `bench-${from + i}`,
      kind: 'fridge',
      model: 'Bench',
    }))
    const made = await program.call<{ id: string; mqtt: { password: string } }[]>('POST', '/api/appliances', some)
    clients.push(...made.map(({ id, mqtt }) => ({ id, password: mqtt.password })))
  }
  await quiet(program, 120_000)
  return clients
}

export const portOf = (url: string): number => Number(new URL(url).port)
