import { alertRecords, openAlerts, openAnnouncer } from '../alerts/index.ts'
import type { Catalog } from '../catalog/index.ts'
import { type Clock, type Database, wallClock } from '../core/index.ts'
import {
  openCommands,
  openOwnerLinks,
  openPolicies,
  openRegistry,
  openTicketService,
  type Policy,
} from '../service/index.ts'
import { catalogNames, renderWith } from '../words/index.ts'

/** The registry, the desk, and the alerts that ask it for tickets: what changes together, in the same transactions. */
export async function openService(options: {
  database: Database
  catalog: Catalog
  /** The world's. */
  clock: Clock
  publicUrl: string
  /** Is there somebody to call at every notice? */
  webhook: boolean
  /** Keys the hashes of the devices' secrets. */
  secretKey: Uint8Array
  /** Keys the owners' links. */
  linkKey: string
  /** Are browsers told? Default: yes. */
  push?: boolean
  /** What differs from the policy as shipped. */
  rules?: Partial<Policy>
}) {
  const { database, catalog, clock, publicUrl } = options
  const render = renderWith(catalogNames(catalog))
  const announcer = openAnnouncer({ publicUrl, webhook: options.webhook, push: options.push ?? true })
  const links = await openOwnerLinks(database, options.linkKey)
  const [registry, policies, commands] = await Promise.all([
    openRegistry({
      database,
      catalog,
      clock,
      wall: wallClock,
      secretKey: options.secretKey,
      ownerLeft: (tx, appliance, owner) => desk.ownerLeft(tx, appliance, owner),
      retired: (tx, appliance) => desk.retired(tx, appliance),
      renewLinks: (tx, appliance) => links.renew(tx, appliance),
    }),
    openPolicies(database, clock, options.rules),
    openCommands(database, clock),
  ])
  const policy = policies.live
  const desk = openTicketService({
    alerts: alertRecords,
    commands,
    links,
    database,
    catalog,
    policy,
    policies,
    clock,
    announcer,
    appliance: registry.get,
    publicUrl: () => publicUrl,
    render,
    alertsEnded: (tx, ticket, at) => alerts.ticketEnded(tx, ticket, at),
  })
  const alerts = openAlerts({
    database,
    desk,
    clock,
    catalog,
    announcer,
    render,
    fleet: registry.cohorts,
    cohortRules: () => policy.cohorts,
  })
  return { announcer, links, registry, policies, policy, commands, desk, alerts }
}
export type Service = Awaited<ReturnType<typeof openService>>
