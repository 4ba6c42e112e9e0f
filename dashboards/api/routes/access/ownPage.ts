import { z } from 'zod'
import { type Appliance, because, DAY, HOUR, notFound, personOf } from '../../../../core/index.ts'
import { ownerTold, refuseErased, shareScopes } from '../../../../service/index.ts'
import { render } from '../../../../words/index.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { appliancesOf, type PersonalContext } from '../../personalData.ts'
import { consentSchema, dataQuery, owned, sendData } from './privacy.ts'

const LIMIT = { config: { rateLimit: { max: 60, timeWindow: '1 minute' } } }
const params = z.object({ secret: z.string().max(200) })
const LONGEST_SHARE_DAYS = 365
const POINTS = 2_000

type LinkContext = Pick<ApiContext, 'database' | 'links' | 'registry'>
type Context = PersonalContext & LinkContext & Pick<ApiContext, 'announcer' | 'erasures' | 'policy'>

/** Whose page of data and rights this secret opens. @throws Problem `not-found`, `erased` */
export async function ownedBySecret({ database, links, registry }: LinkContext, secret: string): Promise<Appliance> {
  const id = links.idOf(secret)
  const appliance = registry.all().find((one) => one.id === id)
  if (appliance?.owner && links.opens('p', id, id, secret)) return appliance
  if (appliance) await refuseErased(database, links, 'p', id, id, secret)
  throw notFound('page', 'of this link')
}

/** An owner's data and rights, by the link that they alone are sent; and what they share by another one. */
export function ownPageRoutes(app: Api, context: Context): void {
  sendRoutes(app, context)
  rightsRoutes(app, context)
  sharedRoutes(app, context)
}

const of = (summary: string) => ({ summary, tags: ['owner'], params, security: [] })

/** How an owner comes to their page: by mail, or from the page of a ticket, which came by mail too. */
function sendRoutes(app: Api, { announcer, database, desk, links, policy, registry, wall }: Context): void {
  app.post(
    '/api/o/:secret/own-page',
    {
      config: { rateLimit: { max: 5, timeWindow: '1 hour' } },
      schema: {
        ...of('Send me the link to my data: to the address that is known'),
        response: { 200: answers['POST /api/o/:secret/own-page'] },
      },
    },
    async ({ params: { secret } }) => {
      const appliance = registry.get(await desk.applianceBySecret(secret))
      const { id, owner } = appliance
      // Whoever stands before the appliance is not told whether somebody is known, or how.
      if (owner)
        await database.transaction((tx) =>
          announcer.announce(tx, {
            key: `own-page/${id}/${Math.floor(wall.now() / HOUR)}`,
            to: ownerTold(owner, appliance, policy),
            title: render(because('own-page-title')),
            body: render(because('own-page')),
            at: wall.now(),
            appliance: id,
            ownersPage: `p/${id}`,
          }),
        )
      return { ok: true }
    },
  )
  app.post(
    '/api/t/:secret/own-page',
    {
      ...LIMIT,
      schema: { ...of('The way to my data and rights'), response: { 200: answers['POST /api/t/:secret/own-page'] } },
    },
    async ({ params: { secret } }) => {
      const { appliance } = await desk.bySecret(secret)
      return { path: links.path('p', owned(registry.get(appliance)).id, appliance) }
    },
  )
}

