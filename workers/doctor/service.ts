import type { Settings } from '../../core/index.ts'
import { plainUrlOf } from '../runningService.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const ANSWER_MS = 5_000
/** What waits longer is told. */
const LATE_MS = 60_000

/** What the running service says of itself; the lists that this needs of its answers alone. */
interface Ingest {
  oldestUnscoredMs: number
  waitingBytes: number
  readings: { quarantined: Record<string, number> }
  wrongClocks: unknown[]
  disk: { fullInDays?: number }
}
interface Jobs {
  waiting: number
  dead: number
  oldestMs: number
}

/** Asks at our port. @returns undefined where nobody answers as we do */
export async function askService(settings: Settings, token: string) {
  const base = plainUrlOf(settings)
  const get = (path: string): Promise<Response> =>
    fetch(base + path, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(ANSWER_MS) })
  const alive = await get('/healthz').catch(() => undefined)
  const said = alive?.ok ? await alive.text().catch(() => '') : ''
  return said.includes('ok') ? { get } : undefined
}
export type Service = NonNullable<Awaited<ReturnType<typeof askService>>>

/** Does it take work, and does it come after? */
export async function service({ get }: Service, isEdge: boolean): Promise<Finding[]> {
  const ready = await get('/readyz')
  if (!ready.ok)
    return [fail('service', `it is not ready: ${await ready.text()}`, 'Wait a moment; else its log says why.')]
  // The rest is the house's to say.
  if (isEdge) return [ok('service', 'a door for appliances, and it takes them in')]
  const answer = await get('/api/ingest')
  if (answer.status === 401)
    return [
      fail(
        'service',
        'it does not know the token of this DATA_DIR',
        'Set DATA_DIR (or ADMIN_TOKEN) to what the service on this port runs with.',
      ),
    ]
  const [ingest, jobs] = [(await answer.json()) as Ingest, (await (await get('/api/jobs')).json()) as Jobs]
  return [ok('service', 'takes work'), flow(ingest), setAside(ingest), clocks(ingest), queue(jobs)]
}

function flow({ oldestUnscoredMs, waitingBytes }: Ingest): Finding {
  return oldestUnscoredMs > LATE_MS
    ? warn(
        'flow',
        `the oldest message waits since ${Math.round(oldestUnscoredMs / 1_000)} s, ${(waitingBytes / 1e6).toFixed(1)} MB in all`,
        'If it grows, appliances send more than this machine scores: see the page Data, and who sends most.',
      )
    : ok('flow', 'nothing waits')
}

function setAside({ readings: { quarantined } }: Ingest): Finding {
  const failed = quarantined.unprocessable ?? 0
  return failed > 0
    ? fail(
        'quarantine',
        `${failed} messages failed inside and are set aside as unprocessable`,
        'GET /api/quarantine?reason=unprocessable shows them with the error; report it, then replay them.',
      )
    : ok(
        'quarantine',
        `${Object.values(quarantined).reduce((sum, count) => sum + count, 0)} refused, none by a fault of ours`,
      )
}

function clocks({ wrongClocks }: Ingest): Finding {
  return wrongClocks.length > 0
    ? warn(
        'clocks of appliances',
        `${wrongClocks.length} are wrong, or ours is`,
        'The page Data names them; where all are, this machine’s clock is.',
      )
    : ok('clocks of appliances', 'none is known to be wrong')
}

function queue({ waiting, dead, oldestMs }: Jobs): Finding {
  if (dead > 0)
    return fail(
      'messages to people',
      `${dead} could not be delivered and wait for a person`,
      'GET /api/jobs says why; mend it, then POST /api/jobs/replay.',
    )
  return oldestMs > LATE_MS * 10
    ? warn(
        'messages to people',
        `${waiting} wait, the oldest ${Math.round(oldestMs / 60_000)} min`,
        'See mail and redis above.',
      )
    : ok('messages to people', waiting > 0 ? `${waiting} on their way` : 'all delivered')
}
