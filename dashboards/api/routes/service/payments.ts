import { z } from 'zod'
import { FIRST, notFound } from '../../../../core/index.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'

const LONGEST = 16 << 10

/** Owners pay their bill where somebody takes money, and whoever does tells what became of it. */
export function paymentRoutes(
  app: Api,
  {
    desk,
    events,
    payments,
    publicUrl,
    world,
  }: Pick<ApiContext, 'desk' | 'events' | 'payments' | 'publicUrl' | 'world'>,
): void {
  app.post(
    '/api/t/:secret/bill/pay',
    {
      config: { rateLimit: { max: 20, timeWindow: '1 minute' } },
      schema: {
        summary: 'I pay the bill: the address where that is done',
        tags: ['owner'],
        params: z.object({ secret: z.string().max(200) }),
        security: [],
        response: { 200: answers['POST /api/t/:secret/bill/pay'] },
      },
    },
    async ({ params: { secret } }) => {
      const { id } = await desk.bySecret(secret)
      if (!id) throw notFound('ticket', 'of this link')
      const answer = await payments.ask(id, `${publicUrl}/api/payments/${world.organisation ?? FIRST}`)
      events.ticket(await desk.get(id))
      return answer
    },
  )
  // Every byte is signed: none is read before.
  void app.register(async (own) => {
    const scope = own as unknown as Api
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: LONGEST }, (_request, body, done) =>
      done(null, body),
    )
    scope.post(
      '/api/payments/:organisation',
      {
        config: { rateLimit: { max: 600, timeWindow: '1 minute' } },
        schema: {
          summary: 'What whoever takes money tells of a payment, signed (docs/payments.md)',
          tags: ['owner'],
          params: z.object({ organisation: z.string().max(64) }),
          security: [],
          response: { 200: answers['POST /api/payments/:organisation'] },
        },
      },
      async ({ headers, body }) => {
        const signature = headers['x-signature']
        events.ticket(
          await payments.heard(
            typeof signature === 'string' ? signature : undefined,
            typeof body === 'string' ? body : '',
          ),
        )
        return { ok: true }
      },
    )
  })
}
