import { afterAll, beforeAll, expect, test } from 'vitest'
import { CARD, openTestApi, type TestApi } from './openTestApi.ts'
import { home, onBothDatabases } from './openTestService.ts'

onBothDatabases('projects', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.people.saveEngineers([{ id: 'e1', name: 'Eva', location: home, grade: 'A+', skills: [] }])
    const owner = { name: 'Build Ltd', contact: 'build@example.invalid', language: 'en' as const, segment: 'project' }
    await api.register('p1', { owner })
    await api.register('s1')
  })
  afterAll(() => api.close())

  test('S22 a project’s ticket goes on only with its plan reviewed, its hidden work supervised, and the whole accepted', async () => {
    const { id, ownerLink } = await api.call<{ id: string; ownerLink: string }>('POST', '/api/appliances/p1/intake', {
      text: 'forty flats',
      job: 'installation',
    })
    const secret = ownerLink.split('/t/')[1]
    const path = `/api/tickets/${id}`
    const record = (step: string, ok: boolean) => api.ask('POST', `${path}/project`, { step, ok, note: 'looked at' })
    const refused = { status: 409, body: { code: 'needs-record' } }
    await api.call('POST', `${path}/assign`, { engineer: 'e1', why: 'knows the house' })

    expect(await api.ask('POST', `${path}/visit/start`)).toMatchObject(refused)
    expect((await record('plan-review', false)).status).toBe(200)
    expect(await api.ask('POST', `${path}/visit/start`)).toMatchObject(refused)
    expect(await record('hidden-work', true)).toMatchObject({ status: 409, body: { code: 'too-early' } })
    expect((await record('plan-review', true)).status).toBe(200)
    await api.call('POST', `${path}/visit/start`)

    const end = { checklist: CARD }
    expect(await api.ask('POST', `${path}/visit/end`, end)).toMatchObject(refused)
    expect(await record('acceptance', true)).toMatchObject({ status: 409, body: { code: 'too-early' } })
    expect((await record('hidden-work', true)).status).toBe(200)
    await api.call('POST', `${path}/visit/end`, end)

    const closure = { cause: 'none', parts: [] }
    expect(await api.ask('POST', `${path}/close`, closure)).toMatchObject(refused)
    expect(await api.asOwner('GET', `/api/t/${secret}/project`)).toEqual({ asked: true })
    await api.asOwner('POST', `/api/t/${secret}/acceptance`, { ok: false, note: 'the third floor drips' })
    expect(await api.ask('POST', `${path}/close`, closure)).toMatchObject(refused)
    expect(await api.asOwner('POST', `/api/t/${secret}/acceptance`, { ok: true })).toEqual({ asked: false, ok: true })
    await api.call('POST', `${path}/close`, closure)

    const { steps } = await api.call<{
      steps: { step: string; ok: boolean; records: { by: string; note: string }[] }[]
    }>('GET', `${path}/project`)
    expect(steps.map(({ step, ok, records }) => [step, ok, records.length])).toEqual([
      ['plan-review', true, 2],
      ['hidden-work', true, 1],
      ['acceptance', true, 2],
    ])
    expect(steps[2]?.records[1]).toMatchObject({ by: 'owner', note: 'the third floor drips' })
  })

  test('S22 nobody else’s ticket asks for records', async () => {
    const { id } = await api.call<{ id: string }>('POST', '/api/appliances/s1/report', { text: 'hums' })
    expect(await api.call('GET', `/api/tickets/${id}/project`)).toEqual({ steps: [] })
    expect(await api.ask('POST', `/api/tickets/${id}/project`, { step: 'acceptance', ok: true })).toMatchObject({
      status: 409,
      body: { code: 'no-such-step' },
    })
  })
})
