// The faulty fleet through two doors and their house, each killed meanwhile: what comes of it is what one process makes of it.
import { DAY, HOUR } from '../../core/index.ts'
import {
  type FleetOutcome,
  fleetOutcome,
  type Publish,
  playCalm,
  playFaulty,
  type RecordedFleet,
  recordFleet,
} from '../../test/faultyFleet.ts'
import { newDataDir, removeDataDir } from '../../test/program.ts'
import { startPostgres, startRedis } from '../../test/servers/servers.ts'
import type { Finding } from './finding.ts'
import { compareFleets, publisher, register, startRegistered } from './fleetUnderFault.ts'
import { Fleet } from './roles.ts'

/** Roles go by the time of day: the fleet has lived until now, and nobody in it has fallen silent. */
const LIVED_MS = 16 * DAY + 4 * HOUR

export async function rolesFleet(progress: (line: string) => void = () => undefined): Promise<Finding[]> {
  const fleet = recordFleet(Date.now() - LIVED_MS)
  const wanted = await inOneProcess(fleet)
  progress(`one process: ${wanted.alerts.length} alerts, ${wanted.tickets.length} tickets`)
  const { outcome, endedByItself } = await throughDoors(fleet, progress)
  return compareFleets('two edges and their house, each killed once', wanted, outcome, endedByItself)
}

async function inOneProcess(fleet: RecordedFleet): Promise<FleetOutcome> {
  const dataDir = await newDataDir()
  const { world, passwords } = await startRegistered(dataDir, fleet, { CLOCK: 'wall' })
  try {
    const publish = publisher(world, passwords)
    await playCalm(fleet, publish)
    await playFaulty(fleet, publish)
    return await fleetOutcome(world.program)
  } finally {
    await world.stop()
    await removeDataDir(dataDir)
  }
}

async function throughDoors(recorded: RecordedFleet, progress: (line: string) => void) {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()])
  const fleet = await Fleet.start({ POSTGRES_URL: postgres.url, REDIS_URL: redis.url })
  const all = [...fleet.edges, fleet.house]
  try {
    const passwords = await register(fleet.house.program, recorded)
    const doors = fleet.edges.map((edge) => publisher(edge, passwords))
    const doorOf = new Map(recorded.registrations.map(({ id }, i) => [id, doors[i % doors.length]]))
    const publish: Publish = async (id, kind, body) => doorOf.get(id)?.(id, kind, body)
    await playCalm(recorded, publish)
    const left = [...all]
    const kills: Promise<void>[] = []
    await playFaulty(recorded, publish, undefined, async (done) => {
      // At a quarter, a half and three quarters; in the midst of what is under way, not between two messages.
      if (done < (all.length - left.length + 1) / (all.length + 1)) return
      const one = left.shift()
      if (!one) return
      progress(
        `${Math.round(done * 100)} % of the faulty hours: ${one === fleet.house ? 'the house' : 'an edge'} is killed`,
      )
      kills.push(one.kill().then(() => one.start()))
    })
    await Promise.all(kills)
    await fleet.arrived(60_000)
    const endedByItself = all.reduce((sum, one) => sum + one.endedByItself, 0)
    return { outcome: await fleetOutcome(fleet.house.program), endedByItself }
  } finally {
    await fleet.stop()
    await redis.stop()
    await postgres.stop()
  }
}
