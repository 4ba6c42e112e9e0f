// What cannot work says so in one clear line that names it and says what to do.
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { newDataDir, type Program, removeDataDir, runToEnd, startProgram } from './program.ts'

const dirs: string[] = []
const running: Program[] = []
const dir = async (): Promise<string> => {
  const made = await newDataDir()
  dirs.push(made)
  return made
}
afterEach(async () => {
  for (const program of running.splice(0)) await program.stop()
  for (const made of dirs.splice(0)) await removeDataDir(made)
})

/** @returns the one line that it printed about why */
async function refusal(dataDir: string, env: Record<string, string>): Promise<string> {
  const { code, output } = await runToEnd(dataDir, env)
  expect(code).toBe(1)
  const lines = output.split('\n').filter((line) => line.trim() && !line.startsWith('{'))
  expect(lines).toHaveLength(1)
  return lines[0] ?? ''
}

describe('a start that cannot work', () => {
  test.each([
    [{ PORT: 'eighty' }, /^PORT=eighty cannot be used/],
    [{ SIMULATE_SPEED: '-1' }, /^SIMULATE_SPEED=-1 cannot be used/],
    [{ INFLUX_URL: 'influx' }, /^INFLUX_URL=influx cannot be used: must be a URL that starts with http:\/\//],
    [{ ADMIN_TOKEN: 'short' }, /^ADMIN_TOKEN=.* cannot be used: must have at least 16 characters/],
    [{ CLOCK: 'sundial' }, /^CLOCK=sundial cannot be used/],
    [{ HOST: '0.0.0.0' }, /^HOST=0.0.0.0 can be reached from outside, and the administrator has no password/],
  ])('%o is refused', async (env, line) => {
    expect(await refusal(await dir(), env)).toMatch(line)
  })

  test('says that a port is taken, and by which setting to change it', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    expect(await refusal(await dir(), { PORT: String(port) })).toMatch(new RegExp(`PORT ${port} on 127.0.0.1 is taken`))
    expect(await refusal(await dir(), { MQTT_PORT: String(port) })).toMatch(/MQTT_PORT/)
    await new Promise((resolve) => taken.close(resolve))
  })

  test('names the catalog file that is damaged, and the place in it', async () => {
    const dataDir = await dir()
    await mkdir(join(dataDir, 'catalog'))
    await writeFile(join(dataDir, 'catalog', 'oven.json'), '{"kind": "oven",')
    expect(await refusal(dataDir, {})).toMatch(/oven\.json cannot be used: .*JSON/)
    await writeFile(
      join(dataDir, 'catalog', 'oven.json'),
      JSON.stringify({
        kind: 'oven',
        name: { en: 'Oven', zh: '烤箱' },
        cadenceSeconds: 60,
        metrics: { power: { unit: 'W', plausible: [5, 1], resolution: 1, text: { en: 'Power', zh: '功率' } } },
      }),
    )
    expect(await refusal(dataDir, {})).toMatch(
      /oven\.json cannot be used: at metrics\.power\.plausible: low must be below high/,
    )
  })

  test('says that DATA_DIR cannot be used', async () => {
    const file = join(await dir(), 'a-file')
    await writeFile(file, '')
    await chmod(file, 0o400)
    expect(await refusal(join(file, 'below'), {})).toMatch(/DATA_DIR .* cannot be written/)
  })

  test('says that another one runs the same world, or that the world has another clock', async () => {
    const dataDir = await dir()
    const program = await startProgram(dataDir)
    running.push(program)
    expect(await refusal(dataDir, {})).toMatch(/Another Hearthwatch already runs the world/)
    expect(await program.stop()).toBe(0)
    running.pop()
    expect(await refusal(dataDir, { CLOCK: 'telemetry' })).toMatch(/was made under CLOCK=wall/)
    const again = await startProgram(dataDir)
    running.push(again)
    // A killed one holds nobody up.
    await again.kill()
    running.pop()
    running.push(await startProgram(dataDir))
  })

  test.each([
    [{ POSTGRES_URL: 'postgres://127.0.0.1:1/x' }, /^PostgreSQL does not answer: .* Start it or correct POSTGRES_URL/],
    [{ INFLUX_URL: 'http://127.0.0.1:1' }, /^InfluxDB at 127.0.0.1:1 does not answer/],
  ])('%o, where nobody answers, is said in one line', async (env, line) => {
    expect(await refusal(await dir(), env)).toMatch(line)
  })

  test('does not print a secret that it refuses', async () => {
    expect(await refusal(await dir(), { ADMIN_PASSWORD: 'hunter2' })).not.toMatch(/hunter2/)
    expect(await refusal(await dir(), { SMTP_URL: 'ftp://me:hunter2@mail' })).not.toMatch(/hunter2/)
  })

  test('says that the database is damaged, and which file', async () => {
    const dataDir = await dir()
    await mkdir(join(dataDir, 'live'))
    await writeFile(join(dataDir, 'live', 'hearthwatch.db'), 'no database at all'.repeat(1_000))
    expect(await refusal(dataDir, {})).toMatch(/hearthwatch\.db cannot be used: .* Check the disk/)
  })

  test('says that the journal is damaged, and where', async () => {
    const dataDir = await dir()
    const program = await startProgram(dataDir)
    await program.call('POST', '/api/appliances', { id: 'f', kind: 'fridge', model: 'm' })
    await program.call('POST', '/api/appliances', { id: 'g', kind: 'fridge', model: 'm' })
    expect(await program.stop()).toBe(0)
    const { readdir, readFile } = await import('node:fs/promises')
    const folder = join(dataDir, 'live', 'journal')
    const [segment = ''] = (await readdir(folder)).filter((name) => !name.endsWith('.json')).sort()
    const bytes = await readFile(join(folder, segment))
    bytes[100] = (bytes[100] ?? 0) ^ 0xff
    await writeFile(join(folder, segment), bytes)
    expect(await refusal(dataDir, {})).toMatch(/journal|segment/i)
  })
})
