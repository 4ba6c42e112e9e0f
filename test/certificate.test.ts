// HTTP and MQTT with a certificate: taken over while connections stay, appliances that show one of their own, and bad files.
import { readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Authority, certificateOf, openAuthority } from './certificates.ts'
import { eventually, newDataDir, type Program, quiet, removeDataDir, runToEnd, startProgram } from './program.ts'

let base: string
let program: Program
let httpsUrl: string
let mqttsUrl: string
const file = (name: string): string => join(base, name)

let authority: Authority
/** A certificate and its key, in files. */
async function certify(name: string, subject: string, by?: Authority, days = 30): Promise<void> {
  const { cert, key } = await certificateOf(subject, by, days)
  await writeFile(file(`${name}.pem`), cert)
  await writeFile(file(`${name}.key`), key)
}
const env = () => ({
  TLS_CERT: file('server.pem'),
  TLS_KEY: file('server.key'),
  TLS_CLIENT_CA: file('ca.pem'),
  HTTPS_PORT: '0',
  MQTTS_PORT: '0',
})

beforeAll(async () => {
  base = await newDataDir()
  authority = await openAuthority('Our own')
  await writeFile(file('ca.pem'), authority.cert)
  for (const [name, subject] of [
    ['server', 'first'],
    ['next', 'second'],
    ['f1', 'f1'],
    ['other', 'nobody'],
  ] as const)
    await certify(name, subject, authority)
  program = await startProgram(join(base, 'data'), env())
  const [, https = '', mqtts = ''] = /with a certificate (\S+) (\S+)/.exec(program.output()) ?? []
  httpsUrl = https
  mqttsUrl = mqtts
}, 60_000)
afterAll(async () => {
  await program.kill()
  await removeDataDir(base)
})

async function get(path: string): Promise<{ status: number; hsts: string | undefined; body: string }> {
  const ca = await readFile(file('ca.pem'))
  return new Promise((resolve, reject) => {
    const asked = request(`${httpsUrl}${path}`, { ca, agent: false }, (answer) => {
      let body = ''
      answer.on('data', (chunk) => (body += chunk))
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, hsts: answer.headers['strict-transport-security'] as string, body }),
      )
    })
    asked.once('error', reject).end()
  })
}
async function signIn(id: string, more: IClientOptions): Promise<MqttClient> {
  const ca = await readFile(file('ca.pem'))
  const options: IClientOptions = { clientId: id, protocolVersion: 4, reconnectPeriod: 0, ca, ...more }
  return mqtt.connectAsync(mqttsUrl, options, false)
}
const shows = async (name: string): Promise<IClientOptions> => ({
  cert: await readFile(file(`${name}.pem`)),
  key: await readFile(file(`${name}.key`)),
})
async function register(id: string): Promise<string> {
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id,
    kind: 'fridge',
    model: 'M',
  })
  return mqtt.password
}
const reading = (minutes: number): string =>
  JSON.stringify({ ts: Date.now() - minutes * 60_000, metrics: { power: minutes } })

test('pages and MQTT are served with the certificate, by password as ever, and over WebSocket', async () => {
  expect(await get('/healthz')).toMatchObject({ status: 200, hsts: expect.stringContaining('max-age') })
  const password = await register('f0')
  const client = await signIn('f0', { username: 'f0', password })
  await client.publishAsync('appliances/fridge/f0/telemetry', reading(1), { qos: 1 })
  await client.endAsync()
  const ca = await readFile(file('ca.pem'))
  const web = await mqtt.connectAsync(
    `${httpsUrl.replace('https', 'wss')}/mqtt`,
    {
      clientId: 'f0',
      username: 'f0',
      password,
      protocolVersion: 4,
      reconnectPeriod: 0,
      wsOptions: { ca },
    },
    false,
  )
  await web.publishAsync('appliances/fridge/f0/telemetry', reading(2), { qos: 1 })
  await web.endAsync()
  expect((await quiet(program)).readings.stored).toBe(2)
  await expect(signIn('f0', { username: 'f0', password: 'wrong' })).rejects.toThrow()
  const { mqttsPort } = await program.call<{ mqttsPort: number }>('GET', '/api/settings')
  expect(String(mqttsPort)).toBe(new URL(mqttsUrl).port)
})

test('an appliance that shows a certificate of its own name needs no password; of another name, or of nobody, it does', async () => {
  await register('f1')
  const client = await signIn('f1', await shows('f1'))
  await client.publishAsync('appliances/fridge/f1/telemetry', reading(1), { qos: 1 })
  await client.endAsync()
  await expect(signIn('f1', await shows('other'))).rejects.toThrow()
  await expect(signIn('f1', {})).rejects.toThrow()
  await expect(signIn('f2', await shows('f1'))).rejects.toThrow()
  // Made by itself, with the right name.
  await certify('own', 'f1')
  await expect(signIn('f1', await shows('own'))).rejects.toThrow()
})

test('new files are taken over for new connections while sessions stay; half of them, or others’ keys, are not', async () => {
  const password = await register('f3')
  const client = await signIn('f3', { username: 'f3', password })
  let ended = false
  client.on('close', () => {
    ended = true
  })
  const served = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(mqttsUrl)
      const socket = connectTls({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN))
        socket.destroy()
      })
      socket.once('error', reject)
    })
  expect(await served()).toBe('first')
  const [next, key] = [await readFile(file('next.pem')), await readFile(file('next.key'))]
  await writeFile(file('server.pem'), next.subarray(0, 200))
  await eventually('it says so', async () => /certificate/.test(program.output().split('ready')[1] ?? ''))
  expect(await served()).toBe('first')
  await writeFile(file('server.pem'), next)
  await writeFile(file('server.key'), key)
  await eventually('the next certificate', async () => (await served()) === 'second')
  expect((await get('/healthz')).status).toBe(200)
  await client.publishAsync('appliances/fridge/f3/telemetry', reading(1), { qos: 1 })
  expect(ended).toBe(false)
  await client.endAsync()
})

test('a certificate without its key, of another’s key, or that has ended, is refused at the start', async () => {
  const start = (more: Record<string, string>) => runToEnd(join(base, 'nowhere'), more)
  expect(await start({ TLS_CERT: file('server.pem') })).toMatchObject({
    code: 1,
    output: expect.stringMatching(/set without TLS_KEY/),
  })
  const others = await start({ TLS_CERT: file('f1.pem'), TLS_KEY: file('other.key') })
  expect(others).toMatchObject({ code: 1, output: expect.stringMatching(/not that of the certificate/) })
  await certify('old', 'old', authority, -1)
  expect((await start({ TLS_CERT: file('old.pem'), TLS_KEY: file('old.key') })).output).toMatch(/it ended on/)
})
