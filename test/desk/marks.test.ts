// Feedback without a visit: what somebody said twice is normal here does not come back, and a fault still does.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Alert, DAY, type Detection, type Evidence, HOUR } from '../../core/index.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { home, onBothDatabases, openTestService } from './openTestService.ts'

interface MarkSeen {
  id: string
  verdict: string
  holds: string[]
  undone?: object
}

onBothDatabases('marks', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.call('POST', '/api/engineers', {
      id: 'e1',
      name: 'Eva',
      location: home,
      grade: 'A+',
      skills: ['sealed-system', 'general'],
    })
  })
  afterAll(() => api.close())

  const row = (feature: string, observed: number, share: number, at: number): Evidence => ({
    feature,
    observed,
    expected: [0.3, 0.5],
    unit: '1',
    from: at - HOUR,
    to: at,
    share,
  })
  let offset = 0
  /** What detection says of one episode, as it says it. */
  async function detect(
    appliance: string,
    evidence: (at: number) => Evidence[],
    more: Partial<Detection> = {},
    passes = true,
  ): Promise<Alert | undefined> {
    api.clock.advanceTo(api.clock.now() + DAY)
    const at = api.clock.now()
    const detection: Detection = {
      condition: `${appliance}/door-seal-leak/${at}`,
      appliance,
      kind: 'fridge',
      phase: 'confirmed',
      at,
      firstSeenAt: at - HOUR,
      offset: ++offset,
      hypotheses: [{ failureMode: 'door-seal-leak', probability: 0.8 }],
      severity: 'warning',
      confidence: 0.9,
      evidence: evidence(at),
      explanation: {
        engineer: { en: 'Duty is up.', zh: '占空比上升。' },
        owner: { en: 'It runs more.', zh: '运行更久。' },
      },
      detector: 'test',
      ...more,
    }
    const [alert] = await api.database.transaction((tx) => api.alerts.apply(tx, [detection]))
    // The episode passes by itself before the next.
    if (alert && passes)
      await api.database.transaction((tx) =>
        api.alerts.apply(tx, [{ ...detection, phase: 'recovered', at: at + HOUR, offset: ++offset }]),
      )
    return alert
  }
  const nuisance = (at: number): Evidence[] => [row('duty', 0.58, 0.9, at), row('powerMean', 0.52, 0.1, at)]
  const told = async (appliance: string) => (await api.notices(appliance)).length
  const see = (id: string | undefined) => api.call<Alert>('GET', `/api/alerts/${id}`)
  const marks = async (appliance: string) =>
    (await api.call<{ items: MarkSeen[] }>('GET', `/api/marks?appliance=${appliance}`)).items

  test('a visit that found nothing is a mark: the same sends nobody again, and more of it does', async () => {
    await api.register('n-visited')
    const first = await detect('n-visited', nuisance, {}, false)
    const { ticket = '' } = await see(first?.id)
    await api.call('POST', `/api/tickets/${ticket}/accept`, {})
    await api.call('POST', `/api/tickets/${ticket}/assign`, { engineer: 'e1', why: 'x' })
    await api.call('POST', `/api/tickets/${ticket}/visit/start`, {})
    const closure = { cause: 'none', verdict: 'refuted', parts: [], note: 'A bakery next door.' }
    await api.call('POST', `/api/tickets/${ticket}/close`, closure)
    expect(await marks('n-visited')).toMatchObject([{ verdict: 'normal-here', visit: ticket }])
    expect((await detect('n-visited', nuisance))?.state).toBe('pending')
    const more = (at: number): Evidence[] => [row('duty', 0.8, 0.9, at), row('powerMean', 0.52, 0.1, at)]
    expect((await detect('n-visited', more))?.state).toBe('open')
  })

  test('the same nuisance after two marks is silent, listed, and comes again when a mark is taken back', async () => {
    await api.register('n1')
    const first = await detect('n1', nuisance)
    expect(first?.state).toBe('open')
    await api.call('POST', `/api/alerts/${first?.id}/mark`, { verdict: 'normal-here', why: 'a bakery next door' })
    expect(await see(first?.id)).toMatchObject({ state: 'closed', marked: { verdict: 'normal-here', by: 'token' } })
    const second = await detect('n1', nuisance)
    expect(second?.state).toBe('open')
    await api.call('POST', `/api/alerts/${second?.id}/mark`, { verdict: 'normal-here' })
    const before = await told('n1')
    const third = await detect('n1', (at) => [row('duty', 0.6, 1, at)])
    expect(third).toMatchObject({ state: 'pending' })
    expect(third?.openedAt).toBeUndefined()
    expect(await told('n1')).toBe(before)
    expect((await api.call<{ items: Alert[] }>('GET', '/api/alerts?state=open&appliance=n1')).items).toEqual([])
    const fourth = await detect('n1', nuisance)
    expect(fourth?.heldBack).toHaveLength(2)
  })

  test('what is held back now is listed with its marks, and opens with its ticket when one is taken back', async () => {
    await api.register('n2')
    for (const verdict of ['known', 'not-worth-it']) {
      const alert = await detect('n2', nuisance)
      await api.call('POST', `/api/alerts/${alert?.id}/mark`, { verdict })
    }
    // It goes on: no recovery comes.
    api.clock.advanceTo(api.clock.now() + DAY)
    const at = api.clock.now()
    const [held] = await api.database.transaction((tx) =>
      api.alerts.apply(tx, [
        {
          condition: `n2/x/${at}`,
          appliance: 'n2',
          kind: 'fridge',
          phase: 'confirmed',
          at,
          firstSeenAt: at,
          offset: ++offset,
          hypotheses: [{ failureMode: 'unknown', probability: 0.5 }],
          severity: 'warning',
          confidence: 0.9,
          evidence: nuisance(at),
          explanation: { engineer: { en: 'x', zh: 'x' }, owner: { en: 'x', zh: 'x' } },
          detector: 'test',
        },
      ]),
    )
    expect(held?.state).toBe('pending')
    expect(
      (await api.call<{ items: Alert[] }>('GET', '/api/alerts?heldBack=true&appliance=n2')).items.map(({ id }) => id),
    ).toEqual([held?.id])
    const [mark] = await marks('n2')
    expect(mark?.holds).toEqual([held?.id])
    const { items } = await api.call<{ items: Alert[] }>('POST', `/api/marks/${mark?.id}/undo`)
    expect(items).toMatchObject([{ id: held?.id, state: 'open' }])
    expect((await api.ask('POST', `/api/marks/${mark?.id}/undo`)).body.code).toBe('mark-undone')
    expect((await marks('n2')).filter(({ undone }) => undone)).toHaveLength(1)
  })

  test('a real fault of that mode afterwards is found: further out, elsewhere too, or critical', async () => {
    const faults: [string, (at: number) => Evidence[], Partial<Detection>][] = [
      ['further out', (at) => [row('duty', 0.75, 1, at)], {}],
      ['elsewhere too', (at) => [row('duty', 0.58, 0.6, at), row('cabinetTemp', 0.9, 0.4, at)], {}],
      ['critical', nuisance, { severity: 'critical' }],
    ]
    for (const [what, evidence, more] of faults) {
      const id = `f-${what.replaceAll(' ', '-')}`
      await api.register(id)
      for (let i = 0; i < 2; i++) {
        const alert = await detect(id, nuisance)
        await api.call('POST', `/api/alerts/${alert?.id}/mark`, { verdict: 'normal-here' })
      }
      expect((await detect(id, nuisance))?.state, `${what}: the nuisance`).toBe('pending')
      expect((await detect(id, evidence, more))?.state, what).toBe('open')
    }
  })

  test('a mark ends the ticket that stands on it: its owner may say so, and only what is normal counts as wrong', async () => {
    for (const [id, verdict, isWrong] of [
      ['o1', 'normal-here', true],
      ['o2', 'not-worth-it', false],
    ] as const) {
      await api.register(id)
      const alert = await detect(id, nuisance, { severity: 'critical' }, false)
      const ticket = await api.call<{ state: string; ownerLink: string }>('GET', `/api/tickets/${alert?.ticket}`)
      const page = `/api/t/${ticket.ownerLink.split('/t/')[1]}`
      const { may } = await api.asOwner<{ may: { mark: boolean } }>('GET', page)
      expect([ticket.state, may.mark]).toEqual(['offered', true])
      await api.asOwner('POST', `${page}/mark`, { verdict, why: 'the door is left open for the cat' })
      expect(await api.call('GET', `/api/tickets/${alert?.ticket}`)).toMatchObject({ state: 'cancelled' })
      expect((await see(alert?.id)).dismissed !== undefined).toBe(isWrong)
      expect((await see(alert?.id)).marked).toMatchObject({ by: 'owner', verdict })
    }
  })

  test('an alert may be made less of, and detection alone makes more of it', async () => {
    await api.register('d1')
    api.clock.advanceTo(api.clock.now() + DAY)
    const at = api.clock.now()
    const said = (seconds: number, severity: Detection['severity']): Detection => ({
      condition: `d1/x/${at}`,
      appliance: 'd1',
      kind: 'fridge',
      phase: 'confirmed',
      at: at + seconds * 1_000,
      firstSeenAt: at,
      offset: ++offset,
      hypotheses: [{ failureMode: 'door-seal-leak', probability: 0.5 }],
      severity,
      confidence: 0.9,
      evidence: nuisance(at),
      explanation: { engineer: { en: 'x', zh: 'x' }, owner: { en: 'x', zh: 'x' } },
      detector: 'test',
    })
    const apply = (detection: Detection) => api.database.transaction((tx) => api.alerts.apply(tx, [detection]))
    const [alert] = await apply(said(0, 'warning'))
    expect(
      (await api.ask('POST', `/api/alerts/${alert?.id}/downgrade`, { severity: 'warning', why: 'no' })).body.code,
    ).toBe('no-downgrade')
    await api.call('POST', `/api/alerts/${alert?.id}/downgrade`, { severity: 'info', why: 'it can wait' })
    await apply(said(1, 'warning'))
    expect(await see(alert?.id)).toMatchObject({ severity: 'info', downgraded: { from: 'warning', by: 'token' } })
    await apply(said(2, 'critical'))
    expect((await see(alert?.id)).severity).toBe('critical')
  })

  interface Seen {
    id: string
    until: number
    held: { id: string; state: string; appliance: string }[]
    ended?: { at: number; by?: string }
  }
  const begin = (appliance: string, hours: number, scope = 'appliance') =>
    api.call<Seen>('POST', `/api/appliances/${appliance}/maintenance`, {
      scope,
      until: api.clock.now() + hours * HOUR,
      why: 'the compressor is changed',
    })
  const maintenances = async (appliance: string) =>
    (await api.call<{ items: Seen[] }>('GET', `/api/maintenance?appliance=${appliance}`)).items
  const desk = async () => {
    const inbox = await api.call<{ items: { key: string; appliance?: string }[] }>('GET', '/api/inbox?limit=1000')
    return inbox.items.filter(({ key }) => key.startsWith('maintenance/'))
  }
  const passTime = () => api.database.transaction((tx) => api.alerts.tick(tx, api.clock.now()))

  test('while somebody works there nothing opens or disturbs; it ends by itself, is told of, and one tap lets it speak', async () => {
    await api.register('m1')
    await api.register('m-other', { model: 'M2' })
    const one = await begin('m1', 50)
    const held = await detect('m1', nuisance, { severity: 'critical' }, false)
    expect(held).toMatchObject({ state: 'pending', heldBack: [one.id] })
    expect(held?.ticket).toBeUndefined()
    expect(await told('m1')).toBe(0)
    expect((await detect('m-other', nuisance))?.state).toBe('open')
    expect(await maintenances('m1')).toMatchObject([{ id: one.id, held: [{ id: held?.id, state: 'pending' }] }])
    expect((await maintenances('m-other')).length).toBe(0)

    // Another program on the same database knows of it.
    const again = await openTestService(api.database)
    again.clock.advanceTo(api.clock.now())
    expect([again.maintenance.isUnder('m1'), again.maintenance.isUnder('m-other')]).toEqual([true, false])

    await passTime()
    expect(await desk()).toEqual([])
    api.clock.advanceTo(one.until)
    await passTime()
    await passTime()
    expect(api.maintenance.isUnder('m1')).toBe(false)
    expect((await desk()).map(({ key }) => key)).toEqual([`maintenance/${one.id}/ended`])
    const [over] = await maintenances('m1')
    expect(over?.ended).toEqual({ at: one.until })
    expect((await api.ask('POST', `/api/maintenance/${one.id}/end`)).body.code).toBe('maintenance-over')

    const spoken = await api.call<Alert>('POST', `/api/alerts/${held?.id}/speak`)
    expect(spoken).toMatchObject({ state: 'open', ticket: expect.any(String) })
    expect(await told('m1')).toBeGreaterThan(0)
    expect((await api.ask('POST', `/api/alerts/${held?.id}/speak`)).body.code).toBe('not-held')
    expect((await maintenances('m1'))[0]?.held).toEqual([])
  })

  test('a maintenance of a home or a model holds for all of it, is ended by hand, and what is still wrong then speaks by itself', async () => {
    await api.register('h1', { homeId: 'flat', model: 'M3' })
    await api.register('h2', { homeId: 'flat', model: 'M3' })
    await api.register('h3', { model: 'M3' })
    expect(
      (
        await api.ask('POST', '/api/appliances/h3/maintenance', {
          scope: 'home',
          until: api.clock.now() + HOUR,
          why: 'x',
        })
      ).body.code,
    ).toBe('no-home')
    for (const [scope, silent] of [
      ['home', ['h1', 'h2']],
      ['model', ['h1', 'h2', 'h3']],
    ] as const) {
      const one = await begin('h1', 29 * 24, scope)
      for (const id of ['h1', 'h2', 'h3']) {
        const state = (await detect(id, nuisance))?.state
        expect(`${scope} ${id} ${state}`).toBe(`${scope} ${id} ${silent.some((of) => of === id) ? 'pending' : 'open'}`)
      }
      const after = await api.call<Seen>('POST', `/api/maintenance/${one.id}/end`)
      expect(after.ended).toEqual({ at: api.clock.now(), by: 'token' })
      expect(after.held.map(({ appliance }) => appliance).sort()).toEqual(silent)
    }
    // What it held back is over by itself: nobody needs to be told.
    expect((await desk()).filter(({ appliance }) => appliance === 'h1')).toEqual([])
    expect((await detect('h2', nuisance))?.state).toBe('open')
  })

  test('what stood before gets its ticket afterwards, nobody is called for it meanwhile, and bad orders are refused', async () => {
    await api.register('s1')
    const info = await detect('s1', nuisance, { severity: 'info' }, false)
    expect(info).toMatchObject({ state: 'open' })
    const one = await begin('s1', 48)
    const worse = async () => {
      const at = api.clock.now()
      const condition = `s1/door-seal-leak/${info?.openedAt}`
      const said = { condition, at, phase: 'confirmed', appliance: 's1', kind: 'fridge', firstSeenAt: at } as const
      await api.database.transaction((tx) =>
        api.alerts.apply(tx, [
          {
            ...said,
            offset: ++offset,
            hypotheses: [{ failureMode: 'door-seal-leak', probability: 0.9 }],
            severity: 'critical',
            confidence: 0.9,
            evidence: nuisance(at),
            explanation: { engineer: { en: 'x', zh: 'x' }, owner: { en: 'x', zh: 'x' } },
            detector: 'test',
          },
        ]),
      )
    }
    api.clock.advanceTo(api.clock.now() + HOUR)
    await worse()
    expect(await see(info?.id)).toMatchObject({ severity: 'critical', state: 'open' })
    expect((await see(info?.id)).ticket).toBeUndefined()
    api.clock.advanceTo(api.clock.now() + 2 * HOUR)
    await passTime()
    expect((await see(info?.id)).ticket).toBeUndefined()
    await api.call('POST', `/api/maintenance/${one.id}/end`)
    api.clock.advanceTo(api.clock.now() + 2 * HOUR)
    await passTime()
    expect((await see(info?.id)).ticket).toEqual(expect.any(String))

    const path = '/api/appliances/s1/maintenance'
    const until = api.clock.now() + 31 * DAY
    expect((await api.ask('POST', path, { until, why: 'x' })).body.code).toBe('maintenance-too-long')
    expect((await api.ask('POST', path, { until: api.clock.now() + HOUR, why: ' ' })).status).toBe(400)
    expect((await api.ask('POST', '/api/appliances/nobody/maintenance', { until, why: 'x' })).status).toBe(404)
    expect((await api.ask('POST', '/api/maintenance/mt-none/end')).status).toBe(404)
  })
})
