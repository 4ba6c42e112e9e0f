// How soon the program acknowledges again after a kill, by what it has to read of its journal.
import mqtt from 'mqtt'
import { monotonicMs } from '../../core/index.ts'
import { newDataDir, quiet, removeDataDir, startProgram } from '../../test/program.ts'
import { portOf, publish, register } from './load.ts'
import { median } from './median.ts'

const SOCKETS = 200
const KILLS = 3
/** More than a load's readings span at most. */
const DAYS_A_LOAD = 20
const GOAL_MS = 3_000

export async function recovery(): Promise<void> {
  const rows: Record<string, string>[] = []
  for (const seconds of [0, 2, 10, 30]) {
    const dataDir = await newDataDir()
    let program = await startProgram(dataDir, { CLOCK: 'telemetry' })
    try {
      const clients = await register(program, SOCKETS)
      const { id, password } = clients[0]!
      const ready: number[] = []
      const acked: number[] = []
      const caughtUp: number[] = []
      let messages = 0
      for (let kill = 0; kill < KILLS; kill++) {
        const load = { sockets: SOCKETS, inFlight: 20, batch: 1, seconds, fromDay: kill * DAYS_A_LOAD }
        if (seconds > 0) messages += (await publish(portOf(program.mqttUrl), load, clients)).acked
        await program.kill()
        const began = monotonicMs()
        program = await startProgram(dataDir, { CLOCK: 'telemetry' })
        ready.push(monotonicMs() - began)
        const client = await mqtt.connectAsync(program.mqttUrl, { clientId: id, username: id, password })
        await client.publishAsync(`appliances/fridge/${id}/telemetry`, '{"ts":1,"metrics":{}}', { qos: 1 })
        acked.push(monotonicMs() - began)
        await client.endAsync()
        await quiet(program, 300_000)
        caughtUp.push(monotonicMs() - began)
      }
      rows.push({
        'messages before each kill': (messages / KILLS).toFixed(0),
        'kill → ready ms': median(ready).toFixed(0),
        'kill → first PUBACK ms': median(acked).toFixed(0),
        worst: Math.max(...acked).toFixed(0),
        'all processed ms': median(caughtUp).toFixed(0),
        goal: Math.max(...acked) <= GOAL_MS ? `≤ ${GOAL_MS} pass` : `≤ ${GOAL_MS} falls short`,
      })
    } finally {
      await program.stop()
      await removeDataDir(dataDir)
    }
  }
  console.table(rows)
}
