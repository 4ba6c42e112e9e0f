// What ended the product with one message or one call: it is set aside, answered, or refused, and the next is heard.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  connectAppliance,
  eventually,
  type IngestAnswer,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  runToEnd,
  startProgram,
} from '../program.ts'
import { kindFile } from './kindFile.ts'

let dataDir = ''
let program: Program
let password = ''
let client: MqttClient
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir)
  const made = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id: 'f1',
    kind: 'fridge',
    model: 'M1',
  })
  password = made.mqtt.password
  client = await connectAppliance(program, 'f1', password)
})
afterAll(async () => {
  client.end(true)
  await program.stop()
  await removeDataDir(dataDir)
})

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
let last = Date.now() - 86_400_000
const next = (): number => {
  last += 60_000
  return last
}
const send = (topic: string, payload: string): Promise<unknown> =>
  client.publishAsync(`appliances/fridge/f1/${topic}`, payload, { qos: 1 })
interface Row {
  id: string
  reason: string
  detail: string
  topic: string
  text: string
}
const refused = async (): Promise<Row[]> =>
  (await program.call<{ items: Row[] }>('GET', '/api/quarantine?appliance=f1&limit=1000')).items
/** It goes on: a sound reading that comes now is stored and shown, and the balance holds. */
async function goesOn(on = program): Promise<IngestAnswer> {
  const ts = next()
  await send('telemetry', JSON.stringify({ ts, metrics: { cabinetTemp: 4 } }))
  const balance = await quiet(on)
  const { ts: found } = await on.call<{ ts: number[] }>(
    'GET',
    `/api/appliances/f1/telemetry?from=${ts}&to=${ts + 1}&points=10`,
  )
  expect(found).toEqual([ts])
  const { received, stored, duplicates, quarantined } = balance.readings
  expect(received).toBe(stored + duplicates + Object.values(quarantined).reduce((a, b) => a + b, 0))
  return balance
}

test('A1 an event nested 16,000 deep and a state nested 50,000 deep are set aside, and all goes on', async () => {
  const ts = next()
  await send('event', `{"ts":${ts},"type":"error","code":"E1","x":${deep(16_000)}}`)
  await send('telemetry', `{"ts":${ts},"metrics":{"power":1},"states":{"mode":"normal","x":${deep(50_000)}}}`)
  await send('status', `{"online":true,"x":${deep(16_000)}}`)
  await goesOn()
  const rows = await refused()
  expect(
    rows
      .filter(({ detail }) => detail.includes('deeper than 32'))
      .map(({ reason, topic }) => `${topic} ${reason}`)
      .sort(),
  ).toEqual(['event bad-shape', 'status bad-shape', 'telemetry bad-shape'])
})

test('A1 bounds count within one reading of an array, and cost that reading alone; outer nesting is no JSON of ours', async () => {
  const wide = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`k${i}`, 1]))
  const [a, b, c] = [next(), next(), next()]
  const before = await quiet(program)
  await send(
    'telemetry',
    `[{"ts":${a},"metrics":{"power":1},"x":${deep(40)}},{"ts":${b},"metrics":{"power":1},"x":${JSON.stringify(wide)}},{"ts":${c},"metrics":{"power":1}}]`,
  )
  await send('telemetry', deep(33))
  await send('telemetry', deep(100_000))
  const after = await goesOn()
  const moved = (reason: string): number =>
    (after.readings.quarantined[reason] ?? 0) - (before.readings.quarantined[reason] ?? 0)
  expect([moved('bad-shape'), moved('bad-json'), after.readings.stored - before.readings.stored]).toEqual([2, 2, 2])
})

test('A2 a burst whose sensor is named like a property of every object is refused', async () => {
  for (const code of ['toString', 'constructor', '__proto__', 'hasOwnProperty', 'valueOf']) {
    const samples = Array.from({ length: 64 }, (_, i) => i + 1)
    const burst = { type: 'burst', code, sampleRate: 4096, unit: 'mm/s', speed: 1200, points: 64, samples }
    await send('event', JSON.stringify({ ts: next(), ...burst }))
  }
  await goesOn()
  expect((await quiet(program)).readings.quarantined.unprocessable).toBeUndefined()
})

