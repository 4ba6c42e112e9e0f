import { z } from 'zod'
import { isInService } from '../../../../core/index.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { type Action, scopeOf } from '../../permissions.ts'

/** So many of each sort are answered. */
const MOST = 8

/** One question over everything that somebody may see; what they may not see is not looked for. */
export function searchRoutes(
  app: Api,
  { alerts, catalog, desk, people, registry }: Pick<ApiContext, 'alerts' | 'catalog' | 'desk' | 'people' | 'registry'>,
): void {
  app.get(
    '/api/search',
    {
      schema: {
        summary: 'Appliances, tickets, alerts, people and failure modes whose names have this text; a few of each',
        tags: ['search'],
        /** Nothing is found by no text. */
        querystring: z.object({ q: z.string().trim().max(100).default('') }),
        response: { 200: answers['GET /api/search'] },
      },
    },
    async ({ query: { q }, account }) => {
      if (q === '') return { appliances: [], tickets: [], alerts: [], people: [], modes: [] }
      const text = q.toLowerCase()
      const may = (action: Action): boolean => scopeOf(account?.roles ?? [], action) === 'all'
      const has = (...parts: (string | undefined)[]): boolean =>
        parts.some((part) => part?.toLowerCase().includes(text))
      const seesOwners = may('owners.contact')
      const known = registry
        .all()
        .filter(isInService)
        .filter(({ id, model, owner }) => has(id, model, seesOwners ? owner?.name : undefined))
      const modes = [...catalog.kinds.values()].flatMap(({ kind, failureModes }) =>
        Object.entries(failureModes)
          .filter(([mode, { text: name }]) => has(mode, ...Object.values(name)))
          .map(([mode]) => ({ kind, mode })),
      )
      const standing = may('alerts.see')
        ? (await alerts.list({ state: 'open,acknowledged', limit: 1_000 })).items.filter(
            ({ appliance, kind, failureMode }) =>
              has(appliance) || modes.some((one) => one.kind === kind && one.mode === failureMode),
          )
        : []
      return {
        appliances: may('appliances.list')
          ? known.slice(0, MOST).map(({ id, kind, model, owner }) => ({
              id,
              kind,
              model,
              ...(seesOwners && owner ? { of: owner.name } : {}),
            }))
          : [],
        tickets: may('tickets.list')
          ? await desk.find(
              q,
              known.slice(0, 100).map(({ id }) => id),
              MOST,
            )
          : [],
        alerts: standing
          .slice(0, MOST)
          .map(({ id, appliance, kind, failureMode }) => ({ id, appliance, kind, failureMode })),
        people: may('engineers.see')
          ? (await people.engineers())
              .filter(({ id, name }) => has(id, name))
              .slice(0, MOST)
              .map(({ id, name, grade }) => ({ id, name, grade }))
          : [],
        modes: modes.slice(0, MOST),
      }
    },
  )
}
