import { afterAll, beforeAll, expect, test } from 'vitest'
import { because } from '../../core/index.ts'
import { readPolicy } from '../../service/policy/policySchema.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home, NOW, onBothDatabases } from './openTestService.ts'

const { jobTypes, callOutCents } = readPolicy()

interface Seen {
  id: string
  number: string
  state: string
  source: string
  ownerLink: string
  slot?: { from: number; to: number }
  offeredSlots: { from: number; to: number }[]
  alerts: string[]
  job: string
  minutes: number
  difficulty: number
  kit: { part: string; probability: number }[]
  bill?: { lines: { text: string; textZh: string; cents: number }[]; totalCents: number }
}

onBothDatabases('types of jobs', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.people.saveEngineers([{ id: 'e1', name: 'Eva', location: home, grade: 'A+', skills: [] }])
  })
  afterAll(() => api.close())

  test('S49 deep clean, trade-in, delivered installation, design and whole set are data, in both languages', () => {
    expect(jobTypes.map(({ id }) => id)).toEqual([
      'deep-clean',
      'trade-in',
      'installation-delivered',
      'design-visit',
      'whole-set',
    ])
    for (const { text, checklist } of jobTypes) {
      expect(text.zh).toMatch(/[\u4e00-\u9fff]/)
      expect(checklist.filter(({ mandatory }) => mandatory).length).toBeGreaterThanOrEqual(6)
    }
  })

  test.each(jobTypes)(
    'S49 S44 $id has its own time, kit, card and price, and what asks for evidence is not done without',
    async (type) => {
      const appliance = `j-${type.id}`
      // Long out of warranty: what it costs is seen.
      await api.register(appliance, { kind: 'ac', installedAt: NOW - 10 * 365 * 86_400_000 })
      const ticket = await api.call<Seen>('POST', `/api/appliances/${appliance}/intake`, {
        job: type.id,
        text: 'please',
      })
      expect(ticket).toMatchObject({ job: type.id, minutes: type.minutes, difficulty: type.difficulty })
      expect(ticket.kit.map(({ part }) => part)).toEqual(type.kit.ac ?? [])
      const path = `/api/tickets/${ticket.id}`
      const card = await api.call<{ job: string; items: { code: string; evidence?: string; mandatory: boolean }[] }>(
        'GET',
        `${path}/checklist`,
      )
      expect(card.items).toEqual(type.checklist)
      await api.call('POST', `${path}/assign`, { engineer: 'e1', why: 'free' })
      await api.call('POST', `${path}/visit/start`)
      const asks = card.items.filter(({ mandatory }) => mandatory)
      const bare = Object.fromEntries(asks.map(({ code }) => [code, true]))
      if (asks.some(({ evidence }) => evidence))
        expect(await api.ask('POST', `${path}/visit/end`, { checklist: bare })).toMatchObject({
          body: { code: 'checklist-incomplete' },
        })
      const { name } = await api.call<{ name: string }>('POST', `${path}/photos`, {
        type: 'image/jpeg',
        base64: 'aGVsbG8=',
      })
      const whole = Object.fromEntries(
        asks.map(({ code, evidence }) => [
          code,
          evidence ? { ok: true, evidence: evidence === 'photo' ? name : 'OLD-4711' } : true,
        ]),
      )
      await api.call('POST', `${path}/visit/end`, { checklist: whole })
      const { bill } = await api.call<Seen>('POST', `${path}/close`, { cause: 'none', parts: [] })
      expect(bill?.totalCents).toBe(callOutCents + type.cents)
      expect(bill?.lines[1]).toMatchObject({ cents: type.cents })
      expect(bill?.lines[1]?.textZh).toContain(type.text.zh)
    },
  )

  test('S49 a job that there is not, or not of this kind, is refused; and one joins no repair that is under way', async () => {
    await api.register('j-x', { kind: 'fridge' })
    const ask = (job: string) => api.ask('POST', '/api/appliances/j-x/intake', { job, text: 'please' })
    expect(await ask('constructor')).toMatchObject({ status: 422, body: { code: 'unknown-job' } })
    const repair = await api.call<Seen>('POST', '/api/appliances/j-x/report', { text: 'warm' })
    expect((await ask('deep-clean')).body.id).not.toBe(repair.id)
  })

  test('S12 S49 what is ordered beside a repair swallows no fault, and hides none', async () => {
    await api.register('j-both', { kind: 'fridge' })
    const order = (job: string) => api.call<Seen>('POST', '/api/appliances/j-both/intake', { job, text: 'please' })
    const report = (text: string) => api.call<Seen>('POST', '/api/appliances/j-both/report', { text })
    const clean = await order('deep-clean')
    const repair = await report('warm')
    const installation = await order('installation')
    expect(new Set([clean.id, repair.id, installation.id]).size).toBe(3)
    expect((await order('deep-clean')).id).toBe(clean.id)
    expect((await report('still warm')).id).toBe(repair.id)
    expect((await api.ticketFor(alertOf('j-both'))).id).toBe(repair.id)
    // The newest that lives is another job, the newest of all is closed: neither is the fault's.
    await api.call('POST', `/api/tickets/${installation.id}/close`, { cause: 'none', parts: [] })
    const seal = alertOf('j-both', { id: 'al-j-both-2', failureMode: 'door-seal-leak' })
    expect((await api.ticketFor(seal)).id).toBe(repair.id)
    expect((await report('and it hums')).id).toBe(repair.id)
    // The owner is led to the fault, and sees what is planned besides.
    const { link } = await api.call<{ link: string }>('GET', '/api/appliances/j-both/owner-link')
    const secret = link.split('/o/')[1] ?? ''
    expect(await api.asOwner('GET', `/api/o/${secret}`)).toMatchObject({ ticket: { number: repair.number } })
    const { appliances } = await api.asOwner<{ appliances: { id: string; ticket: object; beside: object[] }[] }>(
      'GET',
      `${api.links.path('p', 'j-both', 'j-both').replace('/p/', '/api/p/')}/home`,
    )
    expect(appliances.find(({ id }) => id === 'j-both')).toMatchObject({
      ticket: { number: repair.number },
      beside: [{ number: clean.number, what: { en: 'Deep clean' } }],
    })
  })

  test('S49 a clean whose visit is over is ordered anew, not opened again; a fault found then is a case of its own', async () => {
    await api.register('j-over', { kind: 'ac' })
    const order = () => api.call<Seen>('POST', '/api/appliances/j-over/intake', { job: 'design-visit', text: 'please' })
    const first = await order()
    const path = `/api/tickets/${first.id}`
    await api.call('POST', `${path}/assign`, { engineer: 'e1', why: 'free' })
    await api.call('POST', `${path}/visit/start`)
    const { name } = await api.call<{ name: string }>('POST', `${path}/photos`, {
      type: 'image/jpeg',
      base64: 'aGVsbG8=',
    })
    const { items } = await api.call<{ items: { code: string; evidence?: string; mandatory: boolean }[] }>(
      'GET',
      `${path}/checklist`,
    )
    const checklist = Object.fromEntries(
      items.map(({ code, evidence }) => [code, evidence ? { ok: true, evidence: name } : true]),
    )
    await api.call('POST', `${path}/visit/end`, { checklist })
    expect((await api.call<Seen>('GET', path)).state).toBe('completed')
    expect((await order()).id).not.toBe(first.id)
    const fault = await api.call<Seen>('POST', '/api/appliances/j-over/report', { text: 'it drips' })
    expect(fault).toMatchObject({ source: 'reported', alerts: [] })
    expect((await api.call<Seen>('GET', path)).state).toBe('completed')
  })

  test('S10 S35 S49 a finding beside an inspection is a repair of its own, offered for the time of the inspection', async () => {
    await api.register('j-look', { kind: 'fridge' })
    const inspection = await api.database.transaction((tx) =>
      api.desk.openInspection(tx, {
        id: 'tk-look',
        appliance: 'j-look',
        noticed: { en: 'Yearly look', zh: '年度检查' },
        why: because('text', { text: { en: 'due', zh: '到期' } }),
      }),
    )
    const { offeredSlots } = await api.call<Seen>('GET', `/api/tickets/${inspection}`)
    const slot = offeredSlots[0]
    await api.call('POST', `/api/tickets/${inspection}/accept`, { slot })
    const repair = await api.ticketFor(alertOf('j-look'))
    expect(repair).toMatchObject({ source: 'predicted', state: 'offered' })
    expect(repair.id).not.toBe(inspection)
    expect(repair.offeredSlots[0]).toEqual(slot)
    expect((await api.call<Seen>('GET', `/api/tickets/${inspection}`)).alerts).toEqual([])
  })

  test('S44 a scan is checked against the codes of parts where the policy says so, and none is fitted without one', async () => {
    await api.register('j-scan')
    await api.call('PUT', '/api/policy/originalParts', { value: true, why: 'the maker’s own alone' })
    const { id } = await api.call<Seen>('POST', '/api/appliances/j-scan/report', { text: 'hums' })
    const path = `/api/tickets/${id}`
    await api.call('POST', `${path}/assign`, { engineer: 'e1', why: 'free' })
    await api.call('POST', `${path}/visit/start`)
    const card = {
      done: true,
      safetyTest: true,
      explained: true,
      maintained: true,
      otherAppliances: true,
      cleaned: true,
    }
    const end = (evidence: string) =>
      api.ask('POST', `${path}/visit/end`, { checklist: { ...card, 'original-parts': { ok: true, evidence } } })
    expect(await end('copy-of-a-compressor')).toMatchObject({ status: 422, body: { code: 'no-such-part' } })
    expect((await end('start-relay/SN-0815')).status).toBe(200)
    const close = (parts: string[]) => api.ask('POST', `${path}/close`, { cause: 'start-relay-failure', parts })
    expect(await close(['start-relay', 'compressor'])).toMatchObject({ status: 422, body: { code: 'not-scanned' } })
    expect((await close(['start-relay'])).status).toBe(200)
    await api.call('PUT', '/api/policy/originalParts', { value: false, why: 'back' })
  })
})
