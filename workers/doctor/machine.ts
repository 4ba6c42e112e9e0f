import { access, constants, readdir, stat, statfs } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { isLoopback, MINUTE, type Settings, wallClock } from '../../core/index.ts'
import { plainHostOf } from '../runningService.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const FREE_BYTES = 1 << 30
const FREE_SHARE = 0.05
const ANSWER_MS = 3_000
const BUILT = Date.UTC(2026, 0, 1)
const OTHERS = 0o077

/** Is there room where data go? */
export async function disk({ DATA_DIR }: Settings): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(DATA_DIR)
  const [free, total] = [bavail * bsize, blocks * bsize]
  const says = `${(free / 1e9).toFixed(1)} GB of ${(total / 1e9).toFixed(1)} GB are free`
  return free < FREE_BYTES || free < total * FREE_SHARE
    ? warn('disk', says, 'Make room, or let the policy keep raw readings for fewer days (rawReadingsDays).')
    : ok('disk', says)
}

/** May this user write there, and nobody else read? */
export async function rights({ DATA_DIR }: Settings): Promise<Finding> {
  await access(DATA_DIR, constants.W_OK | constants.R_OK)
  const open: string[] = []
  for (const name of ['admin-token', 'session-secret', 'accounts.db', 'live/device-key', 'simulation/device-key']) {
    const found = await stat(join(DATA_DIR, name)).catch(() => undefined)
    if (found && process.platform !== 'win32' && (found.mode & OTHERS) !== 0) open.push(name)
  }
  return open.length > 0
    ? warn('rights', `others on this machine may read ${open.join(', ')}`, `chmod -R go-rwx ${DATA_DIR}`)
    : ok('rights', 'this user alone reads and writes')
}

/** Files of tomorrow, or a year that has been: this machine's clock is wrong, or was. */
export async function clock({ DATA_DIR }: Settings): Promise<Finding> {
  const now = wallClock.now()
  if (now < BUILT)
    return fail('clock', `it says ${new Date(now).toISOString()}`, 'Set the clock; let the system keep it (NTP).')
  const entries = await readdir(DATA_DIR, { withFileTypes: true, recursive: true })
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const found = await stat(path).catch(() => undefined)
    if (found && found.mtimeMs > now + MINUTE)
      return fail(
        'clock',
        `${entry.name} was written at ${found.mtime.toISOString()}, which is still to come`,
        'The clock was ahead or is behind: set it, and let the system keep it (NTP). Readings are judged by it.',
      )
  }
  return ok('clock', new Date(now).toISOString())
}

/** Who answers at our ports, when it is not us? */
export async function ports(settings: Settings, isRunning: boolean): Promise<Finding[]> {
  const { PORT, MQTT_PORT, TLS_CERT, HTTPS_PORT, MQTTS_PORT } = settings
  const host = plainHostOf(settings)
  const found: Finding[] = []
  const seen = new Map<number, string>()
  for (const [name, port] of [
    ['PORT', PORT],
    ['MQTT_PORT', MQTT_PORT],
    ...(TLS_CERT
      ? ([
          ['HTTPS_PORT', HTTPS_PORT],
          ['MQTTS_PORT', MQTTS_PORT],
        ] as const)
      : []),
  ] as const) {
    const other = port > 0 ? seen.get(port) : undefined
    seen.set(port, name)
    if (other) {
      found.push(fail('ports', `${other} and ${name} are both ${port}`, `Set ${name} to another one.`))
      continue
    }
    const taken = port > 0 && (await answers(host, port))
    if (isRunning && !taken) found.push(fail('ports', `nothing answers at ${name} ${port}`, 'Restart the service.'))
    else if (!isRunning && taken)
      found.push(
        fail('ports', `${name} ${port} is taken by another program`, `Stop it, or set ${name} to another one.`),
      )
  }
  return found.length > 0 ? found : [ok('ports', `${PORT} and ${MQTT_PORT}`)]
}

/** Who can reach it, and over what? */
export async function reach({ HOST, TRUSTED_PROXIES, PUBLIC_URL, TLS_CERT }: Settings): Promise<Finding> {
  if (TLS_CERT) return ok('reach', `${HOST}, with a certificate; without one this machine alone`)
  if (isLoopback(HOST)) return ok('reach', 'programs of this machine alone')
  if (TRUSTED_PROXIES && PUBLIC_URL?.startsWith('https:')) return ok('reach', `behind a proxy, as ${PUBLIC_URL}`)
  return warn(
    'reach',
    `HOST ${HOST}: the network can reach it, and passwords cross it unencrypted`,
    'Set TLS_CERT and TLS_KEY, or put a proxy with TLS in front: set TRUSTED_PROXIES to its address and PUBLIC_URL to its https:// address.',
  )
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: ANSWER_MS })
    const end = (is: boolean) => () => {
      socket.destroy()
      resolve(is)
    }
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false))
  })
}
