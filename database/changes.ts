import type pg from 'pg'

/** A server that is away is tried again after it; one that does not answer is given up after the other. */
const AGAIN_MS = 500
const ANSWER_MS = 5_000
const LOOK_MS = 5_000

/** Tables that each have an `id`, and of whose rows other processes hear. */
export interface Announced {
  url: string
  schema: string
  tables: readonly string[]
}

/** From now on every change of a row is told, in its commit, to whoever listens. Costs a trigger a changed row. */
export async function announceChanges({ url, schema, tables }: Announced): Promise<void> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: ANSWER_MS })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const name = pg.escapeIdentifier(schema)
    await client.query(`create or replace function ${name}.tell_change() returns trigger language plpgsql as $$
      begin perform pg_notify(tg_argv[0], tg_table_name || ':' || coalesce(new.id, old.id)); return null; end $$`)
    for (const table of tables)
      await client.query(`create or replace trigger tell_change
        after insert or update or delete on ${name}.${pg.escapeIdentifier(table)}
        for each row execute function ${name}.tell_change(${pg.escapeLiteral(schema)})`)
  } finally {
    await client.end()
  }
}

/**
 * Hears of rows that change, soon after their commit, until it is closed. What was told while nobody listened is lost: so
 * `anything` is called whenever it begins to listen.
 * @param changed ids of rows of one table; may come for nothing, and twice
 */
export function hearChanges({
  url,
  schema,
  changed,
  anything,
  onRetryableError,
}: Pick<Announced, 'url' | 'schema'> & {
  changed: (table: string, id: string) => void
  anything: () => void
  onRetryableError: (code: string, error: unknown) => void
}): { close(): Promise<void> } {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  async function begin(): Promise<void> {
    const { default: pg } = await import('pg')
    const mine = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
    })
    client = mine
    mine.on('error', () => end(mine))
    mine.on('end', () => end(mine))
    mine.on('notification', ({ payload = '' }) => {
      const colon = payload.indexOf(':')
      changed(payload.slice(0, colon), payload.slice(colon + 1))
    })
    await mine.connect()
    await mine.query(`listen ${pg.escapeIdentifier(schema)}`)
    anything()
    look(mine)
  }
  /** A connection that is half open says nothing: it is asked. */
  function look(mine: pg.Client): void {
    timer = setTimeout(() => {
      mine.query('select 1').then(
        () => {
          if (client === mine) look(mine)
        },
        (error: unknown) => lost(mine, error),
      )
    }, LOOK_MS)
  }
  function lost(mine: pg.Client | undefined, error: unknown): void {
    onRetryableError('changes-unheard', error)
    end(mine)
  }
  function end(mine: pg.Client | undefined): void {
    if (client !== mine || isClosed) return
    client = undefined
    clearTimeout(timer)
    mine?.end().catch(() => undefined)
    timer = setTimeout(start, AGAIN_MS)
  }
  const start = (): void => void begin().catch((error: unknown) => lost(client, error))
  start()
  return {
    async close() {
      isClosed = true
      clearTimeout(timer)
      await client?.end().catch(() => undefined)
    },
  }
}
