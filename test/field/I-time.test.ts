// FIELD I: times as people mean them: zones, summer time, working days, what may be promised and what is.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR, localDay, localHour, MINUTE, momentOf, type Registration, type Slot } from '../../core/index.ts'
import { openTestApi, type TestApi } from '../desk/openTestApi.ts'
import { onBothDatabases } from '../desk/openTestService.ts'

interface Seen {
  id: string
  state: string
  ownerLink: string
  offeredSlots: Slot[]
  slot?: Slot
  timeZone: string
  engineer?: string
  clocks: { name: string; dueAt: number; doneAt?: number }[]
}
const berlin = { lat: 52.52, lon: 13.4 }
const places: [string, Partial<Registration>, string][] = [
  ['Berlin', { location: berlin }, 'Europe/Berlin'],
  ['Urumqi, on its official time', { location: { lat: 43.83, lon: 87.62 } }, 'Asia/Shanghai'],
  ['Delhi, half an hour off', { location: { lat: 28.61, lon: 77.21 } }, 'Asia/Kolkata'],
  ['Kathmandu, a quarter of an hour off', { location: { lat: 27.7, lon: 85.32 } }, 'Asia/Kathmandu'],
  ['Madrid, far from its meridian', { location: { lat: 40.42, lon: -3.7 } }, 'Europe/Madrid'],
  ['Shanghai by its registered zone, without a place', { timeZone: 'Asia/Shanghai' }, 'Asia/Shanghai'],
  ['no place at all: the policy’s zone', {}, 'America/New_York'],
]

