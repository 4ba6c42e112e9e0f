import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR } from '../../core/index.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home, NOW, onBothDatabases } from './openTestService.ts'

interface TicketSeen {
  id: string
  state: string
  source: string
  ownerLink: string
  engineer?: string
  remote?: { command: string; result?: string }
  closure?: { verdict?: string; note: string }
  history: { why: string; by: string; to: string }[]
}

onBothDatabases('repairs without a visit', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.people.saveEngineers([
      { id: 'e1', name: 'Eva', location: home, grade: 'A+', skills: ['sealed-system', 'electrical', 'cooling'] },
    ])
  })
  afterAll(() => api.close())
  const get = (id: string) => api.call<TicketSeen>('GET', `/api/tickets/${id}`)
  const page = ({ ownerLink }: TicketSeen) => `/api/t/${ownerLink.split('/t/')[1]}`
  const offered = async (appliance: string, failureMode = 'start-relay-failure') => {
    await api.register(appliance)
    const hypotheses = [{ failureMode, probability: 0.8 }]
    return get((await api.ticketFor(alertOf(appliance, { failureMode, hypotheses }))).id)
  }
  const verdictOf = (ticket: string, appliance: string, outcome: 'passed' | 'failed') =>
    api.database.transaction((tx) => api.desk.verified(tx, [{ ticket, appliance, at: NOW, outcome, evidence: [] }]))
  const send = (id: string, body: object = { type: 'firmware', params: { version: '2.4' } }) =>
    api.call<TicketSeen>('POST', `/api/tickets/${id}/remote`, body)

  test('S05 a command that the appliance carries out closes the ticket, and its own signal makes it “fixed remotely”', async () => {
    const { id } = await offered('r1')
    const sent = await send(id)
    expect(sent.state).toBe('remote')
    expect(api.sent.at(-1)).toMatchObject({ appliance: 'r1', type: 'firmware', params: { version: '2.4' } })
    await api.desk.commandAnswered({ appliance: 'r1', id: 'cmd-of-somebody', result: 'done' })
    expect((await get(id)).state).toBe('remote')
    await api.desk.commandAnswered({ appliance: 'r1', id: api.sent.at(-1)?.id ?? '', result: 'done', detail: '2.4' })
    expect(await get(id)).toMatchObject({ state: 'closed', verification: 'pending', remote: { result: 'done' } })
    await verdictOf(id, 'r1', 'passed')
    const fixed = await get(id)
    expect(fixed).toMatchObject({ state: 'verified', closure: { verdict: 'confirmed' } })
    expect(fixed.history.at(-1)?.why).toBe('its own signal is back in its band: fixed remotely')
    expect(fixed.history.map(({ to }) => to)).not.toContain('visiting')
    expect(fixed.history.some(({ why, by }) => by === 'token' && why.startsWith('firmware sent: cmd-'))).toBe(true)
  })

  test('S05 a command that is refused, or never answered, ends, and a visit is planned; one that did not help opens the case again', async () => {
    const refused = await offered('r2')
    await send(refused.id, { type: 'restart' })
    await api.desk.commandAnswered({ appliance: 'r2', id: api.sent.at(-1)?.id ?? '', result: 'refused' })
    expect(await get(refused.id)).toMatchObject({ state: 'assigned', engineer: 'e1', remote: { result: 'refused' } })
    const silent = await offered('r3')
    await send(silent.id, { type: 'restart', expiresInSeconds: 600 })
    api.clock.advanceTo(api.clock.now() + 600_000)
    await api.tick()
    expect(await get(silent.id)).toMatchObject({ state: 'assigned', remote: { result: 'expired' } })
    await api.desk.commandAnswered({ appliance: 'r3', id: api.sent.at(-1)?.id ?? '', result: 'done' })
    expect((await get(silent.id)).state).toBe('assigned')
    const useless = await offered('r4')
    await send(useless.id)
    await api.desk.commandAnswered({ appliance: 'r4', id: api.sent.at(-1)?.id ?? '', result: 'done' })
    await verdictOf(useless.id, 'r4', 'failed')
    expect(await get(useless.id)).toMatchObject({ state: 'assigned', reopened: 1 })
    expect((await api.ask('POST', `/api/tickets/${useless.id}/remote`, { type: 'explode' })).status).toBe(400)
  })

  test('S60 the matching guide is offered before a visit; it helped closes the ticket; telemetry verifies; a report within seven days counts against it', async () => {
    const tickets = [
      await offered('g1', 'condenser-fouling'),
      await offered('g2', 'condenser-fouling'),
      await offered('g3', 'condenser-fouling'),
    ]
    const other = await offered('g4', 'compressor-wear')
    const seen = await api.asOwner<{ guide?: { id: string; steps: { zh: string }[] } }>('GET', page(tickets[0]!))
    expect(seen.guide?.id).toBe('clean-condenser')
    expect(seen.guide?.steps.every(({ zh }) => /[\u4e00-\u9fff]/.test(zh))).toBe(true)
    expect(await api.asOwner('GET', page(other))).not.toHaveProperty('guide')
    await api.asOwner('POST', `${page(tickets[0]!)}/guide`, { helped: true })
    await api.asOwner('POST', `${page(tickets[1]!)}/guide`, { helped: true })
    await api.asOwner('POST', `${page(tickets[2]!)}/guide`, { helped: false })
    expect(await get(tickets[0]!.id)).toMatchObject({ state: 'closed', verification: 'pending' })
    expect((await get(tickets[2]!.id)).state).toBe('offered')
    await verdictOf(tickets[0]!.id, 'g1', 'passed')
    const guide = async () =>
      (await api.call<{ items: { id: string; deflection: number }[] }>('GET', '/api/quality/guides')).items.find(
        ({ id }) => id === 'clean-condenser',
      )
    expect(await guide()).toMatchObject({ offered: 3, tried: 3, helped: 2, failed: 0, verified: 1, deflection: 2 / 3 })
    api.clock.advanceTo(api.clock.now() + 7 * DAY - HOUR)
    await api.call('POST', '/api/appliances/g2/report', { text: 'as before' })
    expect(await guide()).toMatchObject({ helped: 2, failed: 1, deflection: 1 / 3 })
    api.clock.advanceTo(api.clock.now() + 2 * HOUR)
    await api.call('POST', '/api/appliances/g1/report', { text: 'again, later' })
    expect(await guide()).toMatchObject({ failed: 1 })
  })
})
