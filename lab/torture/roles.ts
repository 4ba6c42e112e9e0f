// Two doors by themselves before one house: each killed, the house killed, what carries between them emptied and away.
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { eventually, type IngestAnswer, newDataDir, removeDataDir } from '../../test/program.ts'
import { startPostgres } from '../../test/servers/servers.ts'
import { checkLoad } from './checkLoad.ts'
import { exactly, type Finding } from './finding.ts'
import { Mortal } from './outage.ts'
import { Load, type LoadOptions } from './senders.ts'
import { Supervised } from './supervised.ts'

const TOKEN = 'token-of-the-processes-of-a-test'
/** Messages of all together; four readings each on average. */
const PER_SECOND = 250

export interface RolesOptions extends LoadOptions {
  messages: number
  /** How often each of the faults comes. */
  rounds: number
  downMs: number
  progress?: (line: string) => void
}
type Ingest = IngestAnswer & { edges: { id: string; heardAt: number; behindBytes: number }[] }

/** Two edges and their house, each a process with a folder of its own. */
export class Fleet {
  readonly house: Supervised
  readonly edges: Supervised[]
  private constructor(house: Supervised, edges: Supervised[]) {
    this.house = house
    this.edges = edges
  }
  static async start(servers: { POSTGRES_URL: string; REDIS_URL: string }, doors = 2): Promise<Fleet> {
    const env = { ...servers, CLOCK: 'wall', ADMIN_TOKEN: TOKEN }
    const house = await Supervised.start(await newDataDir(), env, ['--role', 'analysis,service,web'])
    const edges: Supervised[] = []
    for (let i = 0; i < doors; i++) {
      const dataDir = await newDataDir()
      mkdirSync(join(dataDir, 'live'))
      copyFileSync(join(house.dataDir, 'live', 'device-key'), join(dataDir, 'live', 'device-key'))
      edges.push(await Supervised.start(dataDir, env, ['--role', 'edge']))
    }
    return new Fleet(house, edges)
  }
  /** Everything that the doors acknowledged is with the house. */
  async arrived(withinMs: number): Promise<void> {
    const doors = this.edges.length
    await eventually(
      'everything with the house',
      async () => {
        const { edges } = await this.house.program.call<Ingest>('GET', '/api/ingest')
        return edges.length === doors && edges.every(({ behindBytes }) => behindBytes === 0)
      },
      withinMs,
    )
  }
  async stop(): Promise<void> {
    for (const one of [...this.edges, this.house]) {
      await one.stop()
      await removeDataDir(one.dataDir)
    }
  }
}

/** Everything that can happen to them, one after the other under load, as often as asked. */
export async function roles(options: RolesOptions): Promise<Finding[]> {
  const { messages, rounds, downMs, progress = () => undefined } = options
  const fault = `two edges and their house killed and restarted, Redis flushed and away, ${rounds}×`
  const [redis, postgres] = [await Mortal.start('redis'), await startPostgres()]
  const control = new Redis(redis.url)
  control.on('error', () => undefined)
  const fleet = await Fleet.start({ POSTGRES_URL: postgres.url, REDIS_URL: redis.url })
  const again = async (one: Supervised | undefined): Promise<void> => {
    await one?.kill()
    await wait(downMs / 2)
    await one?.start()
  }
  const codes: (number | null)[] = []
  const restartInTurn = async (): Promise<void> => {
    for (const one of [...fleet.edges, fleet.house]) {
      codes.push(await one.stop())
      await one.start()
    }
  }
  const faults: [string, () => Promise<unknown>][] = [
    ['an edge is killed', () => again(fleet.edges[0])],
    ['Redis forgets everything', () => control.flushall()],
    ['the house is killed', () => again(fleet.house)],
    ['Redis is away', () => redis.downFor(downMs)],
    ['the other edge is killed, and Redis forgets', () => Promise.all([again(fleet.edges[1]), control.flushall()])],
    ['each is restarted in order, the edges first', restartInTurn],
    ['house and edge are killed at once', () => Promise.all([again(fleet.house), again(fleet.edges[0])])],
  ]
  try {
    const load = await Load.register(fleet.house.program, options)
    const port = (i: number): number => fleet.edges[i % fleet.edges.length]?.mqttPort ?? 0
    const all = (isDone: (sender: Load['senders'][number]) => boolean) =>
      Promise.all(load.senders.map((sender, i) => sender.run(port(i), () => isDone(sender))))
    load.pace(PER_SECOND)
    const steps = faults.length * rounds
    let over = 0
    const running = all(() => over === steps && load.acked >= messages)
    for (; over < steps; over++) {
      // Between two faults something is acknowledged, and while they last, too.
      const before = load.acked
      while (load.acked < before + messages / (4 * steps)) await load.nextAck()
      const [what, happens] = faults[over % faults.length] ?? ['', async () => undefined]
      progress(`${load.acked} acknowledged: ${what}`)
      await happens()
    }
    await running
    await all((sender) => !sender.inDoubt)
    await fleet.arrived(60_000)
    const findings = await checkLoad(fault, fleet.house.program, load)
    const ended = [fleet.house, ...fleet.edges].reduce((sum, one) => sum + one.endedByItself, 0)
    return [
      ...findings,
      exactly(fault, 'ended by itself', 0, ended),
      exactly(fault, 'restarts that were no orderly end', 0, codes.filter((code) => code !== 0).length),
    ]
  } finally {
    control.disconnect()
    await fleet.stop()
    await redis.remove()
    await postgres.stop()
  }
}
