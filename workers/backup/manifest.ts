import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { z } from 'zod'
import { Problem } from '../../core/index.ts'
import { writeWhole } from '../../database/index.ts'

const NAME = 'manifest.json'
/** What a backup of this program looks like; another number is another layout. */
const LAYOUT = 1

const manifestSchema = z.object({
  layout: z.number(),
  /** Of the program that made it. */
  version: z.string(),
  world: z.enum(['live', 'simulation']),
  at: z.string(),
  files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })),
})
export type Manifest = z.infer<typeof manifestSchema>

/**
 * Lists every file of a folder, with what is in it. Written last: a backup without it was cut short.
 * @param but paths that begin so are left out
 */
export async function writeManifest(
  dir: string,
  about: Pick<Manifest, 'version' | 'world' | 'at'>,
  but = '/',
): Promise<Manifest> {
  const files: Manifest['files'] = []
  for (const path of await filesBelow(dir))
    if (!path.startsWith(but)) files.push({ path, ...(await fingerprint(join(dir, path))) })
  const manifest = { layout: LAYOUT, ...about, files }
  await writeWhole(join(dir, NAME), `${JSON.stringify(manifest, null, 1)}\n`, 0o600)
  return manifest
}

/**
 * Reads a backup's list and looks whether every file is there and is what it was.
 * @throws Problem `backup-incomplete`, `backup-damaged`, `backup-unknown`
 */
export async function checkedManifest(dir: string): Promise<Manifest> {
  const text = await readFile(join(dir, NAME), 'utf8').catch(() => undefined)
  if (text === undefined)
    throw refused('backup-incomplete', `${dir} holds no ${NAME}: it is no backup, or one that was cut short.`)
  const manifest = manifestSchema.safeParse(parsed(text)).data
  if (!manifest) throw refused('backup-damaged', `${NAME} in ${dir} cannot be read.`)
  if (manifest.layout !== LAYOUT)
    throw refused(
      'backup-unknown',
      `${dir} was made by Hearthwatch ${manifest.version} in a layout that is not known here.`,
    )
  for (const { path, bytes, sha256 } of manifest.files) {
    if (path.startsWith('/') || path.split('/').includes('..'))
      throw refused('backup-damaged', `${NAME} names ${path}.`)
    const found = await fingerprint(join(dir, path)).catch(() => undefined)
    if (!found) throw refused('backup-incomplete', `${path} is missing in ${dir}.`)
    if (found.bytes !== bytes) throw refused('backup-incomplete', `${path} has ${found.bytes} bytes, and had ${bytes}.`)
    if (found.sha256 !== sha256) throw refused('backup-damaged', `${path} is not what it was when it was copied.`)
  }
  return manifest
}

/** Paths below a folder, with `/`, its own list left out. */
export async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => path !== NAME)
    .sort()
}

async function fingerprint(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const refused = (code: string, message: string, remedy = 'Take another backup; nothing was changed.'): Problem =>
  new Problem({ code, message, remedy, status: 409 })
