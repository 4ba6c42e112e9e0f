import { notFound, Problem, wallClock } from '../../../core/index.ts'
import type { Role } from './accountNames.ts'
import type { AccountView, Ended, SessionView } from './accountsPort.ts'
import type { AuthLibrary } from './authLibrary.ts'
import { ELSEWHERE, email, viewOf } from './libraryForms.ts'
import { refuseUnbound } from './refuseUnbound.ts'

/** Accounts of an installation, at most. */
const MOST_ACCOUNTS = 10_000

/**
 * Everybody who has an account in this installation, whichever organisations they are of: names, passwords, sessions.
 * What somebody is in the first organisation stands with them; what in others, in the OrganisationBook.
 */
export class People {
  readonly #library: AuthLibrary
  readonly #ended: ((ended: Ended) => void)[] = []
  #turn: Promise<unknown> = Promise.resolve()
  constructor(library: AuthLibrary) {
    this.#library = library
  }
  get #users() {
    return this.#library.users
  }

  async all(): Promise<AccountView[]> {
    return (await this.#users.listUsers(MOST_ACCOUNTS)).map(viewOf)
  }
  /** @throws Problem `not-found` */
  async known(account: string): Promise<AccountView> {
    const found = (await this.all()).find(({ id }) => id === account)
    if (!found) throw notFound('account', account)
    return found
  }
  async byName(name: string): Promise<AccountView | undefined> {
    const user = (await this.#users.findUserByEmail(email(name)))?.user
    return user && viewOf(user)
  }
  /** Whose session it is, with what they are in the first organisation; nobody once it has ended, or they are disabled. */
  async byCookie(cookie: string): Promise<(AccountView & { session: string }) | null> {
    const found = await this.#library.auth.api.getSession({ headers: new Headers({ cookie }) })
    const view = found && viewOf(found.user)
    return view && !view.disabled ? { ...view, session: found.session.id } : null
  }

  /**
   * @param roles in the first organisation; none: of others alone
   * @throws Problem `account-exists`, `id-taken` where whoever asks does not know of it, `no-engineer`
   */
  async create(
    name: string,
    roles: readonly Role[] | 'elsewhere',
    {
      password,
      engineer,
      knows,
    }: { password?: string | undefined; engineer?: string | undefined } & {
      /** Does whoever asks know of this account? Default: yes. */
      knows?: (account: string) => Promise<boolean>
    } = {},
  ): Promise<AccountView> {
    if (roles !== 'elsewhere') refuseUnbound(roles, engineer)
    const there = await this.byName(name)
    if (there) throw nameTaken(name, knows === undefined || (await knows(there.id)))
    const user = await this.#users.createUser(
      {
        email: email(name),
        name,
        username: name.toLowerCase(),
        displayUsername: name,
        role: roles === 'elsewhere' ? ELSEWHERE : roles.join(','),
        ...(engineer === undefined ? {} : { engineer }),
        emailVerified: true,
      },
      { method: 'admin' },
    )
    if (password) await this.setPassword(user.id, password)
    return viewOf(user)
  }
  async update(account: string, change: Record<string, unknown>): Promise<void> {
    await this.#users.updateUser(account, change)
  }
  async remove(account: string): Promise<void> {
    await this.endSessions(account)
    await this.#users.deleteAccounts(account)
    await this.#users.deleteUser(account)
  }

  async setPassword(account: string, password: string): Promise<void> {
    const hash = await this.#library.passwords.hash(password)
    if (await this.#users.findCredentialAccount(account)) await this.#users.updatePassword(account, hash)
    else
      await this.#users.linkAccount({ userId: account, providerId: 'credential', accountId: account, password: hash })
  }
  /** Is it theirs? undefined where they have none. */
  async hasPassword(account: string, password: string | undefined): Promise<boolean | undefined> {
    const hash = (await this.#users.findCredentialAccount(account))?.password
    if (!hash) return undefined
    return password !== undefined && (await this.#library.passwords.verify({ hash, password }))
  }

  async sessions(account: string): Promise<SessionView[]> {
    const now = wallClock.now()
    return (await this.#users.listSessions(account, { onlyActiveSessions: true }))
      .map(({ id, createdAt, expiresAt, ipAddress, userAgent }) => ({
        id,
        createdAt: createdAt.getTime(),
        expiresAt: expiresAt.getTime(),
        address: ipAddress ?? '',
        agent: userAgent ?? '',
      }))
      .filter(({ expiresAt }) => expiresAt > now)
      .sort((a, b) => b.createdAt - a.createdAt)
  }
  /** @throws Problem `not-found` */
  async endSession(account: string, session: string): Promise<void> {
    const found = (await this.#users.listSessions(account)).find(({ id }) => id === session)
    if (!found) throw notFound('session', session)
    await this.#users.deleteSession(found.token)
    this.tellEnded({ account, session })
  }
  async endSessions(account: string, but?: string): Promise<void> {
    const all = await this.#users.listSessions(account)
    await this.#users.deleteSessions(all.filter(({ id }) => id !== but).map(({ token }) => token))
    this.tellEnded({ account, ...(but === undefined ? {} : { but }) })
  }
  onEnded(listener: (ended: Ended) => void): void {
    this.#ended.push(listener)
  }
  tellEnded(what: Ended): void {
    for (const listener of this.#ended) listener(what)
  }

  /** One after the other: two administrators who end each other at once would both be the other's last. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }
}

const nameTaken = (name: string, isKnown: boolean): Problem =>
  new Problem({
    code: isKnown ? 'account-exists' : 'id-taken',
    message: isKnown ? `There is already an account '${name}'.` : `The name '${name}' is taken.`,
    remedy: isKnown ? 'Choose another name, or set a new password for that account.' : 'Choose another name.',
    concerns: name,
    status: 409,
  })
