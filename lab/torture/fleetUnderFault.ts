// The faulty fleet played to a program that something happens to: alerts and tickets must be those of an undisturbed run.
import { spawnSync } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import {
  type FleetOutcome,
  fleetOutcome,
  type Publish,
  playCalm,
  playFaulty,
  type RecordedFleet,
  recordFleet,
} from '../../test/faultyFleet.ts'
import { newDataDir, type Program, quiet, removeDataDir } from '../../test/program.ts'
import { imbalance } from './checkLoad.ts'
import { exactly, type Finding } from './finding.ts'
import { RawClient } from './rawClient.ts'
import { Supervised } from './supervised.ts'

const AGAIN_MS = 50

/** A world after its sound days, stopped, and what an undisturbed run makes of the faulty hours. */
export interface PreparedFleet {
  fleet: RecordedFleet
  dataDir: string
  passwords: Map<string, string>
  undisturbed: FleetOutcome
}

export interface Disturbance {
  fault: string
  env?: Record<string, string>
  /** Where the fleet publishes, when not at the program's own door. */
  port?: number
  /** Where the data shall be, when not in a folder of its own. It is copied there before the start. */
  dataDir?: string
  /** Is called before each two minutes of the faulty hours; `done` goes from 0 to 1. */
  before?: (done: number, world: Supervised) => Promise<void>
  /** Is called when everything is acknowledged. */
  atRest?: (world: Supervised) => Promise<void>
  /** How long it may take to be quiet. */
  quietMs?: number
}

export async function prepareFleet(): Promise<PreparedFleet> {
  const fleet = recordFleet()
  const dataDir = await newDataDir()
  const { world, passwords } = await startRegistered(dataDir, fleet)
  await playCalm(fleet, publisher(world, passwords))
  await quiet(world.program)
  await world.stop()
  const prepared = { fleet, dataDir, passwords, undisturbed: undefined as unknown as FleetOutcome }
  const { outcome } = await play(prepared, { fault: 'undisturbed' })
  return { ...prepared, undisturbed: outcome }
}

/** For servers that cannot be copied: the sound days, too, are played to this very world. */
export async function startRegistered(dataDir: string, fleet: RecordedFleet, env: Record<string, string> = {}) {
  const world = await Supervised.start(dataDir, env)
  return { world, passwords: await register(world.program, fleet) }
}
export async function register(program: Program, { registrations }: RecordedFleet): Promise<Map<string, string>> {
  const made = await program.call<{ id: string; mqtt: { password: string } }[]>(
    'POST',
    '/api/appliances',
    registrations,
  )
  return new Map(made.map(({ id, mqtt }) => [id, mqtt.password]))
}

/** Sends a message until it is acknowledged, over as many connections as it takes. */
export function publisher(world: Supervised, passwords: Map<string, string>, port = world.mqttPort): Publish {
  const clients = new Map<string, RawClient>()
  return async (id, kind, body) => {
    for (;;) {
      const client =
        clients.get(id) ??
        (await RawClient.connect({ port, id, password: passwords.get(id) ?? '' }).catch(() => undefined))
      if (client) {
        clients.set(id, client)
        const acked = await client.publish(`appliances/${kind}/${id}/telemetry`, JSON.stringify(body)).then(
          () => true,
          () => false,
        )
        if (acked) return
        clients.delete(id)
      }
      await wait(AGAIN_MS)
    }
  }
}

async function play(prepared: PreparedFleet, { env, before, atRest, quietMs, ...more }: Disturbance) {
  const dataDir = more.dataDir ?? (await newDataDir())
  await cp(prepared.dataDir, dataDir, { recursive: true })
  // A copy is not what the product writes: nothing of it may be lost to a power cut.
  spawnSync('sync', ['-f', dataDir])
  const world = await Supervised.start(dataDir, env)
  try {
    const publish = publisher(world, prepared.passwords, more.port)
    await playFaulty(prepared.fleet, publish, undefined, (done) => before?.(done, world) ?? Promise.resolve())
    await atRest?.(world)
    return { outcome: await fleetOutcome(world.program, quietMs), endedByItself: world.endedByItself }
  } finally {
    await world.stop()
    if (!more.dataDir) await removeDataDir(dataDir)
  }
}

export async function fleetUnderFault(prepared: PreparedFleet, disturbance: Disturbance): Promise<Finding[]> {
  const { outcome, endedByItself } = await play(prepared, disturbance)
  return compareFleets(disturbance.fault, prepared.undisturbed, outcome, endedByItself)
}

export function compareFleets(fault: string, wanted: FleetOutcome, found: FleetOutcome, endedByItself = 0): Finding[] {
  const same = (figure: string, a: object[], b: object[]): Finding => ({
    fault,
    figure,
    goal: `the ${a.length} of an undisturbed run`,
    measured: isDeepStrictEqual(a, b) ? `the same ${b.length}` : `${b.length}, and not the same${strange(a, b)}`,
    isGood: a.length > 0 && isDeepStrictEqual(a, b),
  })
  return [
    same('alerts', wanted.alerts, found.alerts),
    same('tickets', wanted.tickets, found.tickets),
    exactly(fault, 'fleet’s readings stored', wanted.balance.readings.stored, found.balance.readings.stored),
    exactly(fault, 'fleet: received − stored − duplicates − quarantined', 0, imbalance(found.balance.readings)),
    exactly(fault, 'fleet: ended by itself', 0, endedByItself),
  ]
}

/** What is there that ought not to be, by what it is of. */
function strange(wanted: object[], found: object[]): string {
  const known = new Set(wanted.map((one) => JSON.stringify(one)))
  const extra = found.filter((one) => !known.has(JSON.stringify(one))) as { appliance?: string; failureMode?: string }[]
  const named = extra.map(({ appliance, failureMode }) => `${appliance} ${failureMode}`)
  return named.length === 0 ? '' : `: ${[...new Set(named)].slice(0, 12).join(', ')}`
}
