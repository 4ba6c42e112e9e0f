import { z } from 'zod'
import { instantSchema } from '../../../core/index.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { rowPaging } from '../paging.ts'

export function auditRoutes(app: Api, { audit }: Pick<ApiContext, 'audit'>): void {
  const word = z.string().max(200).optional()
  app.get(
    '/api/audit',
    {
      schema: {
        summary: 'Who did what, when: sign-ins and refused ones, every change, reads of an owner’s data; newest first',
        tags: ['system'],
        querystring: z.object({
          who: word,
          action: word,
          subject: word,
          from: z.coerce.number().pipe(instantSchema).optional(),
          to: z.coerce.number().pipe(instantSchema).optional(),
          ...rowPaging,
        }),
        response: { 200: answers['GET /api/audit'] },
      },
    },
    async (request) => {
      return audit.list(request.query)
    },
  )
}
