import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { idSchema } from '../../../../core/index.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { appliancesOf } from '../../personalData.ts'
import { ownedBySecret } from './ownPage.ts'
import { person } from './person.ts'

type Context = Pick<ApiContext, 'catalog' | 'database' | 'homes' | 'links' | 'registry'>

const LIMIT = { config: { rateLimit: { max: 30, timeWindow: '1 minute' } } }

/** An owner's account: it keeps the pages that its owner has shown the link of, and opens them. */
export function accountHomeRoutes(app: Api, context: Context): void {
  const { catalog, homes, links, registry } = context
  const shown = async (request: FastifyRequest) => ({
    items: (await homes.of(person(request).id)).map((one) => ({
      appliance: one.id,
      path: `/h/${links.path('p', one.id, one.id).slice('/p/'.length)}`,
      name: one.owner?.name ?? '',
      appliances: appliancesOf({ registry }, one).map(({ id, kind, model }) => ({
        id,
        model,
        kindName: catalog.kind(kind).name,
      })),
    })),
  })
  app.get(
    '/api/home',
    {
      schema: {
        summary: 'The owner’s pages that my account keeps',
        tags: ['owner'],
        response: { 200: answers['GET /api/home'] },
      },
    },
    shown,
  )
  app.post(
    '/api/home',
    {
      ...LIMIT,
      schema: {
        summary: 'Keep my page in my account: by the link to it that I was sent',
        tags: ['owner'],
        body: z.object({ link: z.string().min(1).max(500) }),
        response: { 200: answers['POST /api/home'] },
      },
    },
    async (request) => {
      const account = person(request)
      const one = await ownedBySecret(context, secretIn(request.body.link))
      await homes.keep(account.id, appliancesOf({ registry }, one))
      return shown(request)
    },
  )
  app.delete(
    '/api/home/:appliance',
    {
      schema: {
        summary: 'Keep it in my account no more; the link goes on to open it',
        tags: ['owner'],
        params: z.object({ appliance: idSchema }),
        response: { 200: answers['DELETE /api/home/:appliance'] },
      },
    },
    async (request) => {
      const account = person(request)
      const one = (await homes.of(account.id)).find(({ id }) => id === request.params.appliance)
      if (one) await homes.letGo(account.id, one)
      return shown(request)
    },
  )
}

/** As it stands in a mail, or what of it comes after `/p/`. */
const secretIn = (link: string): string => /\/[ph]\/([^/?#\s]+)/.exec(link)?.[1] ?? link.trim()
