import { Problem } from '../../core/index.ts'

export const unreadable = (cause: unknown): Problem =>
  new Problem({
    code: 'journal-unreadable',
    message: `The journal could not be read: ${(cause as Error).message}.`,
    remedy: 'Check the disk of DATA_DIR; nothing acknowledged is given up.',
    cause,
  })
export const stopped = (cause: unknown): Problem =>
  new Problem({
    code: 'analysis-failed',
    message: `The analysis stopped: ${(cause as Error).message}.`,
    remedy: 'Nothing acknowledged is lost: it goes on from the journal at the next start. Report what the log says.',
    cause,
  })
export const diedOpening = (): Problem =>
  new Problem({
    code: 'analysis-failed',
    message: 'The analysis stopped while it was opening.',
    remedy: 'Nothing acknowledged is lost: it goes on from the journal at the next start. Report what the log says.',
    status: 500,
    retryable: true,
  })
