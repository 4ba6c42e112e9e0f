import type { Accounts } from '../accountsPort.ts'
import type { People } from '../people.ts'
import type { Invitations } from './invitations.ts'
import type { OrganisationBook } from './organisationBook.ts'

/** The accounts of the first organisation, with what all of them share. */
export interface Installation extends Accounts {
  readonly people: People
  readonly organisations: OrganisationBook
  readonly invitations: Invitations
  /** @returns where somebody has come in by this link; undefined where it opens nothing (any more) @throws Problem `already-here` */
  join(account: string, key: string): Promise<string | undefined>
  /** The accounts of one organisation. */
  of(organisation: string): Accounts
  linkFor(account: string, what: 'invite' | 'reset'): Promise<{ path: string; expiresAt: number }>
  /** Nobody knows them any more. */
  erase(account: string): Promise<void>
}
