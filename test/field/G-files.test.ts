// FIELD G: files that people have, in and out.

import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDataDir, type Program, quiet, removeDataDir, startProgram } from '../program.ts'

let dataDir: string
let program: Program
let folder: string
beforeAll(async () => {
  dataDir = await newDataDir()
  folder = await mkdtemp(join(tmpdir(), 'hearthwatch-files-'))
  program = await startProgram(dataDir, { CLOCK: 'telemetry' })
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
  await rm(folder, { recursive: true })
})

/** `npm run replay` as a person runs it. */
async function replay(
  id: string,
  file: string | Buffer,
  ...args: string[]
): Promise<{ code: number | null; output: string }> {
  const path = join(folder, `${id}.csv`)
  await writeFile(path, file)
  const child = spawn(
    process.execPath,
    [
      'scripts/replay.ts',
      path,
      '--id',
      id,
      '--api',
      program.url,
      '--url',
      program.mqttUrl,
      '--token',
      program.token,
      ...args,
    ],
    { env: { ...process.env, DATA_DIR: dataDir, NODE_NO_WARNINGS: '1' } },
  )
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, output })))
}
async function stored(id: string): Promise<{ ts: number[]; mean: Record<string, (number | null)[]> }> {
  await quiet(program)
  const { ts, series } = await program.call<{ ts: number[]; series: Record<string, { mean: (number | null)[] }> }>(
    'GET',
    `/api/appliances/${id}/telemetry?from=1420070400000&to=4000000000000&points=100000`,
  )
  return { ts, mean: Object.fromEntries(Object.entries(series).map(([name, { mean }]) => [name, mean])) }
}
const START = Date.UTC(2025, 1, 1)
const minutes = (count: number, row: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => row(i)).join('\n')
const at = ['--start', '2025-02-01T00:00:00Z']

