import { Readable } from 'node:stream'
import { z } from 'zod'
import { instantSchema } from '../../../../core/index.ts'
import type { Audit, AuditRow } from '../../../../service/index.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { rowPaging } from '../../paging.ts'
import { BYTE_ORDER_MARK, csvLine } from '../../tables/csv.ts'

const word = z.string().max(200).optional()
const filters = {
  who: word,
  action: word,
  subject: word,
  from: z.coerce.number().pipe(instantSchema).optional(),
  to: z.coerce.number().pipe(instantSchema).optional(),
}
const PAGE = 1_000

export function auditRoutes(app: Api, { audit }: Pick<ApiContext, 'audit'>): void {
  app.get(
    '/api/audit',
    {
      schema: {
        summary: 'Who did what, when: sign-ins and refused ones, every change, reads of an owner’s data; newest first',
        tags: ['system'],
        querystring: z.object({ ...filters, ...rowPaging }),
        response: { 200: answers['GET /api/audit'] },
      },
    },
    async (request) => audit.list(request.query),
  )
  app.get(
    '/api/audit/export',
    {
      schema: {
        summary: 'All of the audit that the filters leave, as a CSV file or as JSON lines; newest first',
        tags: ['system'],
        querystring: z.object({ ...filters, format: z.enum(['csv', 'json']).default('csv') }),
      },
    },
    async ({ query: { format, ...filter } }, reply) =>
      reply
        .header('content-disposition', `attachment; filename="audit.${format === 'csv' ? 'csv' : 'jsonl'}"`)
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
        .send(Readable.from(format === 'csv' ? asCsv(pages(audit, filter)) : asLines(pages(audit, filter)))),
  )
  app.get(
    '/api/audit/check',
    {
      config: { rateLimit: { max: 6, timeWindow: '1 minute' } },
      schema: {
        summary:
          'Is every row as it was written, and none gone? Follows the chain of their hashes from the first to the last',
        tags: ['system'],
        response: { 200: answers['GET /api/audit/check'] },
      },
    },
    async () => audit.check(),
  )
}

/** Page by page, as the reader takes them: however long it is, two pages are in memory. */
async function* pages(audit: Audit, filter: Omit<Parameters<Audit['list']>[0], 'limit'>): AsyncGenerator<AuditRow[]> {
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await audit.list({ ...filter, limit: PAGE, cursor })
    yield items
    if (next === undefined) return
    cursor = next
  }
}
async function* asCsv(all: AsyncGenerator<AuditRow[]>): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(['seq', 'time', 'who', 'action', 'subject', 'address', 'times', 'detail'])
  for await (const rows of all)
    yield rows
      .map(({ seq, at, who, action, subject, address, times, detail }) =>
        csvLine([seq, new Date(at).toISOString(), who, action, subject, address, times, detail]),
      )
      .join('')
}
async function* asLines(all: AsyncGenerator<AuditRow[]>): AsyncGenerator<string> {
  for await (const rows of all) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}
