import { join } from 'node:path'
import type { MailFile, OwnersLink } from '../../alerts/index.ts'
import { ticketIdSchema, type World, wallClock } from '../../core/index.ts'
import type { ApiContext } from '../../dashboards/index.ts'
import {
  openAccountHomes,
  openClaims,
  openConsents,
  openErasures,
  openShares,
  stopCampaigns,
} from '../../service/index.ts'
import type { Ingress } from '../openIngress.ts'
import { eraseOutside } from './eraseOutside.ts'

/** What owners decide of their data. */
export function ownersRights(
  installationDir: string,
  world: World,
  { announcer, database, links, personKeys, registry, secretKey }: Ingress,
  mails: MailFile | undefined,
  accounts: ApiContext['accounts'],
): Pick<ApiContext, 'links' | 'consents' | 'shares' | 'erasures' | 'claims' | 'homes'> {
  return {
    links,
    homes: openAccountHomes(database, registry, wallClock),
    claims: openClaims(database, registry, wallClock, secretKey),
    consents: openConsents(database, wallClock, stopCampaigns(announcer)),
    shares: openShares(database, links, wallClock),
    erasures: openErasures({
      database,
      clock: wallClock,
      registry,
      outside: eraseOutside(join(installationDir, 'backups'), world, personKeys, mails, accounts),
    }),
  }
}

/** The link that goes into a mail when it leaves: to a ticket's page, or (`p/ID`) to the page of an appliance's owner. */
export function ownersLink({ desk, links, publicUrl, registry }: Ingress): OwnersLink {
  return async (page, contact) => {
    if (page.startsWith('p/')) {
      const { id, owner } = registry.get(page.slice(2))
      return owner?.contact === contact ? publicUrl + links.path('p', id, id) : null
    }
    const { owner, ownerLink } = await desk.get(ticketIdSchema.parse(page))
    return owner?.contact === contact ? ownerLink : null
  }
}
