import type { Deliveries } from '../../alerts/index.ts'
import type { Audit, Claims } from '../../service/index.ts'
import type { OrganisationView } from './accounts/organisations/organisationBook.ts'

/** What one organisation of an installation has to do with the others; all else of them does not exist for it. */
export interface Organisations {
  /** Whose API this is. */
  readonly here: string
  /** Is there any other? Where not, nothing is said of organisations. */
  isOneOfSeveral(): boolean
  list(): Promise<OrganisationView[]>
  /** Those that this person may enter. */
  of(account: string): Promise<{ id: string; name: string }[]>
  /** @returns where they are now, with its audit; undefined where the link opens nothing @throws Problem `already-here` */
  join(account: string, key: string): Promise<{ organisation: string; audit: Pick<Audit, 'record'> } | undefined>
  /** Opens a new one; its maker becomes its administrator. @throws Problem `id-taken`, `too-many-organisations` */
  add(id: string, name: string, maker: string | undefined): Promise<OrganisationView>
  /** @throws Problem `not-found`, `first-organisation` */
  change(id: string, change: { name?: string | undefined; closed?: boolean | undefined }): Promise<OrganisationView>
  /** Where the account of this name is written down; of one that there is not: here. */
  auditOf(name: string): Promise<Pick<Audit, 'record' | 'refused'>>
  /** The others, whose codes and messages people bring here without saying whose they are. */
  others(): { claims: Claims; audit: Audit; deliveries: Pick<Deliveries, 'shown'> | undefined }[]
}
