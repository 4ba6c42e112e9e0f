// The servers that the program stands on are killed, stay away, and come back: telemetry store, database, queue.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fleetOutcome, playCalm, playFaulty } from '../../test/faultyFleet.ts'
import { newDataDir, quiet, removeDataDir } from '../../test/program.ts'
import {
  type RunningServer,
  type StartOptions,
  startInflux,
  startPostgres,
  startRedis,
} from '../../test/servers/servers.ts'
import { checkLoad } from './checkLoad.ts'
import { exactly, type Finding } from './finding.ts'
import { compareFleets, type PreparedFleet, publisher, startRegistered } from './fleetUnderFault.ts'
import { Load, type LoadOptions } from './senders.ts'
import { Supervised } from './supervised.ts'

const servers = {
  // As a crash would: PostgreSQL's children end with it only when it is asked to end at once.
  postgres: { start: startPostgres, setting: 'POSTGRES_URL', end: 'SIGQUIT' },
  influx: { start: startInflux, setting: 'INFLUX_URL', end: 'SIGKILL' },
  redis: { start: startRedis, setting: 'REDIS_URL', end: 'SIGKILL' },
} as const
export type ServerName = keyof typeof servers

export interface OutageOptions extends LoadOptions {
  messages: number
  downMs: number
}

/** A server on a port and in a folder of its own, which can be killed and started again. */
export class Mortal {
  readonly setting: string
  #name: ServerName
  #dir = mkdtempSync(join(tmpdir(), 'hearthwatch-server-'))
  #server!: RunningServer
  private constructor(name: ServerName) {
    this.#name = name
    this.setting = servers[name].setting
  }
  static async start(name: ServerName): Promise<Mortal> {
    const one = new Mortal(name)
    await one.#start({ dir: one.#dir })
    return one
  }
  async #start(options: StartOptions): Promise<void> {
    this.#server = await servers[this.#name].start(options)
  }
  get url(): string {
    return this.#server.url
  }
  async downFor(ms: number): Promise<void> {
    process.kill(this.#server.pid, servers[this.#name].end)
    await this.#server.stop(true)
    await wait(ms)
    await this.#start({ dir: this.#dir, port: this.#server.port })
  }
  async remove(): Promise<void> {
    await this.#server.stop(true)
    rmSync(this.#dir, { recursive: true, force: true })
  }
}

/** One server away under load, the program killed meanwhile, too. */
export async function outage(name: ServerName, options: OutageOptions): Promise<Finding[]> {
  const fault = `${name} away for ${options.downMs / 1000} s`
  const server = await Mortal.start(name)
  const dataDir = await newDataDir()
  const world = await Supervised.start(dataDir, { [server.setting]: server.url })
  try {
    const load = await Load.register(world.program, options)
    const running = load.run(world.mqttPort, () => options.messages)
    while (load.acked < options.messages / 3) await load.nextAck()
    await server.downFor(options.downMs)
    while (load.acked < (options.messages * 2) / 3) await load.nextAck()
    await world.kill()
    await world.start()
    await running
    await load.settle(world.mqttPort)
    return [...(await checkLoad(fault, world.program, load)), exactly(fault, 'ended by itself', 0, world.endedByItself)]
  } finally {
    await world.stop()
    await server.remove()
    await removeDataDir(dataDir)
  }
}

/** The faulty fleet on all three servers, each away once. */
export async function fleetOutage({ fleet, undisturbed }: PreparedFleet, downMs: number): Promise<Finding[]> {
  const fault = `postgres, influx and redis away for ${downMs / 1000} s each`
  const all = await Promise.all((Object.keys(servers) as ServerName[]).map((name) => Mortal.start(name)))
  const dataDir = await newDataDir()
  const env = Object.fromEntries(all.map(({ setting, url }) => [setting, url]))
  const { world, passwords } = await startRegistered(dataDir, fleet, env)
  try {
    const publish = publisher(world, passwords)
    await playCalm(fleet, publish)
    await quiet(world.program, 300_000)
    const away: Promise<void>[] = []
    await playFaulty(fleet, publish, undefined, async (done) => {
      if (done >= (away.length + 0.5) / (all.length + 1) && away.length < all.length) {
        away.push(all[away.length]!.downFor(downMs))
      }
    })
    await Promise.all(away)
    return compareFleets(fault, undisturbed, await fleetOutcome(world.program, 300_000), world.endedByItself)
  } finally {
    await world.stop()
    for (const server of all) await server.remove()
    await removeDataDir(dataDir)
  }
}
