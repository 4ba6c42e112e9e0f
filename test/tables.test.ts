// What is seen is had as a file: every reading of a stretch, and the rows of any call that answers a list, as CSV and Parquet.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MINUTE } from '../core/index.ts'
import { connectAppliance, newDataDir, type Program, quiet, removeDataDir, startProgram } from './program.ts'

const COUNT = 4_321
let dataDir: string
let program: Program
let start: number
const files = mkdtempSync(join(tmpdir(), 'tables-'))

beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir)
  start = Math.floor((Date.now() - COUNT * MINUTE) / MINUTE) * MINUTE
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id: 'f1',
    kind: 'fridge',
    model: '=Frost, 3',
  })
  await program.call('POST', '/api/appliances', { id: 'f2', kind: 'fridge', model: 'Frost 4' })
  const client = await connectAppliance(program, 'f1', mqtt.password)
  const readings = Array.from({ length: COUNT }, (_, i) => ({
    ts: start + i * MINUTE,
    // Every third says nothing of the power.
    metrics: { freezerTemp: -18 - i / 1000, ...(i % 3 ? { power: i % 97 } : {}) },
  }))
  for (let i = 0; i < COUNT; i += 100)
    await client.publishAsync('appliances/fridge/f1/telemetry', JSON.stringify(readings.slice(i, i + 100)), { qos: 1 })
  await client.endAsync()
  await quiet(program)
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
  rmSync(files, { recursive: true })
})

const ask = async (path: string, token = program.token) => {
  const answer = await fetch(`${program.url}${path}`, { headers: { authorization: `Bearer ${token}` } })
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { status: answer.status, type: answer.headers.get('content-type'), bytes, text: bytes.toString('utf8') }
}
async function query(bytes: Uint8Array, sql: string) {
  const file = join(files, 'asked.parquet')
  writeFileSync(file, bytes)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const rows = (await connection.runAndReadAll(sql.replace('FILE', `read_parquet('${file}')`))).getRowObjectsJson()
  connection.closeSync()
  instance.closeSync()
  return rows
}
const range = () => `from=${start}&to=${start + COUNT * MINUTE}`

test('every reading of a stretch is in the file, once, as it was sent', async () => {
  const csv = await ask(`/api/appliances/f1/telemetry/file?${range()}`)
  expect(csv.type).toMatch(/^text\/csv/)
  const [head = '', ...lines] = csv.text.replace('\uFEFF', '').trimEnd().split('\r\n')
  const names = head.split(',')
  expect(lines).toHaveLength(COUNT)
  for (const i of [0, 1, 1_440, 2_000, COUNT - 1]) {
    const cells = lines[i]!.split(',')
    expect(Date.parse(cells[0]!)).toBe(start + i * MINUTE)
    expect(Number(cells[names.indexOf('freezerTemp')])).toBeCloseTo(-18 - i / 1000, 4)
    expect(cells[names.indexOf('power')]).toBe(i % 3 ? String(i % 97) : '')
  }
  const parquet = await ask(`/api/appliances/f1/telemetry/file?${range()}&format=parquet`)
  expect(parquet.type).toBe('application/vnd.apache.parquet')
  const [sums] = await query(
    parquet.bytes,
    'select count(*) as n, count(distinct ts) as times, count(power) as powers, sum(power) as power, epoch_ms(min(ts)) as first, epoch_ms(max(ts)) as last from FILE',
  )
  const powers = Array.from({ length: COUNT }, (_, i) => (i % 3 ? i % 97 : 0))
  expect(sums).toEqual({
    n: String(COUNT),
    times: String(COUNT),
    powers: String(powers.filter((_, i) => i % 3).length),
    power: powers.reduce((sum, power) => sum + power),
    first: String(start),
    last: String(start + (COUNT - 1) * MINUTE),
  })
  // Part of it, and where there is nothing.
  const part = await ask(`/api/appliances/f1/telemetry/file?from=${start}&to=${start + 10 * MINUTE}`)
  expect(part.text.trimEnd().split('\r\n')).toHaveLength(11)
  const none = await ask(`/api/appliances/f2/telemetry/file?${range()}&format=parquet`)
  expect(await query(none.bytes, 'select count(*) as n from FILE')).toEqual([{ n: '0' }])
  expect((await ask('/api/appliances/f1/telemetry/file?format=xlsx')).status).toBe(400)
  expect((await ask('/api/appliances/nobody/telemetry/file')).status).toBe(404)
  expect((await ask('/api/appliances/f1/telemetry/file', 'nobody')).status).toBe(401)
})

test('the rows of any list are had as a table, and what is none says so', async () => {
  const { items } = await program.call<{ items: { id: string; model: string }[] }>('GET', '/api/appliances')
  const csv = await ask('/api/appliances?as=csv')
  expect(csv.type).toMatch(/^text\/csv/)
  expect(csv.text.trimEnd().split('\r\n')).toHaveLength(items.length + 1)
  // What a spreadsheet would run is text.
  expect(csv.text).toContain('"\'=Frost, 3"')
  const parquet = await ask('/api/appliances?as=parquet')
  expect(await query(parquet.bytes, 'select id, model from FILE order by id')).toEqual([
    { id: 'f1', model: '=Frost, 3' },
    { id: 'f2', model: 'Frost 4' },
  ])
  expect((await query(parquet.bytes, 'describe select * from FILE')).map(({ column_type }) => column_type)).toContain(
    'TIMESTAMP',
  )
  // An empty list has no columns, and is a file all the same.
  expect((await ask('/api/alerts?as=csv')).status).toBe(200)
  expect((await ask('/api/alerts?as=parquet')).status).toBe(200)
  const wrong = await ask('/api/appliances?as=xlsx')
  expect([wrong.status, JSON.parse(wrong.text)]).toMatchObject([400, { code: 'unknown-table' }])
  const single = await ask('/api/appliances/f1?as=csv')
  expect([single.status, JSON.parse(single.text)]).toMatchObject([406, { code: 'no-table' }])
  expect((await ask('/api/appliances?as=csv', 'nobody')).status).toBe(401)
})
