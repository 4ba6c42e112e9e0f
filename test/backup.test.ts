// A backup of the program at work, put back on an empty machine: everything that was acknowledged before it is there.
import { spawnSync } from 'node:child_process'
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from './program.ts'

const START = Date.UTC(2026, 0, 1)
const SIZE = 50
interface Tickets {
  items: { number: string; id: string; ownerLink: string }[]
}

const started: Program[] = []
afterEach(() => Promise.all(started.splice(0).map((program) => program.kill())))

async function startTelemetry(dataDir: string): Promise<Program> {
  const program = await startProgram(dataDir, { CLOCK: 'telemetry' })
  started.push(program)
  return program
}

function run(script: string, dataDir: string, args: string[], env: Record<string, string> = {}) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [`scripts/${script}.ts`, ...args], {
    env: { ...process.env, DATA_DIR: dataDir, SIMULATE: '0', CLOCK: 'telemetry', NODE_NO_WARNINGS: '1', ...env },
    encoding: 'utf8',
  })
  return { status, said: stdout + stderr }
}

const keyOfAcme = join('organisations', 'acme', 'live', 'device-key')
const inAcme = (program: Program, method: string, path: string, body?: unknown): Promise<Response> =>
  ask(program, { 'x-organisation': 'acme' }, method, path, body)
