import { alertRecords } from '../../alerts/index.ts'
import { type Database, type Notice, personOf, type Registration } from '../../core/index.ts'
import {
  campaignSchema,
  openCampaigns,
  openConsents,
  type purposes,
  type Shown,
  stopCampaigns,
} from '../../service/index.ts'
import { openTestService } from '../desk/openTestService.ts'

export type Purpose = (typeof purposes)[number]

/** Campaigns on the product's own service and a clock that tests move. */
export async function openCampaignTest(database: Database) {
  const given = await openTestService(database)
  const { announcer, clock, policies, registry } = given
  const health = new Map<string, number>()
  const open = () =>
    openCampaigns({
      database,
      clock,
      policies,
      announcer,
      alerts: alertRecords,
      appliances: registry.all,
      appliance: registry.get,
      health: (id) => health.get(id),
    })
  const consents = openConsents(database, clock, stopCampaigns(announcer))
  const ownerOf = (id: string): Registration['owner'] => ({ name: id, contact: `${id}@example.org`, language: 'en' })
  return {
    ...given,
    health,
    consents,
    campaigns: open(),
    register: (id: string, more: Partial<Registration> = {}) => given.register(id, { owner: ownerOf(id), ...more }),
    agree: (id: string, purpose: Purpose, given: boolean) =>
      consents.say(personOf(id, registry.get(id).owner), { appliance: id, purpose, given, by: 'owner' }),
    begin: async (id: string, campaign: object) => {
      const book = open()
      await book.write(id, campaignSchema.parse({ controlShare: 0, ...campaign }), 'user:mia')
      await book.move(id, 'start', 'user:mia')
    },
    /** A round of each of two programs that were started one after the other. */
    async round(id: string, shown: Shown = new Map()): Promise<number> {
      let told = 0
      for (const book of [open(), open()])
        told += await database.transaction((tx) => book.send(tx, id, book.appliances(), shown))
      return told
    },
    /** What the owner of an appliance was told by campaigns. */
    told: async (id: string): Promise<Notice[]> =>
      (await given.notices(id)).filter(({ key, to }) => key.startsWith('campaign/') && to.role === 'owner'),
  }
}
export type CampaignTest = Awaited<ReturnType<typeof openCampaignTest>>
