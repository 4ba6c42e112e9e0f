import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes a small file whole or not at all, and durably: a new file, synced, takes the place of the old one, and the folder
 * is synced, too. After a power cut the old or the new content is there, never an empty file. Costs two syncs.
 */
export async function writeWhole(path: string, content: string | Uint8Array, mode = 0o666): Promise<void> {
  const made = `${path}.new`
  const file = await open(made, 'w', mode)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await takePlace(made, path)
}

/** The synced file `made` takes the place of `path`, durably: its folder is synced, too. */
export async function takePlace(made: string, path: string): Promise<void> {
  await rename(made, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
