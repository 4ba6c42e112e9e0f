import { parseArgs } from 'node:util'
import { Problem, type Settings } from '../../core/index.ts'

/** What a process is: everything, a door, or all that is behind the doors. */
export type Role = 'all' | 'edge' | 'house'

/** As they are said at the start, until the house itself can be several. */
const ofHouse = ['analysis', 'service', 'web']

/**
 * `--role edge`, or `--role analysis,service,web`, in any order; without it: everything.
 * @throws Problem `bad-role`
 */
export function roleOf(args: readonly string[]): Role {
  const said = saidIn(args)
  if (said === undefined) return 'all'
  const roles = [...new Set(said.split(',').map((role) => role.trim()))].sort().join()
  if (roles === 'edge') return 'edge'
  if (roles === ofHouse.join()) return 'house'
  throw badRole(`There is no way yet to run '${said}' by itself.`)
}

function saidIn(args: readonly string[]): string | undefined {
  try {
    return parseArgs({ args: [...args], options: { role: { type: 'string' } } }).values.role
  } catch (error) {
    throw badRole(`${(error as Error).message}.`)
  }
}

const badRole = (message: string): Problem =>
  new Problem({
    code: 'bad-role',
    message,
    remedy: `Start with --role edge, with --role ${ofHouse.join()}, or without --role for everything in one process.`,
    concerns: '--role',
  })

/** @throws Problem `role-needs-setting` which names the first that is missing, or does not go with roles */
export function rolesNeed({ POSTGRES_URL, REDIS_URL, SIMULATE, CLOCK }: Settings): { postgres: string; redis: string } {
  const missing = (name: string, why: string, remedy: string): Problem =>
    new Problem({ code: 'role-needs-setting', message: `--role needs ${why}.`, remedy, concerns: name })
  if (SIMULATE > 0) throw missing('SIMULATE', 'real appliances: the simulated world is one process', 'Set SIMULATE=0.')
  if (CLOCK !== 'wall')
    throw missing('CLOCK', 'the time of day, which every process has', 'Set CLOCK=wall, or leave it out.')
  if (!POSTGRES_URL)
    throw missing('POSTGRES_URL', 'the PostgreSQL that its processes share', 'Set POSTGRES_URL, the same for each.')
  if (!REDIS_URL) throw missing('REDIS_URL', 'the Redis that carries between them', 'Set REDIS_URL, the same for each.')
  return { postgres: POSTGRES_URL, redis: REDIS_URL }
}
