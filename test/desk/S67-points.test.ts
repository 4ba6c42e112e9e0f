import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR, SeededRandom } from '../../core/index.ts'
import { CARD, openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home, onBothDatabases } from './openTestService.ts'

interface Member {
  balance: number
  earned: number
  tier?: { id: string }
  entries: { points: number; why: string }[]
}

onBothDatabases('points of members', (open) => {
  let api: TestApi
  let secret: string
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.people.saveEngineers([{ id: 'e1', name: 'Eva', location: home, grade: 'A+', skills: ['sealed-system'] }])
    for (let i = 0; i < 13; i++) await api.register(`m${i}`)
    secret = api.links.path('p', 'm0', 'm0').split('/p/')[1]!
  })
  afterAll(() => api.close())
  const member = () => api.asOwner<Member>('GET', `/api/p/${secret}/member`)
  const redeem = (reward: string) => api.ask('POST', `/api/p/${secret}/redeem`, { reward }, { authorization: '' })
  const sumOf = ({ entries }: Member) => entries.reduce((sum, { points }) => sum + points, 0)
  const switchOn = async (change: object = {}) => {
    const { rules } = await api.call<{ rules: { rule: string; value: object }[] }>('GET', '/api/policy')
    const { value } = rules.find(({ rule }) => rule === 'members')!
    await api.call('PUT', '/api/policy/members', { value: { ...value, isOn: true, ...change }, why: 'we begin' })
  }
  async function visited(appliance: string, stars: number): Promise<void> {
    const { id, ownerLink } = await api.ticketFor(alertOf(appliance))
    await api.call('POST', `/api/tickets/${id}/accept`)
    await api.call('POST', `/api/tickets/${id}/assign`, { engineer: 'e1', why: 'free' })
    await api.call('POST', `/api/tickets/${id}/visit/start`)
    await api.call('POST', `/api/tickets/${id}/visit/end`, { checklist: CARD })
    await api.call('POST', `/api/tickets/${id}/close`, { cause: 'compressor-wear', verdict: 'confirmed', parts: [] })
    await api.asOwner('POST', `/api/t/${ownerLink.split('/t/')[1]}/rate`, { stars })
  }

  test('S67 there is no membership until somebody switches it on', async () => {
    expect(await redeem('filter')).toMatchObject({ status: 409, body: { code: 'members-off' } })
    await switchOn()
    expect(await member()).toMatchObject({ balance: 0, earned: 0, tier: { id: 'member' } })
  })

  test('S67 visits and ratings earn once, and two redemptions at once: one wins', async () => {
    await visited('m0', 5)
    expect(await member()).toMatchObject({ balance: 120, earned: 120 })
    await visited('m1', 4)
    const looks = await Promise.all(Array.from({ length: 5 }, member))
    expect(new Set(looks.map(({ balance }) => balance))).toEqual(new Set([240]))
    const both = await Promise.all([redeem('filter'), redeem('filter')])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'not-enough-points' })
    const after = await member()
    expect(after.balance).toBe(90)
    expect(sumOf(after)).toBe(90)
  })

  test('S67 enough points lift the tier, which is a segment: new tickets are made under its rules', async () => {
    for (let i = 2; i < 10; i++) await visited(`m${i}`, 5)
    expect(await member()).toMatchObject({ earned: 1_200, tier: { id: 'gold' } })
    const ticket = await api.call<{ createdAt: number; clocks: { name: string; dueAt: number }[] }>(
      'POST',
      '/api/appliances/m0/report',
      { text: 'warm' },
    )
    const { dueAt } = ticket.clocks.find(({ name }) => name === 'first-response')!
    expect((dueAt - ticket.createdAt) / HOUR).toBe(0.5)
  })

  test('S67 (seed 67) whatever is earned, taken and expires: the ledger balances, and never falls below nothing', async () => {
    const random = new SeededRandom(67, 'points')
    const rewards = [7, 30, 110].map((points) => ({ id: `r${points}`, text: { en: 'x', zh: '某' }, points }))
    await switchOn({ rewards, expireDays: 40 })
    let refused = 0
    for (let round = 0; round < 25; round++) {
      api.clock.advanceTo(api.clock.now() + Math.floor(random.next() * 20 * DAY))
      const asked = Array.from({ length: 3 }, () => rewards[Math.floor(random.next() * 3)]!.id)
      const answers = await Promise.all(asked.map(redeem))
      refused += answers.filter(({ status }) => status === 409).length
      const now = await member()
      expect(now.balance).toBe(sumOf(now))
      expect(now.balance).toBeGreaterThanOrEqual(0)
    }
    expect(refused).toBeGreaterThan(0)
    const end = await member()
    expect(end.balance).toBe(0 + sumOf(end))
  })

  test('S67 H what a former owner’s visits earned is not the next one’s, and a report that was closed was no visit', async () => {
    await visited('m11', 5)
    const { id } = await api.call<{ id: string }>('POST', '/api/appliances/m12/report', { text: 'warm' })
    await api.call('POST', `/api/tickets/${id}/close`, { cause: 'none', note: 'by telephone', parts: [] })
    for (const [appliance, contact] of [
      ['m11', 'new@example.org'],
      ['m12', 'same@example.org'],
    ] as const)
      await api.call('POST', `/api/appliances/${appliance}/transfer`, {
        owner: { name: 'New', contact, language: 'en' },
      })
    const { id: mine } = await api.call<{ id: string }>('POST', '/api/appliances/m12/report', { text: 'warm again' })
    await api.call('POST', `/api/tickets/${mine}/close`, { cause: 'none', note: 'by telephone', parts: [] })
    for (const appliance of ['m11', 'm12']) {
      const link = api.links.path('p', appliance, appliance).split('/p/')[1]
      expect(await api.asOwner('GET', `/api/p/${link}/member`)).toMatchObject({ earned: 0, entries: [] })
    }
  })

  test('S67 what nobody used in its time expires', async () => {
    await switchOn({ expireDays: 10 })
    await visited('m10', 5)
    const before = await member()
    api.clock.advanceTo(api.clock.now() + 800 * DAY)
    const after = await member()
    expect(before.balance).toBeGreaterThan(0)
    expect(after).toMatchObject({ balance: 0 })
    expect(after.entries[0]).toMatchObject({ why: 'expired' })
    expect(sumOf(after)).toBe(0)
  })
})
