import { readFile } from 'node:fs/promises'
import { newSecret } from '../core/index.ts'
import { writeWhole } from './writeWhole.ts'

/** Reads a secret of ours from a file, or makes it (mode 600). One that a crash left empty is made anew. */
export async function secretFile(path: string): Promise<string> {
  const known = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (known.trim()) return known.trim()
  const secret = newSecret()
  await writeWhole(path, `${secret}\n`, 0o600)
  return secret
}
