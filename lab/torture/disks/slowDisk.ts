// A disk whose syncs take a hundred milliseconds and now and then half a second: slower, never wrong.
import { newDataDir, removeDataDir } from '../../../test/program.ts'
import { checkLoad } from '../checkLoad.ts'
import type { Finding } from '../finding.ts'
import { fleetUnderFault, type PreparedFleet } from '../fleetUnderFault.ts'
import { preload } from '../preloads/preload.ts'
import { Load, type LoadOptions } from '../senders.ts'
import { Supervised } from '../supervised.ts'

export interface SlowDiskOptions extends LoadOptions {
  meanMs: number
  messages: number
}

export async function slowDisk(options: SlowDiskOptions, prepared?: PreparedFleet): Promise<Finding[]> {
  const fault = `a disk that syncs in ${options.meanMs} ms`
  const env = preload('slowSync', { SLOW_SYNC_MS: String(options.meanMs) })
  const dataDir = await newDataDir()
  const world = await Supervised.start(dataDir, env)
  try {
    const load = await Load.register(world.program, options)
    const running = load.run(world.mqttPort, () => options.messages)
    while (load.acked < options.messages / 2) await load.nextAck()
    await world.kill()
    await world.start()
    await running
    await load.settle(world.mqttPort)
    const findings = await checkLoad(fault, world.program, load)
    if (prepared) findings.push(...(await fleetUnderFault(prepared, { fault, env })))
    return findings
  } finally {
    await world.stop()
    await removeDataDir(dataDir)
  }
}