function rightsRoutes(app: Api, context: Context): void {
  const { catalog, consents, erasures, registry, shares, wall } = context
  const page = async (appliance: Appliance) => ({
    id: appliance.id,
    model: appliance.model,
    kindName: catalog.kind(appliance.kind).name,
    owner: appliance.owner,
    appliances: appliancesOf({ registry }, appliance).map(({ id, model }) => ({ id, model })),
    consents: (await consents.of(personOf(appliance.id, appliance.owner))).now,
    shares: await shares.of(appliance.id),
  })
  app.get(
    '/api/p/:secret',
    {
      ...LIMIT,
      schema: {
        ...of('What is known of me, and what it is used for'),
        response: { 200: answers['GET /api/p/:secret'] },
      },
    },
    async (request) => page(await ownedBySecret(context, request.params.secret)),
  )
  app.get(
    '/api/p/:secret/data',
    {
      config: { rateLimit: { max: 10, timeWindow: '1 minute' } },
      schema: { ...of('All of it, as a file'), querystring: dataQuery },
    },
    async ({ params: { secret }, query: { format } }, reply) =>
      sendData(reply, context, await ownedBySecret(context, secret), format),
  )
  app.post(
    '/api/p/:secret/consents',
    {
      ...LIMIT,
      schema: {
        ...of('What it may be used for'),
        body: consentSchema,
        response: { 200: answers['POST /api/p/:secret/consents'] },
      },
    },
    async ({ params: { secret }, body }) => {
      const appliance = await ownedBySecret(context, secret)
      await consents.say(personOf(appliance.id, appliance.owner), { appliance: appliance.id, ...body, by: 'owner' })
      return page(appliance)
    },
  )
  app.post(
    '/api/p/:secret/shares',
    {
      ...LIMIT,
      schema: {
        ...of('Let somebody see this appliance by a link'),
        body: z.object({
          scope: z.enum(shareScopes).default('signals'),
          days: z
            .number()
            .min(1 / 24)
            .max(LONGEST_SHARE_DAYS)
            .default(7),
        }),
        response: { 201: answers['POST /api/p/:secret/shares'] },
      },
    },
    async ({ params: { secret }, body: { scope, days } }, reply) => {
      const { id } = await ownedBySecret(context, secret)
      return reply.code(201).send(await shares.open(id, scope, wall.now() + days * DAY))
    },
  )
  app.delete(
    '/api/p/:secret/shares/:share',
    {
      ...LIMIT,
      schema: {
        ...of('End it: it opens nothing from now on'),
        params: params.extend({ share: z.string().max(64) }),
        response: { 200: answers['DELETE /api/p/:secret/shares/:share'] },
      },
    },
    async ({ params: { secret, share } }) => {
      const appliance = await ownedBySecret(context, secret)
      await shares.revoke(appliance.id, share)
      return page(appliance)
    },
  )
  app.post(
    '/api/p/:secret/erase',
    {
      ...LIMIT,
      schema: {
        ...of('Erase all that is known of me; it cannot be taken back'),
        body: z.object({ confirm: z.literal(true) }),
        response: { 200: answers['POST /api/p/:secret/erase'] },
      },
    },
    async ({ params: { secret } }) => erasures.erase((await ownedBySecret(context, secret)).id, 'owner'),
  )
}

/** What somebody sees with whom an owner shares an appliance: nothing of the owner. */
function sharedRoutes(app: Api, { alerts, catalog, clock, desk, registry, shares, store }: Context): void {
  app.get(
    '/api/r/:secret',
    { ...LIMIT, schema: { ...of('What is shared with me'), response: { 200: answers['GET /api/r/:secret'] } } },
    async (request) => {
      const share = await shares.look(request.params.secret, 'page', request.ip)
      const { id, kind, model, firmware, installedAt } = registry.get(share.appliance)
      const { name, metrics } = catalog.kind(kind)
      const mayRepairs = share.scope === 'signals-and-repairs'
      const open = mayRepairs ? (await alerts.list({ appliance: id, limit: 100 })).items : []
      const repairs = mayRepairs ? (await desk.list({ appliance: id, limit: 100 })).items : []
      return {
        id,
        model,
        firmware,
        installedAt,
        kindName: name,
        metrics: Object.fromEntries(
          Object.entries(metrics).map(([metric, { unit, text }]) => [metric, { unit, text }]),
        ),
        scope: share.scope,
        endsAt: share.endsAt,
        alerts: open.map(({ failureMode, severity, state, openedAt, explanation }) => ({
          failureMode,
          severity,
          state,
          openedAt,
          explanation: explanation.engineer,
        })),
        repairs: repairs.map(({ number, state, createdAt, closure }) => ({
          number,
          state,
          createdAt,
          ...(closure ? { cause: closure.cause, parts: closure.parts, at: closure.at } : {}),
        })),
      }
    },
  )
  app.get(
    '/api/r/:secret/telemetry',
    {
      ...LIMIT,
      schema: {
        ...of('What it measured'),
        querystring: z.object({ days: z.coerce.number().min(0.01).max(90).default(7) }),
        response: { 200: answers['GET /api/r/:secret/telemetry'] },
      },
    },
    async (request) => {
      const share = await shares.look(request.params.secret, 'telemetry', request.ip)
      const { id, kind } = registry.get(share.appliance)
      const to = clock.now() + 1
      return store.series({ appliance: id, kind, from: to - request.query.days * DAY, to, points: POINTS })
    },
  )
}
