import { access, constants, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Problem, type World } from '../core/index.ts'

/**
 * Makes the world's folder, holds it for this process alone, and checks that it was made under the same clock.
 * The lock is the file system's, so one that a killed process left behind holds nobody up.
 * @throws Problem `data-dir-unusable`, `data-dir-in-use`, `other-clock`
 */
export async function openWorld(world: World, dataDir: string): Promise<{ release(): void }> {
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
  if (known === null) await writeFile(path, `${JSON.stringify({ clock: world.clock })}\n`)
  else {
    const { clock } = JSON.parse(known) as { clock: string }
    if (clock !== world.clock) {
      lock.close()
      throw new Problem({
        code: 'other-clock',
        message: `The world in ${world.dir} was made under CLOCK=${clock}, and cannot go on under CLOCK=${world.clock}.`,
        remedy: `Start with CLOCK=${clock}, or give the new world another DATA_DIR.`,
        concerns: 'CLOCK',
      })
    }
  }
  return { release: () => lock.close() }
}

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
