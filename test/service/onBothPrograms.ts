import { describe } from 'vitest'
import { newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'
import { fetchServers, serversMissing, startPostgres } from '../servers/servers.ts'

/** A running program that can be killed and started again on what it kept. */
export interface Restartable {
  now: Program
  restart(how?: 'kill' | 'stop'): Promise<void>
  close(): Promise<void>
}

async function open(env: Record<string, string>, ended: () => Promise<void>): Promise<Restartable> {
  const dataDir = await newDataDir()
  const held: Restartable = {
    now: await startProgram(dataDir, env),
    async restart(how = 'kill') {
      await held.now[how]()
      held.now = await startProgram(dataDir, env)
    },
    async close() {
      await held.now.stop()
      await removeDataDir(dataDir)
      await ended()
    },
  }
  return held
}

/** The same tests from outside, on the embedded database and on a real PostgreSQL server. */
export function onBothPrograms(
  name: string,
  env: Record<string, string>,
  tests: (start: () => Promise<Restartable>) => void,
): void {
  describe(`${name}, on SQLite`, () => tests(() => open(env, async () => undefined)))
  describe.skipIf(serversMissing())(`${name}, on PostgreSQL`, () =>
    tests(async () => {
      fetchServers()
      const server = await startPostgres()
      return open({ ...env, POSTGRES_URL: server.url }, () => server.stop())
    }),
  )
}
