import type { CommandAck, TicketId, UnitOfWork } from '../../core/index.ts'
import { noneRuns, testFor } from '../testing/chooseTest.ts'
import { testAnswered } from '../testing/testAnswered.ts'
import type { CarryOut } from '../tickets/carryOut.ts'
import { loadTicket, tickets } from '../tickets/store/ticketRepository.ts'
import type { Ticket } from '../tickets/ticket.ts'
import type { TicketServiceOptions } from '../tickets/ticketServiceOptions.ts'
import type { TicketView } from '../tickets/ticketView.ts'
import { answerCommand, type CommandRecord } from './commandTable.ts'

/** Commands that may repair something: the appliance starts anew, a setting changes, other firmware comes. */
export const remoteTypes = ['restart', 'parameter', 'firmware'] as const
export type RemoteType = (typeof remoteTypes)[number]

export interface RemoteService {
  /** The ticket goes to `remote`, and the command is on its way, or waits for the appliance. */
  repairRemotely(
    id: TicketId,
    by: string,
    type: RemoteType,
    params: Record<string, unknown>,
    expiresInSeconds: number,
  ): Promise<{ ticket: TicketView; command: CommandRecord }>
  /** A desk has the appliance tested now. @throws Problem `no-such-test`, `needs-consent` */
  testNow(id: TicketId, by: string, test: string, ownerAgreed: boolean): Promise<TicketView>
  /** What the appliance says of a command is written down. @returns the ticket that it changes, if it belongs to a repair */
  commandAnswered(ack: CommandAck): Promise<TicketView | undefined>
}

/** Repairs by command (S05); proved by the appliance's own signal. */
export function remoteService(
  options: TicketServiceOptions,
  carryOut: CarryOut,
  viewOf: (ticket: Ticket) => Promise<TicketView>,
): RemoteService {
  const { alerts, catalog, clock, commands, database, policies } = options

  /** What an answer makes of the ticket that its command should repair. */
  async function answered(tx: UnitOfWork, ack: CommandAck): Promise<Ticket | undefined> {
    const { appliance, id, result, detail } = ack
    const record = await answerCommand(tx, ack, clock.now())
    if (!record) return undefined
    if (record.state === 'late') {
      if (!record.ticket) return undefined
      const ticket = await loadTicket(tx, record.ticket)
      return carryOut(tx, ticket, { type: 'commandLate', command: record.type, result, detail })
    }
    if (record.type === 'test' && record.ticket) {
      const ticket = await loadTicket(tx, record.ticket)
      const rules = policies.rulesOf(ticket)
      return carryOut(tx, ticket, await testAnswered(tx, { catalog, alerts }, ticket, record, ack, rules))
    }
    const repaired = await tickets(tx, { appliance, states: ['remote'] })
    const ticket = repaired.find(({ remote: { repair } }) => repair?.command === id && !repair.result)
    return ticket && carryOut(tx, ticket, { type: 'commandAnswered', result, detail })
  }

  return {
    async testNow(id, by, test, ownerAgreed) {
      const ticket = await database.transaction(async (tx) => {
        const before = await loadTicket(tx, id)
        noneRuns(before)
        const chosen = testFor({ catalog, commands }, options.appliance(before.appliance), id, {
          by,
          test,
          ownerAgreed,
        })
        return carryOut(tx, before, { type: 'beginTest', chosen }, { by })
      })
      return viewOf(ticket)
    },
    async repairRemotely(id, by, type, params, expiresInSeconds) {
      const { ticket, command } = await database.transaction(async (tx) => {
        const before = await loadTicket(tx, id)
        const record = commands.prepare({ appliance: before.appliance, type, params, expiresInSeconds, by, ticket: id })
        const holds = by.startsWith('user:')
        const after = await carryOut(tx, before, { type: 'repairRemotely', command: record }, { by, holds })
        return { ticket: after, command: record }
      })
      commands.queued(command)
      return { ticket: await viewOf(ticket), command }
    },
    async commandAnswered(ack) {
      const changed = await database.transaction((tx) => answered(tx, ack))
      commands.ended(ack.id, ack.appliance)
      return changed && viewOf(changed)
    },
  }
}