describe('npm run replay', () => {
  test('G seconds under `ts` are seconds: a thousand rows become a thousand readings', async () => {
    const { code, output } = await replay(
      'seconds',
      `ts,power\n${minutes(1_000, (i) => `${START / 1000 + i * 60},${i % 100}`)}`,
      ...at,
    )
    expect(output).toContain('time: ts, s')
    expect(code).toBe(0)
    expect((await stored('seconds')).ts).toHaveLength(1_000)
  })

  test.each([
    ['semicolons', `ts;cabinetTemp;power\n${minutes(3, (i) => `${START + i * 60_000};4,${i};81,5`)}`],
    ['quoted', `ts,cabinetTemp,power\n${minutes(3, (i) => `${START + i * 60_000},"4,${i}","81,5"`)}`],
    ['iso', `time,cabinetTemp,power\n${minutes(3, (i) => `2025-02-01T00:0${i}:00Z,4.${i},81.5`)}`],
    ['minutes', `ts;cabinetTemp;power\n${minutes(3, (i) => `${START / 60_000 + i};4,${i};81,5`)}`],
    ['tabs', `Date\tcabinetTemp\tpower\n${minutes(3, (i) => `01.02.2025 00:0${i}:00\t4,${i}\t81,5`)}`],
  ])('G decimal commas, other separators and written times are understood: %s', async (id, text) => {
    const { code, output } = await replay(id, Buffer.from(`\uFEFF${text}`, id === 'tabs' ? 'utf16le' : 'utf8'), ...at)
    expect(output).not.toContain('line ')
    expect(code).toBe(0)
    expect((await stored(id)).mean).toEqual({ cabinetTemp: [4, 4.1, 4.2], power: [81.5, 81.5, 81.5] })
  })

  test('G a comma too much in a row is refused with its line, and never read as other numbers', async () => {
    const text = `ts,cabinetTemp,power\n${START},4.1,81\n${START + 60_000},4,1,81,5\n${START + 120_000},4.3,x\n`
    const { code, output } = await replay('commas', text, ...at)
    expect(output).toMatch(/line 3: .* has 5 cells.*decimal comma/)
    expect(output).toMatch(/line 4, column 3 \(power\): 'x' is no number/)
    expect(code).toBe(0)
    expect((await stored('commas')).mean).toEqual({ cabinetTemp: [4.1, 4.3], power: [81, null] })
  })

  test('G what no sensor can mean spoils no mean', async () => {
    const text = `ts,cabinetTemp,power\n${START},4,80\n${START + 20_000},-127,65535\n${START + 40_000},5,90\n${START + 60_000},4,80\n`
    const { output } = await replay('means', text, ...at)
    expect(output).toContain('2 values no sensor of a fridge can mean')
    expect((await stored('means')).mean).toEqual({ cabinetTemp: [4.5, 4], power: [85, 80] })
  })

  test('G a history that Home Assistant exported is read: changes hold, what is unavailable is a gap', async () => {
    const when = (seconds: number): string => new Date(START + seconds * 1000).toISOString()
    const rows = [
      ['sensor.fridge_power', '80', when(0)],
      ['sensor.fridge_cabinet_temp', '4.0', when(0)],
      ['sensor.fridge_power', '100', when(90)],
      ['sensor.fridge_power', 'unavailable', when(180)],
      ['sensor.fridge_power', '60', when(300)],
      ['sensor.fridge_cabinet_temp', '5.0', when(360)],
      ['switch.lamp', 'on', when(10)],
    ]
    const text = `entity_id,state,last_changed\n${rows.map((row) => row.join(',')).join('\n')}\n`
    const { code, output } = await replay('assistant', text, ...at, '--map', 'switch.lamp=')
    expect(output).toContain('changes (Home Assistant)')
    expect(output).toContain('sensor.fridge_power → power')
    expect(code).toBe(0)
    const { mean } = await stored('assistant')
    expect(mean.power).toEqual([80, 90, 100, null, null, 60, null])
    expect(mean.cabinetTemp).toEqual([4, 4, 4, 4, 4, 4, 5])
  })

  test('G a preview says how the file is understood, and sends nothing', async () => {
    const before = (await quiet(program)).readings.received
    const { code, output } = await replay(
      'looked',
      `时间;power\n2025-02-01 00:00:00;1,5\n`,
      '--preview',
      '--zone',
      'Asia/Shanghai',
    )
    expect(code).toBe(0)
    expect(output).toContain('cells by ;, decimal ,')
    expect(output).toContain('in Asia/Shanghai')
    expect((await quiet(program)).readings.received).toBe(before)
  })

  test('G what a file says in two ways, or of no metric that is looked at, is told', async () => {
    const text = `t,power,power,Power [W]\n${minutes(3, (i) => `${i},80,90,80`)}\n`
    const unclear = await replay('unclear', text, ...at)
    expect(unclear.code).toBe(1)
    expect(unclear.output).toMatch(/may be seconds or minutes.* --time-unit/s)
    const { code, output } = await replay('twofold', text, '--time-unit', 'min', ...at)
    expect(output).toContain('line 1, column 3 (power)')
    expect(output).toContain(
      "Power [W] is no metric of a fridge: kept, and not looked at (--map 'Power [W]=METRIC', or =)",
    )
    expect(code).toBe(0)
    expect((await stored('twofold')).mean).toEqual({ power: [80, 80, 80], 'Power [W]': [80, 80, 80] })
  })

  test('G a file that is no table says what it should be', async () => {
    const { code, output } = await replay('junk', 'hello\nworld\n')
    expect(code).toBe(1)
    expect(output).toContain('is a time')
  })
})

interface ImportAnswer {
  understood: { encoding: string; delimiter: string; decimal: string }
  columns: { name: string; field: string | null }[]
  usable: number
  preview: Record<string, unknown>[]
  refused: { line: number; column?: number; name?: string; why: string }[]
  made?: { id: string }[]
}
async function send(list: string, file: string | Buffer, query = ''): Promise<{ status: number; body: ImportAnswer }> {
  const response = await fetch(`${program.url}/api/imports/${list}${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${program.token}`, 'content-type': 'text/csv' },
    body: Buffer.from(file),
  })
  return { status: response.status, body: (await response.json()) as ImportAnswer }
}
const registered = (id: string) => program.call<Record<string, unknown>>('GET', `/api/appliances/${id}`)

