import pg from 'pg'
import { Problem } from '../core/index.ts'

/**
 * Connections to PostgreSQL. One that the server drops says so as an event, too, whether it is idle or in a transaction
 * between two queries; unheard, that would end the process. The next query on it fails, and the next one gets another.
 */
export function openPostgresPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config)
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** What the driver and the server say when the connection is gone, was never there, or the server is not ready yet. */
const connectionLost = /ECONNREFUSED|ECONNRESET|EPIPE|terminated|timeout|ENOTFOUND|connection error|57P0\d|08\d{3}/
/** The same error, or that PostgreSQL is away: then trying again helps. */
export const asProblem = (error: unknown): unknown =>
  error instanceof Error && connectionLost.test(`${error.message} ${(error as { code?: string }).code}`)
    ? unavailable(error)
    : error

export const unavailable = (cause: unknown): Problem =>
  new Problem({
    code: 'database-unavailable',
    message: `PostgreSQL does not answer: ${(cause as Error).message}.`,
    remedy: 'Start it or correct POSTGRES_URL; work goes on by itself once it answers.',
    status: 503,
    retryable: true,
    cause,
  })
