import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Alert, DAY, HOUR, localDay, momentOf, type Slot } from '../../core/index.ts'
import type { Weighed } from '../../service/index.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, NOW, onBothDatabases } from './openTestService.ts'

interface TicketSeen {
  id: string
  priority: number
  weighed?: Weighed & { at: number }
  offeredSlots: Slot[]
}
/** A slow fault: half of such have failed after 40 days. */
const slow = { p10: 20 * 24, p50: 40 * 24, p90: 80 * 24 }

onBothDatabases('the decision to send somebody', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
  })
  afterAll(() => api.close())

  const offered = async (appliance: string, alert: Partial<Alert>): Promise<TicketSeen> => {
    await api.register(appliance)
    return api.call<TicketSeen>('GET', `/api/tickets/${(await api.ticketFor(alertOf(appliance, alert))).id}`)
  }

  test('stands on the ticket with its numbers; a slow fault is planned for days ahead, and wakes nobody', async () => {
    // Midnight where it stands, two hours ahead of UTC in summer.
    api.clock.advanceTo(NOW + 13 * HOUR)
    const ticket = await offered('slow', { remainingLife: slow })
    expect(ticket).toMatchObject({ priority: 3, weighed: { act: true, real: 0.9, cause: 0.8 } })
    expect(ticket.weighed?.withinHours).toBeGreaterThanOrEqual(7 * 24)
    expect(ticket.weighed?.cents.planned).toBeLessThan(ticket.weighed?.cents.soonest ?? 0)
    expect(ticket.offeredSlots.at(-1)?.from).toBeGreaterThan(api.clock.now() + 6 * DAY)
    const told = await api.notices('slow')
    expect(told.length).toBeGreaterThan(0)
    const morning = momentOf(localDay(NOW, 'Europe/Berlin') + 1, 8, 'Europe/Berlin')
    for (const { pushFrom } of told) expect(pushFrom).toBe(morning)
  })

  test('is at once, at night too, for what fails tomorrow', async () => {
    const ticket = await offered('soon', { severity: 'critical', remainingLife: { p10: 6, p50: 20, p90: 60 } })
    expect(ticket.priority).toBe(1)
    expect(ticket.weighed?.withinHours).toBeLessThanOrEqual(24)
    expect(ticket.offeredSlots[0]?.from).toBeLessThan(api.clock.now() + DAY)
    const told = await api.notices('soon')
    expect(told.length).toBeGreaterThan(0)
    for (const { pushFrom } of told) expect(pushFrom).toBeUndefined()
  })

  test('follows the policy’s rows: where a failure costs less than the way, nobody is sent', async () => {
    const alert = alertOf('slow', { remainingLife: slow })
    expect(api.desk.worthVisit(alert)).toBe(true)
    await api.policies.change(
      { rule: 'cost', value: { ...api.policy.cost, failureCents: 4_000 } },
      'test',
      'cheap appliances',
    )
    expect(api.desk.worthVisit(alert)).toBe(false)
    expect(api.desk.weigh(alert).cents.never).toBeLessThan(api.desk.weigh(alert).cents.planned)
  })
})
