// FIELD H: an appliance from the factory: the list comes as a file, the code on the label turns into credentials once.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAppliance, eventually, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const CODE = 'WX7K-93QP-4TTN'
let dataDir: string
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir)
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

const ask = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
  const isText = typeof body === 'string'
  const answer = await fetch(program.url + path, {
    method: 'POST',
    headers: { 'content-type': isText ? 'text/csv' : 'application/json', ...headers },
    body: isText ? body : JSON.stringify(body),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const send = (csv: string) => ask('/api/imports/factory', csv, { authorization: `Bearer ${program.token}` })
const claim = (code: string, more: object = {}) => ask('/api/claim', { code, ...more })

test('H a list of the factory is taken in, with each row that cannot be used by its line', async () => {
  const bad = await send(
    `id;kind;model;batch;code\nsn-1;fridge;Polar;B7;${CODE}\nsn-2;toaster;T;;LONG-ENOUGH-CODE\nsn-3;fridge;Polar;B7;short`,
  )
  expect(bad.status).toBe(422)
  expect(bad.body.refused).toMatchObject([
    { line: 3, name: 'kind' },
    { line: 4, name: 'code' },
  ])
  expect((await ask('/api/imports/factory', 'id;kind\n')).status).toBe(401)
  const good = await send(`id;kind;model;batch;code\nsn-1;fridge;Polar;B7;${CODE}\nsn-2;washer;W;;LONG-ENOUGH-CODE`)
  expect(good).toMatchObject({ status: 201, body: { made: [{ appliance: 'sn-1' }, { appliance: 'sn-2' }] } })
  // Nothing of them is an appliance yet.
  expect((await program.call<{ items: unknown[] }>('GET', '/api/appliances')).items).toEqual([])
})

test('H the code turns into credentials once, however many ask at the same moment, and they let the appliance in', async () => {
  expect((await claim('NO-SUCH-CODE-AT-ALL')).body.code).toBe('no-such-code')
  const owner = { name: 'Ada', contact: 'ada@example.org' }
  const all = await Promise.all([1, 2, 3].map(() => claim(CODE.toLowerCase().replaceAll('-', ' '), { owner })))
  expect(all.map(({ status }) => status).toSorted()).toEqual([201, 409, 409])
  const made = all.find(({ status }) => status === 201)?.body as {
    id: string
    mqtt: { username: string; password: string }
  }
  expect(made).toMatchObject({ id: 'sn-1', kind: 'fridge', mqtt: { username: 'sn-1' } })
  const client = await connectAppliance(program, 'sn-1', made.mqtt.password)
  await client.endAsync()
  expect(await program.call('GET', '/api/appliances/sn-1')).toMatchObject({ batch: 'B7', owner: { name: 'Ada' } })
  expect((await claim(CODE)).body).toMatchObject({ code: 'code-claimed' })
  // Sent again, the list brings no claimed one back.
  await send(`id;kind;model;batch;code\nsn-1;fridge;Polar;B7;${CODE}`)
  expect((await claim(CODE)).status).toBe(409)
  const { items } = await program.call<{ items: { appliance: string; claimedAt?: number }[] }>('GET', '/api/claims')
  expect(items.map(({ appliance, claimedAt }) => [appliance, claimedAt !== undefined])).toEqual([
    ['sn-1', true],
    ['sn-2', false],
  ])
})

test('H one that is registered already is not claimed, and its code stays good; no file has a code as it is', async () => {
  await program.call('POST', '/api/appliances', { id: 'sn-2', kind: 'washer', model: 'W' })
  expect((await claim('LONG-ENOUGH-CODE')).body.code).toBe('id-taken')
  await program.call('DELETE', '/api/appliances/sn-2')
  expect((await claim('LONG-ENOUGH-CODE')).status).toBe(201)
  for (const file of (await readdir(dataDir, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  )) {
    const bytes = await readFile(join(file.parentPath, file.name)).catch(() => Buffer.alloc(0))
    for (const code of [CODE, CODE.replaceAll('-', ''), 'LONG-ENOUGH-CODE'])
      expect(bytes.includes(code), file.name).toBe(false)
  }
})

test('H a part of the fleet gets new secrets, and the former ones go on until the new one is used', async () => {
  type Made = { id: string; mqtt: { password: string } }
  const made = await program.call<Made[]>('POST', '/api/appliances', [
    { id: 'r1', kind: 'fridge', model: 'Old' },
    { id: 'r2', kind: 'fridge', model: 'Old' },
    { id: 'r3', kind: 'washer', model: 'New' },
  ])
  const former = new Map(made.map(({ id, mqtt }) => [id, mqtt.password]))
  const rotate = (body: object) => ask('/api/secrets/rotate', body, { authorization: `Bearer ${program.token}` })
  expect((await rotate({ overlapHours: 24, model: 'None' })).body.code).toBe('nothing-chosen')
  expect((await rotate({ overlapHours: 24, ids: ['r1', 'none'] })).status).toBe(404)
  expect((await rotate({ model: 'Old' })).status).toBe(400)
  const stays = await connectAppliance(program, 'r1', former.get('r1') ?? '')
  const { body } = await rotate({ overlapHours: 24, kind: 'fridge', model: 'Old' })
  const now = new Map((body.items as Made[]).map(({ id, mqtt }) => [id, mqtt.password]))
  expect([...now.keys()].toSorted()).toEqual(['r1', 'r2'])
  // Nobody's session ends by it, and whoever has heard of nothing comes in as before.
  expect(stays.connected).toBe(true)
  await stays.endAsync()
  const waiting = async () => (await program.call<{ items: object[]; total: number }>('GET', '/api/secrets')).items
  await (await connectAppliance(program, 'r1', former.get('r1') ?? '')).endAsync()
  expect(await waiting()).toMatchObject([
    { id: 'r1', isOver: false },
    { id: 'r2', isOver: false },
  ])
  // A second round before the first was heard of takes nothing away.
  const again = await rotate({ overlapHours: 24, ids: ['r2'] })
  await (await connectAppliance(program, 'r2', former.get('r2') ?? '')).endAsync()
  await expect(connectAppliance(program, 'r2', now.get('r2') ?? '')).rejects.toThrow()
  // The new one, once used, ends the former.
  await (await connectAppliance(program, 'r1', now.get('r1') ?? '')).endAsync()
  await expect(connectAppliance(program, 'r1', former.get('r1') ?? '')).rejects.toThrow()
  await eventually('it is known', async () => (await waiting()).length === 1)
  await program.kill()
  program = await startProgram(dataDir)
  expect(await waiting()).toMatchObject([{ id: 'r2' }])
  await (await connectAppliance(program, 'r2', former.get('r2') ?? '')).endAsync()
  await expect(connectAppliance(program, 'r1', former.get('r1') ?? '')).rejects.toThrow()
  await (await connectAppliance(program, 'r2', (again.body.items as Made[])[0]?.mqtt.password ?? '')).endAsync()
  expect(await waiting()).toEqual([])
  // At once, for one: nothing of before is good.
  await program.call('POST', '/api/appliances/r3/credentials', {})
  await expect(connectAppliance(program, 'r3', former.get('r3') ?? '')).rejects.toThrow()
  for (const id of ['r1', 'r2', 'r3']) await program.call('DELETE', `/api/appliances/${id}`)
})
