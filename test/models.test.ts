// A candidate beside the models in force, its promotion and its undoing, in the running program.

import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MadeFault, madeFridge } from '../analytics/handMade.fixture.ts'
import type { Alert, KindDrift, Reading } from '../core/index.ts'
import type { ModelsView } from '../service/index.ts'
import { chromiumMissing, openChromium } from './chromium.ts'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from './program.ts'

type Models = ModelsView & {
  drift: KindDrift[]
  shadow: { set?: string; state: string; because?: string } | null
}

const execute = promisify(execFile)
const shipped = fileURLToPath(new URL('../models', import.meta.url))
/** The same knowledge under another name. */
const renamed = (sidecar: Uint8Array, version: string): string =>
  JSON.stringify({ ...(JSON.parse(Buffer.from(sidecar).toString()) as object), version })
const DAY_READINGS = 1440
/** Each breaks in a chapter of its own. */
const fridges = new Map<string, MadeFault>(
  Object.entries({ first: 20, second: 36, third: 50, fourth: 64 }).map(([id, fromDay]) => [
    id,
    { fromDay, overDays: 8, capacity: 0.35, power: 0.15 },
  ]),
)

let dataDir: string
let env: Record<string, string>
let program: Program
let clients: Map<string, MqttClient>
const readings = new Map<string, Reading[]>()
let passwords: Map<string, string>

beforeAll(async () => {
  dataDir = await newDataDir()
  const modelsDir = join(dataDir, 'handed-over')
  await mkdir(modelsDir)
  for (const entry of await readdir(shipped, { withFileTypes: true }))
    if (entry.isFile()) await cp(join(shipped, entry.name), join(modelsDir, entry.name))
  env = { CLOCK: 'telemetry', MODELS_DIR: modelsDir, ADMIN_PASSWORD: 'of-the-tests-only' }
  program = await startProgram(dataDir, env)
  const made = await program.call<{ id: string; mqtt: { password: string } }[]>(
    'POST',
    '/api/appliances',
    [...fridges.keys()].map((id) => ({ id, kind: 'fridge', model: 'Made' })),
  )
  passwords = new Map(made.map(({ id, mqtt }) => [id, mqtt.password]))
  for (const [i, [id, fault]] of [...fridges].entries()) readings.set(id, madeFridge(i + 1, 78, fault))
  await connectAll()
})
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

async function connectAll(): Promise<void> {
  clients = new Map()
  for (const [id, password] of passwords) {
    const client = await connectAppliance(program, id, password)
    client.on('error', () => {})
    clients.set(id, client)
  }
}
const models = () => program.call<Models>('GET', '/api/models')
/** Every fridge publishes these days, an hour a message, in turn: the world's time goes by what they say. */
async function publish(from: number, to: number): Promise<void> {
  for (let hour = 24 * from; hour < 24 * to; hour++) {
    const sent = [...clients].map(([id, client]) => {
      const some = (readings.get(id) ?? []).slice(60 * hour, 60 * (hour + 1))
      return client.publishAsync(`appliances/fridge/${id}/telemetry`, JSON.stringify(some), { qos: 1 })
    })
    await Promise.all(sent)
  }
  await quiet(program)
}
const detectorOf = async (appliance: string): Promise<string> => {
  const { items } = await program.call<{ items: Alert[] }>('GET', `/api/alerts?appliance=${appliance}`)
  return items.find(({ ticket }) => ticket)?.detector ?? `none on ${appliance}`
}
const refusal = async (path: string, body: unknown): Promise<string> =>
  program.call('POST', path, body).then(
    () => 'done',
    (error: Error) => error.message,
  )
async function inForce(set: string): Promise<Models> {
  return eventually(`${set} in force`, async () => {
    const now = await models()
    return now.inForce.set === set && !now.pending && now
  })
}

