import { type ApplianceCommand, type CommandAck, newSecret, Problem, SECOND } from '../../core/index.ts'
import { enqueueControl } from '../../database/index.ts'
import type { DeskOptions } from '../deskOptions.ts'
import type { Command } from '../ticketCommand.ts'
import type { TicketView } from '../ticketQueries.ts'
import type { TicketSteps } from '../ticketSteps.ts'
import { insertEvent, toStored, updateTicket } from '../ticketTable.ts'

/** Commands that may repair something: the appliance starts anew, a setting changes, other firmware comes. */
export const remoteTypes = ['restart', 'parameter', 'firmware'] as const
export type RemoteType = (typeof remoteTypes)[number]

export interface RemoteDesk {
  /** The ticket goes to `remote`; the caller sends what `command` holds. */
  repairRemotely(
    id: string,
    by: string,
    type: RemoteType,
    params: Record<string, unknown>,
    expiresInSeconds: number,
  ): Promise<{ ticket: TicketView; command: ApplianceCommand }>
  /** What the appliance says of a command; undefined when it belongs to no repair. */
  commandAnswered(ack: CommandAck): Promise<TicketView | undefined>
  /** What the owner says of the guide that was offered: it helped closes the ticket, and the appliance is asked for the proof. */
  guideTried(id: string, by: string, helped: boolean): Promise<TicketView>
}

/** Repairs without a visit (S05, S60): by command, or by the owner's own hand; both are proved by the appliance's signal. */
export function remoteDesk(
  options: DeskOptions,
  steps: TicketSteps,
  command: Command,
  read: (id: string) => Promise<TicketView>,
): RemoteDesk {
  const { clock, database } = options
  const { announce, clockOf, closeByProof, dispatch, move, plan, stopClock } = steps
  return {
    async repairRemotely(id, by, type, params, expiresInSeconds) {
      const sent: ApplianceCommand = {
        id: `cmd-${newSecret().slice(0, 16)}`,
        type,
        params,
        expires: clock.now() + expiresInSeconds * SECOND,
      }
      const ticket = await command(id, by, async (tx, one) => {
        await move(tx, one, 'remote', by, `${type} sent: ${sent.id}, until ${new Date(sent.expires).toISOString()}`)
        for (const name of ['owner-answer', 'first-response', 'contact', 'second-contact']) stopClock(one, name)
        await dispatch.freeParts(tx, one, 'repaired from afar')
        delete one.engineer
        delete one.plannedAt
        one.remote = { command: sent.id, type, sentAt: clock.now(), by }
        clockOf(one, 'remote', sent.expires)
      })
      return { ticket, command: sent }
    },
    async commandAnswered({ appliance, id, result, detail }) {
      let changed: string | undefined
      await database.transaction(async (tx) => {
        const rows = await tx
          .selectFrom('ticket')
          .select('body')
          .where('appliance', '=', appliance)
          .where('state', '=', 'remote')
          .execute()
        const ticket = rows.map(toStored).find(({ remote }) => remote?.command === id && !remote.result)
        if (!ticket?.remote) return
        const now = clock.now()
        ticket.remote = { ...ticket.remote, result, endedAt: now, ...(detail ? { detail } : {}) }
        stopClock(ticket, 'remote')
        const words = detail ? `: ${detail}` : ''
        if (result === 'done') {
          await move(tx, ticket, 'complete', 'appliance', `${ticket.remote.type} done${words}`)
          await closeByProof(tx, ticket, 'appliance', 'fixed remotely, if its signal says so')
        } else {
          await move(tx, ticket, 'accept', 'appliance', `${ticket.remote.type} ${result}${words}: a visit is planned`)
          await plan(tx, ticket)
        }
        await updateTicket(tx, ticket, now)
        changed = ticket.id
      })
      return changed ? read(changed) : undefined
    },
    guideTried: (id, by, helped) =>
      command(id, by, async (tx, ticket) => {
        const { guide } = ticket
        if (!guide || guide.triedAt !== undefined || ticket.visit) {
          throw new Problem({
            code: 'no-guide',
            message: guide ? 'The guide was tried already, or a visit has begun.' : 'No guide fits this fault.',
            remedy: 'Choose a time for the visit.',
            concerns: id,
            status: 409,
          })
        }
        ticket.guide = { ...guide, triedAt: clock.now(), helped }
        if (!helped) {
          const { state } = ticket
          await insertEvent(tx, id, {
            at: clock.now(),
            by,
            from: state,
            to: state,
            why: `tried the guide ${guide.id}: no help`,
          })
          return
        }
        await dispatch.freeParts(tx, ticket, 'the owner repaired it')
        await closeByProof(tx, ticket, by, `the owner repaired it by the guide ${guide.id}`)
        await enqueueControl(tx, { type: 'unmute', appliance: ticket.appliance, ticket: ticket.id })
        await announce(tx, ticket, 'closed', `/guide`)
      }),
  }
}
