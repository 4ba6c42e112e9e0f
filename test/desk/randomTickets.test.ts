import { expect, test } from 'vitest'
import { HOUR } from '../../core/index.ts'
import { onBothDatabases, openTestService, type TestService } from './openTestService.ts'
import { recomputeClocks, type Step } from './recomputedClocks.ts'
import { grades, openTown, type Seen } from './town.ts'

const SEED = 20_261_128
// `TICKETS=10000 npm test -- test/desk/randomTickets.test.ts` takes minutes; every run takes so many of each database.
const TICKETS = Number(process.env.TICKETS ?? 200)
/** Of the service system's description: difficulty → lowest grade. */
const lowest = ['', 'C', 'B', 'A', 'A+']

onBothDatabases(
  'random tickets',
  (open) => {
    test(`S26 S30: ${TICKETS} of them through the desk (seed ${SEED}): nobody below grade, no stock below zero, no promise wrong`, {
      timeout: Math.max(900_000, 600 * TICKETS),
    }, async () => {
      const { database, close } = await open()
      try {
        const given = await openTestService(database)
        const town = await openTown(given, SEED)
        while (town.made < TICKETS) await town.step()
        await town.rest()
        const checked = await checkAll(given, town)
        console.log(`seed ${SEED}: ${JSON.stringify(checked)}`)
        expect(checked.tickets).toBe(TICKETS)
        expect(checked.assignments).toBeGreaterThan(TICKETS / 2)
        expect(checked.clocks).toBeGreaterThan(3 * TICKETS)
        expect(checked.moves).toBeGreaterThan(TICKETS)
        expect(checked.forgotten).toEqual([])
      } finally {
        await close()
      }
    })
  },
  { syncs: false },
)

/** Everything that was written down, against what should have been. */
async function checkAll(
  { database, clock }: TestService,
  { given, acts, ticks }: Awaited<ReturnType<typeof openTown>>,
) {
  for (const { ticket, engineer, grade, difficulty } of given) {
    const enough = grades.indexOf(grade) >= grades.indexOf(lowest[difficulty] ?? 'A+')
    if (!enough) throw new Error(`${ticket}: ${engineer} of grade ${grade} was given difficulty ${difficulty}`)
  }
  const moves = await database.query.selectFrom('stockMove').selectAll().orderBy('seq').execute()
  const balances = new Map<string, { onHand: number; reserved: number }>()
  for (const { place, part, onHand, reserved, seq } of moves) {
    const line = balances.get(`${place}/${part}`) ?? { onHand: 0, reserved: 0 }
    line.onHand += onHand
    line.reserved += reserved
    balances.set(`${place}/${part}`, line)
    if (line.reserved < 0 || line.onHand < line.reserved) throw new Error(`move ${seq} leaves ${JSON.stringify(line)}`)
  }
  for (const { place, part, onHand, reserved } of await database.query.selectFrom('stock').selectAll().execute()) {
    expect({ place, part, onHand, reserved }).toEqual({ place, part, ...balances.get(`${place}/${part}`) })
  }
  let clocks = 0
  let changedHands = 0
  /** Wait for parts that should have come. */
  const forgotten: string[] = []
  const rows = await database.query.selectFrom('ticket').select(['id', 'body']).orderBy('id').execute()
  for (const { id, body } of rows) {
    const { owner, state, clocks: written } = JSON.parse(body) as Seen
    const steps = await stepsOf(database, id, owner !== undefined)
    const comes = written.find(({ name, doneAt }) => name === 'parts' && doneAt === undefined)?.dueAt
    if (state === 'waiting' && (comes === undefined || comes <= clock.now())) forgotten.push(id)
    changedHands += steps.filter(({ from, regiven }) => from === 'assigned' && regiven).length
    const expected = recomputeClocks(steps, acts.get(id) ?? [], ticks)
    for (const { name, dueAt, doneAt } of written) {
      if (name === 'parts') continue
      clocks++
      const own = expected.get(name)
      if (own?.dueAt === dueAt && own.doneAt === doneAt) continue
      const since = (at: number | undefined): string =>
        at === undefined ? '–' : `${(at - (steps[0]?.at ?? 0)) / HOUR} h`
      const story = steps.map(({ at, by, from, to, priority, chosen, slotEnds, regiven }) =>
        [since(at), by, from, to, priority, chosen ? 'chosen' : '', since(slotEnds), regiven ? 're-given' : ''].join(
          ' ',
        ),
      )
      const acted = (acts.get(id) ?? []).map(({ at, what }) => `${since(at)} ${what}`)
      throw new Error(
        `${id}: ${name} is due ${since(dueAt)}, done ${since(doneAt)}; should be ${since(own?.dueAt)}, ${since(own?.doneAt)}\n${[...story, ...acted].join('\n')}`,
      )
    }
    for (const name of expected.keys())
      expect(
        written.some((clock) => clock.name === name),
        `${id} ${name}`,
      ).toBe(true)
  }
  return {
    tickets: rows.length,
    assignments: given.length,
    moves: moves.length,
    clocks,
    changedHands,
    forgotten,
    ticks: ticks.length,
  }
}

/** The moves of a ticket with what was known at each, from its history and what each change set. */
async function stepsOf(database: TestService['database'], id: string, owned: boolean) {
  const events = await database.query
    .selectFrom('ticketEvent')
    .selectAll()
    .where('ticket', '=', id)
    .orderBy('seq')
    .execute()
  const changes = await database.query
    .selectFrom('ticketChange')
    .select(['at', 'patch'])
    .where('ticket', '=', id)
    .orderBy('seq')
    .execute()
  let facts: { priority?: number; slotChosen?: boolean; slot?: { to: number } } = {}
  let next = 0
  const known = (at: number): typeof facts => {
    for (; next < changes.length && (changes[next]?.at ?? 0) <= at; next++) {
      const { set, unset = [] } = JSON.parse(changes[next]?.patch ?? '{}') as { set?: object; unset?: string[] }
      facts = { ...facts, ...set }
      for (const key of unset) delete facts[key as 'slot']
    }
    return facts
  }
  const steps: Step[] = []
  for (const { at, by, from, to, why } of events) {
    const { priority = 4, slotChosen, slot } = known(at)
    steps.push({
      at,
      by,
      regiven: why.includes('"by-day-plan"'),
      from: from as Step['from'],
      to: to as Step['to'],
      priority,
      owned,
      chosen: slotChosen === true,
      slotEnds: slot?.to,
    })
  }
  return steps
}
