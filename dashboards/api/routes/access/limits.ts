import type { QuotaState } from '../../../../core/index.ts'
import { openLinkChanges } from '../../../../service/index.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { MOST_CHANGES, WINDOW_MS } from '../../passes/linkQuota.ts'

const MOST_LISTED = 100

/** The larger of its shares; without a bound there is none. */
const shareOf = ({ messages, bytes }: QuotaState): number =>
  Math.max(...[messages, bytes].map(({ used, limit }) => (limit > 0 ? used / limit : 0)))

export function limitRoutes(app: Api, context: Pick<ApiContext, 'database' | 'quotas' | 'settings' | 'wall'>): void {
  const links = openLinkChanges(context.database)
  app.get(
    '/api/limits',
    {
      schema: {
        summary:
          'What appliances may send within an hour and owners’ links may change within a day, and who uses most of it (the first 100 of each)',
        tags: ['system'],
        response: { 200: answers['GET /api/limits'] },
      },
    },
    async () => {
      const { APPLIANCE_MESSAGES_PER_HOUR: messages, APPLIANCE_BYTES_PER_HOUR: bytes } = context.settings
      const appliances = [...context.quotas()]
        .map((quota) => ({ ...quota, share: shareOf(quota) }))
        .sort((a, b) => b.heldBack.messages - a.heldBack.messages || b.share - a.share || b.dropped - a.dropped)
      return {
        appliances: {
          perHour: { messages, bytes },
          heldBack: appliances.filter(({ heldBack }) => heldBack.messages > 0).length,
          items: appliances.slice(0, MOST_LISTED),
        },
        links: {
          perDay: MOST_CHANGES,
          items: (await links.busiest(context.wall.now() - WINDOW_MS)).map(({ firstAt, ...link }) => ({
            ...link,
            isFull: link.changes >= MOST_CHANGES,
            freesAt: firstAt + WINDOW_MS,
          })),
        },
      }
    },
  )
}
