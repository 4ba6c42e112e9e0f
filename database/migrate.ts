import { type Kysely, sql } from 'kysely'
import { type DatabaseMigration, Problem, type Tables } from '../core/index.ts'

/**
 * Brings the tables up to date: each migration once, in the order of names, each in a transaction of its own.
 * @param mayChange false: somebody else does
 * @throws Problem `database-older` when something is to be done and it may not, `database-newer` when a later release has written it, `database-unusable`
 */
export async function migrate(
  db: Kysely<Tables>,
  dialect: 'sqlite' | 'postgres',
  migrations: DatabaseMigration[],
  mayChange = true,
): Promise<void> {
  if (mayChange) await sql`create table if not exists migration (name text primary key)`.execute(db)
  const { rows } = await sql<{ name: string }>`select name from migration`.execute(db)
  const done = new Set(rows.map(({ name }) => name))
  const unknown = [...done].find((name) => !migrations.some((migration) => migration.name === name))
  if (unknown !== undefined)
    throw new Problem({
      code: 'database-newer',
      message: `The database was written by a later release: it has ${unknown}, which this one does not know.`,
      remedy: 'Run that release again, or put back a backup from before it (npm run restore); nothing was changed.',
      concerns: unknown,
    })
  if (!mayChange && migrations.some(({ name }) => !done.has(name))) throw isOlder()
  for (const migration of [...migrations].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (done.has(migration.name)) continue
    try {
      await db.transaction().execute(async (tx) => {
        await migration.up(tx, dialect)
        await sql`insert into migration (name) values (${migration.name})`.execute(tx)
      })
    } catch (cause) {
      throw new Problem({
        code: 'database-unusable',
        message: `The database could not be brought up to date at ${migration.name}: ${(cause as Error).message}.`,
        remedy: 'Keep a copy of the data folder and report this; the database is as it was before.',
        concerns: migration.name,
        cause,
      })
    }
  }
}

export const isOlder = (cause?: unknown): Problem =>
  new Problem({
    code: 'database-older',
    message: 'The database is not there yet, or is of an earlier release.',
    remedy: 'Start the process with the desk first (--role analysis,service,web); it brings the database up to date.',
    status: 503,
    retryable: true,
    cause,
  })
