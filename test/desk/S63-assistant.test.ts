// S63: a language model of somebody else, as a server on this machine; it answers from cited articles, or it answers nothing.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

interface Asked {
  authorization: string | undefined
  model: string
  messages: { role: string; content: unknown }[]
}
let server: Server
let says = ''
let status = 200
const heard: Asked[] = []
let dataDir: string
let program: Program
let secret: string

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      heard.push({ authorization: request.headers.authorization, ...JSON.parse(body) })
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content: says } }] }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  dataDir = await newDataDir()
  program = await startProgram(dataDir, {
    ASSISTANT_URL: `http://127.0.0.1:${port}/v1`,
    ASSISTANT_MODEL: 'small',
    ASSISTANT_TOKEN: 'a-token',
  })
  await program.call('POST', '/api/appliances', { id: 'f1', kind: 'fridge', model: 'M' })
  secret = (await program.call<{ link: string }>('GET', '/api/appliances/f1/owner-link')).link.split('/o/')[1] ?? ''
}, 120_000)
afterAll(async () => {
  await program.stop()
  server.close()
  await removeDataDir(dataDir)
})

const ask = async (question: string) => {
  const response = await fetch(`${program.url}/api/o/${secret}/ask`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ question }),
  })
  return {
    status: response.status,
    ...((await response.json()) as { text?: string; because?: string; code?: string; cites?: { id: string }[] }),
  }
}

test('S63 an answer that cites what it was given reaches the owner with its articles', async () => {
  says = JSON.stringify({ answer: 'Brush the grid behind it.', cites: ['fridge-clean-condenser'] })
  const answer = await ask('how do I clean the back')
  expect(answer).toMatchObject({ status: 200, text: 'Brush the grid behind it.' })
  expect(answer.cites?.map(({ id }) => id)).toEqual(['fridge-clean-condenser'])
  const { authorization, model, messages } = heard.at(-1)!
  expect({ authorization, model }).toEqual({ authorization: 'Bearer a-token', model: 'small' })
  expect(messages[0]?.content).toContain('fridge-clean-condenser')
  expect(messages[1]?.content).toBe('how do I clean the back')
})

test.each([
  ['cites nothing', { answer: 'Trust me.', cites: [] }, 'not-cited'],
  ['cites what it was never given', { answer: 'Trust me.', cites: ['fridge-clean-condenser', 'made-up'] }, 'not-cited'],
  ['tells to open live parts', { answer: 'Unscrew the back panel.', cites: ['fridge-clean-condenser'] }, 'not-safe'],
])('S63 one that %s is no answer', async (_, said, because) => {
  says = JSON.stringify(said)
  const answer = await ask('how do I clean the back')
  expect(answer).toMatchObject({ status: 200, because, cites: [] })
  expect(answer.text).toBeUndefined()
})

test('S63 what no article speaks of is not asked at all, and a model that fails is told so', async () => {
  const before = heard.length
  expect(await ask('xyzzy')).toMatchObject({ status: 200, because: 'no-article' })
  expect(heard.length).toBe(before)
  status = 500
  expect(await ask('how do I clean the back')).toMatchObject({ status: 503, code: 'assistant-unavailable' })
  status = 200
})

test('S63 without one it is off, and says so', async () => {
  const other = await newDataDir()
  const without = await startProgram(other)
  try {
    const refused = await fetch(`${without.url}/api/assistant`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${without.token}` },
      body: JSON.stringify({ question: 'inverter' }),
    })
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ code: 'assistant-off' })
  } finally {
    await without.stop()
    await removeDataDir(other)
  }
}, 60_000)
