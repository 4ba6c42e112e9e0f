// A DATA_DIR as an earlier release left it, under this one: nothing is lost, everything can be read and goes on; and what a
// release to come has written is refused with the reason.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { brotliDecompressSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { newDataDir, type Program, quiet, removeDataDir, runToEnd, startProgram } from './program.ts'
import { type Said, said } from './upgrade/said.ts'

const FOLDER = new URL('upgrade', import.meta.url).pathname
const releases = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.tar.br'))
  .map((name) => name.replace('.tar.br', ''))
/** As fast as it goes, and standing still: what is compared is what was there. */
const env = { SIMULATE: '4', SIMULATE_DAYS: '10', SIMULATE_SEED: '11', SIMULATE_SPEED: '0' }

const started: Program[] = []
const folders: string[] = []
afterEach(async () => {
  for (const program of started.splice(0)) await program.kill()
  for (const folder of folders.splice(0)) await removeDataDir(folder)
})

async function unpack(release: string): Promise<string> {
  const dataDir = join(await newDataDir(), 'data')
  folders.push(dataDir)
  mkdirSync(dataDir)
  const packed = brotliDecompressSync(readFileSync(join(FOLDER, `${release}.tar.br`)))
  const { status, stderr } = spawnSync('tar', ['-xf', '-', '-C', dataDir], { input: packed })
  if (status !== 0) throw new Error(String(stderr))
  return dataDir
}

test.each(releases)(
  'what %s left is there: readings, alerts, tickets with their histories; and it goes on',
  async (release) => {
    const before = JSON.parse(readFileSync(join(FOLDER, `${release}.json`), 'utf8')) as Said
    const dataDir = await unpack(release)
    const program = await startProgram(dataDir, env)
    started.push(program)
    await quiet(program)
    const now = await said(<T>(path: string) => program.call<T>('GET', path))
    expect(before.tickets.length).toBeGreaterThan(2)
    expect(now).toEqual(before)
    // Old histories are said in both languages, and a ticket goes on from where it was.
    const open = now.tickets.find(
      ({ state }) => !['closed', 'verified', 'cancelled', 'declined', 'expired'].includes(state),
    )
    const { items } = await program.call<{ items: { id: string; number: string }[] }>('GET', '/api/tickets')
    const id = items.find(({ number }) => number === open?.number)?.id
    if (id) await program.call('POST', `/api/tickets/${id}/cancel`, { why: 'upgraded' })
    expect(await program.stop()).toBe(0)
  },
  120_000,
)

test('a database of a release to come is refused, with what to do', async () => {
  const dataDir = await unpack(releases.at(-1) ?? '')
  const file = new DatabaseSync(join(dataDir, 'simulation', 'hearthwatch.db'))
  file.exec("insert into migration (name) values ('9999-of-tomorrow')")
  file.close()
  const { code, output } = await runToEnd(dataDir, env)
  expect([code, output]).toEqual([1, expect.stringMatching(/written by a later release: it has 9999-of-tomorrow/)])
}, 60_000)