describe('lists', () => {
  test('G decimal commas, quoted names, day-first dates and zh-CN arrive as they were meant', async () => {
    const text =
      'id;kind;model;lat;lon;ownerName;ownerContact;language;installedAt\r\n' +
      'csv-1;fridge;KG 300;48,14;11,58;"Müller; Ada";ada@example.org;zh-CN;01.02.2025\r\n'
    const preview = await send('appliances', Buffer.from(text, 'latin1'), '?preview=true')
    expect(preview.body.understood).toMatchObject({ encoding: 'windows-1252', delimiter: ';', decimal: ',' })
    expect(preview.body.preview[0]).toMatchObject({ location: { lat: 48.14, lon: 11.58 } })
    await expect(registered('csv-1')).rejects.toThrow('404')
    const { status } = await send('appliances', Buffer.from(text, 'latin1'))
    expect(status).toBe(201)
    expect(await registered('csv-1')).toMatchObject({
      location: { lat: 48.14, lon: 11.58 },
      owner: { name: 'Müller; Ada', contact: 'ada@example.org', language: 'zh' },
      installedAt: Date.UTC(2025, 1, 1),
    })
  })

  test('A a few kilobytes that unpack to millions of rows are refused, and the next file is taken', async () => {
    for (const rows of [60_000, 20_000_000]) {
      const { status, body } = await send('appliances', gzipSync(`id,kind,model\n${'1\n'.repeat(rows)}`))
      expect([rows, status, body]).toMatchObject([rows, 413, { code: 'bad-file' }])
    }
  })

  test('G GB 18030 is read as Chinese', async () => {
    const name = Buffer.from([0xd5, 0xc5, 0xc8, 0xfd])
    const file = Buffer.concat([Buffer.from('id,kind,model,ownerName\ncsv-2,fridge,M,'), name, Buffer.from('\n')])
    expect((await send('appliances', file)).status).toBe(201)
    expect(await registered('csv-2')).toMatchObject({ owner: { name: '张三' } })
  })

  test.each(['sep=;\r\n', '\uFEFFsep=;\n', '"sep=;"\r\n'])(
    'G a line that tells a spreadsheet its separator (%j) is no row, and the lines are counted on',
    async (said) => {
      const { body } = await send(
        'appliances',
        `${said}id;kind;model\nsep-1;fridge;M\nsep-2;toaster;M\n`,
        '?preview=true',
      )
      expect(body).toMatchObject({ usable: 1, refused: [{ line: 4, column: 2 }], understood: { delimiter: ';' } })
    },
  )

  test('G every refusal has its line and column, and nothing is taken unless that is asked for', async () => {
    const text = `id,kind,model,lat,lon,language,colour
good,fridge,M,48,11,en,
bad id,fridge,M,48,11,en,
far,fridge,M,948,11,en,
tongue,fridge,M,48,11,fr,
toaster,toaster,M,48,11,en,
short,fridge,M
good,fridge,M,48,11,en,
named,constructor,M,48,11,en,
`
    const { status, body } = await send('appliances', text)
    expect(status).toBe(422)
    expect(body.refused.map(({ line, column, name }) => [line, column, name])).toEqual([
      [1, 7, 'colour'],
      [3, 1, 'id'],
      [4, 4, 'lat'],
      [5, 6, 'language'],
      [6, 2, 'kind'],
      [7, undefined, undefined],
      [8, 1, 'id'],
      [9, 2, 'kind'],
    ])
    await expect(registered('good')).rejects.toThrow('404')
    const partial = await send('appliances', text, '?partial=true')
    expect(partial.status).toBe(201)
    expect(partial.body.made?.map(({ id }) => id)).toEqual(['good'])
  })

  test('G engineers and counts of stock come by the same reader', async () => {
    const people = await send(
      'engineers',
      '工号;姓名;等级;技能;纬度;经度\ne1;李雷;A;refrigeration, electrics;48,1;11,5\n',
    )
    expect([people.status, people.body.refused]).toEqual([201, []])
    const { items } = await program.call<{ items: { id: string; name: string; skills: string[] }[] }>(
      'GET',
      '/api/engineers',
    )
    expect(items.find(({ id }) => id === 'e1')).toMatchObject({ name: '李雷', skills: ['refrigeration', 'electrics'] })
    const stock =
      'depot,type,lat,lon,part,quantity\nd1,depot,48,11,door-gasket,5\nd1,depot,48,11,toString,2\nd2,,,,door-gasket,1\n'
    const counted = await send('stock', stock, '?partial=true')
    expect(counted.body.refused.map(({ line, name }) => [line, name])).toEqual([
      [3, 'part'],
      [4, 'depot'],
    ])
    const depots = await program.call<{ items: { id: string; stock: { part: string; quantity: number }[] }[] }>(
      'GET',
      '/api/depots',
    )
    expect(depots.items.find(({ id }) => id === 'd1')?.stock).toMatchObject([{ part: 'door-gasket', quantity: 5 }])
  })

  test('G what is no file is refused in one sentence', async () => {
    for (const file of ['', '\n\n', Buffer.from([0x1f, 0x8b, 1, 2])]) {
      const { status, body } = await send('appliances', file)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
      expect(JSON.stringify(body)).toContain('title')
    }
  })
})
