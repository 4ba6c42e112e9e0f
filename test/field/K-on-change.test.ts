// FIELD E and K1: a washer behind a plug that speaks only when its power changes, by the readings' own clock.
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Alert, type CycleRow, DAY, HOUR, MINUTE } from '../../core/index.ts'
import { connectAppliance, newDataDir, type Program, quiet, removeDataDir, startProgram } from '../program.ts'

let dataDir: string
let program: Program
const clients: MqttClient[] = []
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { CLOCK: 'telemetry' })
})
afterAll(async () => {
  for (const client of clients) await client.endAsync(true)
  await program.stop()
  await removeDataDir(dataDir)
})

const DAYS = 20
const START = Math.floor(Date.now() / DAY) * DAY - 30 * DAY
/** Watts, and how many minutes they hold: one program of 80 minutes. */
const WASH: [watts: number, minutes: number][] = [
  [20, 3],
  [2_150, 22],
  ...Array.from({ length: 15 }, (_, i): [number, number] => [i % 2 ? 20 : 100, 3]),
  [350, 10],
]
const LENGTH = 80 * MINUTE

/** What the plug sees: rest, a flicker of the display four times a day, and a program at ten on the days that have one. */
function* changes(hasProgram: (day: number) => boolean): Generator<{ ts: number; watts: number }> {
  for (let day = 0; day < DAYS; day++) {
    const midnight = START + day * DAY
    for (const hour of [3, 8, 14, 20]) {
      yield { ts: midnight + hour * HOUR, watts: 13 }
      yield { ts: midnight + hour * HOUR + 20_000 * (1 + (day % 3)), watts: 4 }
      if (hour !== 8 || !hasProgram(day)) continue
      let ts = midnight + 10 * HOUR
      for (const [watts, minutes] of WASH) {
        yield { ts, watts: watts + (watts > 30 ? (day % 4) * 3 : 0) }
        ts += minutes * MINUTE
      }
      yield { ts, watts: 4 }
    }
  }
}
/** The same once a minute: what the plug would say at intervals. */
function* everyMinute(hasProgram: (day: number) => boolean): Generator<{ ts: number; watts: number }> {
  let last: { ts: number; watts: number } | undefined
  for (const change of changes(hasProgram)) {
    if (last)
      for (let ts = Math.ceil(last.ts / MINUTE) * MINUTE; ts < change.ts; ts += MINUTE) yield { ts, watts: last.watts }
    last = change
  }
}

async function washer(id: string, more: object, series: Iterable<{ ts: number; watts: number }>) {
  await program.call('POST', '/api/appliances', { id, kind: 'washer', model: 'Plug', ...more })
  const path = `/api/appliances/${id}/credentials`
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', path)
  const client = await connectAppliance(program, id, mqtt.password)
  clients.push(client)
  const readings = Array.from(series, ({ ts, watts }) => ({ ts, metrics: { power: watts } }))
  for (let i = 0; i < readings.length; i += 1_000)
    await client.publishAsync(`appliances/washer/${id}/telemetry`, JSON.stringify(readings.slice(i, i + 1_000)), {
      qos: 1,
    })
  await quiet(program)
  const { items } = await program.call<{ items: CycleRow[] }>(
    'GET',
    `/api/appliances/${id}/cycles?from=${START}&to=${START + DAYS * DAY}`,
  )
  const alerts = await program.call<{ items: Alert[] }>('GET', `/api/alerts?appliance=${id}`)
  return { cycles: items, alerts: alerts.items }
}
const everyOther = (day: number): boolean => day % 2 === 0
const minutesOff = (cycles: CycleRow[]): number[] =>
  cycles.map(
    ({ from, to }) =>
      (Math.abs(from - START - 10 * HOUR - Math.round((from - START - 10 * HOUR) / DAY) * DAY) +
        Math.abs(to - from - LENGTH)) /
      MINUTE,
  )

test.each([
  ['on change', { reports: 'on-change' }, changes],
  ['every minute', { cadenceSeconds: 60 }, everyMinute],
])(
  'K1 %s: each program is one, with its begin and its end, and no flicker is one; nothing is wrong',
  { timeout: 60_000 },
  async (name, more, series) => {
    const { cycles, alerts } = await washer(`k1-${name.replace(' ', '-')}`, more, series(everyOther))
    expect(cycles).toHaveLength(DAYS / 2)
    expect(Math.max(...minutesOff(cycles))).toBeLessThan(3)
    expect(alerts.filter(({ state }) => state !== 'pending')).toEqual([])
  },
)

test('K1 a washer that is only at rest has no program, and is not silent', async () => {
  const { cycles, alerts } = await washer(
    'k1-rest',
    { reports: 'on-change' },
    changes(() => false),
  )
  expect([cycles, alerts]).toEqual([[], []])
})

test('K1 a program is found although nothing more is said after it', async () => {
  const one = [...changes((day) => day === 0)].filter(({ ts }) => ts < START + 13 * HOUR)
  expect((await washer('k1-last', { reports: 'on-change' }, one)).cycles).toEqual([])
  // Time goes on by what others say.
  const later = Array.from({ length: 3 * 24 }, (_, hour) => ({ ts: START + DAYS * DAY + hour * HOUR, watts: 4 }))
  for (const id of ['k1-x', 'k1-y', 'k1-z']) await washer(id, { reports: 'on-change' }, later)
  const { cycles, alerts } = await washer('k1-last', { reports: 'on-change' }, [])
  expect([cycles.length, alerts]).toEqual([1, []])
  expect(minutesOff(cycles)[0]).toBeLessThan(3)
})
