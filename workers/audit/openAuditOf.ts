import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Database, SECOND, type World, wallClock } from '../../core/index.ts'
import { secretFile, writeWhole } from '../../database/index.ts'
import { type Audit, type AuditHead, openAudit } from '../../service/index.ts'
import type { Ending } from '../ending.ts'

/** Beside the database of a world: what its audit is hashed with, and where it ends. */
const KEY = 'audit-key'
const HEAD = 'audit-head'
/** The end is noted at most this often; a file that was noted is on disk. */
const NOTE_EVERY_MS = SECOND

/** The audit of a world, with its key and the note of its end in the world's folder. */
export async function openAuditOf(
  world: World,
  database: Database,
  { opened, onRetryableError }: Pick<Ending, 'opened' | 'onRetryableError'>,
): Promise<Audit> {
  const path = join(world.dir, HEAD)
  let next: AuditHead | undefined
  let noting: Promise<void> | undefined
  async function note(): Promise<void> {
    for (let head = next; head; head = next) {
      next = undefined
      await writeWhole(path, `${head.seq} ${head.hash}\n`, 0o600)
      if (!isClosed) await wait(NOTE_EVERY_MS, undefined, { ref: false })
    }
  }
  let isClosed = false
  const audit = openAudit({
    database,
    clock: wallClock,
    key: await secretFile(join(world.dir, KEY)),
    noted: {
      read: () => headOf(world.dir),
      write(head) {
        next = head
        noting ??= note()
          // The next row notes the end again.
          .catch((error: unknown) => onRetryableError('audit-head', error))
          .finally(() => {
            noting = undefined
          })
      },
    },
    onRetryableError,
  })
  opened(async () => {
    isClosed = true
    await audit.close()
    await noting
  })
  return audit
}

/** What the audit of a world is checked with; undefined where it has none yet. */
export async function auditKeyOf(dir: string): Promise<string | undefined> {
  return (await readFile(join(dir, KEY), 'utf8').catch(ifThere))?.trim() || undefined
}
export async function headOf(dir: string): Promise<AuditHead | undefined> {
  return readHead((await readFile(join(dir, HEAD), 'utf8').catch(ifThere)) ?? '')
}
/** `57 HASH`, or `57:HASH` as it is noted on paper. */
export function readHead(text: string): AuditHead | undefined {
  const [, seq, hash] = /^(\d{1,15})[ :]([\w-]{43})\s*$/.exec(text) ?? []
  return seq && hash ? { seq: Number(seq), hash } : undefined
}

function ifThere(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
