// The service desk of a simulated year: the real database, alerts, desk and HTTP API, in one process without sockets, and
// the simulated people who use it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { Registry as MetricsRegistry } from 'prom-client'
import type { Catalog } from '../../catalog/index.ts'
import {
  type AnalysisOutput,
  type Database,
  type DetectionControl,
  type ManualClock,
  notFound,
  Problem,
  type Registration,
  readSettings,
} from '../../core/index.ts'
import { AnswerWatch, type ApiContext, createApi, EventHub } from '../../dashboards/index.ts'
import { openPassingSqlite } from '../../database/index.ts'
import { openConsents, openHealthStore, type Policy, type TicketService } from '../../service/index.ts'
import type { ApiClient } from '../../simulator/index.ts'
import { serviceContext } from '../../workers/openApi.ts'
import { openService } from '../../workers/openService.ts'
import { migrations } from '../../workers/start/startDatabase.ts'
import { openYearCare } from './yearCare.ts'
import type { YearStep } from './yearWorker.ts'

export interface YearService {
  api: ApiClient
  database: Database
  desk: TicketService
  policy: Policy
  /** Reminders and campaigns: nothing happens in it before it is told to look. */
  care: ReturnType<typeof openYearCare>
  register(registrations: Registration[]): Promise<void>
  /** What detection said becomes alerts and tickets; time passes. */
  decide(output: Pick<AnalysisOutput, 'detections' | 'verifications' | 'health'>): Promise<void>
  /** Tests that appliances are told to run since last asked; they have them now. */
  takeTests(): Promise<YearStep['tests']>
  /** What detection must hear since last asked. */
  takeControls(): Promise<DetectionControl[]>
  close(): Promise<void>
}

const TOKEN = 'a-simulated-year-has-one-token'

/** @param rules what differs from the policy as shipped */
export async function openYearService(
  catalog: Catalog,
  rules: Partial<Policy>,
  clock: ManualClock,
): Promise<YearService> {
  const dir = await mkdtemp(join(tmpdir(), 'hearthwatch-year-'))
  const database = await openPassingSqlite(join(dir, 'year.db'), migrations)
  const service = await openService({
    database,
    catalog,
    clock,
    publicUrl: 'http://year',
    webhook: false,
    push: false,
    secretKey: Buffer.alloc(32, 1),
    linkKey: 'of a simulated year',
    rules,
  })
  const { announcer, links, registry, policies, policy, commands, desk, alerts } = service
  const healthStore = await openHealthStore(database)
  const care = openYearCare({ database, clock, service, health: healthStore.of })
  const settings = readSettings({ DATA_DIR: dir, SIMULATE: '1' })
  const log = pino({ level: 'silent' })
  const api = await createApi(
    // No readings are kept in a year of minutes, nobody signs in, and no job is carried: whoever asks is told.
    withAbsent<ApiContext>({
      settings,
      world: { name: 'simulation', dir, clock: 'telemetry' },
      publicUrl: 'http://year',
      adminToken: TOKEN,
      simulationToken: `${TOKEN}-people`,
      catalog,
      clock,
      wall: clock,
      database,
      registry,
      links,
      care: care.care,
      campaigns: care.campaigns,
      shownOf: care.shownOf,
      alerts,
      desk,
      ...(await serviceContext(settings, { ...service, database, clock }, catalog)),
      policy,
      policies,
      announcer,
      answers: new AnswerWatch({ isStrict: false, wall: clock, log }),
      events: new EventHub(),
      health: {
        of: healthStore.of,
        firstHeard: healthStore.firstHeard,
        online: () => true,
        clockAheadMs: () => undefined,
        hearing: () => undefined,
      },
      commands,
      misdirected: () => [],
      metrics: new MetricsRegistry(),
      ready: () => true,
      accounts: { whoIs: async () => null, onEnded: () => undefined },
      consents: openConsents(database, clock),
      audit: { record: async () => undefined },
    }),
    join(dir, 'no-pages'),
    log,
  )
  const client: ApiClient = {
    async call<T>(method: string, url: string, body?: unknown): Promise<T> {
      const { statusCode, payload } = await api.inject({
        method: method as 'GET',
        url,
        headers: { authorization: `Bearer ${TOKEN}-people` },
        ...(body === undefined ? {} : { payload: body as object }),
      })
      const answer =
        payload === '' ? {} : (JSON.parse(payload) as T & { code?: string; title?: string; detail?: string })
      if (statusCode < 400) return answer as T
      const { code, title, detail } = answer as { code?: string; title?: string; detail?: string }
      throw new Problem({
        code: code ?? 'refused',
        message: title ?? `${method} ${url} answered ${statusCode}`,
        remedy: detail ?? '',
        status: statusCode,
      })
    },
  }
  return {
    api: client,
    care,
    database,
    desk,
    policy,
    register: async (registrations) => {
      for (let i = 0; i < registrations.length; i += 500) await registry.register(registrations.slice(i, i + 500))
    },
    async decide({ detections, verifications, health }) {
      const shown = await database.transaction(async (tx) => {
        await alerts.apply(tx, detections)
        await desk.verified(tx, verifications)
        const shown = await healthStore.save(tx, health)
        await desk.tick(tx)
        await alerts.tick(tx, clock.now())
        return shown
      })
      shown()
    },
    async takeTests() {
      await database.transaction((tx) => commands.expire(tx))
      const tests: YearStep['tests'] = []
      for (const appliance of commands.awaited()) {
        for (const { id, type, params } of commands.waiting(appliance)) {
          if (type !== 'test') continue
          await commands.delivered(appliance, id)
          tests.push({ appliance, id, test: String(params.test) })
        }
      }
      return tests
    },
    async takeControls() {
      const rows = await database.query
        .selectFrom('control')
        .select(['seq', 'body'])
        .where('doneAt', 'is', null)
        .orderBy('seq')
        .execute()
      if (rows.length === 0) return []
      const last = rows.at(-1)!.seq
      await database.transaction((tx) =>
        tx
          .updateTable('control')
          .set({ doneAt: clock.now() })
          .where('seq', '<=', last)
          .where('doneAt', 'is', null)
          .execute(),
      )
      return rows.map(({ body }) => JSON.parse(body) as DetectionControl)
    },
    async close() {
      await api.close()
      await database.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** What a year does not need is there all the same, and refuses to be called. */
function withAbsent<T extends object>(known: { [K in keyof T]?: unknown }): T {
  const refuse = async (): Promise<never> => {
    throw notFound('telemetry', 'of a simulated year')
  }
  // Called or asked for a part of itself, it is the same again.
  const nothing: object = new Proxy(refuse, { get: (_, name) => (name === 'then' ? undefined : nothing) })
  return new Proxy(known, { get: (of, name) => (name in of ? Reflect.get(of, name) : nothing) }) as T
}
