// What the desk knows of somebody goes when their appliance goes to somebody else.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alertOf, onBothDatabases, openTestService, type TestService } from './openTestService.ts'

onBothDatabases('a former owner', (open) => {
  let service: TestService
  let close: () => Promise<void>
  beforeAll(async () => {
    const opened = await open()
    close = opened.close
    service = await openTestService(opened.database)
  }, 300_000)
  afterAll(() => close())

  test('is in no note of an alert, and no task of an ended ticket names the new owner', async () => {
    const { alerts, desk, registry } = service
    await service.register('f1')
    const alert = alertOf('f1')
    const { id } = await service.alertWithTicket(alert)
    await alerts.note(alert.id, 'user:vera', 'Ann is away until May')
    expect((await desk.people([id])).get(id)).toMatchObject({ appliance: 'f1', owner: { name: 'Ann' } })
    await desk.cancel(id, 'user:vera', 'a mistake')
    await registry.transfer('f1', { owner: { name: 'Bob', contact: 'b@example.invalid', language: 'zh' } })
    expect(await alerts.get(alert.id)).toMatchObject({ appliance: 'f1', evidence: [] })
    expect((await alerts.get(alert.id)).notes).toBeUndefined()
    expect((await desk.people([id])).get(id)).toMatchObject({ appliance: 'f1', state: 'cancelled' })
    expect((await desk.people([id])).get(id)?.owner).toBeUndefined()
  })
})
