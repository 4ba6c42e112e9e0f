// FIELD K8 and K9: a kind of one's own that says its power and nothing else, from a file and as it changes, with holes.
import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Alert, type CutCycles, type CycleRow, DAY, HOUR, MINUTE } from '../../core/index.ts'
import { connectAppliance, newDataDir, type Program, quiet, removeDataDir, startProgram } from '../program.ts'

const kind = {
  kind: 'mine',
  name: { en: 'Dishwasher', zh: '洗碗机' },
  cadenceSeconds: 60,
  metrics: { power: { unit: 'W', plausible: [0, 4000], resolution: 1, text: { en: 'Power', zh: '功率' } } },
}
let dataDir: string
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  await mkdir(join(dataDir, 'catalog'), { recursive: true })
  await writeFile(join(dataDir, 'catalog', 'mine.json'), JSON.stringify(kind))
  program = await startProgram(dataDir, { CLOCK: 'telemetry' })
})
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

const DAYS = 20
const START = Math.floor(Date.now() / DAY) * DAY - 30 * DAY
/** Watts and minutes of one program: it fills, heats, washes, heats for the rinse, and dries at next to nothing. */
const PROGRAM: [watts: number, minutes: number][] = [
  [30, 4],
  [2_050, 18],
  [65, 35],
  [3, 6],
  [2_050, 14],
  [55, 12],
  [4, 12],
  [28, 2],
]
const LENGTH = PROGRAM.reduce((sum, [, minutes]) => sum + minutes, 0) * MINUTE
const isOn = (day: number): boolean => day % 3 !== 2
const PROGRAMS = Array.from({ length: DAYS }, (_, day) => day).filter(isOn).length

/** What its plug sees, as it changes: rest, and a program at 20 h. */
function changes(): { ts: number; watts: number }[] {
  const all = [{ ts: START, watts: 1 }]
  for (let day = 0; day < DAYS; day++) {
    if (!isOn(day)) continue
    let ts = START + day * DAY + 20 * HOUR
    for (const [i, [watts, minutes]] of PROGRAM.entries()) {
      all.push({ ts, watts: watts + (i % 2) * (day % 4) })
      ts += minutes * MINUTE
    }
    all.push({ ts, watts: 1 })
  }
  return [...all, { ts: START + DAYS * DAY, watts: 1 }]
}
/** The same once a minute. */
function everyMinute(): { ts: number; watts: number }[] {
  const all = changes()
  return all.flatMap(({ ts, watts }, i) => {
    const until = all[i + 1]?.ts ?? ts
    const count = Math.round((until - ts) / MINUTE)
    return Array.from({ length: count }, (_, k) => ({ ts: ts + k * MINUTE, watts }))
  })
}

/** `npm run replay` as a person runs it. */
async function replay(id: string, series: { ts: number; watts: number }[]): Promise<{ code: number; output: string }> {
  const file = join(dataDir, `${id}.csv`)
  await writeFile(file, `unix_s,watts\n${series.map(({ ts, watts }) => `${ts / 1_000},${watts}`).join('\n')}\n`)
  const to = ['--api', program.url, '--url', program.mqttUrl]
  const how = ['--kind', 'mine', '--id', id, '--start', String(START)]
  const child = spawn(process.execPath, ['scripts/replay.ts', file, ...how, ...to], {
    env: { ...process.env, DATA_DIR: dataDir, NODE_NO_WARNINGS: '1' },
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code: code ?? -1, output })))
}

async function shown(id: string) {
  await quiet(program)
  const cycles = await program.call<{ items: CycleRow[] }>(
    'GET',
    `/api/appliances/${id}/cycles?from=${START}&to=${START + DAYS * DAY}`,
  )
  const alerts = await program.call<{ items: Alert[] }>('GET', `/api/alerts?appliance=${id}`)
  const { cutCycles } = await program.call<{ cutCycles: CutCycles[] }>('GET', `/api/appliances/${id}`)
  return { cycles: cycles.items, alerts: alerts.items, cutCycles }
}

test('K8 a recorded file of a kind that is a file of one’s own: its programs are found by its power alone', async () => {
  const { code, output } = await replay('k8', everyMinute())
  expect([code, output]).toEqual([0, expect.stringContaining('readings of k8 acknowledged')])
  const { cycles, alerts, cutCycles } = await shown('k8')
  expect(cycles).toHaveLength(PROGRAMS)
  for (const { from, to, features } of cycles) {
    expect(Math.abs(to - from - LENGTH)).toBeLessThan(4 * MINUTE)
    expect(features.powerCycle).toBeGreaterThan(300)
  }
  expect([alerts, cutCycles]).toEqual([[], []])
})

test('K9 a program that a hole cuts is counted and named; a short hole cuts none; no hole makes two of one', async () => {
  const first = START + 20 * HOUR
  const holes = [
    // Of an hour within the second program, one over the end of the third, and five minutes within the fourth.
    [first + DAY + 30 * MINUTE, first + DAY + 90 * MINUTE],
    [first + 3 * DAY + 60 * MINUTE, first + 3 * DAY + 5 * HOUR],
    [first + 4 * DAY + 30 * MINUTE, first + 4 * DAY + 35 * MINUTE],
  ] as const
  const left = everyMinute().filter(({ ts }) => !holes.some(([from, to]) => ts >= from && ts < to))
  expect((await replay('k9', left)).code).toBe(0)
  const { cycles, cutCycles } = await shown('k9')
  expect(cycles).toHaveLength(PROGRAMS - 2)
  expect(cutCycles).toMatchObject([{ cycle: 'run', count: 2 }])
  const last = cutCycles[0]?.last.from ?? 0
  expect(Math.abs(last - first - 3 * DAY)).toBeLessThan(2 * MINUTE)
})

test('K9 one program that is told as it changes stays one', async () => {
  const body = { id: 'k9-change', kind: 'mine', model: 'Plug', reports: 'on-change' }
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', body)
  const client = await connectAppliance(program, 'k9-change', mqtt.password)
  const end = START + DAYS * DAY
  const after = [1, 2].map((hours) => ({ ts: end + hours * HOUR, watts: hours }))
  const readings = [...changes(), ...after].map(({ ts, watts }) => ({ ts, metrics: { power: watts } }))
  await client.publishAsync('appliances/mine/k9-change/telemetry', JSON.stringify(readings), { qos: 1 })
  await client.endAsync()
  const { cycles, alerts } = await shown('k9-change')
  expect(cycles).toHaveLength(PROGRAMS)
  expect(Math.max(...cycles.map(({ from, to }) => Math.abs(to - from - LENGTH)))).toBeLessThan(4 * MINUTE)
  expect(alerts.filter(({ state }) => state !== 'pending')).toEqual([])
})
