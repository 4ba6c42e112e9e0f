// Nobody acts: whoever's turn it is is called, then the next, until somebody does.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../core/index.ts'
import { type CarriedApi, openCarriedApi } from './carrier.ts'
import { keys } from './messageServer.ts'
import type { TestApi } from './openTestApi.ts'
import { alertOf, onBothDatabases } from './openTestService.ts'

interface Escalated {
  id: string
  endedAt?: number
  endedBy?: string
  steps: { rota: string; person?: string }[]
}

onBothDatabases('escalations', (open) => {
  let carried: CarriedApi
  let api: TestApi
  beforeAll(async () => {
    carried = await openCarriedApi(await open())
    ;({ api } = carried)
    await api.call('PUT', '/api/channels/sms', { kind: 'twilio-sms', settings: keys.twilio })
    await api.call('PUT', '/api/on-call/people/dora', {
      name: 'Dora',
      contact: 'dora@desk.example',
      phone: '+49 151 1000001',
    })
    await api.call('PUT', '/api/on-call/people/sam', { name: 'Sam', contact: '+49 151 1000002', language: 'zh' })
    const turns = { timeZone: 'Europe/Berlin', since: '2026-05-25', handoverHour: 9, turnDays: 7 }
    await api.call('PUT', '/api/on-call/rotas/desk', { ...turns, members: ['dora'] })
    await api.call('PUT', '/api/on-call/rotas/supervisor', { ...turns, members: ['sam'] })
  })
  beforeEach(() => {
    carried.post.takes = true
    carried.post.mails.length = 0
    carried.companies.carried.length = 0
  })
  afterAll(() => carried.close())

  const of = async (id: string) =>
    (await api.call<{ items: Escalated[] }>('GET', '/api/escalations')).items.find((one) => one.id.startsWith(id))
  const mailed = (to: string) => carried.post.mails.filter((mail) => mail.to === to)
  const texted = (to: string) => carried.companies.carried.filter((sms) => sms.to === to)
  const passing = (minutes: number) => carried.pass(minutes)
  /** A critical alert that nobody has seen yet. */
  async function critical(id: string) {
    await api.register(id, { owner: undefined })
    const alert = alertOf(id, { severity: 'critical', openedAt: api.clock.now() })
    await api.alertWithTicket(alert)
    return alert.id
  }

  test('a critical alert that nobody acknowledges climbs: the desk after 15 minutes, the supervisor after 60, each once', async () => {
    const id = await critical('e1')
    await passing(14)
    expect(carried.post.mails).toEqual([])
    await passing(2)
    expect(mailed('dora@desk.example')).toHaveLength(1)
    expect(mailed('dora@desk.example')[0]?.subject).toContain('e1')
    await passing(43)
    expect(texted('+491511000002')).toEqual([])
    await passing(3)
    expect(texted('+491511000002')).toHaveLength(1)
    expect(texted('+491511000002')[0]?.text).toMatch(/严重告警无人处理.*http:\/\/here\/alerts/s)
    await passing(120)
    expect([mailed('dora@desk.example').length, texted('+491511000002').length]).toEqual([1, 1])
    expect((await of(`critical-alert/${id}`))?.steps).toMatchObject([
      { rota: 'desk', person: 'dora' },
      { rota: 'supervisor', person: 'sam' },
    ])
    await api.call('POST', `/api/alerts/${id}/acknowledge`)
    await passing(2)
  })

  test('one that somebody acknowledges stops there', async () => {
    const id = await critical('e2')
    await passing(16)
    expect(mailed('dora@desk.example')).toHaveLength(1)
    await api.call('POST', `/api/alerts/${id}/acknowledge`)
    // Said at once, and written down with the next turn.
    expect(await of(`critical-alert/${id}`)).toMatchObject({ endedBy: 'token' })
    await passing(90)
    expect(texted('+491511000002')).toEqual([])
    expect((await of(`critical-alert/${id}`))?.endedAt).toBeDefined()
  })

  test('an owner who cannot be reached climbs until somebody has called them', async () => {
    carried.post.takes = false
    await api.register('e3', { owner: { name: 'Olga', contact: 'olga@example.org', language: 'en' } })
    const { id } = await api.ticketFor(alertOf('e3'))
    await passing(1)
    carried.post.takes = true
    const tasks = await api.call<{ items: { id: string; ticket: string; dueAt: number }[] }>(
      'GET',
      '/api/tasks?type=reach',
    )
    const task = tasks.items.find((one) => one.ticket === id)
    expect(task?.dueAt).toBe(api.clock.now() - MINUTE + HOUR)
    await passing(58)
    expect(mailed('dora@desk.example')).toEqual([])
    await passing(3)
    // The task is overdue, and so is the first word to the owner.
    expect(mailed('dora@desk.example').length).toBe(2)
    await api.call('POST', '/api/tasks/done', { id: task?.id, outcome: 'called' })
    await passing(180)
    expect(texted('+491511000002')).toEqual([])
    expect((await of(`overdue-task/${task?.id}`))?.endedBy).toBe('token')
    expect((await of(`missed-promise/${id}/first-response`))?.endedAt).toBeDefined()
  })

  test('a promise that is missed climbs until it is kept', async () => {
    await api.call('POST', '/api/engineers', {
      id: 'ev',
      name: 'Eva',
      location: { lat: 50, lon: 8 },
      grade: 'A+',
      skills: ['sealed-system'],
    })
    await api.register('e4', { owner: { name: 'Pia', contact: 'pia@example.org', language: 'en' } })
    const ticket = await api.call<{ id: string; number: string; clocks: { name: string; dueAt: number }[] }>(
      'POST',
      '/api/appliances/e4/report',
      { text: 'warm', failureMode: 'compressor-wear' },
    )
    await passing(1)
    carried.post.mails.length = 0
    const dueAt = ticket.clocks.find(({ name }) => name === 'on-site')?.dueAt ?? 0
    const to = (at: number) => {
      api.wall.advanceTo(at)
      api.clock.advanceTo(at)
    }
    to(dueAt - MINUTE)
    await passing(0)
    expect(await of(`missed-promise/${ticket.id}`)).toBeUndefined()
    await passing(3)
    const told = mailed('dora@desk.example').filter(
      ({ subject }) => subject.includes(ticket.number) && subject.includes('visit'),
    )
    expect(told).toHaveLength(1)
    await api.call('POST', `/api/tickets/${ticket.id}/assign`, { engineer: 'ev', why: 'now' })
    await api.call('POST', `/api/tickets/${ticket.id}/visit/start`)
    await passing(90)
    expect(texted('+491511000002').filter(({ text }) => text.includes(ticket.number) && text.includes('上门'))).toEqual(
      [],
    )
    expect((await of(`missed-promise/${ticket.id}/on-site`))?.endedAt).toBeDefined()
  })

  test('who is away is stood in for, and where nobody can be told the next is told at once', async () => {
    const now = api.clock.now()
    await api.call('POST', '/api/on-call/overrides', {
      rota: 'desk',
      person: 'sam',
      from: now,
      to: now + HOUR,
      why: 'ill',
    })
    const { on } = await api.call<{
      on: { rota: string; person: string; name: string; until: number; override?: string }[]
    }>('GET', '/api/on-call')
    expect(on[0]).toMatchObject({ rota: 'desk', person: 'sam', name: 'Sam', until: now + HOUR })
    const { items } = await api.call<{
      items: { cause: string; steps: { rota: string; person?: string; ways: string[] }[] }[]
    }>('GET', `/api/escalations/preview?at=${now + 2 * HOUR}`)
    expect(items[0]).toMatchObject({
      cause: 'critical-alert',
      steps: [
        { rota: 'desk', person: 'dora', ways: ['mail', 'sms'] },
        { rota: 'supervisor', person: 'sam', ways: ['sms'] },
      ],
    })
    await api.call('PUT', '/api/on-call/rotas/desk', {
      timeZone: 'Europe/Berlin',
      since: '2026-05-25',
      handoverHour: 9,
      turnDays: 7,
      members: [],
    })
    api.wall.advanceTo(now + 2 * HOUR)
    api.clock.advanceTo(now + 2 * HOUR)
    const id = await critical('e5')
    await passing(18)
    expect((await of(`critical-alert/${id}`))?.steps).toEqual([
      { step: 0, at: expect.any(Number), rota: 'desk' },
      { step: 1, at: expect.any(Number), rota: 'supervisor', person: 'sam' },
    ])
  })

  test('a person with turns is not removed, and a contact that is none is refused', async () => {
    expect((await api.ask('DELETE', '/api/on-call/people/sam')).body.code).toBe('on-call-in-use')
    expect((await api.ask('PUT', '/api/on-call/people/x', { name: 'X', contact: 'nobody' })).body.code).toBe(
      'bad-contact',
    )
    expect(
      (
        await api.ask('PUT', '/api/on-call/rotas/desk', {
          timeZone: 'Europe/Berlin',
          since: '2026-05-25',
          handoverHour: 9,
          turnDays: 7,
          members: ['who'],
        })
      ).body.code,
    ).toBe('unknown-person')
  })
})
