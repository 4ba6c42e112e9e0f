import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem, type Settings, wallClock } from '../../core/index.ts'
import type { BackupState } from '../../dashboards/index.ts'
import { copyWorlds, type WorldToCopy } from './copyWorld.ts'

/** Backups of the world that runs, one at a time, each in a folder of its own below DATA_DIR/backups. */
export function openBackups(
  settings: Pick<Settings, 'DATA_DIR' | 'POSTGRES_URL'>,
  of: WorldToCopy['world'],
  log: WorldToCopy['log'],
  store: WorldToCopy['store'],
  others: () => WorldToCopy[] = () => [],
) {
  const world = { dataDir: settings.DATA_DIR, world: of, log, store }
  let last: BackupState = { state: 'none' }
  async function run(folder: string): Promise<void> {
    const dir = join(world.dataDir, folder)
    try {
      await mkdir(dir, { recursive: true, mode: 0o700 })
      const { files } = await copyWorlds([world, ...others()], dir, wallClock.now)
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
      last = { state: 'done', folder, files: files.length, bytes }
    } catch (error) {
      await rm(dir, { recursive: true, force: true })
      last = { state: 'failed', because: error instanceof Error ? error.message : String(error) }
    }
  }
  return {
    state: (): BackupState => last,
    /** @throws Problem `backup-running`, `database-elsewhere` */
    begin(): BackupState {
      if (last.state === 'running')
        throw new Problem({
          code: 'backup-running',
          message: 'A backup is under way.',
          remedy: 'Wait for it; GET /api/backup says how it stands.',
          status: 409,
        })
      if (settings.POSTGRES_URL)
        throw new Problem({
          code: 'database-elsewhere',
          message: 'The database is PostgreSQL, which has a backup of its own.',
          remedy: 'Stop the product, then copy DATA_DIR and run pg_dump; put both back together.',
          status: 409,
        })
      const folder = `backups/${new Date(wallClock.now()).toISOString().replaceAll(/[:.]/g, '-')}`
      last = { state: 'running', folder }
      void run(folder)
      return last
    },
  }
}