const ask = (
  program: Program,
  headers: Record<string, string>,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> =>
  fetch(program.url + path, {
    method,
    headers: {
      authorization: `Bearer ${program.token}`,
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

test('a backup of the program at work, restored elsewhere, holds all that was acknowledged before it began', async () => {
  const base = await newDataDir()
  const dataDir = join(base, 'data')
  const program = await startTelemetry(dataDir)
  const ids = Array.from({ length: 10 }, (_, i) => `f${i}`)
  const made = await program.call<{ id: string; mqtt: { password: string } }[]>(
    'POST',
    '/api/appliances',
    ids.map((id) => ({
      id,
      kind: 'fridge',
      model: 'M',
      owner: { name: `Owner of ${id}`, contact: `${id}@example.org` },
    })),
  )
  const passwords = new Map(made.map(({ id, mqtt }) => [id, mqtt.password]))
  await program.call('POST', '/api/appliances/f1/report', { text: 'it hums' })
  // Of another organisation, which lies beside it.
  const opened = await ask(program, {}, 'POST', '/api/organisations', { id: 'acme', name: 'Acme' })
  expect(opened.status).toBe(201)
  const acme = { id: 'a1', kind: 'fridge', model: 'M', owner: { name: 'Ada', contact: 'ada@example.org' } }
  expect((await inAcme(program, 'POST', '/api/appliances', acme)).status).toBe(201)
  expect((await inAcme(program, 'POST', '/api/appliances/a1/report', { text: 'it hums' })).status).toBe(201)
  let going = true
  const acked = new Map<string, number>()
  const senders = ids.map(async (id) => {
    const client = await connectAppliance(program, id, passwords.get(id)!)
    for (let n = 0; going; n++) {
      const readings = Array.from({ length: SIZE }, (_, i) => ({
        ts: START + (n * SIZE + i) * 60_000,
        metrics: { power: i, cabinetTemp: 4 + (i % 7) / 10 },
      }))
      await client.publishAsync(`appliances/fridge/${id}/telemetry`, JSON.stringify(readings), { qos: 1 })
      acked.set(id, (n + 1) * SIZE)
    }
    await client.endAsync()
  })
  await eventually(
    'some of it',
    async () => [...acked.values()].length === ids.length && Math.min(...acked.values()) > 500,
  )
  const before = new Map(acked)
  const tickets = await program.call<Tickets>('GET', '/api/tickets')

  const folder = join(base, 'kept')
  const port = { PORT: new URL(program.url).port }
  expect(run('backup', dataDir, [folder], port)).toMatchObject({
    status: 0,
    said: expect.stringMatching(/backup in/),
  })
  // A second one does not overwrite the first.
  expect(run('backup', dataDir, [folder], port)).toMatchObject({
    status: 1,
    said: expect.stringMatching(/exists already/),
  })
  // Refused before anything is copied, in a sentence: what is not apart, and what is no folder.
  expect(run('backup', dataDir, [join(base, 'b2'), '--keys', join(base, 'b2', 'keys')], port)).toMatchObject({
    status: 1,
    said: expect.stringMatching(/are not apart/),
  })
  const inFile = join(folder, 'manifest.json', 'b3')
  for (const [command, at, args] of [
    ['backup', dataDir, [inFile]],
    ['audit', inFile, ['verify']],
  ] as const)
    expect(run(command, at, [...args], port)).toMatchObject({
      status: 1,
      said: expect.stringMatching(/^\S+ cannot be used \((EEXIST|ENOTDIR)[^\n]*\n$/),
    })
  going = false
  await Promise.all(senders)
  const { readings } = await quiet(program)
  expect(await program.stop()).toBe(0)

  // Keys lie apart, and nothing of them in the backup.
  const keys = await readdir(`${folder}-keys`, { recursive: true })
  expect(keys).toEqual(expect.arrayContaining(['admin-token', 'session-secret', join('live', 'device-key'), keyOfAcme]))
  // Whatever is called like one: the next key that somebody adds is not forgotten here.
  const isKey = /(?:^|[\\/-])(?:keys?|tokens?|secrets?)(?:\.\w+)?$/
  expect(keys.filter((path) => isKey.test(path)).length).toBeGreaterThan(8)
  expect((await readdir(folder, { recursive: true })).filter((path) => isKey.test(path))).toEqual([])

  const elsewhere = join(base, 'elsewhere')
  expect(run('restore', elsewhere, [folder])).toMatchObject({
    status: 0,
    said: expect.stringMatching(/the real world/),
  })
  expect(run('restore', elsewhere, [folder])).toMatchObject({ status: 1, said: expect.stringMatching(/is not empty/) })
  const restored = await startTelemetry(elsewhere)
  const now = await quiet(restored)
  expect(now.readings.received).toBe(now.readings.stored)
  expect(now.readings.stored).toBeLessThanOrEqual(readings.stored)
  for (const [id, count] of before) {
    const to = START + count * 60_000
    const { ts } = await restored.call<{ ts: number[] }>(
      'GET',
      `/api/appliances/${id}/telemetry?from=${START}&to=${to}&points=100000&metrics=power`,
    )
    expect([id, ts.length]).toEqual([id, count])
  }
  const same = await restored.call<Tickets>('GET', '/api/tickets')
  // Its slot may have moved with the world's time, and its link has another port.
  const named = (list: typeof tickets) =>
    list.items.map(({ number, id, ownerLink }) => [number, id, new URL(ownerLink).pathname])
  expect(named(same)).toEqual(named(tickets))
  const [theirs] = ((await (await inAcme(restored, 'GET', '/api/tickets')).json()) as Tickets).items
  expect(theirs).toMatchObject({ appliance: 'a1' })
  const link = new URL(theirs?.ownerLink ?? '').pathname
  expect((await fetch(`${restored.url}/api${link}`)).status).toBe(200)
  // Passwords are those of before, and it goes on where it was.
  const client = await connectAppliance(restored, 'f0', passwords.get('f0')!)
  await client.publishAsync(
    'appliances/fridge/f0/telemetry',
    JSON.stringify({ ts: START + 1e10, metrics: { power: 7 } }),
    { qos: 1 },
  )
  await client.endAsync()
  expect((await quiet(restored)).readings.stored).toBe(now.readings.stored + 1)
  expect(await restored.stop()).toBe(0)

  // Without the program it is taken as well; one cut short, altered, or of somebody else's keys is refused whole.
  const second = join(base, 'second')
  expect(run('backup', elsewhere, [second]).status).toBe(0)
  const list = join(second, 'manifest.json')
  const nowhere = join(base, 'nowhere')
  expect(run('restore', nowhere, [second, '--keys', `${folder}-keys`]).said).toMatch(/are of another backup/)
  const database = join(second, 'live', 'hearthwatch.db')
  const whole = await readFile(database)
  await appendFile(database, 'x')
  expect(run('restore', nowhere, [second]).said).toMatch(/hearthwatch\.db has \d+ bytes, and had \d+/)
  whole[200] = (whole[200] ?? 0) ^ 1
  await writeFile(database, whole)
  expect(run('restore', nowhere, [second]).said).toMatch(/is not what it was/)
  await rm(list)
  expect(run('restore', nowhere, [second])).toMatchObject({ status: 1, said: expect.stringMatching(/cut short/) })
  await expect(readdir(nowhere)).rejects.toThrow()
  await mkdir(nowhere)
  expect(run('backup', nowhere, [join(base, 'third')]).said).toMatch(/There is no world/)
  await removeDataDir(base)
}, 180_000)
