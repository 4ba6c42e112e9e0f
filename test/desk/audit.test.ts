import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR, ticketMoves } from '../../core/index.ts'
import { CARD, openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home, onBothDatabases } from './openTestService.ts'

interface TicketSeen {
  id: string
  state: keyof typeof ticketMoves
  history: { at: number; by: string; from: string | null; to: keyof typeof ticketMoves; why: string }[]
  [more: string]: unknown
}
const steps = {
  accept: [undefined],
  decline: [{ why: 'no' }],
  assign: [{ engineer: 'e1', why: 'by hand' }],
  'visit/start': [{}],
  'visit/end': [{ checklist: CARD }],
  wait: [{ parts: [{ part: 'compressor', quantity: 1 }] }],
  close: [
    { cause: 'compressor-wear', verdict: 'confirmed', parts: [], note: '' },
    { cause: 'none', verdict: 'refuted' },
  ],
  reopen: [{ why: 'not solved' }],
  cancel: [{ why: 'enough' }],
  'no-show': [{ why: 'nobody' }],
  'call-back': [
    { solved: true, desk: 'central' },
    { solved: false, desk: 'central', note: 'still' },
  ],
} as const
const names = Object.keys(steps) as (keyof typeof steps)[]
/** What is worked out anew at every question, and no fact of the ticket. */
const facts = ({
  candidates: _,
  candidatesNote: _n,
  candidatesNoteZh: _z,
  candidatesNoteDe: _d,
  ownerLink: _l,
  timeZone: _t,
  ...ticket
}: TicketSeen) => ticket

onBothDatabases('the state machine, audited', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.people.saveEngineers([{ id: 'e1', name: 'Eva', location: home, grade: 'A+', skills: ['sealed-system'] }])
  })
  afterAll(() => api.close())

  test('however people act: only legal moves, each with when, who and why; what is refused names the legal ones and changes nothing; every moment can be reproduced', {
    timeout: 120_000,
  }, async () => {
    let walks = 0
    const walk = fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(), fc.integer({ min: 0, max: 30 })), {
      minLength: 4,
      maxLength: 14,
    })
    await fc.assert(
      fc.asyncProperty(walk, async (acts) => {
        const appliance = `w${walks++}`
        await api.register(appliance)
        const { id } = await api.ticketFor(alertOf(appliance))
        const seen: { at: number; ticket: TicketSeen }[] = []
        for (const [name, choice, hours] of acts) {
          const before = await api.call<TicketSeen>('GET', `/api/tickets/${id}`)
          const bodies = steps[name]
          const { status, body } = await api.ask('POST', `/api/tickets/${id}/${name}`, bodies[choice % bodies.length])
          const after = await api.call<TicketSeen>('GET', `/api/tickets/${id}`)
          if (status === 200) {
            for (const { from, to } of after.history.slice(before.history.length)) {
              expect(from === to || Object.values(ticketMoves[from as 'new']).includes(to as never)).toBe(true)
            }
          } else {
            expect([name, body.code]).toEqual([name, expect.stringMatching(/^(illegal-move|no-call-back)$/)])
            if (body.code === 'illegal-move') {
              const legal = Object.keys(ticketMoves[before.state])
              expect(body.detail).toBe(
                legal.length ? `Possible now: ${legal.join(', ')}.` : 'It has ended; open a new one.',
              )
            }
            expect(after).toEqual(before)
          }
          seen.push({ at: api.clock.now(), ticket: after })
          api.clock.advanceTo(api.clock.now() + hours * HOUR + 1)
          await api.tick()
        }
        const last = await api.call<TicketSeen>('GET', `/api/tickets/${id}`)
        expect(last.history.every(({ at, by, why }) => at > 0 && by && why)).toBe(true)
        for (const { at, ticket } of seen) {
          expect(facts(await api.call<TicketSeen>('GET', `/api/tickets/${id}?at=${at}`))).toEqual(facts(ticket))
        }
        expect(facts(await api.call<TicketSeen>('GET', `/api/tickets/${id}?at=${api.clock.now()}`))).toEqual(
          facts(last),
        )
      }),
      { numRuns: 25 },
    )
    expect(walks).toBeGreaterThanOrEqual(25)
  })

  test('any day can be reproduced from what was written down', async () => {
    await api.register('day1')
    const { id } = await api.ticketFor(alertOf('day1'))
    const morning = api.clock.now()
    const before = await api.call<{ states: Record<string, number>; tickets: { id: string; state: string }[] }>(
      'GET',
      `/api/day?at=${morning}`,
    )
    expect(before.tickets.find((ticket) => ticket.id === id)).toMatchObject({ state: 'offered', late: [] })
    api.clock.advanceTo(morning + 2 * HOUR)
    await api.call('POST', `/api/tickets/${id}/cancel`, { why: 'test' })
    api.clock.advanceTo(morning + 50 * HOUR)
    expect(await api.call('GET', `/api/day?at=${morning}`)).toEqual(before)
    const after = await api.call<typeof before>('GET', `/api/day?at=${morning + 2 * HOUR}`)
    expect(after.tickets.find((ticket) => ticket.id === id)).toMatchObject({ state: 'cancelled' })
  })
})
