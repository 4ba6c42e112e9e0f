import { join } from 'node:path'
import { alertMigrations, cohortMigrations, deferralMigrations, noticeMigrations } from '../../alerts/index.ts'
import { brokerMigrations } from '../../broker/index.ts'
import type { Database, Problem, Settings, World } from '../../core/index.ts'
import { openPostgresDatabase, outboxMigrations } from '../../database/index.ts'
import { serviceMigrations } from '../../service/index.ts'
import { startSqlite } from './startSqlite.ts'

/** The tables of every room. */
export const migrations = [
  ...outboxMigrations,
  ...alertMigrations,
  ...cohortMigrations,
  ...noticeMigrations,
  ...deferralMigrations,
  ...serviceMigrations,
  ...brokerMigrations,
]

/** The relational database of a world, with the tables of every room: a file in a thread of its own, or PostgreSQL. */
export function startDatabase(
  settings: Settings,
  world: World,
  failed: (problem: Problem) => void,
  onRetryableError: (code: string, error: unknown) => void,
): Promise<Database> {
  return settings.POSTGRES_URL
    ? openPostgresDatabase(settings.POSTGRES_URL, `hearthwatch_${world.name}`, migrations)
    : startSqlite({ path: join(world.dir, 'hearthwatch.db'), migrations, failed, onRetryableError })
}
