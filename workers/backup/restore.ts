import { copyFile, mkdir, open, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { checkedManifest, type Manifest, refused } from './manifest.ts'

/**
 * Puts a backup into an empty data folder, each file checked first and synced.
 * @param keysDir where its keys are, which may lie apart
 * @throws Problem `backup-incomplete`, `backup-damaged`, `backup-unknown`, `data-dir-not-empty`; nothing is half done
 */
export async function restoreBackup(from: string, keysDir: string, dataDir: string): Promise<Manifest> {
  const [manifest, keys] = [await checkedManifest(from), await checkedManifest(keysDir)]
  if (keys.at !== manifest.at)
    throw refused('backup-damaged', `The keys in ${keysDir} are of another backup: ${keys.at}, not ${manifest.at}.`)
  const there = await readdir(dataDir).catch(() => [])
  if (there.length > 0)
    throw refused(
      'data-dir-not-empty',
      `${dataDir} is not empty.`,
      'Set DATA_DIR to a folder that does not exist yet, or move what is there away; nothing was changed.',
    )
  try {
    for (const { path } of manifest.files) await place(join(from, path), join(dataDir, path))
    for (const { path } of keys.files) await place(join(keysDir, path), join(dataDir, path))
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true })
    throw error
  }
  return manifest
}

async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  await copyFile(from, to)
  const file = await open(to, 'r+')
  try {
    await file.chmod(0o600)
    await file.sync()
  } finally {
    await file.close()
  }
}
