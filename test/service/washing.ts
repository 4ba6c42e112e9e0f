import type { MqttClient } from 'mqtt'
import { MINUTE, type Millis } from '../../core/index.ts'
import { connectAppliance, type Program, quiet } from '../program.ts'

/** One program of an hour, as a washer of little detail tells it, and the rest after it. */
const program = (from: Millis) =>
  Array.from({ length: 120 }, (_, i) => {
    const minute = i
    const phase = minute < 5 ? 'fill' : minute < 45 ? 'wash' : minute < 60 ? 'spin' : 'idle'
    const power = phase === 'idle' ? 2 : phase === 'spin' ? 300 : 120
    return { ts: from + minute * MINUTE, metrics: { power }, states: { phase } }
  })

/** A washer that washes when it is told to. */
export async function openWasher(held: { now: Program }, id: string, start: Millis, more: object = {}) {
  const { mqtt } = await held.now.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id,
    kind: 'washer',
    model: 'W',
    cadenceSeconds: 60,
    owner: { name: 'Ann', contact: `${id}@example.org`, language: 'en' },
    ...more,
  })
  let client: MqttClient | undefined
  let at = start
  return {
    get now() {
      return at
    },
    /** So many programs, one after another. */
    async wash(programs: number): Promise<void> {
      client ??= await connectAppliance(held.now, id, mqtt.password)
      for (let i = 0; i < programs; i++) {
        await client.publishAsync(`appliances/washer/${id}/telemetry`, JSON.stringify(program(at)), { qos: 1 })
        at += 120 * MINUTE
      }
      await quiet(held.now)
    },
    /** The program was started again. */
    async leave(): Promise<void> {
      await client?.endAsync(true)
      client = undefined
    },
  }
}