test('A4 metrics that are named like properties, or like SQL, are series of nulls, and the store goes on', async () => {
  const ts = next()
  await send('telemetry', JSON.stringify({ ts, metrics: { power: 3, myOwn: 7 } }))
  await goesOn()
  for (const name of [
    'toString',
    'constructor',
    '__proto__',
    'hasOwnProperty',
    `x"; drop table readings_fridge; --`,
    "'",
  ]) {
    for (const points of [1, 1_000]) {
      const answer = await program.call<{ ts: number[]; series: Record<string, { mean: (number | null)[] }> }>(
        'GET',
        `/api/appliances/f1/telemetry?from=0&to=${ts + 1}&points=${points}&metrics=${encodeURIComponent(name)}`,
      )
      expect(answer.ts.length).toBeGreaterThan(0)
      expect(
        Object.entries(answer.series).map(([of, { mean }]) => [of, mean.every((value) => value === null)]),
      ).toEqual([[name, true]])
    }
  }
  await goesOn()
})

test('A4 a metric named __proto__ is kept and shown like any other', async () => {
  const ts = next()
  await send('telemetry', `{"ts":${ts},"metrics":{"power":3,"__proto__":7,"constructor":8}}`)
  await quiet(program)
  const path = `/api/appliances/f1/telemetry?from=${ts}&to=${ts + 1}&points=10&metrics=__proto__,constructor`
  const { series } = await program.call<{ series: Record<string, { mean: number[] }> }>('GET', path)
  expect(Object.entries(series).map(([name, { mean }]) => [name, mean])).toEqual([
    ['__proto__', [7]],
    ['constructor', [8]],
  ])
})

test('A3 what an appliance says whose kind is gone from the catalog is set aside, and the start succeeds', async () => {
  await program.stop()
  const file = join(dataDir, 'catalog', 'kettle.json')
  await mkdir(join(dataDir, 'catalog'), { recursive: true })
  await writeFile(file, JSON.stringify(kindFile('kettle', ['waterTemp'])))
  program = await startProgram(dataDir)
  const made = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id: 'k1',
    kind: 'kettle',
    model: 'K',
  })
  await program.kill()
  await rm(file)
  program = await startProgram(dataDir)
  const kettle = await connectAppliance(program, 'k1', made.mqtt.password)
  for (const [topic, body] of [
    ['event', { ts: last, type: 'error', code: 'E1' }],
    ['status', { online: true }],
    ['telemetry', { ts: last, metrics: { waterTemp: 20 } }],
  ] as const) {
    await kettle.publishAsync(`appliances/kettle/k1/${topic}`, JSON.stringify(body), { qos: 1 })
  }
  const rows = await eventually('all three set aside', async () => {
    const { items } = await program.call<{ items: Row[] }>('GET', '/api/quarantine?appliance=k1')
    return items.length === 3 && items
  })
  expect(rows.map(({ reason }) => reason)).toEqual(['bad-shape', 'bad-shape', 'bad-shape'])
  kettle.end(true)
  await program.kill()
  program = await startProgram(dataDir)
  client = await connectAppliance(program, 'f1', password)
  await goesOn()
})

test('A5 a kind file whose names collide, or that exceeds the bounds, is refused with its file and the names', async () => {
  const dir = await newDataDir()
  await mkdir(join(dir, 'catalog'), { recursive: true })
  const wrong: [unknown, RegExp][] = [
    [kindFile('mine', ['t1', 'T1']), /mine\.json.*'t1' and 'T1' differ only in case/],
    [
      { ...kindFile('mine', ['t1']), states: { mode: ['a'], Mode: ['b'] } },
      /mine\.json.*'mode' and 'Mode' differ only in case/,
    ],
    [kindFile('mine', ['t1', '__proto__']), /mine\.json.*metrics\.__proto__/],
    [{ ...kindFile('mine', ['t1']), cadenceSeconds: 5e-324 }, /mine\.json.*cadenceSeconds/],
    [kindFile('mine', ['constructor']), /mine\.json.*every object has/],
    [{ ...kindFile('mine', ['t1']), x: JSON.parse(deep(40)) }, /mine\.json.*nests deeper than 32/],
    [{ ...kindFile('mine', ['t1']), kind: 'fridge' }, /mine\.json.*'fridge' is already defined by .*fridge\.json/],
  ]
  for (const [file, said] of wrong) {
    await writeFile(join(dir, 'catalog', 'mine.json'), JSON.stringify(file))
    const { code, output } = await runToEnd(dir, {})
    expect(code).toBe(1)
    expect(output).toMatch(said)
  }
  await removeDataDir(dir)
})
