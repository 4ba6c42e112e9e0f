import { existsSync } from 'node:fs'
import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { World } from '../../core/index.ts'
import { pinSqlite } from '../../database/index.ts'
import type { WorldToCopy } from './copyWorld.ts'

/** A world that nobody has open: its files are copied as they lie. */
export const restingWorld = (dataDir: string, world: World): WorldToCopy => ({
  dataDir,
  world,
  log: { hold: () => async () => undefined },
  store: {
    async copyTo(dir) {
      const from = join(world.dir, 'telemetry')
      await mkdir(dir, { recursive: true })
      for (const name of ['readings.duckdb', 'readings.duckdb.wal'])
        if (existsSync(join(from, name))) await cp(join(from, name), join(dir, name))
      await pinSqlite(join(from, 'appliances.sqlite'))(join(dir, 'appliances.sqlite'))
    },
  },
})
