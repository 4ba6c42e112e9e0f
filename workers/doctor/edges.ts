import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MINUTE, type Settings, type World, wallClock, worldOf } from '../../core/index.ts'
import { openPostgresDatabase, unsealed } from '../../database/index.ts'
import { type EdgeState, edgeStateOf, openEdgeBook } from '../../ingest/index.ts'
import { sharedName } from '../roles/openHouse.ts'
import { migrations } from '../start/startDatabase.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** A door whose journal holds so much has a house that does not take it, or a carrier that does not bring it. */
const MUCH_BYTES = 64 << 20

/** Whose folder is this: that of a door which runs by itself? */
export const isEdge = ({ dir }: World): boolean => existsSync(join(dir, 'edge-id'))

/**
 * Doors that run by themselves, as they say it in the PostgreSQL that all share: so this can be asked at the house and at
 * each door, whether the others run or not. None, where all is one process.
 */
export async function edges(settings: Settings, url: string): Promise<Finding[]> {
  const world = worldOf(settings)
  const database = await openPostgresDatabase(url, sharedName(world), migrations, unsealed, false)
  try {
    const book = openEdgeBook(database)
    const now = wallClock.now()
    const all = (await book.all()).map(edgeStateOf)
    if (!isEdge(world)) return all.map((edge) => edgeFinding(edge, now))
    const here = (await readFile(join(world.dir, 'edge-id'), 'utf8')).trim()
    const key = Buffer.from((await readFile(join(world.dir, 'device-key'), 'utf8')).trim(), 'base64url')
    const isIts = await book.isKeyOfHouse(key)
    return [...all.map((edge) => edgeFinding(edge, now, edge.id === here)), keyOf(isIts)]
  } finally {
    await database.close()
  }
}

/** What there is to know of a door, and what to do. @param isHere the one whose folder is looked at */
export function edgeFinding(
  { id, heardAt, behindBytes, isAskedAgain }: EdgeState,
  now: number,
  isHere = false,
): Finding {
  const what = `edge ${id}${isHere ? ' (this one)' : ''}`
  const silentMs = now - heardAt
  const holds = `${(behindBytes / 1e6).toFixed(1)} MB that the house does not have`
  if (silentMs > MINUTE) {
    const says = `not heard since ${new Date(heardAt).toISOString()}`
    return behindBytes > 0
      ? fail(
          what,
          `${says}; it holds ${holds}`,
          'Start it with its own DATA_DIR: what it acknowledged lies there alone.',
        )
      : warn(
          what,
          says,
          'Start it; if it is gone for good, nothing is missing: the house has all that it acknowledged.',
        )
  }
  if (behindBytes > MUCH_BYTES)
    return warn(
      what,
      `it holds ${holds}`,
      'See that the house runs and keeps up, and redis above. At 1 GiB PUBACKs wait.',
    )
  if (isAskedAgain)
    return warn(
      what,
      `something of it did not arrive, and it has not begun again; it holds ${holds}`,
      'It does by itself within seconds; if it stays, its log says why.',
    )
  return ok(what, behindBytes > 0 ? `it holds ${holds}, on their way` : 'the house has all that it acknowledged')
}

const keyOf = (isIts: boolean | undefined): Finding =>
  isIts
    ? ok('key', 'the one of the house')
    : fail(
        'key',
        'device-key is not that of the house in this database',
        'Copy it from the folder live in the DATA_DIR of the house.',
      )
