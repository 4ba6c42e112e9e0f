import { statSync } from 'node:fs'
import { type Settings, type World, worldOf } from '../../core/index.ts'
import { dataDirOf, organisationWorlds } from '../organisations/organisationDir.ts'
import { edges, isEdge } from './edges.ts'
import * as files from './files.ts'
import { type Finding, fail, looked, warn } from './finding.ts'
import * as machine from './machine.ts'
import * as servers from './servers.ts'
import { askService, service } from './service.ts'

/**
 * Looks at everything that an installation rests on, one after the other, and changes nothing.
 * @param token of the administrator, for what only the running service knows
 */
export async function examine(settings: Settings, token: string): Promise<Finding[]> {
  const dataDir = statSync(settings.DATA_DIR, { throwIfNoEntry: false })
  if (dataDir && !dataDir.isDirectory())
    return [fail('data', `${settings.DATA_DIR} is no folder`, 'Set DATA_DIR to the folder of the service.')]
  if (!dataDir)
    return [warn('data', `${settings.DATA_DIR} does not exist yet`, 'The first start makes it; else set DATA_DIR.')]
  const running = await askService(settings, token)
  const { POSTGRES_URL, INFLUX_URL, REDIS_URL, SMTP_URL, WEBHOOK_URL } = settings
  const looks: [string, () => Promise<Finding | Finding[]>][] = [
    ['disk', () => machine.disk(settings)],
    ['rights', () => machine.rights(settings)],
    ['clock', () => machine.clock(settings)],
    ['ports', () => machine.ports(settings, running !== undefined)],
    ['reach', () => machine.reach(settings)],
    ['world', () => files.world(settings)],
    ['catalog', () => files.catalogFiles(settings)],
    ['keys', () => files.keys(settings)],
    ['journal', () => files.journal(settings)],
    ['database', () => files.databases(settings)],
  ]
  if (settings.TLS_CERT) looks.push(['certificate', () => files.certificate(settings)])
  if (POSTGRES_URL) looks.push(['postgres', () => servers.postgres(POSTGRES_URL)])
  if (INFLUX_URL) looks.push(['influx', () => servers.influx(INFLUX_URL)])
  if (REDIS_URL) looks.push(['redis', () => servers.redis(REDIS_URL)])
  if (POSTGRES_URL && REDIS_URL) looks.push(['edges', () => edges(settings, POSTGRES_URL)])
  if (SMTP_URL) looks.push(['mail', () => servers.mail(SMTP_URL)])
  if (WEBHOOK_URL) looks.push(['webhook', () => servers.webhook(WEBHOOK_URL)])
  if (running) looks.push(['service', () => service(running, isEdge(worldOf(settings)))])
  for (const world of organisationWorlds(settings, worldOf(settings))) looks.push(...looksAt(world, settings))
  const found: Finding[] = []
  for (const [what, look] of looks) found.push(...(await looked(what, look)))
  return found
}

/** At the files of an organisation beside the first. */
function looksAt(world: World, settings: Settings): [string, () => Promise<Finding[]>][] {
  const own = { ...settings, DATA_DIR: dataDirOf(settings, world) }
  const { catalogFiles, keys, journal, databases } = files
  return Object.entries({ catalog: catalogFiles, keys, journal, database: databases }).map(([what, look]) => [
    `${what} of ${world.organisation}`,
    async () => [await look(own)].flat().map((found) => ({ ...found, what: `${found.what} of ${world.organisation}` })),
  ])
}
