// S68: trade-in by age and health; who said no to offers hears nothing of it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '../../core/index.ts'
import { campaignTemplates } from '../../service/index.ts'
import { NOW, onBothDatabases } from '../desk/openTestService.ts'
import { type CampaignTest, openCampaignTest } from './openCampaignTest.ts'

const YEAR = 365.25 * DAY

onBothDatabases('S68 trade-in', (open) => {
  let world: CampaignTest
  let close: () => Promise<void>
  beforeAll(async () => {
    const opened = await open()
    ;({ close } = opened)
    world = await openCampaignTest(opened.database)
  })
  afterAll(() => close())

  test('S68 the old and weary are selected, a no is honoured, and what was withdrawn in between is not sent', async () => {
    const made: [string, number, number | undefined, boolean | undefined][] = [
      ['weary', 6, 40, true],
      ['young', 2, 40, true],
      ['sound', 8, 95, true],
      ['unknown', 8, undefined, true],
      ['silent', 8, 30, undefined],
      ['refused', 8, 30, false],
    ]
    for (const [id, years, health, offers] of made) {
      await world.register(id, { installedAt: NOW - years * YEAR })
      if (health !== undefined) world.health.set(id, health)
      if (offers !== undefined) await world.agree(id, 'offers', offers)
    }
    const template = campaignTemplates.find(({ id }) => id === 'trade-in')?.campaign
    await world.begin('trade', { ...template, controlShare: 0 })
    // At night: it waits for the morning.
    world.clock.advanceTo(NOW + 14 * 3_600_000)
    expect(await world.round('trade')).toBe(1)
    for (const [id] of made) expect(await world.told(id), id).toHaveLength(id === 'weary' ? 1 : 0)
    const waiting = async () =>
      (await world.database.query.selectFrom('deferredJob').select('key').execute()).filter(({ key }) =>
        key.startsWith('campaign/'),
      )
    expect(await waiting()).toHaveLength(1)
    await world.agree('weary', 'offers', false)
    expect(await waiting()).toEqual([])
  })
})
