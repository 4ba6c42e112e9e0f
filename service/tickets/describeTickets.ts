import {
  describeTicketStates,
  type TicketAct,
  type TicketMeaning,
  ticketActs,
  ticketMeanings,
  ticketMoveNames,
  ticketStates,
} from '../../core/index.ts'

/** docs/tickets.md: every state against everything that is done to a ticket, as core/tickets/ticketCan.ts has it. Pure. */
export function describeTickets(): string {
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

Written by \`npm run docs\` from core/tickets/ticketCan.ts, which the desk, the API, the pages and the simulated people ask.

## Moves

Where each leads; empty: it is refused with \`illegal-move\`, which names the possible ones.

${table('state', ticketMoveNames, (move, row) => states[row]?.moves[move as 'offer'] ?? '')}

## Without a move

${table('state', Object.keys(ticketActs), (act, row) => (states[row]?.can.includes(act as TicketAct) ? 'yes' : ''))}

${list(ticketActs)}

## What a state means

${table('state', Object.keys(ticketMeanings), (name, row) => (states[row]?.is.includes(name as TicketMeaning) ? 'yes' : ''))}

${list(ticketMeanings)}
`
}
