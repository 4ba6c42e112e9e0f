// A whole town comes back after a power failure: everyone signs in at once.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { hashSecret, newSecret } from '../../core/index.ts'
import { newDataDir, removeDataDir } from '../../test/program.ts'
import { asVersion, atMost, exactly, type Finding } from './finding.ts'
import type { Version } from './rawClient.ts'
import type { StormOrders, StormOutcome } from './stormProcess.ts'
import { Supervised } from './supervised.ts'

export async function storm(count: number, version: Version = 4): Promise<Finding[]> {
  const fault = `${count.toLocaleString('en')} sign in at once${asVersion(version)}`
  const dataDir = await newDataDir()
  const world = await Supervised.start(dataDir)
  try {
    const made = await world.program.call<{ id: string; mqtt: { password: string } }[]>(
      'POST',
      '/api/appliances',
      Array.from({ length: count }, (_, i) => ({ id: `town-${i}`, kind: 'fridge', model: 'M1' })),
    )
    const clients = made.map(({ id, mqtt }) => ({ id, password: mqtt.password }))
    const outcome = await run({ port: world.mqttPort, clients, version })
    const perSecond = outcome.accepted / outcome.seconds
    return [
      exactly(fault, 'accepted', count, outcome.accepted),
      {
        fault,
        figure: 'accepted a second',
        goal: '≥ 2,000',
        measured: perSecond.toLocaleString('en', { maximumFractionDigits: 0 }),
        isGood: perSecond >= 2_000,
      },
      atMost(fault, 'of that, checking secrets', 500, secretsMs(count), 'ms of one core'),
    ]
  } finally {
    await world.stop()
    await removeDataDir(dataDir)
  }
}

async function run(orders: StormOrders): Promise<StormOutcome> {
  const script = fileURLToPath(new URL('./stormProcess.ts', import.meta.url))
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(orders))
  return JSON.parse(await text(child.stdout)) as StormOutcome
}

/** What the keyed hashes of so many secrets cost, ms. */
function secretsMs(count: number): number {
  const key = randomBytes(32)
  const secrets = Array.from({ length: count }, newSecret)
  const before = process.cpuUsage()
  for (const secret of secrets) hashSecret(key, secret)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
