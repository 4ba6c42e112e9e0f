import type { Catalog } from '../../../catalog/index.ts'
import {
  describeTicketStates,
  type Render,
  type TicketAct,
  type TicketMeaning,
  ticketActs,
  ticketMeanings,
  ticketMoveNames,
  ticketStates,
} from '../../../core/index.ts'
import { decideTicket } from '../decideTicket.ts'
import { sampleCommands, sampleTickets, senders } from './sampleTickets.ts'

const sentBy: Record<(typeof senders)[number], string> = {
  alerts: 'By alerts',
  owner: 'By its owner, or a desk for them',
  people: 'By desks and engineers',
  planning: 'By planning',
  appliance: 'By the appliance, and by time',
  messages: 'By what became of messages to its owner',
  effects: 'By what an effect found out',
}

/** What each command leads to from each state, a table for each who sends some. Pure. */
function describeCommands(catalog: Catalog, render: Render): string {
  const { facts, policy, full } = sampleTickets(catalog, render)
  const cells = (command: (typeof sampleCommands)[number]['command']): string[] =>
    ticketStates.map((state) => {
      const decided = decideTicket(full(state), command, facts, policy)
      if ('refused' in decided) return decided.refused.code === 'illegal-move' ? '' : `\`${decided.refused.code}\``
      return decided.ticket.state === state ? 'stays' : decided.ticket.state
    })
  return senders
    .map((sender) => {
      const rows = sampleCommands
        .filter(({ by }) => by === sender)
        .map(({ type, when, command }) => [`\`${type}\`${when && `: ${when}`}`, ...cells(command)])
      return [
        `### ${sentBy[sender]}`,
        '',
        `| ${['command', ...ticketStates].join(' | ')} |`,
        `|${' --- |'.repeat(ticketStates.length + 1)}`,
        ...rows.map((row) => `| ${row.join(' | ')} |`),
      ].join('\n')
    })
    .join('\n\n')
}

/**
 * docs/tickets.md: every state against everything that is done to a ticket, as core/tickets/ticketCan.ts has it, and
 * against every command, as decideTicket.ts decides it. Pure.
 */
export function describeTickets(catalog: Catalog, render: Render): string {
  const states = describeTicketStates()
  const table = (first: string, columns: readonly string[], cell: (column: string, row: number) => string): string =>
    [
      `| ${[first, ...columns].join(' | ')} |`,
      `|${' --- |'.repeat(columns.length + 1)}`,
      ...ticketStates.map(
        (state, row) => `| ${[`\`${state}\``, ...columns.map((column) => cell(column, row))].join(' | ')} |`,
      ),
    ].join('\n')
  const list = (meanings: Record<string, string>): string =>
    Object.entries(meanings)
      .map(([name, meaning]) => `- \`${name}\`: ${meaning}.`)
      .join('\n')
  return `# Tickets: what each state allows

Written by \`npm run docs\` from core/tickets/ticketCan.ts, which the desk, the API, the pages and the simulated people ask, and from service/tickets/decideTicket.ts, which decides every command.

## Moves

Where each leads; empty: it is refused with \`illegal-move\`, which names the possible ones.

${table('state', ticketMoveNames, (move, row) => states[row]?.moves[move as 'offer'] ?? '')}

## Without a move

${table('state', Object.keys(ticketActs), (act, row) => (states[row]?.can.includes(act as TicketAct) ? 'yes' : ''))}

${list(ticketActs)}

## What a state means

${table('state', Object.keys(ticketMeanings), (name, row) => (states[row]?.is.includes(name as TicketMeaning) ? 'yes' : ''))}

${list(ticketMeanings)}

## Commands

What each leads to, tried on a ticket of an alert that has all that a command may ask for: an engineer, a time to come, a card, a bill, a guide, a repair and a test that are under way, a call-back that is due, and the right to another appliance. A state: it is there then; *stays*: it is possible, and the state is the same; empty: it is refused with \`illegal-move\`; a code: it is refused with that one. What a ticket lacks is refused besides (\`no-card\`, \`no-bill\`, \`no-guide\`, \`no-swap-right\`, \`no-call-back\`).

${describeCommands(catalog, render)}
`
}