test('a candidate runs in shadow, is promoted with a reason, survives a kill, and is taken back, all without a restart', {
  timeout: 300_000,
}, async () => {
  const before = await models()
  expect(before.inForce.kinds.map(({ kind }) => kind)).toEqual(['ac', 'fridge', 'washer'])
  expect(before.candidate).toBe(null)
  expect(await refusal('/api/models/promote', {})).toContain('no-candidate')
  expect(await refusal('/api/models/rollback', {})).toContain('no-former-models')

  // Only the fridges' models: the other kinds keep theirs.
  const candidateDir = join(env.MODELS_DIR!, 'candidate')
  await mkdir(candidateDir)
  for (const file of await readdir(shipped)) {
    if (!file.startsWith('fridge')) continue
    const bytes = await readFile(join(shipped, file))
    await writeFile(join(candidateDir, file), file.endsWith('.json') ? renamed(bytes, 'two') : bytes)
  }
  const offered = await eventually('the candidate', async () => {
    const now = await models()
    return now.candidate && now.shadow && now
  })
  const candidate = offered.candidate!.set
  expect(offered.candidate!.kinds.map(({ kind, version }) => `${kind} ${version}`)).toEqual([
    `ac ${before.inForce.kinds[0]!.version}`,
    'fridge two',
    `washer ${before.inForce.kinds[2]!.version}`,
  ])

  await publish(0, 18)
  await eventually('the shadow', async () => {
    // Where nothing is heard no time passes, and no snapshot is begun.
    const now = await models()
    return now.shadow?.state === 'running'
  })
  await publish(18, 34)
  expect(await detectorOf('first')).toContain(` ${before.inForce.kinds[1]!.version}`)
  const compared = await eventually('what the shadow found', async () => {
    const { comparison } = await models()
    return comparison && comparison.to >= readings.get('first')![34 * DAY_READINGS - 2]!.ts && comparison
  })
  // The same knowledge under another name says the same of the same readings.
  expect(compared.candidate).toEqual(compared.inForce)
  expect(compared.candidate.opened).toBeGreaterThan(0)
  expect(compared.applianceDays).toBeGreaterThan(50)
  expect(compared.against).toMatchObject([{ reason: 'seen-too-little' }])
  const { items: would } = await program.call<{ items: { appliance: string; inForce?: object }[] }>(
    'GET',
    '/api/models/alerts',
  )
  expect(would.length).toBe(compared.candidate.opened)
  expect(would.every(({ appliance, inForce: said }) => appliance === 'first' && said !== undefined)).toBe(true)
  // It opened nothing: one alert, one ticket, of the version in force.
  const { items: tickets } = await program.call<{ items: { appliance: string }[] }>('GET', '/api/tickets')
  expect(tickets.map(({ appliance }) => appliance)).toEqual(['first'])

  expect(await refusal('/api/models/promote', {})).toContain('candidate-is-worse')
  expect(await refusal('/api/models/promote', { override: 'why' })).toContain('400')
  await program.call('POST', '/api/models/promote', { override: 'four fridges never make seven hundred days' })
  const promoted = await inForce(candidate)
  expect(promoted).toMatchObject({ former: { set: before.inForce.set }, candidate: null, shadow: null })
  expect(promoted.inForce.offset).toBeGreaterThan(0)
  expect(promoted.history[0]).toMatchObject({
    action: 'promote',
    by: 'token',
    figures: { applianceDays: expect.any(Number) },
  })
  expect(promoted.history[0]!.why).toContain('four fridges')
  await publish(34, 48)
  expect(await detectorOf('second')).toMatch(/ two$/)

  await program.kill()
  program = await startProgram(dataDir, env)
  await connectAll()
  const again = await models()
  expect(again.inForce).toEqual(promoted.inForce)
  await publish(48, 62)
  expect(await detectorOf('third')).toMatch(/ two$/)

  await program.call('POST', '/api/models/rollback')
  const back = await inForce(before.inForce.set)
  expect(back).toMatchObject({ former: null, candidate: { set: candidate } })
  expect(back.inForce.offset).toBeGreaterThan(promoted.inForce.offset!)
  await publish(62, 78)
  expect(await detectorOf('fourth')).toContain(` ${before.inForce.kinds[1]!.version}`)
  expect(await refusal('/api/models/rollback', {})).toContain('no-former-models')
  // A kind nobody has says nothing, and the fridges' first rows are counted.
  await eventually('drift is watched', async () => {
    const { drift } = await models()
    return drift.some(({ kind, since }) => kind === 'fridge' && since !== null) && drift.length === 3
  })

  // The folder no longer offers it, but what was taken back stays a candidate until somebody says otherwise.
  await rm(candidateDir, { recursive: true })
  await program.call('DELETE', '/api/models/candidate')
  await eventually('no candidate', async () => (await models()).candidate === null)
})

