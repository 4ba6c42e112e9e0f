import { join } from 'node:path'
import {
  alertMigrations,
  channelMigrations,
  cohortMigrations,
  deferralMigrations,
  noticeMigrations,
} from '../../alerts/index.ts'
import { brokerMigrations } from '../../broker/index.ts'
import { type Database, type Problem, type Settings, sharedNameOf, type World } from '../../core/index.ts'
import { openPersonKeys, openPostgresDatabase, outboxMigrations, type PersonKeys } from '../../database/index.ts'
import { carriageMigrations } from '../../ingest/index.ts'
import { mappingMigrations } from '../../mapping/index.ts'
import { serviceMigrations } from '../../service/index.ts'
import { PERSON_KEYS } from '../backup/copyWorld.ts'
import { startSqlite } from './startSqlite.ts'

/** The tables of every room. */
export const migrations = [
  ...outboxMigrations,
  ...alertMigrations,
  ...cohortMigrations,
  ...noticeMigrations,
  ...channelMigrations,
  ...deferralMigrations,
  ...serviceMigrations,
  ...brokerMigrations,
  ...mappingMigrations,
  ...carriageMigrations,
]

/**
 * The relational database of a world, with the tables of every room: a file in a thread of its own, or PostgreSQL. What is a
 * person's is sealed in it under keys of their own, which lie beside it.
 */
export async function startDatabase(
  settings: Settings,
  world: World,
  failed: (problem: Problem) => void,
  onRetryableError: (code: string, error: unknown) => void,
): Promise<Database & { personKeys: PersonKeys }> {
  const personKeys = openPersonKeys(join(world.dir, PERSON_KEYS))
  try {
    const database = settings.POSTGRES_URL
      ? await openPostgresDatabase(settings.POSTGRES_URL, `hearthwatch_${sharedNameOf(world)}`, migrations, personKeys)
      : await startSqlite({
          path: join(world.dir, 'hearthwatch.db'),
          migrations,
          sealing: personKeys,
          failed,
          onRetryableError,
        })
    return {
      ...database,
      personKeys,
      async close() {
        await database.close()
        personKeys.close()
      },
    }
  } catch (error) {
    personKeys.close()
    throw error
  }
}
