// kill -9 in the middle, ten times under load: what was acknowledged is there once, and everything else still balances.

import type { MqttClient } from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import { SeededRandom } from '../core/index.ts'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from './program.ts'

const APPLIANCES = 12
const KILLS = 10
const START = Date.UTC(2026, 0, 1)
const MINUTE = 60_000
const seed = Number(process.env.SEED ?? 1)

let dataDir = ''
let program: Program | undefined
afterEach(async () => {
  await program?.stop()
  await removeDataDir(dataDir)
})

/** One appliance that sends the next reading once the last is acknowledged, and the same again when it was not. */
class Sender {
  readonly id: string
  readonly password: string
  next = 0
  acked = 0
  /** Sent, and not known to be acknowledged: may be there, and is sent again. */
  #inDoubt: { from: number; size: number } | undefined
  constructor(id: string, password: string) {
    this.id = id
    this.password = password
  }
  /** @returns when the connection is lost, or `until` says so */
  async run(target: Program, random: SeededRandom, until: () => boolean): Promise<void> {
    const client: MqttClient = await connectAppliance(target, this.id, this.password)
    client.on('error', () => {})
    const lost = new Promise<false>((resolve) => client.once('close', () => resolve(false)))
    while (!until()) {
      const sending = this.#inDoubt ?? {
        from: this.next,
        size: random.next() < 0.3 ? 1 + Math.floor(random.next() * 60) : 1,
      }
      this.#inDoubt = sending
      this.next = sending.from + sending.size
      const readings = Array.from({ length: sending.size }, (_, i) => reading(this.id, sending.from + i))
      const sent = client
        .publishAsync(
          `appliances/fridge/${this.id}/telemetry`,
          JSON.stringify(sending.size === 1 ? readings[0] : readings),
          { qos: 1 },
        )
        .then(
          () => true as const,
          () => false as const,
        )
      if (!(await Promise.race([sent, lost]))) break
      this.acked = this.next
      this.#inDoubt = undefined
    }
    client.end(true)
  }
}
const reading = (id: string, n: number) => ({
  ts: START + (n + 1) * MINUTE,
  metrics: {
    cabinetTemp: 4 + ((n * 7 + id.length) % 10) / 10,
    power: (n % 45 < 15 ? 80 : 2) + (n % 7) / 10,
    compressorOn: n % 45 < 15 ? 1 : 0,
  },
})

test(`kill -9 ten times under load loses and doubles nothing (SEED=${seed})`, { timeout: 600_000 }, async () => {
  dataDir = await newDataDir()
  const random = new SeededRandom(seed, 'crash')
  program = await startProgram(dataDir, { CLOCK: 'telemetry' })
  const made = await program.call<{ id: string; mqtt: { password: string } }[]>(
    'POST',
    '/api/appliances',
    Array.from({ length: APPLIANCES }, (_, i) => ({ id: `fridge-${i}`, kind: 'fridge', model: 'M1' })),
  )
  const senders = made.map(({ id, mqtt }) => new Sender(id, mqtt.password))
  const restarts: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const target = program
    let killed = false
    const running = Promise.all(senders.map((sender) => sender.run(target, random, () => killed).catch(() => {})))
    await new Promise((resolve) => setTimeout(resolve, 150 + random.next() * 900))
    await target.kill()
    killed = true
    await running
    program = await startProgram(dataDir, { CLOCK: 'telemetry' })
    restarts.push(program.startedInMs)
  }
  // Everybody sends what was in doubt again, and a little more.
  const target = program
  const goals = senders.map((sender) => sender.next + 20)
  await Promise.all(senders.map((sender, i) => sender.run(target, random, () => sender.acked >= (goals[i] ?? 0))))
  const balance = await quiet(target)
  const sent = senders.reduce((sum, { acked }) => sum + acked, 0)
  const refused = Object.values(balance.readings.quarantined).reduce((sum, count) => sum + count, 0)
  console.log(
    `${KILLS} kills, ${sent} readings acknowledged, ${balance.readings.duplicates} repeats, restarts ${restarts.map(Math.round).join(' ')} ms`,
  )
  expect(sent).toBeGreaterThan(1_000)
  expect(refused).toBe(0)
  expect(balance.readings.received).toBe(balance.readings.stored + balance.readings.duplicates)
  expect(balance.readings.stored).toBe(sent)
  for (const { id, acked } of senders) {
    const { ts, series } = await target.call<{ ts: number[]; series: Record<string, { mean: number[] }> }>(
      'GET',
      `/api/appliances/${id}/telemetry?from=${START}&to=${START + (acked + 2) * MINUTE}&points=1000000&metrics=cabinetTemp`,
    )
    expect(ts).toEqual(Array.from({ length: acked }, (_, n) => START + (n + 1) * MINUTE))
    expect(series.cabinetTemp?.mean).toEqual(ts.map((_, n) => reading(id, n).metrics.cabinetTemp))
  }
  expect(Math.max(...restarts)).toBeLessThan(60_000)
  await eventually('an orderly end', async () => (await target.stop()) === 0)
})
