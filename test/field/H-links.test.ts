// FIELD H: links to owners' pages are derived, kept nowhere, and end when the owner changes.
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, newDataDir, type Program, quiet, removeDataDir, startProgram } from '../program.ts'

let dataDir: string
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { LOG_LEVEL: 'info' })
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

const owner = (name: string) => ({ name, contact: `${name.toLowerCase()}@example.org`, language: 'en' })
async function register(id: string, who?: string): Promise<void> {
  const body = { id, kind: 'fridge', model: 'M', ...(who ? { owner: owner(who) } : {}) }
  await program.call('POST', '/api/appliances', body)
}
const sticker = async (id: string): Promise<string> =>
  new URL((await program.call<{ link: string }>('GET', `/api/appliances/${id}/owner-link`)).link).pathname
const ticketOf = async (id: string): Promise<{ id: string; ownerLink: string; state: string; owner?: unknown }> =>
  (
    await program.call<{ items: { id: string; ownerLink: string; state: string }[] }>(
      'GET',
      `/api/tickets?appliance=${id}`,
    )
  ).items[0]!
/** Without a sign-in, as whoever holds the link. */
async function asHolder(path: string, method = 'GET', body?: unknown): Promise<{ status: number; text: string }> {
  const response = await fetch(`${program.url}/api${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  return { status: response.status, text: await response.text() }
}
const pathOf = (link: string): string => new URL(link).pathname
const report = (path: string) => asHolder(`${path}/report`, 'POST', { text: 'it hums all night' })

/** What is done to it, and how it is called. */
const ends: [string, (id: string) => Promise<unknown>][] = [
  ['a transfer', (id) => program.call('POST', `/api/appliances/${id}/transfer`, { owner: owner('Dave') })],
  ['a registration with another owner', (id) => register(id, 'Dave')],
  ['retirement', (id) => program.call('DELETE', `/api/appliances/${id}`)],
  ['a renewal', (id) => program.call('POST', `/api/appliances/${id}/owner-link`, {})],
]

test.each(ends)('H after %s the links that were there open nothing, and the new ones do', async (what, end) => {
  const id = `l-${ends.findIndex(([name]) => name === what)}`
  await register(id, 'Carol')
  const old = await sticker(id)
  expect((await report(old)).status).toBe(201)
  const before = await ticketOf(id)
  const page = pathOf(before.ownerLink)
  expect((await asHolder(page)).status).toBe(200)
  await end(id)
  for (const path of [old, page]) expect((await asHolder(path)).status, path).toBe(404)
  expect((await asHolder(`${page}/cancel`, 'POST', { why: 'no' })).status).toBe(404)
  expect((await report(old)).status).toBe(404)
  const after = await ticketOf(id)
  if (what === 'retirement') {
    expect(after.state).toBe('cancelled')
    for (const call of ['report', 'commands', 'owner-link']) {
      const body = call === 'commands' ? { type: 'identify' } : { text: 'x' }
      await expect(program.call('POST', `/api/appliances/${id}/${call}`, body)).rejects.toThrow('409')
    }
    const gone = JSON.stringify(await program.call('GET', `/api/appliances/${id}`))
    expect(gone).not.toMatch(/Carol|carol@/)
    return
  }
  expect(after.id).toBe(before.id)
  expect(await sticker(id)).not.toBe(old)
  expect((await asHolder(pathOf(after.ownerLink))).status).toBe(200)
  if (what === 'a renewal') return
  const { text } = await asHolder(pathOf(after.ownerLink))
  expect(text).not.toMatch(/Carol|carol@|hums/)
  for (const path of [
    `/api/tickets/${after.id}`,
    '/api/inbox?limit=100',
    '/api/inbox?of=owners&limit=100',
    `/api/appliances/${id}`,
  ]) {
    expect(JSON.stringify(await program.call('GET', path)), path).not.toMatch(/Carol|carol@/)
  }
  const { items } = await program.call<{ items: { appliance?: string; body: unknown }[] }>(
    'GET',
    '/api/inbox?limit=100',
  )
  expect(JSON.stringify(items.filter(({ appliance }) => appliance === id))).not.toContain('hums')
})

test('H retiring ends a visit that is under way to somebody, and whose it was is forgotten', async () => {
  await program.call('POST', '/api/engineers', {
    id: 'e1',
    name: 'Eve',
    location: { lat: 52, lon: 13 },
    grade: 'A+',
    skills: ['sealed-system'],
  })
  const owner = { name: 'Zoe', contact: '+4915112345678', language: 'en' }
  const location = { lat: 52, lon: 13 }
  await program.call('POST', '/api/appliances', { id: 'r-1', kind: 'fridge', model: 'M', owner, location })
  expect((await report(await sticker('r-1'))).status).toBe(201)
  const { id } = await ticketOf('r-1')
  await program.call('POST', `/api/tickets/${id}/accept`, {})
  await program.call('POST', `/api/tickets/${id}/assign`, { engineer: 'e1', why: 'test' })
  expect((await ticketOf('r-1')).state).toBe('assigned')
  await program.call('DELETE', '/api/appliances/r-1')
  expect((await ticketOf('r-1')).state).toBe('cancelled')
  const paths = ['/api/appliances/r-1', `/api/tickets/${id}`, '/api/inbox?limit=100', '/api/inbox?of=owners&limit=100']
  for (const path of paths) expect(JSON.stringify(await program.call('GET', path)), path).not.toMatch(/Zoe|12345678/)
})

test('H no link is guessed from another: id, proof and subject belong together', async () => {
  await register('g-1', 'Ann')
  await register('g-2', 'Ben')
  const [one, two] = [await sticker('g-1'), await sticker('g-2')]
  const proof = one.slice(one.lastIndexOf('.') + 1)
  for (const path of [
    `/o/g-2.${proof}`,
    `/o/g-1.${two.slice(two.lastIndexOf('.') + 1)}`,
    '/o/g-1',
    '/o/g-1.',
    `/o/.${proof}`,
    `/t/g-1.${proof}`,
    `/o/g-1.${proof.slice(0, -1)}`,
    '/o/constructor.x',
    '/t/__proto__.x',
  ]) {
    expect((await asHolder(path)).status, path).toBe(404)
  }
  expect((await asHolder(one)).status).toBe(200)
})

test('H links lie in no table, journal, job, log or notice; the mail to the owner has one, and it works over a restart', async () => {
  await register('m-1', 'Mia')
  expect((await report(await sticker('m-1'))).status).toBe(201)
  const { id } = await ticketOf('m-1')
  await program.call('POST', `/api/tickets/${id}/accept`, {})
  await quiet(program)
  const mail = await eventually('a mail', async () => {
    const text = await readFile(join(dataDir, 'live', 'outbox.mbox'), 'utf8')
    return new RegExp(`/t/${id}\\.\\S+`).exec(text)?.[0]
  })
  const opened = (await ticketOf('m-1')).ownerLink
  const proofs = [opened, await sticker('m-1')].map((link) => link.slice(link.lastIndexOf('.') + 1))
  await program.stop()
  const holding: string[] = []
  for (const path of await filesBelow(dataDir)) {
    const bytes = await readFile(path)
    if (proofs.some((proof) => bytes.includes(proof)) && !path.endsWith('outbox.mbox')) holding.push(path)
  }
  expect(holding).toEqual([])
  expect(proofs.filter((proof) => program.output().includes(proof))).toEqual([])
  expect((await stat(join(dataDir, 'live', 'link-key'))).mode & 0o777).toBe(0o600)
  program = await startProgram(dataDir)
  expect((await asHolder(mail)).status).toBe(200)
})

test('H jobs tell which and why, and nothing of whom they go to', async () => {
  const { items } = await program.call<{ items: object[] }>('GET', '/api/jobs')
  expect(JSON.stringify(items)).not.toMatch(/@|\/t\//)
})

async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}
