import type { KyselyPlugin, RootOperationNode } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, ticketIdSchema } from '../../core/index.ts'
import { alertOf, home, onBothDatabases, openTestService, type TestService } from './openTestService.ts'

// Each statement crosses to the database's thread and back, or to its server: what a command costs is counted.
let statements: RootOperationNode[] = []
const nodes = new WeakMap<object, RootOperationNode>()
const counting: KyselyPlugin = {
  transformQuery: ({ node, queryId }) => {
    nodes.set(queryId, node)
    return node
  },
  // What is a part of another statement comes to no result of its own.
  transformResult: async ({ result, queryId }) => {
    const node = nodes.get(queryId)
    if (node) statements.push(node)
    return result
  },
}
const counted = (database: Database): Database => ({
  ...database,
  query: database.query.withPlugin(counting),
  transaction: (work) => database.transaction((tx) => work(tx.withPlugin(counting) as typeof tx)),
})

/** `select ticket`: what a statement does, as far as its tables say it. */
const named = (node: RootOperationNode): string => {
  const [, table = ''] = /"identifier":\{"kind":"IdentifierNode","name":"(\w+)"/.exec(JSON.stringify(node)) ?? []
  return `${node.kind.replace('QueryNode', '').toLowerCase()} ${table}`
}
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** The view of the ticket that is answered, and what the owner is told, counted. */
// What stands on days that may be offered tells who else of the home is visited; browsers of all who are told, at once.
const NEW = 15
const AGREED = 17

onBothDatabases('statements', (open) => {
  let close: () => Promise<void>
  let given: TestService
  beforeAll(async () => {
    const opened = await open()
    close = opened.close
    given = await openTestService(counted(opened.database))
    await given.people.saveDepots(
      [
        { id: 'van', type: 'van', location: home, stock: [{ part: 'compressor', quantity: 50 }] },
        { id: 'depot', type: 'depot', location: home, stock: [{ part: 'filter-drier', quantity: 90 }] },
      ],
      'test',
    )
    await given.people.saveEngineers(
      Array.from({ length: 20 }, (_, i) => ({
        id: `e${i}`,
        name: `Eva ${i}`,
        location: home,
        grade: 'A+' as const,
        skills: ['sealed-system'],
        depot: 'van',
      })),
    )
    for (let i = 0; i < 60; i++) await given.register(`s${i}`)
  })
  afterAll(() => close())

  async function costOf(work: () => Promise<unknown>): Promise<{ of: string[]; ms: number }> {
    statements = []
    const began = performance.now()
    await work()
    const ms = performance.now() - began
    return { of: statements.map(named), ms }
  }
  /** When the work of each ticket begins, by the plan. */
  async function timesNow(): Promise<Map<string, number | undefined>> {
    const { items } = await given.desk.list({ state: 'assigned', limit: 1_000 })
    return new Map(items.map((ticket) => [ticket.id, ticket.plannedAt]))
  }

  test('a new ticket from an alert, and an owner’s yes, cost a handful of statements, and two for each visit that begins at another time', async () => {
    const spent = { news: [] as number[], agreed: [] as number[] }
    let shown: Record<string, string[]> = {}
    for (let i = 0; i < 50; i++) {
      let id = ticketIdSchema.parse('')
      const news = await costOf(async () => {
        id = await given.database.transaction((tx) => given.desk.ticketFor(tx, alertOf(`s${i}`)))
      })
      const before = await timesNow()
      const agreed = await costOf(() => given.desk.accept(id, 'owner'))
      const after = await timesNow()
      const retimed = [...after].filter(([ticket, at]) => before.has(ticket) && before.get(ticket) !== at).length
      expect(news.of.length, news.of.join(', ')).toBeLessThanOrEqual(NEW)
      expect(agreed.of.length - 2 * retimed, agreed.of.join(', ')).toBeLessThanOrEqual(AGREED)
      spent.news.push(news.ms)
      spent.agreed.push(agreed.ms)
      shown = { news: news.of, agreed: agreed.of }
    }
    console.log(
      `a new ticket ${median(spent.news).toFixed(1)} ms, a yes ${median(spent.agreed).toFixed(1)} ms (median of 50)\n${Object.entries(
        shown,
      )
        .map(([name, of]) => `${name}: ${of.length}: ${of.join(', ')}`)
        .join('\n')}`,
    )
  })
})
