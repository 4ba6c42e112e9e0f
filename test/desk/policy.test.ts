import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR } from '../../core/index.ts'
import { CARD, openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, onBothDatabases } from './openTestService.ts'

interface TicketSeen {
  id: string
  createdAt: number
  clocks: { name: string; dueAt: number }[]
  policy: { version: number; scopes: string[] }
}

onBothDatabases('policy as data', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
  })
  afterAll(() => api.close())
  const firstResponse = ({ clocks, createdAt }: TicketSeen) =>
    ((clocks.find(({ name }) => name === 'first-response')?.dueAt ?? 0) - createdAt) / HOUR
  const ticketOn = async (id: string, segment?: string) => {
    await api.register(id, {
      owner: { name: 'Ann', contact: 'ann@example.invalid', language: 'en', ...(segment ? { segment } : {}) },
    })
    const { id: ticket } = await api.ticketFor(alertOf(id))
    return api.call<TicketSeen>('GET', `/api/tickets/${ticket}`)
  }

  test('S20 the segment picks the row; changing it changes new tickets only, and what was made keeps its version', async () => {
    const usual = await ticketOn('p1')
    const vip = await ticketOn('p2', 'vip')
    expect([firstResponse(usual), firstResponse(vip)]).toEqual([1, 0.5])
    expect(vip.policy.scopes).toEqual(['region:DE', 'segment:vip'])
    const row = await api.call('PUT', '/api/policy/firstResponseHours', {
      scope: 'segment:vip',
      value: 0.25,
      why: 'VIPs wait less',
    })
    expect(row).toMatchObject({ by: 'token', scope: 'segment:vip', value: 0.25, seq: vip.policy.version + 1 })
    const after = await ticketOn('p3', 'vip')
    expect(firstResponse(after)).toBe(0.25)
    expect(after.policy.version).toBe(vip.policy.version + 1)
    expect(firstResponse(await api.call<TicketSeen>('GET', `/api/tickets/${vip.id}`))).toBe(0.5)
    expect(firstResponse(await ticketOn('p4'))).toBe(1)
  })

  test('a later clock of an older ticket still follows the rows that it was made under', async () => {
    const { id } = await ticketOn('p5')
    await api.call('PUT', '/api/policy/callBackHours', { value: 48, why: 'a slower desk' })
    await api.call('POST', `/api/tickets/${id}/accept`)
    await api.people.saveEngineers([
      { id: 'e1', name: 'Eva', location: { lat: 50, lon: 8 }, grade: 'A+', skills: ['sealed-system'] },
    ])
    await api.call('POST', `/api/tickets/${id}/assign`, { engineer: 'e1', why: 'test' })
    await api.call('POST', `/api/tickets/${id}/visit/start`)
    await api.call('POST', `/api/tickets/${id}/visit/end`, { checklist: CARD })
    const { clocks } = await api.call<TicketSeen>('GET', `/api/tickets/${id}`)
    expect(clocks.find(({ name }) => name === 'call-back')?.dueAt).toBe(api.clock.now() + 24 * HOUR)
  })

  test('a row begins on its day and ends on its day; the past is not rewritten', async () => {
    const from = api.clock.now() + 24 * HOUR
    await api.call('PUT', '/api/policy/onSiteHours', {
      value: 6,
      validFrom: from,
      validUntil: from + HOUR,
      why: 'fair',
    })
    const inForce = async (at: number) => {
      const { rules } = await api.call<{ rules: { rule: string; value: unknown }[] }>('GET', `/api/policy?at=${at}`)
      return rules.find(({ rule }) => rule === 'onSiteHours')?.value
    }
    expect([await inForce(from - 1), await inForce(from), await inForce(from + HOUR)]).toEqual([24, 6, 24])
    expect(
      await api.ask('PUT', '/api/policy/onSiteHours', { value: 6, validFrom: Date.UTC(2016, 0, 1), why: 'before' }),
    ).toMatchObject({
      status: 422,
      body: { code: 'bad-rule' },
    })
  })

  test('what does not fit its schema, or names no scope, is refused, and nothing changes', async () => {
    const { version } = await api.call<{ version: number }>('GET', '/api/policy')
    for (const [rule, body] of [
      ['gradeForDifficulty', { value: { 1: 'Z' } }],
      ['visitHours', { value: -1 }],
      // A: with these every report failed, of every owner.
      ['firstResponseHours', { value: 1e15 }],
      ['slotLeastLeadMinutes', { value: 1e300 }],
      ['slotsOffered', { value: 1e15 }],
      ['shiftHours', { value: [8, 1e13] }],
      // Nobody is owed for a visit, and nothing is promised for yesterday.
      ['callOutCents', { value: -1 }],
      ['priorityHours', { value: { 1: -1, 2: 168, 3: 504 } }],
      ['warrantyYears', { value: -1 }],
      ['slotHours', { value: [[-1, 9]] }],
      ['slotHours', { value: [[8, 1e300]] }],
      ['slotLeadHours', { value: { 1: 1e13, 2: 4, 3: 4, 4: 4 } }],
      ['travelKmPerHour', { value: 1e-300 }],
      ['receiptMinutes', { value: { mail: 1e-300 } }],
      ['emerging', { value: { days: 1e13, fewest: 3, surprise: 0.01 } }],
      ['callBackHours', { value: 12, scope: 'segment:nobody' }],
      ['noSuchRule', { value: 1 }],
    ] as const) {
      expect((await api.ask('PUT', `/api/policy/${rule}`, { ...body, why: 'x' })).status).toBe(422)
    }
    expect((await api.call<{ version: number }>('GET', '/api/policy')).version).toBe(version)
    const viewer = await api.ask('PUT', '/api/policy/visitHours', { value: 1, why: 'x' }, { authorization: '' })
    expect(viewer.status).toBe(403)
  })

  test('what-if replays a changed rule over last month’s tickets and changes nothing', async () => {
    api.clock.advanceTo(api.clock.now() + 3 * HOUR)
    const asked = { changes: [{ rule: 'ownerAnswerHours', value: { 1: 1, 2: 1, 3: 1, 4: 1 } }] }
    interface Answer {
      tickets: number
      clocks: { name: string; breachedThen: number; breachedWith: number; tickets: number }[]
      newlyLate: { clock: string }[]
    }
    const answer = await api.call<Answer>('POST', '/api/policy/what-if', asked)
    expect(answer.tickets).toBe(5)
    const row = answer.clocks.find(({ name }) => name === 'owner-answer')
    // Four offers stand unanswered for three hours; one was answered at once.
    expect(row).toMatchObject({ tickets: 5, breachedThen: 0, breachedWith: 4 })
    expect(answer.newlyLate.filter(({ clock }) => clock === 'owner-answer')).toHaveLength(4)
    expect(await api.call<Answer>('POST', '/api/policy/what-if', asked)).toEqual(answer)
  })

  test('what-if says how many visits a change would have spared, by the decisions that made the tickets', async () => {
    interface Answer {
      visits: {
        predicted: number
        offeredThen: number
        offeredWith: number
        changed: { number: string; would: string }[]
      }
    }
    const before = await api.call<{ items: object[] }>('GET', '/api/tickets')
    const ask = (rule: string, value: unknown) =>
      api.call<Answer>('POST', '/api/policy/what-if', { changes: [{ rule, value }] })
    const slow = { remainingLife: { p10: 20 * 24, p50: 40 * 24, p90: 80 * 24 } }
    const made = [alertOf('w1', slow), alertOf('w2', { ...slow, severity: 'critical' })]
    for (const alert of made) {
      await api.register(alert.appliance)
      await api.alertWithTicket(alert)
    }
    const { visits } = await ask('cost', { ...api.policy.cost, failureCents: 4_000 })
    // Where a failure costs less than the way, nobody is sent; what is critical is offered whatever it costs.
    expect(visits).toMatchObject({ predicted: 2, offeredThen: 2, offeredWith: 1, changed: [{ would: 'nothing' }] })
    expect((await ask('cost', api.policy.cost)).visits).toMatchObject({ offeredThen: 2, offeredWith: 2, changed: [] })
    expect((await api.call<{ items: object[] }>('GET', '/api/tickets')).items).toHaveLength(before.items.length + 2)
  })
})
