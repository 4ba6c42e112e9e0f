// Appliances at somebody else's broker, and kills of both: the program by kill -9, the broker in order or by kill -9, too.
import { setTimeout as wait } from 'node:timers/promises'
import { SeededRandom, wallClock } from '../../../core/index.ts'
import { newDataDir, type Program, quiet, removeDataDir } from '../../../test/program.ts'
import { compareStored, imbalance } from '../checkLoad.ts'
import { exactly, type Finding } from '../finding.ts'
import { fleetUnderFault, type PreparedFleet } from '../fleetUnderFault.ts'
import type { Version } from '../rawClient.ts'
import { Load, type LoadOptions, type Message } from '../senders.ts'
import { Supervised } from '../supervised.ts'
import { type Forgotten, KilledBroker, linked } from './killedBroker.ts'

export interface OutsideOptions extends LoadOptions {
  messages: number
  /** Of each side. */
  kills: number
  version: Version
  /** How the broker ends. By kill -9 it forgets what it did not save: then that is what may be missing, and nothing else. */
  brokerEnds: 'SIGTERM' | 'SIGKILL'
  /** Shares what comes with others of this name; its broker forgets that when it ends, and tells senders of version 5. */
  group?: string
  progress?: (line: string) => void
}

/** From one kill to the next, about: nobody stops sending meanwhile. */
const SECONDS_A_KILL = 8
const LEAST_PER_SECOND = 200
/** Nothing more comes after so long without a reading. */
const SILENT_MS = 3_000
const MOST_QUIET_MS = 300_000

export async function outside(options: OutsideOptions): Promise<Finding[]> {
  const { kills, messages, seed, version, brokerEnds, group, progress } = options
  const as = group === undefined ? `version ${version}` : `version ${version}, in a group`
  const fault = `outside broker, ${as}, ${kills} × kill -9 here, ${kills} × ${brokerEnds} there`
  const random = new SeededRandom(seed, 'outside kills')
  const broker = await KilledBroker.start()
  const dataDir = await newDataDir()
  const env = {
    MQTT_URL: broker.url,
    MQTT_VERSION: String(version),
    ...(group === undefined ? {} : { MQTT_GROUP: group }),
  }
  const world = await Supervised.start(dataDir, env)
  try {
    // What a broker forgot cannot be told from a repeat or a conflict: then there are none. Nor in a group, where of two
    // messages in flight it may give the first to nobody and the second, which contradicts it, to us.
    const how = { plain: brokerEnds === 'SIGKILL' || group !== undefined, mustBeHeard: group !== undefined }
    const load = await Load.register(world.program, { ...options, ...how })
    const acks = brokerEnds === 'SIGKILL' ? noteAcks(load) : []
    await linked(world.program)
    await broker.saved()
    load.pace(Math.max(LEAST_PER_SECOND, messages / (kills * SECONDS_A_KILL)))
    // Nobody stops sending before the last kill.
    let goal = Number.POSITIVE_INFINITY
    const running = load.run(broker.port, () => goal)
    for (let kill = 1; kill <= kills; kill++) {
      while (load.acked < (messages * kill) / (kills + 1)) await load.nextAck()
      await wait(random.next() * 200)
      // The broker goes while the program is away, before it, or while it comes back.
      await Promise.all([
        afterAWhile(random, () => killProgram(world, random)),
        afterAWhile(random, () => killBroker(broker, brokerEnds, random)),
      ])
      progress?.(`kill ${kill}: ${load.acked.toLocaleString('en')} acknowledged`)
    }
    goal = messages
    await running
    await load.settle(broker.port)
    await linked(world.program)
    return await check(fault, world, load, lostBy(acks, broker.forgotten))
  } finally {
    await world.stop()
    await broker.remove()
    await removeDataDir(dataDir)
  }
}

