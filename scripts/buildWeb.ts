// Builds the pages when their source has changed since the last build; a later start finds them built.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const web = 'dashboards/web'
const stamp = '.cache/web.stamp'

if (existsSync(join(web, 'index.html'))) {
  const hash = createHash('sha256')
  for (const path of [...files(web), 'package-lock.json']) hash.update(path).update(readFileSync(path))
  const digest = hash.digest('hex')
  const built = existsSync(join(web, 'dist/index.html')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest
  if (!built) {
    console.log('Building the pages (once) …')
    const { build } = await import('vite')
    await build({ root: web, logLevel: 'warn' })
    mkdirSync('.cache', { recursive: true })
    writeFileSync(stamp, digest)
  }
}

function files(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.name !== 'dist')
    .flatMap((entry) => (entry.isDirectory() ? files(join(dir, entry.name)) : [join(dir, entry.name)]))
    .sort()
}
