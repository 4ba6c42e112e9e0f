// S69: greetings are off until somebody wants them, and apart from what belongs to the service.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { campaignTemplates } from '../../service/index.ts'
import { onBothDatabases } from '../desk/openTestService.ts'
import { type CampaignTest, openCampaignTest } from './openCampaignTest.ts'

onBothDatabases('S69 greetings', (open) => {
  let world: CampaignTest
  let close: () => Promise<void>
  beforeAll(async () => {
    const opened = await open()
    ;({ close } = opened)
    world = await openCampaignTest(opened.database)
  })
  afterAll(() => close())

  test('S69 who never said anything gets none; who wants them gets them without service messages, and the other way round', async () => {
    for (const id of ['asked', 'never', 'both']) await world.register(id)
    await world.agree('asked', 'greetings', true)
    await world.agree('asked', 'service-messages', false)
    await world.agree('both', 'greetings', true)
    world.clock.advanceTo(Date.UTC(2027, 0, 1, 10))
    const greeting = campaignTemplates.find(({ id }) => id === 'new-year')?.campaign
    await world.begin('new-year', { ...greeting, controlShare: 0 })
    expect(await world.round('new-year')).toBe(2)
    expect(await world.told('never')).toEqual([])
    await world.begin('service', {
      ...greeting,
      segment: {},
      purpose: 'service-messages',
      season: 'once',
    })
    expect(await world.round('service')).toBe(2)
    const by = async (id: string) => (await world.told(id)).map(({ key }) => key.split('/')[1]).sort()
    expect(await by('asked')).toEqual(['new-year'])
    expect(await by('never')).toEqual(['service'])
    expect(await by('both')).toEqual(['new-year', 'service'])
    const { now } = await world.consents.of(encodeURIComponent('contact never@example.org'))
    expect(now.find(({ purpose }) => purpose === 'greetings')).toMatchObject({ given: false })
  })
})
