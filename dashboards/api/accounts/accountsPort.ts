import type { Role } from './accountNames.ts'
import type { ApiKeys } from './ways/apiKeys.ts'
import type { OpenIdConnect, Vouched } from './ways/openIdConnect.ts'
import type { Passkeys } from './ways/passkeys.ts'
import type { SecondFactors } from './ways/secondFactors.ts'

/** Who asks. `session` is by which sign-in; a token has none. `engineer`: whose jobs are their own. */
export interface Account {
  id: string
  name: string
  roles: Role[]
  engineer?: string
  session?: string
  /** It may look, and change nothing. */
  readOnly?: true
}
export interface AccountView extends Omit<Account, 'session' | 'readOnly'> {
  disabled: boolean
  /** When they last came in by name and password. */
  lastSignInAt?: number
}
/** A sign-in that still holds. */
export interface SessionView {
  id: string
  createdAt: number
  expiresAt: number
  address: string
  agent: string
}
/** Where a sign-in comes from, for its owner to recognise. */
export interface SignInFrom {
  address: string
  agent: string
}
export interface AccountChange {
  roles?: readonly Role[] | undefined
  /** Whose jobs are theirs; null for nobody's. */
  engineer?: string | null | undefined
  disabled?: boolean | undefined
  password?: string | undefined
}

/** Sessions that are over: of an account all, all but one, or one. */
export interface Ended {
  account: string
  but?: string
  session?: string
}

/** The accounts of one organisation. */
export interface Accounts {
  /** Who holds this session cookie; nobody once it has ended, or its account is disabled. */
  whoIs(cookie: string | undefined): Promise<Account | null>
  /** Whose key of a program it is; nobody once it was ended, or its account is disabled. @throws Problem `key-expired` */
  whoHas(key: string): Promise<Account | null>
  /**
   * @returns the response with its cookie; 401 when name or password is wrong, or the account is disabled
   * @throws Problem `code-needed`, `wrong-code`, `code-used`, `wrong-clock` where a second factor is asked for
   */
  signIn(name: string, password: string, from: SignInFrom, code?: string): Promise<Response>
  /** A session for somebody who has proven otherwise who they are. @throws Problem `account-disabled` */
  signInAs(account: string, from: SignInFrom): Promise<{ name: string; response: Response }>
  /** Whom a company's provider vouches for; made at the first time, with the roles that it gives each time. */
  signInVouched(who: Vouched, from: SignInFrom): Promise<{ name: string; response: Response }>
  signInByLink(key: string, from: SignInFrom): Promise<Response>
  signOut(cookie: string): Promise<Response>
  /**
   * One's own new password: the one before is asked for where there is one, and every other session ends.
   * @throws Problem `wrong-password`
   */
  changePassword(me: Account, current: string | undefined, next: string): Promise<void>
  /**
   * Before an administrator changes how somebody signs in, or looks where they do: that is one organisation's to do for its
   * own people alone. @throws Problem `not-found`, `account-elsewhere`
   */
  requireOwn(account: string): Promise<void>
  /** Before something that a stolen session must not do. @throws Problem `wrong-password` */
  requirePassword(account: string, password: string | undefined): Promise<void>
  /** @throws Problem `not-found` */
  resetSecondFactor(account: string): Promise<void>
  sessions(account: string): Promise<SessionView[]>
  /** @throws Problem `not-found` */
  endSession(account: string, session: string): Promise<void>
  /** Without a password they set their own, by a link. @throws Problem `weak-password`, `account-exists`, `no-engineer` */
  create(name: string, password: string | undefined, roles: readonly Role[], engineer?: string): Promise<AccountView>
  /** A link by which somebody sets a password of their own: for who comes, or has forgotten theirs. @throws Problem `not-found` */
  passwordLink(account: string, what: 'invite' | 'reset'): Promise<{ path: string; expiresAt: number }>
  /** A link by which somebody who has an account elsewhere becomes this here, too. @throws Problem `no-engineer` */
  invite(roles: readonly Role[], engineer?: string): Promise<{ path: string; expiresAt: number }>
  /** Sets it, and ends every session. @returns whose it is; undefined where the link opens nothing (any more) */
  setByLink(key: string, password: string): Promise<string | undefined>
  /** A new password, a disabled account and another role end its sessions. @throws Problem `not-found`, `last-admin` */
  change(account: string, change: AccountChange): Promise<AccountView>
  /** @throws Problem `not-found`, `last-admin` */
  remove(account: string): Promise<void>
  list(): Promise<AccountView[]>
  readonly keys: ApiKeys
  readonly secondFactors: SecondFactors
  readonly passkeys: Passkeys
  /** The provider of sign-ins of a company; absent without its settings. */
  readonly oidc?: OpenIdConnect
  /** Sessions that are over now: what they have open has to close. */
  onEnded(listener: (ended: Ended) => void): void
  /** Path of the sign-in link of this start; null once it was used, or the administrator has a password. */
  signInLink(): Promise<string | null>
  close(): Promise<void>
}