/** Alerts and tickets of a faulty fleet that lives at somebody else's broker are those of our own door. */
export async function outsideFleet(prepared: PreparedFleet, kills: number, version: Version, seed: number) {
  const random = new SeededRandom(seed, 'outside fleet')
  const broker = await KilledBroker.start()
  let killed = 0
  // The fleet goes on publishing to the broker while the program is away: the next kill waits until it is back.
  let killing = Promise.resolve()
  try {
    return await fleetUnderFault(prepared, {
      fault: `fleet at an outside broker, version ${version}, ${kills} kills of each side`,
      env: { MQTT_URL: broker.url, MQTT_VERSION: String(version) },
      port: broker.port,
      before: async (done, world) => {
        if (done === 0) await linked(world.program).then(() => broker.saved())
        if (killed >= kills || done < (killed + 1) / (kills + 1)) return
        killed++
        await killing
        killing = killProgram(world, random)
        await wait(random.next() * 30)
        await killBroker(broker, 'SIGTERM', random)
      },
      atRest: async (world) => {
        await killing
        await linked(world.program)
        await allCame(world.program)
      },
    })
  } finally {
    await broker.remove()
  }
}

const afterAWhile = (random: SeededRandom, then: () => Promise<void>): Promise<void> =>
  wait(random.next() * 1_000).then(then)

async function killProgram(world: Supervised, random: SeededRandom): Promise<void> {
  await world.kill()
  await wait(random.next() * 500)
  await world.start()
}
async function killBroker(broker: KilledBroker, how: 'SIGTERM' | 'SIGKILL', random: SeededRandom): Promise<void> {
  await broker.end(how)
  await wait(random.next() * 1_000)
  await broker.again()
}

interface Ack {
  message: Message
  at: number
}
function noteAcks(load: Load): Ack[] {
  const acks: Ack[] = []
  load.onAcked = (message) => void acks.push({ message, at: wallClock.now() })
  return acks
}

/** Readings that the broker acknowledged, did not save, and was killed, by appliance: it may have forgotten them. */
function lostBy(acks: readonly Ack[], forgotten: readonly Forgotten[]): Map<string, Set<number>> {
  const maybe = new Map<string, Set<number>>()
  for (const { message, at } of acks) {
    if (!forgotten.some(({ from, to }) => at >= from && at <= to)) continue
    const of = maybe.get(message.appliance.id) ?? new Set()
    for (let i = 0; i < message.size; i++) of.add(message.from + i)
    maybe.set(message.appliance.id, of)
  }
  return maybe
}

/** What the broker still holds comes, and is settled. */
async function allCame(program: Program) {
  for (;;) {
    const before = await quiet(program, MOST_QUIET_MS)
    await wait(SILENT_MS)
    const after = await quiet(program, MOST_QUIET_MS)
    if (before.readings.received === after.readings.received) return after
  }
}

async function check(
  fault: string,
  world: Supervised,
  load: Load,
  forgotten: ReadonlyMap<string, ReadonlySet<number>>,
): Promise<Finding[]> {
  const { readings } = await allCame(world.program)
  const appliances = load.senders.flatMap((sender) => sender.appliances)
  const unique = appliances.reduce((sum, { sent }) => sum + sent, 0)
  const found = await compareStored(world.program, appliances)
  const forgot = found.lostOnes.filter(({ id, n }) => forgotten.get(id)?.has(n)).length
  const { conflict: _, ...others } = readings.quarantined
  const count = (figure: string, measured: number): Finding => exactly(fault, figure, 0, measured)
  return [
    exactly(fault, 'readings stored', unique - forgot, readings.stored),
    ...(forgotten.size > 0 ? [exactly(fault, 'forgotten by the broker since its last save', forgot, forgot)] : []),
    count('readings lost', found.lostOnes.length - forgot),
    count('readings doubled or strange', found.strange),
    count('readings with a wrong value', found.wrong),
    count('received − stored − duplicates − quarantined', imbalance(readings)),
    count(
      'quarantined for any other reason',
      Object.values(others).reduce((sum, one) => sum + one, 0),
    ),
    count('ended by itself', world.endedByItself),
  ]
}
