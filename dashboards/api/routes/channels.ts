import { z } from 'zod'
import { providerKinds, providerOf } from '../../../alerts/index.ts'
import { because, languages, recordOf, say } from '../../../core/index.ts'
import { render } from '../../../words/index.ts'
import { actorOf } from '../access.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { ticketParams } from '../idParams.ts'

type Context = Pick<ApiContext, 'channels' | 'deliveries' | 'desk' | 'organisations' | 'publicUrl' | 'pushPublicKey'>

const params = z.object({ id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 characters of a-z 0-9 -') })
const of = (summary: string) => ({ summary, tags: ['channels'] })
/** A provider that tells of many at once. */
const LONGEST_RECEIPT = 256 << 10
const RECEIPTS = { config: { rateLimit: { max: 600, timeWindow: '1 minute' } }, bodyLimit: LONGEST_RECEIPT }

/** Who carries messages to people, and what became of them. */
export function channelRoutes(app: Api, context: Context): void {
  accountRoutes(app, context)
  receiptRoutes(app, context)
  app.get(
    '/api/tickets/:id/deliveries',
    {
      schema: {
        ...of('What its owner was told: by which ways, and whether it arrived'),
        params: ticketParams,
        response: { 200: answers['GET /api/tickets/:id/deliveries'] },
      },
    },
    async ({ params: { id } }) => ({ items: (await context.deliveries?.of((await context.desk.get(id)).id)) ?? [] }),
  )
}

function accountRoutes(app: Api, { channels, publicUrl }: Context): void {
  const view = ({ receiptsPath, ...channel }: ReturnType<typeof channels.all>[number]) => ({
    ...channel,
    ...(receiptsPath ? { receiptsUrl: publicUrl + receiptsPath } : {}),
  })
  app.get(
    '/api/channels',
    {
      schema: {
        ...of('Accounts with companies that carry messages, and what each kind of them asks for'),
        response: { 200: answers['GET /api/channels'] },
      },
    },
    async () => ({
      items: channels.all().map(view),
      kinds: providerKinds.map((kind) => {
        const { way, fields } = providerOf(kind)
        return { kind, way, fields: [...fields] }
      }),
    }),
  )
  app.put(
    '/api/channels/:id',
    {
      schema: {
        ...of('Add an account, or change it; a secret that is left out stays, and none is ever shown again'),
        params,
        body: z.object({
          kind: z.enum(providerKinds),
          isOn: z.boolean().default(true),
          settings: recordOf(z.string().max(40), z.unknown()),
        }),
        response: { 200: answers['PUT /api/channels/:id'] },
      },
    },
    async (request) => view(await channels.put(request.params.id, request.body, actorOf(request))),
  )
  app.delete(
    '/api/channels/:id',
    {
      schema: { ...of('Remove an account'), params, response: { 200: answers['DELETE /api/channels/:id'] } },
    },
    async ({ params: { id } }) => {
      await channels.remove(id)
      return { ok: true }
    },
  )
  app.post(
    '/api/channels/:id/test',
    {
      config: { rateLimit: { max: 10, timeWindow: '1 minute' } },
      schema: {
        ...of('Send one message by it now, to somebody named here; what its provider answers is told at once'),
        params,
        body: z.object({ to: z.string().max(128).default(''), language: z.enum(languages).default('en') }),
        response: { 200: answers['POST /api/channels/:id/test'] },
      },
    },
    async ({ params: { id }, body: { to, language } }) => {
      const message = {
        to,
        language,
        title: 'Hearthwatch',
        text: say(render(because('test-message')), language),
        template: 'other',
        params: { number: 'HW-TEST' },
      }
      const { receipt } = await channels.sendBy(id, message)
      return { taken: true, ...(receipt ? { receipt } : {}) }
    },
  )
}

/** What providers tell later. Their address has a proof of ours in it, and where they sign, their signature is checked. */
function receiptRoutes(app: Api, { channels, deliveries, organisations, pushPublicKey }: Context): void {
  const given = z.object({ id: z.string().max(40), proof: z.string().max(64) })
  const query = recordOf(z.string().max(40), z.string().max(500))
  // Of a form, of XML and of JSON every byte is signed: none is read before.
  void app.register(async (own) => {
    const scope = own as unknown as Api
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: LONGEST_RECEIPT }, (_request, body, done) =>
      done(null, body),
    )
    const hear = async (request: {
      params: { id: string; proof: string }
      query?: unknown
      headers: Record<string, string | string[] | undefined>
      body?: unknown
    }): Promise<string> => {
      const { id, proof } = request.params
      const { receipts, answer } = channels.heard(id, proof, {
        headers: request.headers,
        // Whatever names a carrier uses: a document of calls cannot say that. What is none of its words proves nothing.
        query: query.safeParse(request.query).data ?? {},
        body: typeof request.body === 'string' ? request.body : '',
      })
      await deliveries?.heard(id, receipts)
      return answer
    }
    for (const method of ['GET', 'POST'] as const)
      scope.route({
        method,
        url: '/api/receipts/:id/:proof',
        ...RECEIPTS,
        schema: { ...of('What a carrier of messages tells of them'), params: given, security: [] },
        handler: async (request, reply) => {
          const answer = await hear(request)
          return reply.type(answer.startsWith('{') ? 'application/json' : 'text/plain').send(answer)
        },
      })
  })
  app.get(
    '/api/push/key',
    {
      schema: {
        ...of('The key by which a browser subscribes to be told'),
        security: [],
        response: { 200: answers['GET /api/push/key'] },
      },
    },
    async () => (pushPublicKey ? { key: pushPublicKey } : {}),
  )
  app.post(
    '/api/push/shown',
    {
      config: { rateLimit: { max: 60, timeWindow: '1 minute' } },
      schema: {
        ...of('A browser has shown what it was told'),
        security: [],
        body: z.object({ key: z.string().max(300), endpoint: z.string().max(2_000) }),
        response: { 200: answers['POST /api/push/shown'] },
      },
    },
    async ({ body: { key, endpoint } }) => {
      // Whose browser it is, its endpoint says.
      for (const all of [deliveries, ...(organisations?.others() ?? []).map((other) => other.deliveries)])
        await all?.shown(key.replace(/\/push$/, ''), endpoint)
      return { ok: true }
    },
  )
}
