import { readFileSync } from 'node:fs'
import { copyFile, cp, mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { TelemetryLog, TelemetryStore, World } from '../../core/index.ts'
import { pinSqlite } from '../../database/index.ts'
import { filesBelow, type Manifest, writeManifest } from './manifest.ts'

/** The folder of a backup with its keys. */
export const KEYS = 'keys'
/** The keys of people, in a world's folder. */
export const PERSON_KEYS = 'person-keys.db'
/** What lets whoever has it in: kept apart from the rest. */
const keys: ReadonlySet<string> = new Set([
  'admin-token',
  'session-secret',
  'push-keys.json',
  'device-key',
  'link-key',
  'audit-key',
  'channel-key',
])
/**
 * Copied by their own means, or of this run alone: where the audit ends *now* is not where it ends in the copy, and mails that
 * were written are not written again (they are people's, and in a copy nobody could take them out).
 */
const apart =
  /^(?:journal\/|telemetry\/|analysis\.snapshot$|audit-head$|outbox\.mbox$|person-keys\.db|hearthwatch\.db|lock\.db)|\.(?:new|mark)$/

export interface WorldToCopy {
  dataDir: string
  world: World
  log: Pick<TelemetryLog, 'hold'>
  store: Pick<TelemetryStore, 'copyTo'>
}

/**
 * Copies the worlds of an installation to a folder while they go on, one after the other: the first organisation's, then
 * those below `organisations/`. Keys go to `keys/`.
 */
export async function copyWorlds(
  [first, ...others]: readonly [WorldToCopy, ...WorldToCopy[]],
  to: string,
  now: () => number,
): Promise<Manifest> {
  for (const one of [first, ...others]) {
    const place = placeOf(one.world)
    await copyWorld(one, join(to, place), join(to, KEYS, place))
  }
  const about = { version: ownVersion(), world: first.world.name, at: new Date(now()).toISOString() }
  await writeManifest(join(to, KEYS), about)
  return writeManifest(to, about, `${KEYS}/`)
}
/** Where the folder of an organisation is, below DATA_DIR and in a backup. */
export const placeOf = ({ organisation }: World): string =>
  organisation === undefined ? '' : join('organisations', organisation)

/**
 * Copies a world as it might be found after a kill: detection's snapshot first, then the database, then the readings, then
 * the journal, so that nobody is ahead of what he goes by.
 */
async function copyWorld({ dataDir, world, log, store }: WorldToCopy, to: string, keysTo: string): Promise<void> {
  const copied = join(to, world.name)
  await mkdir(copied, { recursive: true, mode: 0o700 })
  await mkdir(join(keysTo, world.name), { recursive: true, mode: 0o700 })
  const letGo = log.hold()
  try {
    await copyIfThere(join(world.dir, 'analysis.snapshot'), join(copied, 'analysis.snapshot'))
    await pinSqlite(join(world.dir, 'hearthwatch.db'))(join(copied, 'hearthwatch.db'))
    await store.copyTo(join(copied, 'telemetry'))
    await cp(join(world.dir, 'journal'), join(copied, 'journal'), { recursive: true })
  } finally {
    await letGo()
  }
  // Those of all organisations lie with the first.
  if (world.organisation === undefined) await pinSqlite(join(dataDir, 'accounts.db'))(join(to, 'accounts.db'))
  // After the database: whoever is in the copy has a key.
  await pinSqlite(join(world.dir, PERSON_KEYS))(join(keysTo, world.name, PERSON_KEYS))
  await copyRest(world.dir, copied, join(keysTo, world.name))
  await copyRest(dataDir, to, keysTo)
}

function ownVersion(): string {
  const own = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(own) as { version: string }).version
}

/** Everything else of a folder; of DATA_DIR not the worlds. */
async function copyRest(from: string, to: string, keysTo: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const { name } = entry
    if (/^(?:live|simulation|backups|organisations)$/.test(name) || /^accounts\.db/.test(name)) continue
    const inside = entry.isDirectory() ? (await filesBelow(join(from, name))).map((path) => `${name}/${path}`) : [name]
    for (const path of inside) {
      if (apart.test(path)) continue
      await copyIfThere(join(from, path), join(keys.has(path) ? keysTo : to, path))
    }
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  await copyFile(from, to).catch((error: NodeJS.ErrnoException) => {
    // What is gone since it was listed was of no use any more.
    if (error.code !== 'ENOENT') throw error
  })
}
