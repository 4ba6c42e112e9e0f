// `node test/upgrade/makeRelease.ts CHECKOUT NAME`: a small DATA_DIR as the program in that folder leaves it, packed into
// test/upgrade/NAME.tar.br, with what its API said of it in NAME.json. Run once a release; the test upgrades it.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { brotliCompressSync, constants } from 'node:zlib'
import { said } from './said.ts'

const [checkout = '.', name = 'release'] = process.argv.slice(2)
const [APPLIANCES, DAYS, FAST, PORT] = [4, 10, 7_200, '18611']
const dataDir = mkdtempSync(join(tmpdir(), 'hearthwatch-release-'))
const child = spawn(process.execPath, ['main.ts'], {
  cwd: resolve(checkout),
  env: {
    ...process.env,
    DATA_DIR: dataDir,
    PORT,
    MQTT_PORT: '0',
    SIMULATE: String(APPLIANCES),
    SIMULATE_DAYS: String(DAYS),
    SIMULATE_SEED: '11',
    NODE_NO_WARNINGS: '1',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
})
await new Promise<void>((ready) => child.stdout.on('data', (text) => String(text).includes('ready ') && ready()))
const token = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim()
async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${PORT}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}
// The days before today are played first; then owners report, and days of service pass.
await wait(30_000)
const { items } = await call<{ items: { id: string }[] }>('GET', '/api/appliances')
await call('PATCH', '/api/simulator', { speed: FAST })
for (const [i, { id }] of items.entries()) {
  await call('POST', `/api/appliances/${id}/report`, { text: `it hums since yesterday (${i})` })
  await wait(20_000)
}
await call('PATCH', '/api/simulator', { paused: true })
for (let before = -1; ; ) {
  const { journalEnd, decidedUpTo, storedUpTo } = await call<Record<string, number>>('GET', '/api/ingest')
  if (journalEnd === before && decidedUpTo === journalEnd && storedUpTo === journalEnd) break
  before = journalEnd ?? -1
  await wait(2_000)
}
const told = await said(<T>(path: string) => call<T>('GET', path))
child.kill('SIGTERM')
await new Promise((ended) => child.once('exit', ended))
const { stdout } = spawnSync('tar', ['-cf', '-', '--exclude=lock.db*', '-C', dataDir, '.'], { maxBuffer: 1 << 30 })
const packed = brotliCompressSync(stdout, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: stdout.length,
  },
})
const to = new URL('.', import.meta.url).pathname
writeFileSync(join(to, `${name}.tar.br`), packed)
writeFileSync(join(to, `${name}.json`), `${JSON.stringify(told, null, 1)}\n`)
rmSync(dataDir, { recursive: true })
console.log(`${(packed.length / 1e6).toFixed(1)} MB, ${told.tickets.length} tickets, ${told.readings.stored} readings`)
process.exit(0)