onBothDatabases('time and promises', (open) => {
  let api: TestApi
  let count = 0
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    await api.policies.change({ rule: 'timeZone', value: 'America/New_York' }, 'test', 'where the desk is')
  })
  afterAll(() => api.close())

  /** An appliance of its own, and the ticket of a report on it. */
  async function reported(more: Partial<Registration> = {}): Promise<Seen> {
    const id = `time-${count++}`
    await api.register(id, { location: undefined, ...more })
    return api.call<Seen>('POST', `/api/appliances/${id}/report`, {
      text: 'it is warm',
      failureMode: 'compressor-wear',
    })
  }
  const again = (ticket: Seen): Promise<Seen> => api.call<Seen>('GET', `/api/tickets/${ticket.id}`)
  const due = (ticket: Seen, name: string): number => ticket.clocks.find((clock) => clock.name === name)?.dueAt ?? NaN
  const asOwner = (ticket: Seen, call: string, body?: unknown) =>
    api.ask('POST', `/api/t/${ticket.ownerLink.split('/t/')[1]}/${call}`, body, { authorization: '' })
  const view = (ticket: Seen) =>
    api.asOwner<{ slots: Slot[]; slot?: Slot; timeZone: string; price: { currency: string } }>(
      'GET',
      `/api/t/${ticket.ownerLink.split('/t/')[1]}`,
    )

  test.each(places)('I %s: times offered are the hours of its own clocks', async (_, more, zone) => {
    const ticket = await reported(more)
    expect(ticket.timeZone).toBe(zone)
    const { slots, timeZone } = await view(ticket)
    expect(timeZone).toBe(zone)
    expect(slots.length).toBeGreaterThan(2)
    const [first, last] = api.policy.shiftHours
    for (const { from, to } of slots) {
      expect(localHour(from, zone)).toBeGreaterThanOrEqual(first)
      expect(localHour(to, zone)).toBeLessThanOrEqual(last)
    }
    expect(slots.some(({ from }) => localHour(from, zone) === 9)).toBe(true)
  })

  test('I what is written to an owner names the zone', async () => {
    const ticket = await reported({
      location: { lat: 31.23, lon: 121.47 },
      owner: { name: '王', contact: 'w@example.org', language: 'zh' },
    })
    const told = (await api.notices(`time-${count - 1}`)).find(({ to }) => to.role === 'owner')
    expect(told?.body.en).toMatch(/GMT\+8/)
    expect(told?.body.zh).toMatch(/中国标准时间/)
    expect((await view(ticket)).price.currency).toBe('CNY')
  })

  test('I over a change of the clocks nine stays nine, and nobody comes on Sundays and holidays', async () => {
    const zone = 'Europe/Berlin'
    // Friday before the clocks go back, and before the first of May.
    for (const friday of [Date.UTC(2026, 9, 23, 16), Date.UTC(2027, 3, 30, 16)]) {
      api.clock.advanceTo(friday)
      const { slots } = await view(await reported({ location: berlin }))
      for (const { from } of slots) {
        const day = new Date(localDay(from, zone) * DAY)
        expect(day.getUTCDay()).not.toBe(0)
        expect(day.toISOString().slice(5, 10)).not.toBe('05-01')
        expect([9, 11, 14, 16]).toContain(localHour(from, zone))
      }
    }
  })

  test('I in China a holiday week is off, and the Saturday that makes up for it is worked', async () => {
    const zone = 'Asia/Shanghai'
    const dayOf = (text: string) => Math.floor(Date.parse(text) / DAY)
    await api.policies.change({ rule: 'workdays', scope: 'region:CN', value: [1, 2, 3, 4, 5] }, 'test', 'as offices do')
    // What no table announces yet the desk adds by hand.
    await api.policies.change(
      {
        rule: 'holidays',
        scope: 'region:CN',
        value: { region: null, daysOff: ['2027-05-03', '2027-05-04', '2027-05-05'], extraWorkdays: ['2027-05-08'] },
      },
      'test',
      'announced',
    )
    const ticket = await reported({ timeZone: zone })
    const days = new Set((await view(ticket)).slots.map(({ from }) => localDay(from, zone)))
    for (const off of ['2027-05-01', '2027-05-02', '2027-05-03', '2027-05-04', '2027-05-05'])
      expect(days.has(dayOf(off)), off).toBe(false)
    const slot = { from: momentOf(dayOf('2027-05-08'), 9, zone), to: momentOf(dayOf('2027-05-08'), 11, zone) }
    expect((await asOwner(ticket, 'move', { slot })).status).toBe(200)
  })

  const badSlots: [string, (now: number) => Slot, string][] = [
    ['at three in the morning', (now) => at(now + 2 * DAY, 3), 'slot-outside-hours'],
    ['on a Sunday', () => at(Date.UTC(2027, 4, 9), 9), 'slot-outside-hours'],
    ['one minute from now', (now) => ({ from: now + MINUTE, to: now + HOUR }), 'slot-too-soon'],
    [
      'of a millisecond',
      (now) => ({ from: at(now + 2 * DAY, 9).from, to: at(now + 2 * DAY, 9).from + 1 }),
      'slot-too-short',
    ],
    ['in half a year', (now) => at(now + 180 * DAY, 9), 'slot-too-far'],
  ]
  const at = (day: number, hour: number): Slot => {
    const from = momentOf(localDay(day, 'Europe/Berlin'), hour, 'Europe/Berlin')
    return { from, to: from + 2 * HOUR }
  }
  test('I an owner books no time at which nobody works, and the promise does not move', async () => {
    api.clock.advanceTo(Date.UTC(2027, 4, 4, 7))
    const ticket = await reported({ location: berlin })
    for (const [what, make, code] of badSlots) {
      const { status, body } = await asOwner(ticket, 'move', { slot: make(api.clock.now()) })
      expect([status, body.code], what).toEqual([409, code])
    }
    expect(due(await again(ticket), 'on-site')).toBe(due(ticket, 'on-site'))
  })

  test('I two owners do not get the same hour of the only engineer', async () => {
    const location = { lat: 52.5, lon: 13.41 }
    const skills = ['sealed-system', 'cooling', 'electrical', 'general']
    await api.call('POST', '/api/engineers', { id: 'only', name: 'Eva', location, grade: 'A+', skills })
    const one = await reported({ location: berlin })
    const two = await reported({ location: berlin })
    const day = localDay(Date.UTC(2027, 4, 11), 'Europe/Berlin')
    const hour = { from: momentOf(day, 10, 'Europe/Berlin'), to: momentOf(day, 11, 'Europe/Berlin') }
    expect((await asOwner(one, 'move', { slot: hour })).status).toBe(200)
    const { status, body } = await asOwner(two, 'move', { slot: hour })
    expect([status, body.code]).toEqual([409, 'slot-taken'])
    expect((await view(two)).slots.some(({ from, to }) => from < hour.to && to > hour.from && to - from <= HOUR)).toBe(
      false,
    )
  })

  test('I the promise on site is the rule’s: two hours in a van’s zone, twelve for VIP, a day for everyone', async () => {
    const munich = { lat: 48.14, lon: 11.58 }
    await api.policies.change(
      { rule: 'zones', value: [{ id: 'van', text: { en: 'Van', zh: '车' }, around: munich, withinKm: 20 }] },
      'test',
      'a van',
    )
    api.clock.advanceTo(Date.UTC(2027, 4, 11, 7))
    const now = api.clock.now()
    const owner = { name: 'V', contact: 'v@example.org', language: 'en', segment: 'vip' } as const
    const asked: [number, Partial<Registration>][] = [
      [2, { location: munich }],
      [12, { location: { lat: 48.9, lon: 9.2 }, owner }],
      [24, { location: { lat: 48.9, lon: 9.2 } }],
    ]
    for (const [hours, more] of asked) {
      const ticket = await reported(more)
      expect(due(ticket, 'on-site') - now, `${hours} h`).toBe(hours * HOUR)
      expect(ticket.slot?.to).toBeLessThanOrEqual(now + hours * HOUR)
      expect((await view(ticket)).slots[0]?.to).toBeLessThanOrEqual(now + hours * HOUR)
    }
    // Saturday night: what cannot be kept is not promised.
    api.clock.advanceTo(Date.UTC(2027, 4, 15, 20))
    const late = await reported({ location: { lat: 48.9, lon: 9.2 } })
    expect(late.slot && localHour(late.slot.from, 'Europe/Berlin')).toBe(9)
    expect(due(late, 'on-site')).toBe(late.slot?.to)
  })
})
