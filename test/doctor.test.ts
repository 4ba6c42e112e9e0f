// What `npm run doctor` says of an installation that is well, and of one with a fault planted in it.
import { appendFile, chmod, mkdir, open, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDataDir, type Program, removeDataDir, runDoctor, startProgram } from './program.ts'

let dataDir: string
let program: Program
const servers: Server[] = []
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir)
})
afterAll(async () => {
  await program.kill()
  for (const server of servers) server.close()
  await removeDataDir(dataDir)
})

const doctor = (env: Record<string, string> = {}) => runDoctor({ DATA_DIR: dataDir, ...env })
const portOf = (url: string): string => new URL(url).port
const running = () => ({ PORT: portOf(program.url), MQTT_PORT: portOf(program.mqttUrl) })

/** A port at which something answers that is not what is looked for. */
async function foreign(answer: string): Promise<string> {
  const server = createServer((socket) => socket.on('error', () => {}).end(answer))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return String((server.address() as { port: number }).port)
}

test('of a service that is well it says so, and finds what waits for a person', async () => {
  expect(await doctor(running())).toMatchObject({ code: 0, said: expect.stringMatching(/all is well/) })
  expect((await doctor({ ...running(), ADMIN_TOKEN: 'another-token-of-16' })).said).toMatch(
    /✗ service: it does not know the token/,
  )
  expect((await doctor({ ...running(), MQTT_PORT: '9' })).said).toMatch(/✗ ports: nothing answers at MQTT_PORT 9/)
})

test('settings, servers and ports: each fault is named with what to do', async () => {
  const away = {
    INFLUX_URL: 'http://127.0.0.1:9',
    REDIS_URL: 'redis://127.0.0.1:9',
    POSTGRES_URL: 'postgres://127.0.0.1:9/x',
  }
  const { code, said } = await doctor({
    ...away,
    SMTP_URL: 'smtp://127.0.0.1:9',
    WEBHOOK_URL: 'http://127.0.0.1:9/hook',
  })
  expect(code).toBe(1)
  for (const who of ['influx', 'redis', 'postgres', 'mail', 'webhook'])
    expect(said).toMatch(new RegExp(`✗ ${who}: .*\n {4}\\S`))
  expect((await doctor({ PORT: await foreign('HTTP/1.1 200 OK\r\n\r\nhello') })).said).toMatch(
    /✗ ports: PORT \d+ is taken by another program/,
  )
  expect((await doctor({ PORT: '39871', MQTT_PORT: '39871' })).said).toMatch(
    /✗ ports: PORT and MQTT_PORT are both 39871/,
  )
  expect((await doctor({ HOST: '0.0.0.0' })).said).toMatch(/! reach: HOST 0\.0\.0\.0: the network can reach it/)
  expect(await doctor({ INFLUX_VERSION: '9' })).toMatchObject({
    code: 1,
    said: expect.stringMatching(/INFLUX_VERSION=9 cannot be used/),
  })
  expect((await doctor({ DATA_DIR: join(dataDir, 'nowhere') })).said).toMatch(/! data: .* does not exist yet/)
  expect(await doctor({ DATA_DIR: join(dataDir, 'admin-token') })).toMatchObject({
    code: 1,
    said: expect.stringMatching(/✗ data: .* is no folder/),
  })
})

test('files: a damaged journal, a database that is none, keys that are gone, kinds that are wrong, a clock that was ahead', async () => {
  await program.stop()
  const world = join(dataDir, 'live')
  const [segment = ''] = await readdir(join(world, 'journal'))
  const path = join(world, 'journal', segment)
  const file = await open(path, 'r+')
  await file.write(Buffer.from([255, 254, 253]), 0, 3, 70)
  await file.close()
  const accounts = join(dataDir, 'accounts.db')
  const inTheMiddle = await open(accounts, 'r+')
  await inTheMiddle.write(Buffer.alloc(4_096, 7), 0, 4_096, 4_096)
  await inTheMiddle.close()
  await rm(join(world, 'link-key'))
  await mkdir(join(dataDir, 'catalog'), { recursive: true })
  await writeFile(join(dataDir, 'catalog', 'odd.json'), '{"kind":"odd"')
  await chmod(join(dataDir, 'admin-token'), 0o644)
  await appendFile(join(dataDir, 'tomorrow'), 'x')
  const tomorrow = new Date(Date.now() + 86_400_000)
  await utimes(join(dataDir, 'tomorrow'), tomorrow, tomorrow)
  const { code, said } = await doctor()
  expect(code).toBe(1)
  expect(said).toMatch(/✗ journal: .*\n {4}.*npm run repair/)
  expect(said).toMatch(/✗ database: .*accounts\.db: .*\n {4}.*npm run restore/)
  expect(said).toMatch(/✗ keys: link-key of .* is missing/)
  expect(said).toMatch(/✗ catalog: .*odd\.json/)
  expect(said).toMatch(/! rights: others on this machine may read admin-token/)
  expect(said).toMatch(/✗ clock: tomorrow was written at .*, which is still to come/)
  // It changed nothing: what was damaged is what it was.
  const butDisk = (text: string): string => text.slice(text.indexOf('\n'))
  expect(butDisk((await doctor()).said)).toBe(butDisk(said))
}, 120_000)
