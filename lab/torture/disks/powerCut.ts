// The power fails under load: everything that was not synced is gone, from the journal, the stores and the database.
import { setTimeout as wait } from 'node:timers/promises'
import { SeededRandom } from '../../../core/index.ts'
import { checkLoad } from '../checkLoad.ts'
import type { Finding } from '../finding.ts'
import { fleetUnderFault, type PreparedFleet } from '../fleetUnderFault.ts'
import { Load, type LoadOptions } from '../senders.ts'
import { Supervised } from '../supervised.ts'
import { LoopDisk } from './loopDisk.ts'

const DISK_MB = 1_024

export interface PowerCutOptions extends LoadOptions {
  cuts: number
  messages: number
}

/** @returns nothing where no disk of our own can be mounted (not root): `lostTail` then stands for it */
export async function powerCut(options: PowerCutOptions, prepared?: PreparedFleet): Promise<Finding[]> {
  const fault = `power cut × ${options.cuts}`
  const disk = LoopDisk.make(DISK_MB)
  if (!disk) return []
  const random = new SeededRandom(options.seed, 'power')
  const world = await Supervised.start(disk.dir)
  try {
    const load = await Load.register(world.program, options)
    const running = load.run(world.mqttPort, () => options.messages)
    for (let cut = 0; cut < options.cuts; cut++) {
      const until = (options.messages * (cut + random.next())) / options.cuts
      while (load.acked < until) await load.nextAck()
      await world.kill()
      disk.powerCut()
      // Once in a while it fails again before the start is over.
      if (random.next() < 0.25) {
        await world.startAndKill(random.next() * 2_500)
        disk.powerCut()
      }
      await world.start()
    }
    await running
    await load.settle(world.mqttPort)
    const findings = await checkLoad(fault, world.program, load)
    await world.stop()
    if (prepared) findings.push(...(await cutFleet(fault, options, prepared)))
    return findings
  } finally {
    await world.stop()
    disk.remove()
  }
}

async function cutFleet(fault: string, { cuts, seed }: PowerCutOptions, prepared: PreparedFleet): Promise<Finding[]> {
  const disk = LoopDisk.make(DISK_MB)
  if (!disk) return []
  const random = new SeededRandom(seed, 'fleet power')
  const at = Array.from({ length: cuts }, () => random.next()).sort((a, b) => a - b)
  try {
    return await fleetUnderFault(prepared, {
      fault,
      dataDir: disk.dir,
      before: async (done, world) => {
        if (at.length === 0 || done < at[0]!) return
        at.shift()
        await wait(random.next() * 200)
        await world.kill()
        disk.powerCut()
        await world.start()
      },
    })
  } finally {
    disk.remove()
  }
}
