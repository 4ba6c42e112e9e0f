import { access, constants, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Catalog } from '../catalog/index.ts'
import { hash64, Problem, type World } from '../core/index.ts'
import { writeWhole } from '../database/index.ts'

export interface OpenWorld {
  /** Kinds whose catalog file is new or another one since this world last heard of it. */
  changedKinds(catalog: Catalog): Set<string>
  /** All that follows from a change is done. */
  rememberKinds(catalog: Catalog): Promise<void>
  release(): void
}

/** What `world.json` keeps. */
interface WorldFile {
  clock: World['clock']
  /** Kind → hash of its catalog entry. */
  kinds?: Record<string, string>
}

/**
 * Makes the world's folder, holds it for this process alone, and checks that it was made under the same clock.
 * The lock is the file system's, so one that a killed process left behind holds nobody up.
 * @throws Problem `data-dir-unusable`, `data-dir-in-use`, `other-clock`
 */
export async function openWorld(world: World, dataDir: string): Promise<OpenWorld> {
  try {
    await mkdir(join(dataDir, 'catalog'), { recursive: true })
    await mkdir(world.dir, { recursive: true })
    await access(world.dir, constants.W_OK)
  } catch (cause) {
    throw new Problem({
      code: 'data-dir-unusable',
      message: `DATA_DIR ${dataDir} cannot be written: ${(cause as Error).message}.`,
      remedy: 'Give this user the right to write there, or set DATA_DIR to another folder.',
      concerns: 'DATA_DIR',
      cause,
    })
  }
  const lock = holdLock(join(world.dir, 'lock.db'), world)
  const path = join(world.dir, 'world.json')
  const known = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  const file: WorldFile = known === null ? { clock: world.clock } : (JSON.parse(known) as WorldFile)
  if (file.clock !== world.clock) {
    lock.close()
    throw new Problem({
      code: 'other-clock',
      message: `The world in ${world.dir} was made under CLOCK=${file.clock}, and cannot go on under CLOCK=${world.clock}.`,
      remedy: `Start with CLOCK=${file.clock}, or give the new world another DATA_DIR.`,
      concerns: 'CLOCK',
    })
  }
  const save = (): Promise<void> => writeWhole(path, `${JSON.stringify(file)}\n`)
  if (known === null) await save()
  return {
    changedKinds(catalog) {
      const hashes = Object.entries(hashesOf(catalog))
      return new Set(hashes.filter(([kind, hash]) => file.kinds?.[kind] !== hash).map(([kind]) => kind))
    },
    async rememberKinds(catalog) {
      file.kinds = hashesOf(catalog)
      await save()
    },
    release: () => lock.close(),
  }
}

const hashesOf = (catalog: Catalog): Record<string, string> =>
  Object.fromEntries(
    [...catalog.kinds].map(([name, { metricIndex: _, ...kind }]) => [name, hash64(JSON.stringify(kind))]),
  )

function holdLock(path: string, world: World): DatabaseSync {
  const lock = new DatabaseSync(path, { timeout: 0 })
  try {
    lock.exec('pragma locking_mode=exclusive; begin exclusive')
    return lock
  } catch (cause) {
    lock.close()
    throw new Problem({
      code: 'data-dir-in-use',
      message: `Another Hearthwatch already runs the world in ${world.dir}.`,
      remedy: 'Stop it first, or set DATA_DIR to another folder.',
      concerns: 'DATA_DIR',
      cause,
    })
  }
}
