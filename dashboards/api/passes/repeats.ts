import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { alertIdSchema, type Millis, Problem, type TicketId } from '../../../core/index.ts'
import { knownRequest, type TicketView, withinRequest } from '../../../service/index.ts'
import { accountNameOf, actorOf } from '../access.ts'
import type { ApiContext } from '../apiContext.ts'
import { ticketParams } from '../idParams.ts'
import { alertView } from '../views/alertView.ts'

type RepeatContext = Pick<ApiContext, 'alerts' | 'database' | 'desk' | 'health' | 'wall'>

/** Calls that change one ticket, or one alert, and answer it: a repeat is answered by it as it is now. */
const OF_TICKETS = /^\/api\/tickets\/:id\/(?:contact|visit\/start|visit\/end|wait|no-show|close)$/
const OF_ALERTS = /^\/api\/alerts\/:id\/(?:acknowledge|snooze|mark|dismiss|downgrade|notes)$/
const KEY = /^[A-Za-z0-9-]{8,64}$/

/**
 * What is sent again: by a phone that was away, or by a page whose answer was lost. `idempotency-key` names the call: one that was carried out already is answered,
 * and changes nothing. `hearthwatch-basis`, of tickets alone, is the time (ms) of the newest step that was known: where somebody else has
 * changed it since, nothing is done, and both are to be looked at.
 */
export const repeats = ({ alerts, database, desk, health, wall }: RepeatContext) => ({
  async known(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const key = keyOf(request, wall.now())
    if (key) {
      const known = await knownRequest(database, key)
      if (known !== undefined && known !== key.call) throw reused(key.key)
      if (known !== undefined) {
        const now = isOf(OF_TICKETS, request)
          ? await desk.get(idOf(request))
          : alertView(await alerts.get(alertParams.parse(request.params).id), { health })
        return reply.header('idempotent-replay', 'true').send(now)
      }
    }
    const basis = basisOf(request)
    if (basis !== undefined) refuseChanged(await desk.get(idOf(request)), basis, actorOf(request))
    return undefined
  },
  within(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
    const key = keyOf(request, wall.now())
    if (key) withinRequest(key, done)
    else done()
  },
})

const idOf = ({ params }: FastifyRequest): TicketId => ticketParams.parse(params).id
const alertParams = z.object({ id: alertIdSchema })
const isOf = (calls: RegExp, { method, routeOptions }: FastifyRequest): boolean =>
  method === 'POST' && calls.test(routeOptions.url ?? '')
const isRepeatable = (request: FastifyRequest): boolean => isOf(OF_TICKETS, request) || isOf(OF_ALERTS, request)

function keyOf(request: FastifyRequest, at: Millis) {
  const key = request.headers['idempotency-key']
  if (key === undefined || !isRepeatable(request) || !request.account) return undefined
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new Problem({
      code: 'bad-key',
      message: 'The idempotency-key must be 8 to 64 letters, digits and -.',
      remedy: 'Use a random UUID for each command, and the same one when it is sent again.',
    })
  }
  const said = `${request.method} ${request.url} ${JSON.stringify(request.body ?? null)}`
  return { account: accountNameOf(request), key, call: createHash('sha256').update(said).digest('base64url'), at }
}

function basisOf(request: FastifyRequest): Millis | undefined {
  const given = request.headers['hearthwatch-basis']
  if (given === undefined || !isOf(OF_TICKETS, request)) return undefined
  const basis = Number(given)
  if (Number.isSafeInteger(basis) && basis >= 0) return basis
  throw new Problem({
    code: 'bad-basis',
    message: 'hearthwatch-basis must be a time in milliseconds.',
    remedy: 'Send the time of the last step of the ticket that was looked at, or leave it out.',
  })
}

const reused = (key: string): Problem =>
  new Problem({
    code: 'key-reused',
    message: `The idempotency-key ${key} was used for another command.`,
    remedy: 'Use a new one for each command.',
    status: 422,
  })

/** Steps of somebody else since then, as far as they move it or a person made them. Pure. */
export const changedSince = (ticket: Pick<TicketView, 'history'>, basis: Millis, by: string) =>
  ticket.history.filter(
    (step) =>
      step.at > basis && step.by !== by && (step.from !== step.to || /^(?:user:|key:|owner|token)/.test(step.by)),
  )

function refuseChanged(ticket: TicketView, basis: Millis, by: string): void {
  const last = changedSince(ticket, basis, by).at(-1)
  if (!last) return
  throw new Problem({
    code: 'changed-meanwhile',
    message: `${last.by.replace('user:', '')} has changed ticket ${ticket.number} since you looked at it: ${last.why}.`,
    remedy: 'Look at both, and then send yours again or let it go.',
    concerns: ticket.id,
    status: 409,
  })
}
