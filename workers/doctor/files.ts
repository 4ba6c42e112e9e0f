import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, type Settings, wallClock, worldOf } from '../../core/index.ts'
import { checkJournal } from '../../ingest/index.ts'
import { openCertificate } from '../certificate.ts'
import { isEdge } from './edges.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const RENEW_DAYS = 21

/** Kind files of this installation. */
export async function catalogFiles({ DATA_DIR }: Settings): Promise<Finding> {
  const { kinds } = loadCatalog(join(DATA_DIR, 'catalog'))
  return ok('catalog', `${kinds.size} kinds`)
}

/** The journal, whole to its last group. Read only. */
export async function journal(settings: Settings): Promise<Finding> {
  const dir = join(worldOf(settings).dir, 'journal')
  if (!existsSync(dir)) return ok('journal', 'none yet')
  const { begin, end } = await checkJournal(dir)
  return ok('journal', `whole from ${begin} to ${end}`)
}

/** The SQLite files, page by page. */
export async function databases(settings: Settings): Promise<Finding[]> {
  const { dir } = worldOf(settings)
  const files = [
    join(settings.DATA_DIR, 'accounts.db'),
    ...(settings.POSTGRES_URL ? [] : [join(dir, 'hearthwatch.db')]),
    join(dir, 'telemetry', 'appliances.sqlite'),
  ].filter((path) => existsSync(path))
  return files.map(wholeOrNot)
}
function wholeOrNot(path: string): Finding {
  let said: string
  try {
    const file = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
    try {
      said = String(Object.values(file.prepare('pragma quick_check(1)').get() ?? {})[0])
    } finally {
      file.close()
    }
  } catch (error) {
    said = (error as Error).message
  }
  return said === 'ok'
    ? ok('database', path)
    : fail(
        'database',
        `${path}: ${said.replaceAll('\n', ' ')}`,
        'Stop the service and put back the last backup (npm run restore).',
      )
}

/** What signs links and passwords: without it every appliance and every link is locked out. */
export async function keys(settings: Settings): Promise<Finding> {
  const world = worldOf(settings)
  const { dir } = world
  if (!existsSync(join(dir, 'world.json'))) return ok('keys', 'none yet')
  const needed = isEdge(world) ? ['device-key'] : ['device-key', 'link-key']
  const missing = needed.filter((name) => !existsSync(join(dir, name)))
  return missing.length > 0
    ? fail(
        'keys',
        `${missing.join(' and ')} of ${dir} is missing`,
        'Put it back from the keys of a backup before the next start: a new one locks every appliance and every link out.',
      )
    : ok('keys', 'there')
}

/** Whose certificate, and for how long? */
export async function certificate({ TLS_CERT, TLS_KEY }: Settings): Promise<Finding> {
  const held = await openCertificate(
    { TLS_CERT, TLS_KEY, TLS_CLIENT_CA: undefined, TLS_CLIENT_CRL: undefined },
    () => undefined,
  )
  held?.close()
  const { validToDate } = new X509Certificate(readFileSync(TLS_CERT ?? ''))
  const days = Math.floor((validToDate.getTime() - wallClock.now()) / DAY)
  const says = `good for ${days} days`
  return days < RENEW_DAYS
    ? warn('certificate', says, 'Renew it; new files in its place are taken over without a restart.')
    : ok('certificate', says)
}

/** Is there something to look at? */
export async function world(settings: Settings): Promise<Finding> {
  const { dir, name } = worldOf(settings)
  return existsSync(dir)
    ? ok('world', `${name === 'live' ? 'real' : 'simulated'}, in ${dir}`)
    : warn(
        'world',
        `there is none in ${dir} yet`,
        'It is made at the first start; else set DATA_DIR and SIMULATE to the service’s.',
      )
}
