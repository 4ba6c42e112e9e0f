import { type Announcer, type PersonRef, pseudonymOf, type UnitOfWork } from '../../core/index.ts'
import type { Purpose } from '../privacy/consents.ts'
import { noticeKey } from './campaignBook.ts'

/** What campaigns have on its way to somebody for this purpose is not sent: they have just said no. */
export const stopCampaigns =
  (announcer: Pick<Announcer, 'withdraw'>) =>
  async (tx: UnitOfWork, person: PersonRef, purpose: Purpose): Promise<void> => {
    const sent = await tx
      .selectFrom('campaignSend')
      .select(['campaign', 'appliance', 'season'])
      .where('person', '=', pseudonymOf(person))
      .where('purpose', '=', purpose)
      .where('control', '=', 0)
      .execute()
    const keys = sent.map(({ campaign, appliance, season }) => noticeKey(campaign, appliance, season))
    await announcer.withdraw(tx, keys)
  }
