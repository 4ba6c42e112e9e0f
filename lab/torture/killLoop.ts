// kill -9 again and again at random instants, under load from many connections.
import { setTimeout as wait } from 'node:timers/promises'
import { SeededRandom } from '../../core/index.ts'
import { newDataDir, removeDataDir } from '../../test/program.ts'
import { checkLoad } from './checkLoad.ts'
import { asVersion, atMost, type Finding, medianAndWorst } from './finding.ts'
import type { Version } from './rawClient.ts'
import { Load } from './senders.ts'
import { Supervised } from './supervised.ts'

export interface KillLoopOptions {
  kills: number
  /** Acknowledged messages in all. */
  messages: number
  alone: number
  gateways: number
  seed: number
  version?: Version
  progress?: (line: string) => void
}

/** From a kill until it is ready again, about, before the first was seen: nobody stops sending meanwhile. */
const SECONDS_DOWN = 3.5
/** Of the messages between two kills, those that are sent once it is ready again. */
const SHARE_WHEN_UP = 0.5
/** Somebody always speaks. */
const LEAST_PER_SECOND = 200
/** What was acknowledged while it was down again and again is worked off so fast at the least, also on a busy machine. */
const QUIET_MS_A_MESSAGE = 1
const LEAST_QUIET_MS = 300_000
/** One start in so many is killed, too, before it is ready. */
const START_KILLED = 8

export async function killLoop(options: KillLoopOptions): Promise<Finding[]> {
  const { kills, messages, seed, version, progress } = options
  const fault = `kill -9 × ${kills}${asVersion(version)}`
  const random = new SeededRandom(seed, 'kills')
  const dataDir = await newDataDir()
  const world = await Supervised.start(dataDir)
  try {
    const load = await Load.register(world.program, options)
    let downSeconds = 0
    // Nobody stops sending before the last kill.
    let goal = Number.POSITIVE_INFINITY
    const running = load.run(world.mqttPort, () => goal)
    const backAfterMs: number[] = []
    for (let kill = 1; kill <= kills; kill++) {
      // However long this machine takes to start, about as many messages are acknowledged in the end as were asked for.
      const left = Math.max(0, messages - load.acked) / (kills - kill + 1)
      load.pace(
        Math.max(LEAST_PER_SECOND, ((1 - SHARE_WHEN_UP) * left) / (kill > 1 ? downSeconds / (kill - 1) : SECONDS_DOWN)),
      )
      // Shares of the whole differ, so that some kills find the program just started and some well under way.
      const until = load.acked + left * SHARE_WHEN_UP * (0.2 + 1.6 * random.next())
      while (load.acked < until) await load.nextAck()
      await wait(random.next() * 20)
      await world.kill()
      const downSince = world.killedAt
      if (random.next() * START_KILLED < 1) {
        await world.startAndKill(random.next() * 2_500)
        await world.start()
      } else {
        const back = load.nextAck().then(() => backAfterMs.push(performance.now() - downSince))
        await world.start()
        await back
      }
      downSeconds += (performance.now() - downSince) / 1_000
      progress?.(
        `kill ${kill}: ${load.acked.toLocaleString('en')} acknowledged, back after ${backAfterMs.at(-1)?.toFixed(0)} ms`,
      )
    }
    load.pace(messages)
    goal = messages
    await running
    await load.settle(world.mqttPort)
    const findings = await checkLoad(
      fault,
      world.program,
      load,
      Math.max(LEAST_QUIET_MS, load.acked * QUIET_MS_A_MESSAGE),
    )
    const { median, worst } = medianAndWorst(backAfterMs)
    return [
      {
        fault,
        figure: 'messages acknowledged',
        goal: `≥ ${messages.toLocaleString('en')}`,
        measured: load.acked.toLocaleString('en'),
        isGood: load.acked >= messages,
      },
      ...findings,
      atMost(fault, 'kill to first PUBACK, median', 1_000, median, 'ms'),
      atMost(fault, 'kill to first PUBACK, worst', 3_000, worst, 'ms'),
    ]
  } finally {
    await world.stop()
    await removeDataDir(dataDir)
  }
}
