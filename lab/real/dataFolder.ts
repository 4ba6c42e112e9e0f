import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Recorded data beside the project; it is never part of it, because of its licences. @returns null where it is absent */
export function dataFolder(name: string): string | null {
  const dir = join(fileURLToPath(new URL('../../../shared/data', import.meta.url)), name)
  return existsSync(dir) ? dir : null
}
