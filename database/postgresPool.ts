import type pg from 'pg'
import { Problem } from '../core/index.ts'
import { openedRows, type Sealing, sealedAll } from './sealing.ts'

/**
 * Connections to PostgreSQL; its driver is loaded where there is a server to speak to. One that the server drops says so as an event, too, whether it is idle or in a transaction
 * between two queries; unheard, that would end the process. The next query on it fails, and the next one gets another.
 * Whatever is asked while the server is away rejects with a Problem that trying again can help.
 */
export async function openPostgresPool(config: pg.PoolConfig, sealing?: Sealing): Promise<pg.Pool> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool(config)
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    client.on('error', () => {})
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    client.query = ((text: unknown, values: unknown, ...rest: unknown[]) => {
      if (!sealing) return told(query(text, withoutNul(values), ...rest))
      if (text === 'commit') sealing.keep()
      const sealed = Array.isArray(values) ? sealedAll(values, sealing) : values
      return told(opened(query(text, withoutNul(sealed), ...rest), sealing))
    }) as typeof client.query
  })
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => unknown
  pool.connect = ((...args: unknown[]) => told(connect(...args))) as typeof pool.connect
  return pool
}

/** The driver answers with a promise, unless it was given a callback. */
const told = (answer: unknown): unknown =>
  answer instanceof Promise ? answer.catch((error: unknown) => Promise.reject(asProblem(error))) : answer

const opened = (answer: unknown, sealing: Sealing): unknown =>
  answer instanceof Promise
    ? answer.then((result: { rows?: unknown[] }) => {
        if (result.rows) result.rows = openedRows(result.rows, sealing)
        return result
      })
    : answer

/** PostgreSQL refuses every text with a NUL in it, and with it the whole transaction. */
const withoutNul = (values: unknown): unknown =>
  Array.isArray(values)
    ? values.map((value) => (typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value))
    : values

/**
 * States (by SQLSTATE) that pass: connections, resources, the server going or coming, its disk, a standby that only reads,
 * and transactions that stood in each other's way.
 */
const passingState = /^(08|53|57P0|58)|^(25006|40001|40P01|55P03|57014)$/
/** What the driver and the system say when the connection is gone, or was never there. */
const connectionLost =
  /^(ECONN\w+|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$|terminated|timeout|connection error|not queryable|discarded/

/** The same error, or that PostgreSQL is away: then trying again helps. */
export function asProblem(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Problem) return error
  const { code } = error as { code?: string }
  const isState = code !== undefined && /^[0-9A-Z]{5}$/.test(code) && 'severity' in error
  const passes = isState
    ? passingState.test(code)
    : connectionLost.test(code ?? '') || connectionLost.test(error.message)
  return passes ? unavailable(error) : error
}

export const unavailable = (cause: unknown): Problem =>
  new Problem({
    code: 'database-unavailable',
    message: `PostgreSQL does not answer: ${(cause as Error).message}.`,
    remedy: 'Start it or correct POSTGRES_URL; work goes on by itself once it answers.',
    status: 503,
    retryable: true,
    cause,
  })
