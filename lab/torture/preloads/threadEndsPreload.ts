// Loaded into the program before it, and so into each of its threads. A file `$END_THREADS/sqliteThread` ends the thread of
// database/sqliteThread.ts once; and some texts among a statement's parameters end its thread in the middle of a transaction, or
// make it fail as a full disk does. The program knows nothing of it.
import { existsSync, unlinkSync } from 'node:fs'
import { join, parse } from 'node:path'
import { StatementSync } from 'node:sqlite'
import { isMainThread } from 'node:worker_threads'

const LOOK_EVERY_MS = 20
const SQLITE_FULL = 13

const folder = process.env.END_THREADS
if (!isMainThread && folder) {
  const wish = join(folder, parse(process.argv[1] ?? '').name)
  setInterval(() => {
    if (!existsSync(wish)) return
    unlinkSync(wish)
    process.exit(1)
  }, LOOK_EVERY_MS).unref()
}

const run = StatementSync.prototype.run
StatementSync.prototype.run = function (this: StatementSync, ...args: Parameters<typeof run>) {
  const said = args.filter((one: unknown) => typeof one === 'string').join(' ')
  if (said.includes('the database ends')) process.exit(1)
  if (said.includes('the disk is full'))
    throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: SQLITE_FULL })
  return run.apply(this, args)
} as typeof run
