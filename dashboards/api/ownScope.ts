import type { FastifyRequest } from 'fastify'
import { Problem, ticketIdSchema, ticketStatesWhere } from '../../core/index.ts'
import type { TicketView } from '../../service/index.ts'
import { needsOf } from './access.ts'
import type { ApiContext } from './apiContext.ts'
import type { OwnBy } from './routePermissions.ts'

type OwnContext = Pick<ApiContext, 'desk' | 'people'>

/**
 * Where an action is allowed to what is one's own alone: is this? Judged before the body is understood, so that nobody
 * learns from a refusal what another's ticket would say.
 */
export const ownOnly =
  ({ desk, people }: OwnContext) =>
  async (request: FastifyRequest): Promise<void> => {
    if (request.scope !== 'own') return
    const needs = needsOf(request)
    const engineer = request.account?.engineer
    const by = typeof needs === 'object' ? needs[1] : undefined
    // Of the event stream what is theirs is sent, and nothing else.
    if (by === 'events') return
    // What an account asks of itself alone is answered for whose it is.
    if (by === 'self' && !engineer) return
    const own = by && engineer ? await isOwn[by](request, engineer, desk) : false
    if (!own || !engineer) {
      throw new Problem({
        code: 'not-yours',
        message: 'This is nothing of yours.',
        remedy: 'An engineer sees and does what belongs to their own jobs; GET /api/my lists them.',
        status: 403,
      })
    }
    if (typeof own === 'object') request.ownTicket = own
    const name = (await people.engineers()).find(({ id }) => id === engineer)?.name ?? engineer
    // People who act at a page take a simulated ticket over; whose hand it was, histories say by name.
    request.actor = `user:${name}`
  }

type Desk = ApiContext['desk']
const BUSY = ticketStatesWhere('busy').join()
const idIn = ({ params }: FastifyRequest): string => (params as { id?: string }).id ?? ''

const isOwn: Record<
  Exclude<OwnBy, 'events'>,
  (request: FastifyRequest, engineer: string, desk: Desk) => Promise<TicketView | boolean>
> = {
  async ticket(request, engineer, desk) {
    // A path may hold anything yet.
    const { data: id } = ticketIdSchema.safeParse(idIn(request))
    if (id === undefined) return false
    const ticket = await desk.get(id)
    return ticket.engineer === engineer && ticket
  },
  /** By a job there that is not over. */
  async appliance(request, engineer, desk) {
    const { items } = await desk.list({ appliance: idIn(request), state: BUSY, limit: 50 })
    return items.find((ticket) => ticket.engineer === engineer) ?? false
  },
  engineer: async (request, engineer) => idIn(request) === engineer,
  grab: async ({ body }, engineer) => (body as { engineer?: unknown } | null)?.engineer === engineer,
  self: async () => true,
}
