import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR, SeededRandom } from '../../core/index.ts'
import { readPolicy } from '../../service/policy/policySchema.ts'
import { CARD, openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home, onBothDatabases } from './openTestService.ts'

const SEED = 38
const JOBS = 24
const CREW = ['p1', 'p2', 'p3', 'p4']
const modes = ['compressor-wear', 'door-seal-leak', 'condenser-fouling', 'start-relay-failure']

interface Seen {
  cents: number
  lines: { cents: number; ticket?: string }[]
}

onBothDatabases('earnings under load', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.people.saveEngineers(
      CREW.map((id) => ({
        id,
        name: id,
        location: home,
        grade: 'A+' as const,
        skills: ['sealed-system', 'cooling', 'electrical', 'mechanical', 'general'],
      })),
    )
  })
  afterAll(() => api.close())

  test(`S38 stars, corrections and looks, all at once (seed ${SEED}): every sum is that of its lines, and in the end that of what was done, to the cent`, async () => {
    const random = new SeededRandom(SEED, 'pay')
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random.next() * of.length)]!
    const jobs: { id: string; secret: string; engineer: string; base: number }[] = []
    const { earnings, bonusCents } = readPolicy()
    for (let i = 0; i < JOBS; i++) {
      await api.register(`pay-${i}`)
      const failureMode = pick(modes)
      const ticket = await api.ticketFor(
        alertOf(`pay-${i}`, { failureMode, hypotheses: [{ failureMode, probability: 0.8 }] }),
      )
      const engineer = pick(CREW)
      await api.call('POST', `/api/tickets/${ticket.id}/accept`)
      await api.call('POST', `/api/tickets/${ticket.id}/assign`, { engineer, why: 'by the draw' })
      await api.call('POST', `/api/tickets/${ticket.id}/visit/start`)
      await api.call('POST', `/api/tickets/${ticket.id}/visit/end`, { checklist: CARD })
      const { difficulty } = await api.call<{ difficulty: number }>('POST', `/api/tickets/${ticket.id}/close`, {
        cause: failureMode,
        verdict: 'confirmed',
        parts: [],
      })
      const base = earnings.visitCents + earnings.difficultyCents * Math.max(0, difficulty - 1)
      jobs.push({ id: ticket.id, secret: ticket.ownerLink.split('/t/')[1]!, engineer, base })
    }
    api.clock.advanceTo(api.clock.now() + HOUR)
    const owed = new Map(CREW.map((id) => [id, 0]))
    const owe = (id: string, cents: number) => owed.set(id, owed.get(id)! + cents)
    const deeds: (() => Promise<unknown>)[] = []
    for (const { secret, engineer, base } of jobs) {
      const stars = 1 + Math.floor(random.next() * 6)
      if (stars > 5) owe(engineer, base)
      else {
        owe(engineer, Math.round((base * earnings.starsPercent[stars - 1]!) / 100) + (stars === 5 ? bonusCents : 0))
        deeds.push(() => api.asOwner('POST', `/api/t/${secret}/rate`, { stars }))
      }
    }
    for (let i = 0; i < 40; i++) {
      const engineer = pick(CREW)
      const cents = Math.floor(random.next() * 20_001) - 10_000
      owe(engineer, cents)
      deeds.push(() => api.call('POST', `/api/engineers/${engineer}/earnings`, { cents, why: `entry ${i}` }))
    }
    let looks = 0
    for (let i = 0; i < 40; i++)
      deeds.push(async () => {
        const { cents, lines } = await api.call<Seen>('GET', `/api/engineers/${pick(CREW)}/earnings`)
        expect(cents).toBe(lines.reduce((sum, line) => sum + line.cents, 0))
        looks++
      })
    const shuffled = deeds.map((deed) => ({ deed, at: random.next() })).sort((a, b) => a.at - b.at)
    await Promise.all(shuffled.map(({ deed }) => deed()))
    expect(looks).toBe(40)
    for (const id of CREW) {
      const { cents, lines } = await api.call<Seen>('GET', `/api/engineers/${id}/earnings`)
      expect(cents, id).toBe(owed.get(id))
      expect(cents, id).toBe(lines.reduce((sum, line) => sum + line.cents, 0))
    }
  })
})
