import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR } from '../../core/index.ts'
import { onBothDatabases, openTestService, type TestService } from '../../test/desk/openTestService.ts'

onBothDatabases('commands', (open) => {
  let desk: TestService
  let close: () => Promise<void>
  beforeAll(async () => {
    const opened = await open()
    close = opened.close
    desk = await openTestService(opened.database)
  })
  afterAll(() => close())

  test('of an appliance that retires fail, and who registers it again hears none of them', async () => {
    await desk.register('c1')
    const command = { appliance: 'c1', type: 'restart', params: {}, by: 'token' }
    const { id } = await desk.commands.send({ ...command, expiresInSeconds: HOUR / 1_000 })
    expect(desk.commands.waiting('c1').map((one) => one.id)).toEqual([id])
    await desk.registry.retire('c1')
    expect(await desk.commands.get(id)).toMatchObject({ state: 'failed', detail: 'the appliance was retired' })
    await desk.register('c1')
    expect(desk.commands.waiting('c1')).toEqual([])
  })
})
