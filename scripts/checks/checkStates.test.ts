import { expect, test } from 'vitest'
import { stateLists } from './checkStates.ts'

const found = (file: string, text: string): string[] => stateLists(new Map([[file, text]]))

/** What somebody might write instead of asking the table, in the rooms that grew last. */
test.each([
  ['a list', "const open = [\n  'accepted',\n  'reopened',\n]"],
  ['a set', "const over = new Set<TicketState>(['closed', 'verified'])"],
  ['a set, one by one', "const over = new Set<TicketState>().add('closed').add('verified')"],
  ['a map', "const weights = new Map([['closed', 1]]).set('closed', 1).set('verified', 2)"],
  [
    'a list that is said to be one',
    "const open = ['accepted' as const, 'reopened' satisfies TicketState] as readonly TicketState[]",
  ],
  ['a list that satisfies a type', "const open = ['accepted', 'reopened'] satisfies TicketState[]"],
  [
    'names for them',
    "const CLOSED = 'closed'\nconst VERIFIED: TicketState = 'verified'\nconst over = [CLOSED, VERIFIED]",
  ],
  ['the table, and one more', "const more = [...ticketStatesWhere('busy'), 'completed']"],
  ['a table of some', 'const over = { closed: true, verified: true } satisfies Partial<Record<TicketState, true>>'],
  ['a type', "type Over = Extract<TicketState, 'closed' | 'verified'>"],
  ['places in the list of all', 'const late = ticketStates.indexOf(state) > 8'],
  ['a piece of the list of all', 'const late = ticketStates.slice(10)'],
  ['a place in the list of all', 'const first = ticketStates[0]'],
  ['a comparison', "if (ticket.state === 'closed' || ticket.state === 'verified') end()"],
  ['one with something between', "if (state === 'closed' || isOld || 'verified' === state) end()"],
  ['one turned round', "if (!(ticket?.state !== 'closed' && (ticket.state) !== 'verified')) end()"],
  [
    'a choice',
    "const end = state === 'closed' ? done : state === 'visiting' ? here : state === 'verified' ? done : away",
  ],
  ['cases that fall through', "switch (state) {\n  case 'closed':\n  case 'verified':\n    end()\n}"],
  [
    'cases that fall through after a word',
    "switch (state) {\n  case 'closed':\n    log(1)\n  case 'verified':\n    end()\n}",
  ],
  [
    'cases with the same end',
    "switch (state) {\n  case 'closed':\n    return true\n  case 'visiting':\n    return false\n  case 'verified':\n    return true\n}",
  ],
  ['a filter of a call', "call('/api/tickets?state=offered,accepted&limit=5')"],
  ['a text to be split', "const open = 'accepted reopened|closed'.split('|')"],
  ['a text to be split at blanks', "const open = 'accepted,reopened'.split(',')"],
  ['a pattern', 'const isOver = /^(?:closed|verified)$/.test(state)'],
  ['SQL', "sql`select id from x where state in ('closed', 'verified') and id = $".concat('{id}`')],
  ['conditions of a query', "eb.or([eb('state', '=', 'closed'), eb('state', '=', 'verified')])"],
])('states of tickets are listed in their table alone: found is %s', (_, text) => {
  for (const file of ['service/rules/a.ts', 'service/network/a.ts', 'dashboards/web/src/features/rules/A.tsx'])
    expect(found(file, text)).toEqual([expect.stringMatching(/^[\w/.]+:\d+ a list of ticket states: ask core/)])
})

test.each([
  ['one of them', "if (ticket.state === 'closed') end()"],
  ['two things, one of each', "if (a.state === 'closed' || b.state === 'verified') end()"],
  ['words of something else', "const steps = ['accepted', 'delivered', 'expired']"],
  ['what each leads to', "const next = state === 'closed' ? 'verified' : state === 'new' ? 'offered' : 'closed'"],
  ['a migration', "const m: DatabaseMigration[] = [\n  () => sql(['closed', 'verified']),\n]"],
  ['a filter of alerts', "call('/api/alerts?state=open,acknowledged')"],
])('and allowed is %s', (_, text) => {
  expect(found('service/rules/a.ts', text)).toEqual([])
})

test('the table lists them, tests name what they mean, and words say each', () => {
  const list = "const a = ['new', 'offered']"
  for (const file of ['core/tickets/ticketCan.ts', 'service/a.test.ts']) expect(found(file, list)).toEqual([])
  expect(found('words/fr.ts', "const said = { new: 'nouveau', offered: 'offert' }")).toEqual([])
})
