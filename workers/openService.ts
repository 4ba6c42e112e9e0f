import {
  alertRecords,
  type ChannelBook,
  type Deliveries,
  forgetNotes,
  type MaintenanceBook,
  openAlerts,
  openAnnouncer,
  openDeliveries,
  openMaintenance,
} from '../alerts/index.ts'
import type { Catalog } from '../catalog/index.ts'
import {
  type Clock,
  type Database,
  mailAddressOf,
  type OwnerTold,
  type OwnerWay,
  ticketIdSchema,
  wallClock,
} from '../core/index.ts'
import { forgetMapped, isMappedSource } from '../mapping/index.ts'
import {
  type Escalations,
  forgetShares,
  noteRequest,
  openCommands,
  openEscalations,
  openOnCallBook,
  openOwnerLinks,
  openPolicies,
  openRegistry,
  openTicketService,
  type Policy,
  policyName,
  type Registry,
  type TicketService,
  wasCarriedOut,
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
  /** Who carries messages and tells what became of them; absent: nobody, and what is sent has arrived. */
  carried?: { book: ChannelBook; wall: Clock; mails: boolean }
  /** What people's time is told by; default: the machine's. */
  wall?: Clock
  /** What differs from the policy as shipped. */
  rules?: Partial<Policy>
  /** Whose it is, where it is not the first organisation's; and where all of them ask for ids. */
  organisation?: string | undefined
  reserve?: ((ids: readonly string[]) => () => void) | undefined
}) {
  const { database, catalog, clock, publicUrl, carried } = options
  const named = catalogNames(catalog)
  const render = renderWith((id) => named(id) ?? policyName(policies.live, id))
  const carries = carriesOf(carried?.book)
  const announcer = openAnnouncer({
    publicUrl,
    webhook: options.webhook,
    push: options.push ?? true,
    robots: () => carried?.book.robots() ?? [],
    ownerWays: () => policies.live.ownerWays,
    carries,
  })
  const links = await openOwnerLinks(database, options.linkKey, options.organisation)
  const policies = await openPolicies(database, clock, options.rules)
  const [registry, commands] = await Promise.all([
    openRegistry({
      database,
      catalog,
      clock,
      wall: options.wall ?? wallClock,
      secretKey: options.secretKey,
      rules: () => policies.live,
      ownerLeft: async (tx, appliance, owner) => {
        await Promise.all([forgetShares(tx, appliance), forgetNotes(tx, appliance)])
        return desk.ownerLeft(tx, appliance, owner)
      },
      retired: async (tx, appliance) => {
        await forgetMapped(tx, appliance)
        return desk.retired(tx, appliance)
      },
      renewLinks: (tx, appliance) => links.renew(tx, appliance),
      isSource: isMappedSource,
      reserve: options.reserve,
    }),
    openCommands(database, clock),
  ])
  const policy = policies.live
  const onCall = await openOnCallBook(database, () => policy)
  const maintenance = await openMaintenanceOf({ database, clock, announcer, render }, registry)
  const escalations = openEscalations({
    database,
    clock,
    policy,
    book: onCall,
    announcer,
    render,
    sources: { alerts: alertRecords, catalog },
    isMaintained: maintenance.isUnder,
    // A mail that lies in a file reaches nobody.
    carries: (way, country) => (way === 'mail' ? (carried?.mails ?? true) : carries(way, country)),
  })
  const shared = { database, catalog, clock, announcer, render }
  const desk = openTicketService({
    ...shared,
    alerts: alertRecords,
    escalations,
    commands,
    links,
    policy,
    policies,
    appliance: registry.get,
    publicUrl: () => publicUrl,
    reaches: ({ contact, phone, wechat, region }: OwnerTold) =>
      mailAddressOf(contact) !== undefined ||
      (phone !== undefined && (carries('sms', region) || carries('voice', region))) ||
      (wechat !== undefined && carries('wechat')),
    hearsBack: carried !== undefined,
    alertsEnded: (...ended) => alerts.ticketEnded(...ended),
  })
  const alerts = openAlerts({
    ...shared,
    repeats: { wasCarriedOut, note: noteRequest },
    desk,
    fleet: registry.cohorts,
    cohortRules: () => policy.cohorts,
    maintenance,
  })
  const deliveries =
    carried && openDeliveriesOf({ database, clock, publicUrl, ...carried }, () => policy, desk, escalations)
  const told = { announcer, deliveries, onCall, escalations, maintenance }
  return { ...told, links, registry, policies, policy, commands, desk, alerts }
}

const openMaintenanceOf = (
  options: Omit<Parameters<typeof openMaintenance>[0], 'about'>,
  registry: Registry,
): Promise<MaintenanceBook> =>
  openMaintenance({
    ...options,
    // A gateway has no model and no home of its own.
    about: (id) => (registry.gateways().includes(id) || !registry.knows(id) ? { id } : registry.get(id)),
  })

/** Mail and browsers are always tried; the rest where somebody carries it. */
const carriesOf =
  (book: ChannelBook | undefined) =>
  (way: OwnerWay, country?: string): boolean =>
    way === 'mail' || way === 'push' || (book?.carries(way, country) ?? false)

const openDeliveriesOf = (
  options: { database: Database; clock: Clock; wall: Clock; publicUrl: string },
  rules: () => Policy,
  desk: TicketService,
  escalations: Escalations,
): Deliveries =>
  openDeliveries({
    ...options,
    receiptMinutes: () => rules().receiptMinutes,
    async became(tx, { ticket, title, key, to }, what) {
      if (to.role === 'staff') return what === 'unreached' ? escalations.unreached(tx, key) : undefined
      if (ticket) await desk.told(tx, ticketIdSchema.parse(ticket), what, { title, key })
    },
  })
