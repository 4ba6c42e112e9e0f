import { Problem } from '../core/index.ts'

/** What the disk or another process does to the file, by SQLite's primary result codes: it may be over in a moment. */
const passing: Record<number, string> = {
  5: 'busy',
  6: 'locked',
  7: 'out of memory',
  8: 'read-only',
  10: 'disk error',
  13: 'full',
  14: 'cannot be opened',
  15: 'locked',
}

/** The same error, or that the file cannot be used now: then trying again helps. */
export function asSqlProblem(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Problem) return error
  const { errcode, message } = error as Error & { errcode?: number }
  const why = errcode === undefined ? undefined : passing[errcode & 0xff]
  if (why === undefined) return error
  return new Problem({
    code: 'database-unavailable',
    message: `The database cannot be used now (${why}): ${message}.`,
    remedy:
      'Nothing that was committed is lost. Check the disk of DATA_DIR; work goes on by itself once it can be written.',
    status: 503,
    retryable: true,
    cause: error,
  })
}

export const threadGone = (): Problem =>
  new Problem({
    code: 'database-unavailable',
    message: 'The thread of the database has ended, and another one begins.',
    remedy: 'Try again in a moment; nothing that was committed is lost.',
    status: 503,
    retryable: true,
  })
