import { z } from 'zod'
import { FIRST, notFound, Problem } from '../../../../core/index.ts'
import type { Account } from '../../accounts/accountsPort.ts'
import { organisationId } from '../../accounts/organisations/organisationBook.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import type { Organisations } from '../../organisations.ts'
import { person } from './person.ts'

/** Which organisation a browser is in, of those that its person may enter. */
export const ORGANISATION_COOKIE = 'hearthwatch-organisation'
const COOKIE_SECONDS = 365 * 86_400
const name = z.string().trim().min(1).max(100)
const of = (summary: string) => ({ summary, tags: ['organisations'] })
type Context = Pick<ApiContext, 'organisations' | 'publicUrl'>

/** Further organisations of this installation, by the administrators of the first; and where somebody is. */
export function organisationRoutes(app: Api, { organisations, publicUrl }: Context): void {
  app.get(
    '/api/organisations',
    {
      schema: { ...of('The organisations of this installation'), response: { 200: answers['GET /api/organisations'] } },
    },
    async () => ({ items: await first(organisations).list() }),
  )
  app.post(
    '/api/organisations',
    {
      schema: {
        ...of('Open an organisation that sees nothing of the others, and they nothing of it'),
        body: z.object({
          id: z.string().regex(organisationId, 'has to be 2 to 32 of a–z 0–9 -, a letter first'),
          name,
        }),
        response: { 201: answers['POST /api/organisations'] },
      },
    },
    async ({ body: { id, name }, account }, reply) => {
      const maker = account?.session === undefined ? undefined : account.id
      return reply.code(201).send(await first(organisations).add(id, name, maker))
    },
  )
  app.patch(
    '/api/organisations/:id',
    {
      schema: {
        ...of('Rename it; close it, so that nobody and nothing is let in, or open it again'),
        params: z.object({ id: z.string().max(64) }),
        body: z
          .object({ name: name.optional(), closed: z.boolean().optional() })
          .refine((change) => Object.keys(change).length > 0, { message: 'changes nothing' }),
        response: { 200: answers['PATCH /api/organisations/:id'] },
      },
    },
    async ({ params: { id }, body }) => first(organisations).change(id, body),
  )
  enterRoutes(app, { organisations, publicUrl })
}

/** Where somebody goes who is of several, and how they come to be. */
function enterRoutes(app: Api, { organisations, publicUrl }: Context): void {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : ''
  const cookieOf = (id: string): string =>
    `${ORGANISATION_COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${COOKIE_SECONDS}${secure}`
  app.post(
    '/api/session/organisation',
    {
      schema: {
        summary: 'Go to another organisation that I am of',
        tags: ['session'],
        body: z.object({ organisation: z.string().max(64) }),
        response: { 200: answers['POST /api/session/organisation'] },
      },
    },
    async (request, reply) => {
      const { organisation } = request.body
      const mine = (await organisations?.of(person(request).id)) ?? []
      if (!mine.some(({ id }) => id === organisation)) throw notFound('organisation', organisation)
      // Where somebody goes from here is nobody's business here.
      request.isElsewhere = true
      reply.header('set-cookie', cookieOf(organisation))
      return { ok: true }
    },
  )
  app.post(
    '/api/session/join',
    {
      config: { rateLimit: { max: 20, timeWindow: '1 minute' } },
      schema: {
        summary: 'Come into an organisation by the link that I was given; it works once',
        tags: ['session'],
        body: z.object({ key: z.string().max(200) }),
        response: { 200: answers['POST /api/session/join'] },
      },
    },
    async (request, reply) => {
      const { id, name } = person(request)
      request.isElsewhere = true
      const joined = await organisations?.join(id, request.body.key)
      if (!joined)
        throw new Problem({
          code: 'link-refused',
          message: 'This link no longer works.',
          remedy: 'Ask who sent it for another one.',
          status: 404,
        })
      await joined.audit.record({ who: `user:${name}`, action: 'join', address: request.ip })
      reply.header('set-cookie', cookieOf(joined.organisation))
      return { organisation: joined.organisation }
    },
  )
}

/** @throws Problem `first-organisation` */
function first(organisations: Organisations | undefined): Organisations {
  if (organisations?.here === FIRST) return organisations
  throw new Problem({
    code: 'first-organisation',
    message: 'Organisations are the concern of the first one’s administrators.',
    remedy: 'Ask whoever runs this installation.',
    status: 403,
  })
}

/** Where this account is, and where it may go. A key and a token are where they are. */
export async function entered(organisations: Organisations, { id, session }: Account) {
  return {
    organisation: organisations.here,
    ...(session === undefined ? {} : { organisations: await organisations.of(id) }),
  }
}

/** Where it is written down that somebody of this name came, or tried to. */
export const auditOf = async (
  { audit, organisations }: Pick<ApiContext, 'audit' | 'organisations'>,
  name: string | undefined,
): Promise<Pick<ApiContext['audit'], 'record' | 'refused'>> =>
  name !== undefined && organisations?.isOneOfSeveral() ? organisations.auditOf(name) : audit
