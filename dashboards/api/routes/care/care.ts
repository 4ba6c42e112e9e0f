import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'

const MOST = 500

/** What use, the calendar and contracts made due. */
export function careRoutes(app: Api, { care }: Pick<ApiContext, 'care'>): void {
  app.get(
    '/api/care',
    {
      schema: {
        summary: 'Reminders, guides and inspections that came due by use, calendar or contract; the newest first',
        tags: ['care'],
        response: { 200: answers['GET /api/care'] },
      },
    },
    () => care.list(MOST),
  )
}
