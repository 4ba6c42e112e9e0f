import { z } from 'zod'
import { Problem, type QuarantineReason, quarantineReasons } from '../../../core/index.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { paging, placePaging, rowPaging } from '../paging.ts'

/** Rows with their bytes that are in memory together. */
const REPLAYED_AT_ONCE = 200

export function ingestRoutes(app: Api, context: Pick<ApiContext, 'jobs' | 'pipeline' | 'requeue' | 'store'>): void {
  const { store } = context
  /** Newest first, so what is refused again, and is newest then, is not met twice. */
  async function replayAll(reason?: QuarantineReason): Promise<number> {
    let replayed = 0
    for (let before: string | undefined; ; ) {
      const rows = await store.quarantine({ ...(reason ? { reason } : {}), limit: REPLAYED_AT_ONCE, before })
      const taken = await store.takeFromQuarantine(rows.map(({ id }) => id))
      await context.requeue(taken)
      replayed += taken.length
      before = rows[rows.length - 1]?.id
      if (rows.length < REPLAYED_AT_ONCE) return replayed
    }
  }
  app.get(
    '/api/ingest',
    {
      schema: {
        summary: 'The balance of what was received',
        tags: ['data'],
        response: { 200: answers['GET /api/ingest'] },
      },
    },
    async () => {
      const { counters, ...lags } = await context.pipeline()
      return { ...counters, ...lags }
    },
  )
  app.get(
    '/api/quarantine',
    {
      schema: {
        summary: 'What was refused, with the bytes as they came (base64)',
        tags: ['data'],
        querystring: z.object({
          reason: z.enum(quarantineReasons).optional(),
          appliance: z.string().optional(),
          ...placePaging,
        }),
        response: { 200: answers['GET /api/quarantine'] },
      },
    },
    async ({ query: { reason, appliance, limit, cursor } }) => {
      const rows = await store.quarantine({ reason, appliance, limit: limit + 1, before: cursor })
      const items = rows.slice(0, limit).map((row) => {
        const bytes = Buffer.from(row.bytes)
        return { ...row, bytes: bytes.toString('base64'), text: bytes.subarray(0, 2_000).toString('utf8') }
      })
      const last = items[items.length - 1]
      return rows.length > limit && last ? { items, next: last.id } : { items }
    },
  )
  app.post(
    '/api/quarantine/replay',
    {
      schema: {
        summary: 'Try the refused again',
        tags: ['data'],
        body: z.object({
          ids: z.array(z.string()).max(1_000).optional(),
          reason: z.enum(quarantineReasons).optional(),
        }),
        response: { 200: answers['POST /api/quarantine/replay'] },
      },
    },
    async ({ body: { ids: asked, reason } }) => {
      const ids = asked && [...new Set(asked)]
      if (!ids) return { replayed: await replayAll(reason) }
      const rows = await store.takeFromQuarantine(ids)
      const missing = ids.filter((id) => !rows.some((row) => row.id === id))
      if (missing.length > 0) {
        throw new Problem({
          code: 'not-found',
          message: `Not in the quarantine, or there without its payload: ${missing.slice(0, 5).join(', ')}.`,
          remedy: 'GET /api/quarantine lists what is there.',
          status: 404,
        })
      }
      await context.requeue(rows)
      return { replayed: rows.length }
    },
  )
  jobRoutes(app, context)
  webhookRoutes(app, context)
}

/** What leaves the product. */
function jobRoutes(app: Api, { jobs }: Pick<ApiContext, 'jobs'>): void {
  app.get(
    '/api/jobs',
    {
      schema: {
        summary: 'Jobs that wait, and those that died',
        tags: ['data'],
        querystring: z.object({ limit: paging.limit }),
        response: { 200: answers['GET /api/jobs'] },
      },
    },
    // What they say to whom stays in the database: who looks after jobs needs to know which, and why.
    async ({ query: { limit } }) => ({
      ...(await jobs.depth()),
      items: (await jobs.dead(limit)).map(({ body: _, ...job }) => job),
    }),
  )
  app.post(
    '/api/jobs/replay',
    {
      schema: {
        summary: 'Put dead jobs back',
        tags: ['data'],
        body: z.object({ keys: z.array(z.string()).max(1_000).optional() }).optional(),
        response: { 200: answers['POST /api/jobs/replay'] },
      },
    },
    async ({ body }) => ({ replayed: await jobs.replay(body?.keys) }),
  )
}

/** What the webhook was told, and what its server made of it. */
function webhookRoutes(app: Api, { jobs }: Pick<ApiContext, 'jobs'>): void {
  app.get(
    '/api/webhooks',
    {
      schema: {
        summary: 'What was sent to the webhook, newest first',
        tags: ['data'],
        querystring: z.object(rowPaging),
        response: { 200: answers['GET /api/webhooks'] },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const before = cursor === undefined ? {} : { before: Number(cursor) }
      const rows = await jobs.log({ channel: 'webhook', limit: limit + 1, ...before })
      const items = rows.slice(0, limit)
      const last = items[items.length - 1]
      return rows.length > limit && last ? { items, next: String(last.seq) } : { items }
    },
  )
  app.post(
    '/api/webhooks/replay',
    {
      schema: {
        summary: 'Send to the webhook again, with the same `webhook-id`',
        tags: ['data'],
        body: z.object({ keys: z.array(z.string()).min(1).max(1_000) }),
        response: { 200: answers['POST /api/webhooks/replay'] },
      },
    },
    async ({ body: { keys } }) => ({ replayed: await jobs.sendAgain('webhook', keys) }),
  )
}
