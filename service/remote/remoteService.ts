import { because, type CommandAck, Problem } from '../../core/index.ts'
import { enqueueControl } from '../../database/index.ts'
import type { Command } from '../tickets/ticketCommand.ts'
import { loadTicket } from '../tickets/ticketQueries.ts'
import type { TicketServiceOptions } from '../tickets/ticketServiceOptions.ts'
import type { TicketSteps } from '../tickets/ticketSteps.ts'
import { insertEvent, toStored, updateTicket } from '../tickets/ticketTable.ts'
import type { TicketView } from '../tickets/ticketView.ts'
import { answerCommand, type CommandRecord } from './commandTable.ts'

/** Commands that may repair something: the appliance starts anew, a setting changes, other firmware comes. */
export const remoteTypes = ['restart', 'parameter', 'firmware'] as const
export type RemoteType = (typeof remoteTypes)[number]

export interface RemoteService {
  /** The ticket goes to `remote`, and the command is on its way, or waits for the appliance. */
  repairRemotely(
    id: string,
    by: string,
    type: RemoteType,
    params: Record<string, unknown>,
    expiresInSeconds: number,
  ): Promise<{ ticket: TicketView; command: CommandRecord }>
  /** What the appliance says of a command is written down. @returns the ticket that it changes, if it belongs to a repair */
  commandAnswered(ack: CommandAck): Promise<TicketView | undefined>
  /** What the owner says of the guide that was offered: it helped closes the ticket, and the appliance is asked for the proof. */
  guideTried(id: string, by: string, helped: boolean): Promise<TicketView>
}

/** Repairs without a visit (S05, S60): by command, or by the owner's own hand; both are proved by the appliance's signal. */
export function remoteService(
  options: TicketServiceOptions,
  steps: TicketSteps,
  command: Command,
  read: (id: string) => Promise<TicketView>,
): RemoteService {
  const { clock, commands, database } = options
  const { announce, clockOf, closeByProof, dispatch, move, plan, stopClock } = steps
  return {
    async repairRemotely(id, by, type, params, expiresInSeconds) {
      let record: CommandRecord | undefined
      const ticket = await command(id, by, async (tx, one) => {
        const { appliance } = one
        const sent = await commands.add(tx, { appliance, type, params, expiresInSeconds, by, ticket: id })
        record = sent
        await move(
          tx,
          one,
          'remote',
          by,
          because('command-sent', { type, command: sent.id, until: new Date(sent.expires).toISOString() }),
        )
        for (const name of ['owner-answer', 'first-response', 'contact', 'second-contact']) stopClock(one, name)
        await dispatch.freeParts(tx, one, 'repaired from afar')
        delete one.engineer
        delete one.plannedAt
        one.remote = { command: sent.id, type, sentAt: clock.now(), by }
        clockOf(one, 'remote', sent.expires)
      })
      if (!record) throw new Error(`the command of ${id} was not made`)
      commands.queued(record)
      return { ticket, command: record }
    },
    async commandAnswered(ack) {
      const { appliance, id, result, detail } = ack
      const said = detail ? { words: detail } : {}
      let changed: string | undefined
      await database.transaction(async (tx) => {
        const now = clock.now()
        const answered = await answerCommand(tx, ack, now)
        if (answered?.state === 'late' && answered.ticket) {
          changed = answered.ticket
          const { state } = await loadTicket(tx, changed)
          const why = because('command-late', { type: answered.type, result, ...said })
          await insertEvent(tx, changed, { at: now, by: 'appliance', from: state, to: state, why })
        }
        if (!answered || answered.state === 'late') return
        const rows = await tx
          .selectFrom('ticket')
          .select('body')
          .where('appliance', '=', appliance)
          .where('state', '=', 'remote')
          .execute()
        const ticket = rows.map(toStored).find(({ remote }) => remote?.command === id && !remote.result)
        if (!ticket?.remote) return
        ticket.remote = { ...ticket.remote, result, endedAt: now, ...(detail ? { detail } : {}) }
        stopClock(ticket, 'remote')
        const { type } = ticket.remote
        if (result === 'done') {
          await move(tx, ticket, 'complete', 'appliance', because('command-done', { type, ...said }))
          await closeByProof(tx, ticket, 'appliance', because('remote-proof'))
        } else {
          await move(tx, ticket, 'accept', 'appliance', because('command-failed', { type, result, ...said }))
          await plan(tx, ticket)
        }
        await updateTicket(tx, ticket, now)
        changed = ticket.id
      })
      commands.ended(id, appliance)
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
            why: because('guide-no-help', { guide: guide.id }),
          })
          return
        }
        await dispatch.freeParts(tx, ticket, 'the owner repaired it')
        await closeByProof(tx, ticket, by, because('guide-helped', { guide: guide.id }))
        await enqueueControl(tx, { type: 'unmute', appliance: ticket.appliance, ticket: ticket.id })
        await announce(tx, ticket, 'closed', `/guide`)
      }),
  }
}
