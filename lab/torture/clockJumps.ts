// The machine's clock jumps, forward and back, by minutes to months, under load and while faults are being found.
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DAY, HOUR, MINUTE } from '../../core/index.ts'
import { newDataDir, removeDataDir } from '../../test/program.ts'
import { checkLoad } from './checkLoad.ts'
import { exactly, type Finding } from './finding.ts'
import { fleetUnderFault, type PreparedFleet } from './fleetUnderFault.ts'
import { preload } from './preloads/preload.ts'
import { Load, type LoadOptions } from './senders.ts'
import { Supervised } from './supervised.ts'

/** Where the clock goes, one after the other, against the real one; never so far back that a reading is in its future. */
const JUMPS = [5 * MINUTE, -5 * MINUTE, 2 * HOUR, -2 * HOUR, 3 * DAY, -3 * DAY, 90 * DAY, -60 * DAY, 0]

export interface ClockJumpOptions extends LoadOptions {
  messages: number
}

/** What the program's clock is off by. */
class WrongClock {
  readonly env: Record<string, string>
  #path: string
  constructor(dir: string) {
    this.#path = join(dir, 'clock-offset')
    this.env = preload('clockJump', { CLOCK_OFFSET_FILE: this.#path })
    this.jump(0)
  }
  /** At once for all threads, and never half written. */
  jump(offset: number): void {
    writeFileSync(`${this.#path}.new`, String(offset))
    renameSync(`${this.#path}.new`, this.#path)
  }
}

export async function clockJumps(options: ClockJumpOptions, prepared?: PreparedFleet): Promise<Finding[]> {
  const fault = 'the clock jumps by minutes to months'
  const dir = await newDataDir()
  const dataDir = await newDataDir()
  const clock = new WrongClock(dir)
  const world = await Supervised.start(dataDir, { ...clock.env, CLOCK: 'wall' })
  try {
    const load = await Load.register(world.program, options)
    const running = load.run(world.mqttPort, () => options.messages)
    for (const [i, offset] of JUMPS.entries()) {
      while (load.acked < (options.messages * i) / JUMPS.length) await load.nextAck()
      clock.jump(offset)
      // A kill in the midst: the next process finds times of before the jump.
      if (i === 5) {
        await world.kill()
        await world.start()
      }
    }
    await running
    await load.settle(world.mqttPort)
    const findings = await checkLoad(fault, world.program, load)
    findings.push(exactly(fault, 'ended by itself', 0, world.endedByItself))
    await world.stop()
    if (prepared) {
      const left = [...JUMPS]
      const before = async (done: number): Promise<void> => {
        if (left.length === 0 || done < 1 - left.length / JUMPS.length) return
        clock.jump(left.shift()!)
        await wait(50)
      }
      findings.push(...(await fleetUnderFault(prepared, { fault, env: clock.env, before })))
    }
    return findings
  } finally {
    await world.stop()
    await removeDataDir(dataDir)
    await removeDataDir(dir)
  }
}
