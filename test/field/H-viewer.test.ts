// FIELD H: who only looks finds no link to an owner's page, and neither does a webhook.
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, newDataDir, type Program, quiet, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'
let dataDir: string
let program: Program
let hook: Server
const hooked: string[] = []
beforeAll(async () => {
  hook = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk
    })
    request.on('end', () => {
      hooked.push(body)
      response.end()
    })
  })
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  const { port } = hook.address() as { port: number }
  dataDir = await newDataDir()
  program = await startProgram(dataDir, {
    ADMIN_PASSWORD: PASSWORD,
    WEBHOOK_URL: `http://127.0.0.1:${port}/hooks/k3y?token=t0k3n`,
    // Nobody listens there: the mail becomes a job that waits, with its error.
    SMTP_URL: 'smtp://127.0.0.1:1',
  })
}, 120_000)
afterAll(async () => {
  await program.stop()
  hook.close()
  await removeDataDir(dataDir)
})

async function cookieOf(name: string): Promise<string> {
  const response = await fetch(`${program.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password: PASSWORD }),
  })
  expect(response.status).toBe(200)
  const cookies = response.headers.getSetCookie().map((one) => one.split(';')[0])
  return cookies.join('; ')
}

interface OpenApi {
  paths: Record<string, { get?: { parameters?: { name: string; in: string; required?: boolean }[] } }>
}

test('H a viewer finds no owner’s link and no secret of the webhook, whatever they read', {
  timeout: 120_000,
}, async () => {
  await program.call('POST', '/api/accounts', { name: 'vera', password: PASSWORD, role: 'viewer' })
  const owner = { name: 'Mia', contact: 'mia@example.org', language: 'en' }
  await program.call('POST', '/api/appliances', { id: 'v1', kind: 'fridge', model: 'M', owner })
  const { link } = await program.call<{ link: string }>('GET', '/api/appliances/v1/owner-link')
  const asOwner = await fetch(`${program.url}/api${new URL(link).pathname}/report`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'it hums all night' }),
  })
  expect(asOwner.status).toBe(201)
  const { items } = await program.call<{ items: { id: string; ownerLink: string }[] }>('GET', '/api/tickets')
  const ticket = items[0]!
  await program.call('POST', `/api/tickets/${ticket.id}/accept`, {})
  await quiet(program)
  await eventually('the webhook is told', async () => hooked.some((body) => body.includes(ticket.id)))

  const proofs = [link, ticket.ownerLink].map((one) => one.slice(one.lastIndexOf('.') + 1))
  expect(proofs.every((proof) => proof.length > 20)).toBe(true)
  const cookie = await cookieOf('vera')
  const { paths } = await program.call<OpenApi>('GET', '/openapi.json')
  const read: string[] = []
  for (const [route, { get }] of Object.entries(paths)) {
    if (!get || route.includes('{secret}') || route === '/api/stream') continue
    const id = route.startsWith('/api/tickets/') ? ticket.id : 'v1'
    const path = route.replace(/\{\w+\}/g, id)
    const needed = get.parameters?.filter((one) => one.in === 'query' && one.required) ?? []
    const query = needed
      .map(({ name }) => `${name}=${name === 'code' ? 'v1' : name === 'at' ? Date.now() : '1'}`)
      .join('&')
    const response = await fetch(`${program.url}${path}${query && `?${query}`}`, { headers: { cookie } })
    const text = await response.text()
    if (response.ok) read.push(route)
    expect(
      proofs.filter((proof) => text.includes(proof)),
      path,
    ).toEqual([])
    expect(text, path).not.toMatch(/k3y|t0k3n/)
  }
  // What they are refused would hide what it says.
  expect(read.length).toBeGreaterThan(40)
  for (const route of [
    '/api/jobs',
    '/api/webhooks',
    '/api/tickets/{id}',
    '/api/appliances/{id}',
    '/api/inbox',
    '/api/settings',
    '/api/day',
  ])
    expect(read).toContain(route)
  const { items: jobs } = await program.call<{ items: unknown[] }>('GET', '/api/jobs')
  expect(JSON.stringify(jobs)).not.toMatch(/\/t\/|@/)
  const log = () => program.call<{ items: { key: string; state: string }[] }>('GET', '/api/webhooks')
  const sent = await eventually('all of it is taken', async () => {
    const { items } = await log()
    return items.every(({ state }) => state === 'done') && items
  })
  const again = { method: 'POST', body: JSON.stringify({ keys: [sent[0]!.key] }) }
  const headers = { cookie, 'content-type': 'application/json', origin: program.url }
  expect((await fetch(`${program.url}/api/webhooks/replay`, { ...again, headers })).status).toBe(403)
  const told = hooked.length
  await program.call('POST', '/api/webhooks/replay', { keys: [sent[0]!.key] })
  await eventually('it is sent again', async () => hooked.length > told)
  for (const body of hooked) for (const proof of proofs) expect(body).not.toContain(proof)
  expect(hooked.join('\n')).not.toMatch(/\/[to]\/\S+\.\S{20}/)
})

test('H a viewer hears of no link on the stream', async () => {
  const cookie = await cookieOf('vera')
  const stop = new AbortController()
  const stream = await fetch(`${program.url}/api/stream`, { headers: { cookie }, signal: stop.signal })
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
  await program.call('POST', '/api/appliances', { id: 'v2', kind: 'fridge', model: 'M' })
  const { ownerLink } = await program.call<{ ownerLink: string }>('POST', '/api/appliances/v2/report', { text: 'hums' })
  let heard = ''
  while (!heard.includes('event: ticket') || !heard.endsWith('\n\n')) heard += (await reader.read()).value ?? ''
  stop.abort()
  expect(heard).not.toContain(ownerLink.slice(ownerLink.lastIndexOf('.') + 1))
  expect(heard).not.toContain('ownerLink')
}, 30_000)
