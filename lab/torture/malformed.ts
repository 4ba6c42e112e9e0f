// Malformed packets by the hundred thousand: no crash, no memory kept, and a well-behaved client hardly notices.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { newDataDir, quiet, removeDataDir } from '../../test/program.ts'
import type { AttackOrders, AttackOutcome } from './attackerProcess.ts'
import { Behaved } from './behaved.ts'
import { asVersion, atMost, exactly, type Finding } from './finding.ts'
import type { Version } from './rawClient.ts'
import { Supervised } from './supervised.ts'

export interface MalformedOptions {
  /** For each seed. */
  packets: number
  seeds: number[]
  version?: Version
  progress?: (line: string) => void
}

/** Connections that attack at once. */
const AT_ONCE = 32

export async function malformed({ packets, seeds, version = 4, progress }: MalformedOptions): Promise<Finding[]> {
  const findings: Finding[] = []
  const dataDir = await newDataDir()
  const world = await Supervised.start(dataDir)
  const { program, mqttPort } = world
  try {
    const [good, victim] = await program.call<{ id: string; mqtt: { password: string } }[]>('POST', '/api/appliances', [
      { id: 'good', kind: 'fridge', model: 'M1' },
      { id: 'victim', kind: 'fridge', model: 'M1' },
    ])
    const behaved = await Behaved.connect({ port: mqttPort, id: 'good', password: good!.mqtt.password, version })
    const orders = { port: mqttPort, atOnce: AT_ONCE, id: 'victim', password: victim!.mqtt.password, version }
    // What a program at work holds is not what one just started holds: a first reading loads the store and the models, and
    // young generations grow while there is load. So what is counted comes after as much again, readings among it.
    behaved.begin()
    await attack({ ...orders, packets, seed: 0 })
    await behaved.end()
    for (const seed of seeds) {
      const fault = `${packets.toLocaleString('en')} malformed packets${asVersion(version)}, seed ${seed}`
      const before = residentMb(program.pid)
      let peak = before
      const watch = setInterval(() => {
        peak = Math.max(peak, residentMb(program.pid))
      }, 250)
      behaved.begin()
      const outcome = await attack({ ...orders, packets, seed })
      const { sent, p99Ms, failed } = await behaved.end()
      clearInterval(watch)
      progress?.(`${fault}: ${JSON.stringify(outcome)}, ${sent} good messages meanwhile`)
      findings.push(
        exactly(fault, 'sent', packets, outcome.sent),
        exactly(fault, 'connections left open', 0, outcome.leftOpen),
        exactly(fault, 'good messages not acknowledged', 0, failed),
        atMost(fault, 'resident memory, most above what it was', 32, peak - before, 'MB'),
        atMost(fault, 'p99 of a well-behaved client meanwhile', 50, p99Ms, 'ms'),
      )
    }
    behaved.close()
    const balance = await quiet(program)
    findings.push(exactly('malformed packets', 'good readings stored', behaved.sent, balance.readings.stored))
    findings.push(exactly('malformed packets', 'exit code of an orderly end', 0, (await world.stop()) ?? -1))
  } finally {
    await world.stop()
    await removeDataDir(dataDir)
  }
  return findings
}

export async function attack(orders: AttackOrders): Promise<AttackOutcome> {
  const script = fileURLToPath(new URL('./attackerProcess.ts', import.meta.url))
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(orders))
  return JSON.parse(await text(child.stdout)) as AttackOutcome
}

/** Of a process, by the kernel. */
export function residentMb(pid: number): number {
  const [, kb] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kb) / 1024
}
