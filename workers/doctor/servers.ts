import { Problem } from '../../core/index.ts'
import { openPostgresPool } from '../../database/index.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const ANSWER_MS = 5_000
/** 6.2, as its two numbers. */
const OLDEST_REDIS = 602

export async function postgres(url: string): Promise<Finding> {
  const pool = await openPostgresPool({ connectionString: url, connectionTimeoutMillis: ANSWER_MS, max: 1 })
  try {
    const { rows } = await pool.query<{ version: string }>('select version() as version')
    return ok('postgres', rows[0]?.version.split(' ').slice(0, 2).join(' ') ?? 'answers')
  } finally {
    await pool.end()
  }
}

export async function influx(url: string): Promise<Finding> {
  const answer = await fetch(new URL('/ping', url), { signal: AbortSignal.timeout(ANSWER_MS) }).catch(
    (error: Error) => {
      throw away('InfluxDB', url, error)
    },
  )
  return answer.ok
    ? ok('influx', answer.headers.get('x-influxdb-version') ?? 'answers')
    : fail('influx', `it answers ${answer.status}`, 'See that INFLUX_URL is InfluxDB’s address.')
}

export async function redis(url: string): Promise<Finding> {
  const { Redis } = await import('ioredis')
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: ANSWER_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const policy = (await client.config('GET', 'maxmemory-policy').catch(() => [])) as string[]
    if (policy[1] !== undefined && policy[1] !== 'noeviction')
      return fail(
        'redis',
        `its maxmemory-policy is ${policy[1]}: it would throw jobs away when it is full`,
        'Set maxmemory-policy noeviction.',
      )
    const [, version = '', major = '', minor = ''] =
      /redis_version:((\d+)\.(\d+)\S*)/.exec(await client.info('server').catch(() => '')) ?? []
    if (version !== '' && Number(major) * 100 + Number(minor) < OLDEST_REDIS)
      return warn('redis', `it is ${version}`, 'Doors that run by themselves need 6.2 or newer (XTRIM MINID).')
    return ok('redis', `${version} answers, and keeps what it takes`.trimStart())
  } catch (error) {
    throw away('Redis', url, error as Error)
  } finally {
    client.disconnect()
  }
}

/** Signs in at the mail server, and sends nothing. */
export async function mail(url: string): Promise<Finding> {
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    url,
    connectionTimeout: ANSWER_MS,
    greetingTimeout: ANSWER_MS,
    socketTimeout: ANSWER_MS,
  })
  try {
    await transport.verify()
    return ok('mail', `${new URL(url).host} takes mails`)
  } catch (error) {
    throw away('The mail server', url, error as Error)
  } finally {
    transport.close()
  }
}

/** Asks the receiver of webhooks whether it is there; what it answers to a question without a body does not matter. */
export async function webhook(url: string): Promise<Finding> {
  const answer = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS) }).catch(
    (error: Error) => {
      throw away('The receiver of webhooks', url, error)
    },
  )
  return answer.status >= 500
    ? fail('webhook', `it answers ${answer.status}`, 'See what its log says; what could not be sent is tried again.')
    : ok('webhook', `${new URL(url).host} answers`)
}

function away(who: string, url: string, error: Error): Problem {
  const because =
    (error.cause as { code?: string } | undefined)?.code ?? (error as { code?: string }).code ?? error.message
  return new Problem({
    code: 'server-away',
    message: `${who} at ${new URL(url).host} does not answer: ${because}`,
    remedy: 'Start it, or correct its address; nothing is lost meanwhile, the journal and the outbox keep it.',
  })
}
