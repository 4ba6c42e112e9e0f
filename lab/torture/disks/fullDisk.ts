// The disk fills up under load, stays full for a while, and has room again.
import { setTimeout as wait } from 'node:timers/promises'
import { checkLoad } from '../checkLoad.ts'
import { atMost, exactly, type Finding } from '../finding.ts'
import { fleetUnderFault, type PreparedFleet } from '../fleetUnderFault.ts'
import { Load, type LoadOptions } from '../senders.ts'
import { Supervised } from '../supervised.ts'
import { SmallDisk } from './smallDisk.ts'

const DISK_MB = 512
/** Messages that are acknowledged once there is room again. */
const AFTERWARDS = 500

export interface FullDiskOptions extends LoadOptions {
  messages: number
  fullMs: number
}

/** @returns nothing where this user may not mount a small disk */
export async function fullDisk(options: FullDiskOptions, prepared?: PreparedFleet): Promise<Finding[]> {
  const fault = `disk full for ${options.fullMs / 1000} s`
  const disk = SmallDisk.make(DISK_MB)
  if (!disk) return []
  const world = await Supervised.start(disk.dir)
  try {
    const load = await Load.register(world.program, options)
    // Until there is room again: what the journal made room for ahead is taken while the disk is full.
    let goal = Number.POSITIVE_INFINITY
    const running = load.run(world.mqttPort, () => goal)
    while (load.acked < options.messages / 2) await load.nextAck()
    disk.fill()
    await wait(options.fullMs)
    disk.free()
    const freed = performance.now()
    await load.nextAck()
    const backMs = performance.now() - freed
    goal = Math.max(options.messages, load.acked + AFTERWARDS)
    await running
    await load.settle(world.mqttPort)
    const findings = await checkLoad(fault, world.program, load)
    findings.push(
      atMost(fault, 'room again to first PUBACK', 5_000, backMs, 'ms'),
      exactly(fault, 'ended by itself', 0, world.endedByItself),
    )
    await world.stop()
    if (prepared) findings.push(...(await fullFleet(fault, options, prepared)))
    return findings
  } finally {
    await world.stop()
    disk.remove()
  }
}

async function fullFleet(fault: string, { fullMs }: FullDiskOptions, prepared: PreparedFleet): Promise<Finding[]> {
  const disk = SmallDisk.make(DISK_MB)
  if (!disk) return []
  let isDone = false
  try {
    return await fleetUnderFault(prepared, {
      fault,
      dataDir: disk.dir,
      before: async (done) => {
        if (isDone || done < 0.5) return
        isDone = true
        disk.fill()
        setTimeout(() => disk.free(), fullMs)
      },
    })
  } finally {
    disk.remove()
  }
}
