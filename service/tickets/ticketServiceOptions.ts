import type { Catalog } from '../../catalog/index.ts'
import type {
  AlertRecords,
  Announcer,
  Appliance,
  Clock,
  Database,
  OwnerTold,
  Render,
  TicketId,
  UnitOfWork,
} from '../../core/index.ts'
import type { OwnerLinks } from '../access/ownerLinks.ts'
import type { Escalations } from '../escalation/escalations.ts'
import type { Policies } from '../policy/openPolicies.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { Commands } from '../remote/openCommands.ts'

/** What the desk is opened with. */
export interface TicketServiceOptions {
  database: Database
  catalog: Catalog
  /** What is in force now, for everyone. */
  policy: Policy
  policies: Policies
  clock: Clock
  /** Makes words of reasons, for those who are told. */
  render: Render
  announcer: Announcer
  /** Is there a way to them that somebody carries? */
  reaches: (owner: OwnerTold) => boolean
  /** What becomes of a message is told, and until then nobody has it. Without: what is sent has arrived. */
  hearsBack: boolean
  /** Who is called while nobody acts. */
  escalations: Pick<Escalations, 'tick'>
  alerts: AlertRecords
  commands: Commands
  links: OwnerLinks
  /** The appliance as registered. */
  appliance: (id: string) => Appliance
  /** Base of the links sent to people; known once the port is open. */
  publicUrl: () => string
  /** @param refuted by whoever was there and found nothing, with what they wrote */
  alertsEnded: (tx: UnitOfWork, ticket: TicketId, at: number, refuted?: { by: string; why: string }) => Promise<void>
}
