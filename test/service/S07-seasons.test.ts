// S07: season, safety test and birthday: each selects its appliances by a rule, speaks once a season, and honours a no.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '../../core/index.ts'
import { campaignSchema, campaignTemplates } from '../../service/index.ts'
import { NOW, onBothDatabases } from '../desk/openTestService.ts'
import { type CampaignTest, openCampaignTest } from './openCampaignTest.ts'

const template = (id: string) => campaignTemplates.find((one) => one.id === id)?.campaign ?? {}

onBothDatabases('S07 campaigns by season', (open) => {
  let world: CampaignTest
  let close: () => Promise<void>
  beforeAll(async () => {
    const opened = await open()
    ;({ close } = opened)
    world = await openCampaignTest(opened.database)
    // A Monday in June; 9 o'clock UTC.
    await world.register('old', { installedAt: NOW - 6 * 366 * DAY })
    await world.register('new', { installedAt: NOW - 200 * DAY })
    await world.register('cool', { kind: 'ac', model: 'A' })
  })
  afterAll(() => close())

  test('S07 the safety test is told to owners of older appliances, once a year', async () => {
    await world.begin('safety', { ...template('safety-test'), controlShare: 0 })
    expect(await world.round('safety')).toBe(1)
    world.clock.advanceTo(NOW + 60 * DAY)
    expect(await world.round('safety')).toBe(0)
    expect(await world.told('new')).toEqual([])
    world.clock.advanceTo(NOW + 370 * DAY)
    expect(await world.round('safety')).toBe(1)
    expect(await world.told('old')).toHaveLength(2)
  })

  test('S07 before the summer only air conditioners are spoken of, only to who agreed, and a no is kept', async () => {
    await world.begin('summer', { ...template('summer'), controlShare: 0 })
    world.clock.advanceTo(Date.UTC(2028, 3, 10, 10))
    expect(await world.round('summer')).toBe(0)
    for (const id of ['old', 'cool']) await world.agree(id, 'care-tips', true)
    expect(await world.round('summer')).toBe(1)
    expect(await world.told('cool')).toHaveLength(1)
    await world.agree('cool', 'care-tips', false)
    world.clock.advanceTo(Date.UTC(2029, 4, 10, 10))
    expect(await world.round('summer')).toBe(0)
  })

  test('H of two who move a campaign at once one is told so: what ended stays ended; a torn row keeps nobody from the others', async () => {
    const { campaigns, database } = world
    for (const id of ['both', 'torn']) await world.begin(id, template('summer'))
    await campaigns.move('both', 'pause', 'user:mia')
    const moved = await Promise.allSettled([
      campaigns.move('both', 'end', 'user:mia'),
      campaigns.move('both', 'start', 'user:noa'),
    ])
    expect(moved.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await database.transaction((tx) =>
      tx.updateTable('campaign').set({ body: '{"' }).where('id', '=', 'torn').execute(),
    )
    const ids = (all: { id: string }[]) => all.map(({ id }) => id)
    expect(ids(await campaigns.list())).toContain('both')
    expect(ids(await campaigns.running())).not.toContain('torn')
    await expect(campaigns.get('torn')).rejects.toMatchObject({ code: 'row-unreadable' })
    await campaigns.move('torn', 'end', 'user:mia').catch(() => undefined)
    for (const { from, to } of [
      { from: 5, to: undefined },
      { from: undefined, to: 9e15 },
    ])
      expect(campaignSchema.safeParse({ ...template('summer'), from, to }).success).toBe(false)
  })

  test('S07 a birthday comes once a year, on its day, and not in the year of the purchase', async () => {
    const born = Date.UTC(2028, 8, 20, 12)
    await world.register('born', { installedAt: born })
    await world.begin('birthday', { ...template('birthday'), controlShare: 0 })
    await world.agree('born', 'greetings', true)
    for (const [at, told] of [
      [born + DAY, 0],
      [Date.UTC(2029, 8, 19, 10), 0],
      [Date.UTC(2029, 8, 20, 10), 1],
      [Date.UTC(2029, 8, 21, 10), 0],
      [Date.UTC(2030, 8, 20, 10), 1],
    ] as const) {
      world.clock.advanceTo(Math.max(at, world.clock.now()))
      expect(await world.round('birthday'), String(new Date(at))).toBe(told)
    }
  })
})
