import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Settings } from '../core/index.ts'

const LOOPBACK = '127.0.0.1'

/** Where this machine's programs reach the plain ports: with a certificate they are on loopback, whatever HOST says. */
export const plainHostOf = ({ HOST, TLS_CERT }: Pick<Settings, 'HOST' | 'TLS_CERT'>): string =>
  TLS_CERT || HOST === '0.0.0.0' || HOST === '::' ? LOOPBACK : HOST

/** Where the service of these settings answers, when it runs on this machine. */
export function plainUrlOf(settings: Settings): string {
  const host = plainHostOf(settings)
  return `http://${host.includes(':') ? `[${host}]` : host}:${settings.PORT}`
}

/** The administrator's token: the one that is set, or the one that the first start made; empty before that. */
export async function adminTokenOf({ ADMIN_TOKEN, DATA_DIR }: Settings): Promise<string> {
  return ADMIN_TOKEN ?? (await readFile(join(DATA_DIR, 'admin-token'), 'utf8').catch(() => '')).trim()
}
