// Campaigns over 10,000 owners drawn at random: caps and consent are never broken, nobody of a control group is told.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR, personOf, SeededRandom } from '../../core/index.ts'
import { openSqliteFile } from '../../database/index.ts'
import { migrations } from '../../workers/start/startDatabase.ts'
import { NOW } from '../desk/openTestService.ts'
import { type CampaignTest, openCampaignTest, type Purpose } from './openCampaignTest.ts'

const OWNERS = 10_000
const SEED = Number(process.env.SEED ?? 7)
const kinds: Purpose[] = ['service-messages', 'care-tips', 'offers', 'greetings']

let dir: string
let world: CampaignTest
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hearthwatch-campaigns-'))
  world = await openCampaignTest(await openSqliteFile(join(dir, 'desk.db'), migrations))
}, 60_000)
afterAll(async () => {
  await world.database.close()
  await rm(dir, { recursive: true })
})

test(`caps, consent and control groups hold for ${OWNERS} owners (seed ${SEED})`, { timeout: 600_000 }, async () => {
  const random = new SeededRandom(SEED, 'owners')
  const { registry, consents, clock, database } = world
  const ids = Array.from({ length: OWNERS }, (_, i) => `a${i}`)
  // Some own several.
  const contactOf = (i: number): string => `o${random.next() < 0.15 ? Math.floor(i / 2) : i}@example.org`
  await registry.register(
    ids.map((id, i) => ({
      id,
      kind: 'fridge',
      model: 'M',
      owner: { name: 'O', contact: contactOf(i), language: 'en' as const },
    })),
  )
  const person = (id: string) => personOf(id, registry.get(id).owner)
  const agreed = new Map<string, boolean>()
  const say = async (id: string, purpose: Purpose, given: boolean): Promise<void> => {
    await consents.say(person(id), { appliance: id, purpose, given, by: 'owner' })
    agreed.set(`${person(id)} ${purpose}`, given)
  }
  for (const id of ids)
    if (random.next() < 0.35) await say(id, kinds[Math.floor(random.next() * 4)] ?? 'offers', random.next() < 0.75)
  const campaigns = [...kinds, 'offers' as const].map((purpose, k) => ({ name: `c${k}`, purpose }))
  const text = { en: 'x', zh: 'x' }
  for (const { name, purpose } of campaigns)
    await world.begin(name, {
      name: text,
      purpose,
      segment: {},
      season: 'season',
      title: text,
      body: text,
      controlShare: 0.2,
    })

  const { mostPerOwner, withinDays } = world.policy.outreach
  const sent: { person: string; at: number }[] = []
  const groups = new Map<string, 'told' | 'control'>()
  let [seen, withdrawn] = [0, 0]
  for (const [round, days] of [0, 40, 95].entries()) {
    clock.advanceTo(NOW + days * DAY + HOUR)
    for (const { name, purpose } of campaigns)
      for (let i = 0; i < ids.length; i += 500) {
        const some = ids.slice(i, i + 500)
        // In the middle of a send somebody takes back what they said.
        if (random.next() < 0.3) {
          await say(some[Math.floor(random.next() * 500)] ?? 'a0', purpose, false)
          withdrawn++
        }
        await database.transaction((tx) => world.campaigns.send(tx, name, some, new Map()))
        const rows = await database.query
          .selectFrom('campaignSend')
          .select(['appliance', 'control'])
          .where('campaign', '=', name)
          .where('at', '=', clock.now())
          .where('appliance', 'in', some)
          .execute()
        for (const { appliance, control } of rows) {
          seen++
          const who = person(appliance)
          const isAgreed = agreed.get(`${who} ${purpose}`) ?? purpose === 'service-messages'
          expect(isAgreed, `${name} ${appliance} round ${round}`).toBe(true)
          const group = control === 1 ? 'control' : 'told'
          expect(groups.get(`${name} ${who}`) ?? group, `${name} ${appliance}`).toBe(group)
          groups.set(`${name} ${who}`, group)
          if (control === 0) sent.push({ person: who, at: clock.now() })
        }
      }
  }
  const byPerson = Map.groupBy(sent, (one) => one.person)
  for (const [who, all] of byPerson)
    for (const { at } of all)
      expect(all.filter((one) => one.at <= at && one.at > at - withinDays * DAY).length, who).toBeLessThanOrEqual(
        mostPerOwner,
      )
  const notices = await database.query.selectFrom('notice').select('key').where('key', 'like', 'campaign/%').execute()
  expect(notices).toHaveLength(sent.length)
  expect(seen).toBeGreaterThan(5_000)
  expect(withdrawn).toBeGreaterThan(30)
  expect([...groups.values()].filter((group) => group === 'control').length).toBeGreaterThan(1_000)
})
