import { type Appliance, type Clock, type Database, HOUR, isInService, type TelemetryStore } from '../../core/index.ts'
import type { CampaignBook, Shown } from '../../service/index.ts'
import { repeatRounds } from './repeatRounds.ts'
import { shownOf } from './shownOf.ts'

/** So often, by the world's clock, campaigns look whom they reach. */
const EVERY_MS = 6 * HOUR
/** So many are told in one transaction: a consent that is withdrawn stops what comes after. */
const AT_ONCE = 25
const NOTHING_SHOWN: Shown = new Map()

interface CampaignRoundOptions {
  campaigns: CampaignBook
  store: Pick<TelemetryStore, 'found'>
  database: Database
  clock: Clock
  appliances: () => readonly Appliance[]
}
interface CampaignLoopOptions extends CampaignRoundOptions {
  onRetryableError: (what: string, error: unknown) => void
}

/**
 * Sends what campaigns that run have to say, a few at a time; what was said is kept, so a restart says nothing twice.
 * @returns one look, which does nothing where it is not yet time for one
 */
export function campaignRounds({ campaigns, store, database, clock, appliances }: CampaignRoundOptions) {
  let lookedAt = Number.NEGATIVE_INFINITY
  let knew = ''
  return async (isClosed: () => boolean = () => false): Promise<void> => {
    const now = clock.now()
    const all = await campaigns.running()
    const which = all.map(({ id }) => id).join()
    // One that was started a moment ago does not wait for the next round.
    if (now - lookedAt < EVERY_MS && which === knew) return
    for (const { id, campaign } of all) {
      const { tip } = campaign
      const shown = tip ? await shownOf(store, appliances().filter(isInService), tip, now) : NOTHING_SHOWN
      // Of a tip only those are looked at of whom something can be shown.
      const ids = tip ? campaigns.appliances().filter((one) => shown.has(one)) : campaigns.appliances()
      for (let i = 0; i < ids.length && !isClosed(); i += AT_ONCE)
        await database.transaction((tx) => campaigns.send(tx, id, ids.slice(i, i + AT_ONCE), shown))
    }
    lookedAt = now
    knew = which
  }
}

/** Looks again and again. */
export const openCampaignLoop = ({ onRetryableError, ...options }: CampaignLoopOptions) =>
  repeatRounds(campaignRounds(options), (error) => onRetryableError('campaigns', error))
