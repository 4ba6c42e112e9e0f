import { z } from 'zod'
import { type Appliance, livingFirst, ticketIs, ticketStatesWhere } from '../../../../core/index.ts'
import { adviceOf, wordOf } from '../../../../service/index.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { appliancesOf } from '../../personalData.ts'
import { energyOfFault } from '../../views/energyOfFault.ts'
import { visitCalendar } from '../../views/visitCalendar.ts'
import { ownedBySecret } from '../access/ownPage.ts'
import { ownersPage } from '../owner.ts'

const LIMIT = { config: { rateLimit: { max: 60, timeWindow: '1 minute' } } }
const params = z.object({ secret: z.string().max(200) })
const TOLD_BEFORE = 10

type HomeContext = Pick<
  ApiContext,
  | 'alerts'
  | 'catalog'
  | 'clock'
  | 'database'
  | 'desk'
  | 'health'
  | 'links'
  | 'payments'
  | 'people'
  | 'policies'
  | 'registry'
  | 'store'
>

/** An owner's home: every appliance of theirs in a word, by the link that they alone are sent. */
export function homeRoutes(app: Api, context: HomeContext): void {
  const { clock, policies, registry } = context
  app.get(
    '/api/p/:secret/home',
    {
      ...LIMIT,
      schema: {
        summary: 'My appliances: how each is, what was noticed and costs, what is planned, what was done',
        tags: ['owner'],
        params,
        security: [],
        response: { 200: answers['GET /api/p/:secret/home'] },
      },
    },
    async ({ params: { secret } }) => {
      const one = await ownedBySecret(context, secret)
      return {
        now: clock.now(),
        owner: one.owner && { name: one.owner.name, language: one.owner.language },
        firm: policies.live.firm,
        appliances: await Promise.all(appliancesOf({ registry }, one).map((own) => applianceAtHome(context, own))),
      }
    },
  )
  app.get(
    '/api/t/:secret/visit.ics',
    { ...LIMIT, schema: { summary: 'The visit as a calendar file', tags: ['owner'], params, security: [] } },
    async ({ params: { secret } }, reply) => {
      const view = await ownersPage(context)(secret)
      return reply
        .type('text/calendar; charset=utf-8')
        .header('content-disposition', `attachment; filename="${view.number}.ics"`)
        .send(visitCalendar(view))
    },
  )
}

async function applianceAtHome(context: HomeContext, appliance: Appliance) {
  const { alerts, catalog, desk, health, links, people } = context
  const { id, kind, model } = appliance
  const row = health.of(id)
  const { items } = await desk.list({ appliance: id, limit: TOLD_BEFORE + 5 })
  // However long ago it began: what is under way is never behind what is over.
  const living = await desk.list({ appliance: id, state: ticketStatesWhere('living').join(), limit: TOLD_BEFORE })
  const [open, ...beside] = livingFirst(living.items)
  const standing = (await alerts.list({ appliance: id, state: 'open,acknowledged', limit: 5 })).items[0]
  const page = open && (await ownersPage(context)(secretOf(open.ownerLink)))
  const engineer = open?.engineer && (await people.engineers()).find((known) => known.id === open.engineer)?.name
  const advice = adviceOf(catalog, kind, row)
  const warranty = await desk.warrantyOf(appliance)
  return {
    id,
    kindName: catalog.kind(kind).name,
    model,
    word: wordOf(row, open !== undefined),
    noticed: page?.noticed ?? (standing?.severity === 'info' ? undefined : standing?.explanation.owner),
    advice,
    safe: !advice && (page?.safe ?? true),
    energy: standing && (await energyOfFault(context, appliance)),
    ticket: open && {
      number: open.number,
      state: open.state,
      slot: open.slot,
      eta: page?.eta,
      timeZone: open.timeZone,
      ...(engineer ? { engineer } : {}),
      path: pathOf(open.ownerLink),
    },
    beside: beside.map((ticket) => ({
      number: ticket.number,
      what: context.policies.live.jobTypes.find((type) => type.id === ticket.job)?.text ?? ticket.noticed,
      state: ticket.state,
      slot: ticket.slot,
      timeZone: ticket.timeZone,
      path: pathOf(ticket.ownerLink),
    })),
    report: links.path('o', id, id),
    warrantyUntil: warranty.makers?.inForce
      ? warranty.makers.until
      : warranty.contracts.find(({ inForce }) => inForce)?.validUntil,
    before: items
      .filter(({ state }) => !ticketIs(state, 'living'))
      .slice(0, TOLD_BEFORE)
      .map((ticket) => ({
        number: ticket.number,
        at: ticket.closure?.at ?? ticket.createdAt,
        state: ticket.state,
        cause:
          ticket.closure && ticket.closure.cause !== 'none'
            ? catalog.failureMode(kind, ticket.closure.cause).text
            : undefined,
        totalCents: ticket.bill?.totalCents,
        currency: ticket.bill?.currency,
        path: pathOf(ticket.ownerLink),
      })),
  }
}

const pathOf = (link: string): string => link.slice(link.indexOf('/t/'))
const secretOf = (link: string): string => pathOf(link).slice('/t/'.length)
