import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { type Appliance, idSchema, Problem, personOf } from '../../../../core/index.ts'
import { purposes } from '../../../../service/index.ts'
import { actorOf } from '../../access.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { type PersonalContext, personalJson, readingsCsv } from '../../personalData.ts'

const params = z.object({ id: idSchema })
const of = (summary: string) => ({ summary, tags: ['privacy'], params })
export const consentSchema = z.object({ purpose: z.enum(purposes), given: z.boolean() })
export const dataQuery = z.object({ format: z.enum(['json', 'csv']).default('json') })

/** All that is known, as a file. */
export function sendData(reply: FastifyReply, context: PersonalContext, appliance: Appliance, format: 'json' | 'csv') {
  return reply
    .header('content-disposition', `attachment; filename="${appliance.id}.${format}"`)
    .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8')
    .send(Readable.from(format === 'csv' ? readingsCsv(context, appliance) : personalJson(context, appliance)))
}

/** What the desk does for an owner who asks for their rights. */
export function privacyRoutes(
  app: Api,
  context: PersonalContext & Pick<ApiContext, 'erasures' | 'links' | 'publicUrl'>,
): void {
  const { consents, erasures, links, registry, shares } = context
  app.get(
    '/api/appliances/:id/personal-data',
    {
      schema: {
        ...of('All that is known of its owner and their appliances (JSON), or its readings (CSV)'),
        querystring: dataQuery,
      },
    },
    ({ params: { id }, query: { format } }, reply) => sendData(reply, context, registry.get(id), format),
  )
  app.get(
    '/api/appliances/:id/consents',
    {
      schema: {
        ...of('What its owner agreed to, and when'),
        response: { 200: answers['GET /api/appliances/:id/consents'] },
      },
    },
    ({ params: { id } }) => consents.of(personOf(id, registry.get(id).owner)),
  )
  app.post(
    '/api/appliances/:id/consents',
    {
      schema: {
        ...of('Write down what its owner said'),
        body: consentSchema,
        response: { 200: answers['POST /api/appliances/:id/consents'] },
      },
    },
    async (request) => {
      const { id } = request.params
      const person = personOf(id, owned(registry.get(id)).owner)
      await consents.say(person, { appliance: id, ...request.body, by: actorOf(request) })
      return consents.of(person)
    },
  )
  app.get(
    '/api/appliances/:id/own-page',
    {
      schema: {
        ...of('The link to its owner’s page of data and rights: for them alone'),
        response: { 200: answers['GET /api/appliances/:id/own-page'] },
      },
    },
    async ({ params: { id } }) => ({ link: context.publicUrl + links.path('p', owned(registry.inService(id)).id, id) }),
  )
  app.get(
    '/api/appliances/:id/shares',
    {
      schema: {
        ...of('With whom its owner shares it, and who looked'),
        response: { 200: answers['GET /api/appliances/:id/shares'] },
      },
    },
    async (request) => ({
      items: (await shares.of(registry.get(request.params.id).id)).map(({ path: _, ...share }) => share),
    }),
  )
  app.delete(
    '/api/appliances/:id/shares/:share',
    {
      schema: {
        ...of('End a share'),
        params: params.extend({ share: z.string().max(64) }),
        response: { 200: answers['DELETE /api/appliances/:id/shares/:share'] },
      },
    },
    async ({ params: { id, share } }) => {
      await shares.revoke(id, share)
      return { ok: true }
    },
  )
  app.post(
    '/api/appliances/:id/erase',
    {
      schema: {
        ...of(
          'Erase its owner everywhere: on all of their appliances; the answer says what was erased and what stays, and why',
        ),
        body: z.object({ confirm: z.string().max(128) }),
        response: { 200: answers['POST /api/appliances/:id/erase'] },
      },
    },
    async (request) => {
      const { id } = request.params
      if (request.body.confirm !== id)
        throw new Problem({
          code: 'not-confirmed',
          message: 'An erasure cannot be taken back.',
          remedy: `Send confirm: "${id}" if it is meant.`,
          status: 422,
        })
      return erasures.erase(id, actorOf(request))
    },
  )
  app.get(
    '/api/erasures',
    {
      schema: {
        summary: 'Reports of erasures, without anything of whom they erased',
        tags: ['privacy'],
        response: { 200: answers['GET /api/erasures'] },
      },
    },
    async () => ({ items: await erasures.list() }),
  )
}

/** @throws Problem `no-owner` */
export function owned(appliance: Appliance): Appliance {
  if (appliance.owner) return appliance
  throw new Problem({
    code: 'no-owner',
    message: `${appliance.id} has no owner.`,
    remedy: 'Register it with one, or transfer it.',
    concerns: appliance.id,
    status: 409,
  })
}