test('a kill while a swap is under way leaves the old version or the new one, and the one that was asked for in the end', {
  timeout: 300_000,
}, async () => {
  const { set: before } = (await models()).inForce
  const files: Record<string, string> = {}
  for (const file of await readdir(shipped)) {
    if (!file.startsWith('fridge')) continue
    const bytes = await readFile(join(shipped, file))
    files[file] = Buffer.from(file.endsWith('.json') ? renamed(bytes, 'third') : bytes).toString('base64')
  }
  expect(await refusal('/api/models/candidate', { files: { 'fridge.json': btoa('{') } })).toContain('bad-model')
  const { set: third } = await program.call<{ set: string }>('POST', '/api/models/candidate', { files })
  expect((await models()).candidate).toMatchObject({ set: third, source: 'api' })
  const offsets: number[] = []
  for (const [path, expected] of [
    ['promote', third],
    ['rollback', before],
    ['promote', third],
  ] as const) {
    await program.call('POST', `/api/models/${path}`, path === 'promote' ? { override: 'to be killed at it' } : {})
    await program.kill()
    program = await startProgram(dataDir, env)
    const { inForce: now } = await inForce(expected)
    offsets.push(now.offset ?? 0)
    // A second start finds the same, from the snapshot or from the journal.
    await program.kill()
    program = await startProgram(dataDir, env)
    expect((await models()).inForce).toEqual(now)
  }
  expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
  expect((await models()).history.filter(({ offset }) => offset === null)).toEqual([])
})

test('`npm run models -- rollback` takes back what was promoted on the page, and what was promoted by command', {
  timeout: 120_000,
}, async () => {
  const modelsDir = env.MODELS_DIR!
  const { inForce: promoted, former } = await models()
  const run = async (): Promise<string> => {
    const { stdout, stderr } = await execute(process.execPath, ['scripts/models.ts', 'rollback'], {
      env: { ...process.env, DATA_DIR: dataDir, PORT: new URL(program.url).port, MODELS_DIR: modelsDir },
    }).catch((error: { stdout: string; stderr: string }) => error)
    return stdout + stderr
  }
  expect(await run()).toContain(`from ${promoted.set} to ${former?.set}`)
  await inForce(former!.set)
  expect(await run()).toContain('nothing to take back')

  // By command both lie in the folder: what was in force before in `former`, what is now at its top.
  for (const file of await readdir(shipped)) {
    if (!file.startsWith('ac')) continue
    const bytes = await readFile(join(shipped, file))
    await mkdir(join(modelsDir, 'former'), { recursive: true })
    await cp(join(modelsDir, file), join(modelsDir, 'former', file))
    await writeFile(join(modelsDir, file), file.endsWith('.json') ? renamed(bytes, 'command') : bytes)
  }
  for (const file of await readdir(modelsDir))
    if (file.includes('.') && !file.startsWith('ac')) await cp(join(modelsDir, file), join(modelsDir, 'former', file))
  await eventually('the folder’s models in force', async () => {
    const { inForce: now, pending, history } = await models()
    return !pending && history[0]?.action === 'adopt' && now.kinds.some(({ version }) => version === 'command')
  })
  expect(await run()).toContain('The former models.')
  await inForce(former!.set)
})

test('a world with models of its own is offered what the folder newly holds, and is not taken over by it', {
  timeout: 60_000,
}, async () => {
  const own = (await models()).candidate!.set
  await program.call('POST', '/api/models/promote', { override: 'a version of its own' })
  await inForce(own)
  const path = join(env.MODELS_DIR!, 'washer.json')
  await writeFile(path, renamed(await readFile(path), 'updated'))
  await eventually('the folder’s models as a candidate', async () => {
    const { candidate, inForce: now } = await models()
    return now.set === own && candidate?.kinds.some(({ version }) => version === 'updated')
  })
})

test.skipIf(chromiumMissing())(
  'a person promotes and rolls back on the page, and says why',
  { timeout: 120_000 },
  async () => {
    const { inForce: before, candidate } = await models()
    const browser = await openChromium()
    try {
      const context = await browser.newContext({ extraHTTPHeaders: { authorization: `Bearer ${program.token}` } })
      const page = await context.newPage()
      await page.goto(`${program.url}/scoreboard`)
      const card = (name: string) => page.getByRole('region', { name, exact: true })
      await card('In force').getByText(before.set).waitFor()
      await card('Candidate').getByRole('button', { name: 'Promote' }).click()
      const asked = page.getByRole('dialog', { name: 'Promote' })
      await asked.getByText('It has not run in shadow yet.').waitFor()
      expect(await asked.getByRole('button', { name: 'Promote' }).isDisabled()).toBe(true)
      await asked.getByLabel('Why it should be in force').fill('a person wants it so')
      await asked.getByRole('button', { name: 'Promote' }).click()
      await card('In force').getByText(candidate!.set).waitFor()
      await page.getByText('a person wants it so').waitFor()
      await card('Former').getByRole('button', { name: 'Roll back' }).click()
      await page.getByRole('dialog', { name: 'Roll back' }).getByRole('button', { name: 'Roll back' }).click()
      await card('In force').getByText(before.set).waitFor()
    } finally {
      await browser.close()
    }
  },
)
