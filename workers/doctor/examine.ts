import { existsSync } from 'node:fs'
import type { Settings } from '../../core/index.ts'
import * as files from './files.ts'
import { type Finding, looked, warn } from './finding.ts'
import * as machine from './machine.ts'
import * as servers from './servers.ts'
import { askService, service } from './service.ts'

/**
 * Looks at everything that an installation rests on, one after the other, and changes nothing.
 * @param token of the administrator, for what only the running service knows
 */
export async function examine(settings: Settings, token: string): Promise<Finding[]> {
  if (!existsSync(settings.DATA_DIR))
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
  if (SMTP_URL) looks.push(['mail', () => servers.mail(SMTP_URL)])
  if (WEBHOOK_URL) looks.push(['webhook', () => servers.webhook(WEBHOOK_URL)])
  if (running) looks.push(['service', () => service(running)])
  const found: Finding[] = []
  for (const [what, look] of looks) found.push(...(await looked(what, look)))
  return found
}
