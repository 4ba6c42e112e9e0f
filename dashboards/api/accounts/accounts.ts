import { notFound, Problem, wallClock } from '../../../core/index.ts'
import { ADDRESS_HEADER, type Role, roles } from './accountNames.ts'
import { type AccountsOptions, type AuthLibrary, openAuthLibrary } from './authLibrary.ts'
import { checkPassword } from './checkPassword.ts'
import { PasswordLinks } from './passwordLinks.ts'
import { refuseUnbound } from './refuseUnbound.ts'
import { SignInKey } from './signInKey.ts'

export { accountName, type Role, roles } from './accountNames.ts'

/** Who asks. `session` is by which sign-in; a token has none. `engineer`: whose jobs are their own. */
export interface Account {
  id: string
  name: string
  roles: Role[]
  engineer?: string
  session?: string
}
export interface AccountView extends Omit<Account, 'session'> {
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

export interface Accounts {
  /** Who holds this session cookie; nobody once it has ended, or its account is disabled. */
  whoIs(cookie: string | undefined): Promise<Account | null>
  /** @returns the response with its cookie; 401 when name or password is wrong, or the account is disabled */
  signIn(name: string, password: string, from: SignInFrom): Promise<Response>
  signInByLink(key: string, from: SignInFrom): Promise<Response>
  signOut(cookie: string): Promise<Response>
  /**
   * One's own new password: the one before is asked for where there is one, and every other session ends.
   * @throws Problem `wrong-password`
   */
  changePassword(me: Account, current: string | undefined, next: string): Promise<void>
  sessions(account: string): Promise<SessionView[]>
  /** @throws Problem `not-found` */
  endSession(account: string, session: string): Promise<void>
  /** Without a password they set their own, by a link. @throws Problem `weak-password`, `account-exists`, `no-engineer` */
  create(name: string, password: string | undefined, roles: readonly Role[], engineer?: string): Promise<AccountView>
  /** A link by which somebody sets a password of their own: for who comes, or has forgotten theirs. @throws Problem `not-found` */
  passwordLink(account: string, what: 'invite' | 'reset'): Promise<{ path: string; expiresAt: number }>
  /** Sets it, and ends every session. @returns whose it is; undefined where the link opens nothing (any more) */
  setByLink(key: string, password: string): Promise<string | undefined>
  /** A new password, a disabled account and another role end its sessions. @throws Problem `not-found`, `last-admin` */
  change(account: string, change: AccountChange): Promise<AccountView>
  /** @throws Problem `not-found`, `last-admin` */
  remove(account: string): Promise<void>
  list(): Promise<AccountView[]>
  /** Sessions that are over now: what they have open has to close. */
  onEnded(listener: (ended: { account: string; but?: string; session?: string }) => void): void
  /** Path of the sign-in link of this start; null once it was used, or the administrator has a password. */
  signInLink(): Promise<string | null>
  close(): Promise<void>
}

/** Accounts of people, shared by both worlds. The first start makes `admin`. */
export async function openAccounts(options: AccountsOptions): Promise<Accounts> {
  const link = new SignInKey()
  const library = await openAuthLibrary(options, (key) => link.opens(key, () => accounts.adminHasPassword()))
  const accounts = new LibraryAccounts(library, link)
  await accounts.makeAdmin(options.adminPassword)
  return accounts
}

type Ended = { account: string; but?: string; session?: string }

class LibraryAccounts implements Accounts {
  readonly #library: AuthLibrary
  readonly #link: SignInKey
  readonly #links: PasswordLinks
  readonly #ended: ((ended: Ended) => void)[] = []
  #turn: Promise<unknown> = Promise.resolve()
  constructor(library: AuthLibrary, link: SignInKey) {
    this.#library = library
    this.#link = link
    this.#links = new PasswordLinks(library.users)
  }
  get #auth() {
    return this.#library.auth
  }
  get #users() {
    return this.#library.users
  }
  get #passwords() {
    return this.#library.passwords
  }

  /** @param password what it is from now on, if it is another one */
  async makeAdmin(password: string | undefined): Promise<void> {
    const admin = (await this.#byName('admin')) ?? (await this.#create('admin', ['admin']))
    if (!password) return
    const known = await this.#users.findCredentialAccount(admin.id)
    const same = known?.password && (await this.#passwords.verify({ hash: known.password, password }))
    if (!same) await this.#setPassword(admin.id, password)
  }
  async whoIs(cookie: string | undefined): Promise<Account | null> {
    if (!cookie) return null
    const found = await this.#auth.api.getSession({ headers: new Headers({ cookie }) })
    if (!found) return null
    const { disabled, lastSignInAt: _, ...account } = viewOf(found.user)
    return disabled ? null : { ...account, session: found.session.id }
  }
  async signIn(name: string, password: string, from: SignInFrom): Promise<Response> {
    const body = { username: name, password }
    const response = await this.#auth.api.signInUsername({ body, headers: headersOf(from), asResponse: true })
    const user = response.ok ? await this.#byName(name) : undefined
    if (user && !viewOf(user).disabled)
      await this.#users.updateUser(user.id, { lastSignInAt: new Date(wallClock.now()) })
    if (!user || !viewOf(user).disabled) return response
    // As if the password were wrong: who is disabled is nobody's business.
    await this.#endSessions(user.id)
    return new Response(null, { status: 401 })
  }
  signInByLink(key: string, from: SignInFrom): Promise<Response> {
    const api = this.#auth.api as unknown as LinkApi
    return api.signInByLink({ body: { key }, asResponse: true, headers: headersOf(from) })
  }
  async signOut(cookie: string): Promise<Response> {
    const found = await this.#auth.api.getSession({ headers: new Headers({ cookie }) })
    const response = await this.#auth.api.signOut({ headers: new Headers({ cookie }), asResponse: true })
    if (found) this.#tellEnded({ account: found.user.id, session: found.session.id })
    return response
  }
  async changePassword(me: Account, current: string | undefined, next: string): Promise<void> {
    const hash = (await this.#users.findCredentialAccount(me.id))?.password
    if (hash && !(current !== undefined && (await this.#passwords.verify({ hash, password: current })))) {
      throw new Problem({
        code: 'wrong-password',
        message: 'The present password is missing or wrong.',
        remedy: 'Give it as `current`; who has forgotten it asks an administrator for a new one.',
        status: 403,
      })
    }
    await checkPassword(next, me.name)
    await this.#setPassword(me.id, next)
    await this.#endSessions(me.id, me.session)
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
  async endSession(account: string, session: string): Promise<void> {
    const found = (await this.#users.listSessions(account)).find(({ id }) => id === session)
    if (!found) throw notFound('session', session)
    await this.#users.deleteSession(found.token)
    this.#tellEnded({ account, session })
  }
  async create(
    name: string,
    password: string | undefined,
    roles: readonly Role[],
    engineer?: string,
  ): Promise<AccountView> {
    if (password !== undefined) await checkPassword(password, name)
    return this.#create(name, roles, password, engineer)
  }
  async passwordLink(account: string, what: 'invite' | 'reset'): Promise<{ path: string; expiresAt: number }> {
    return this.#links.make((await this.#known(account)).id, what)
  }
  async setByLink(key: string, password: string): Promise<string | undefined> {
    // Refused before the link is used up: who chose a weak one chooses again.
    await checkPassword(password, '\0')
    const id = await this.#links.take(key)
    const account = id === undefined ? undefined : (await this.list()).find((one) => one.id === id)
    if (!account || account.disabled) return undefined
    await this.#setPassword(account.id, password)
    await this.#endSessions(account.id)
    return account.name
  }
  change(account: string, { roles, engineer, disabled, password }: AccountChange): Promise<AccountView> {
    return this.#inTurn(async () => {
      const before = await this.#known(account)
      if (password !== undefined) await checkPassword(password, before.name)
      if ((roles && !roles.includes('admin')) || disabled) await this.#refuseLastAdmin(before)
      const bound = engineer === undefined ? before.engineer : (engineer ?? undefined)
      refuseUnbound(roles ?? before.roles, bound)
      if (roles !== undefined || engineer !== undefined || disabled !== undefined) {
        await this.#users.updateUser(account, {
          ...(roles === undefined ? {} : { role: roles.join(',') }),
          ...(engineer === undefined ? {} : { engineer }),
          ...(disabled === undefined ? {} : { disabled }),
        })
      }
      if (password !== undefined) await this.#setPassword(account, password)
      await this.#endSessions(account)
      return await this.#known(account)
    })
  }
  remove(account: string): Promise<void> {
    return this.#inTurn(async () => {
      const before = await this.#known(account)
      await this.#refuseLastAdmin(before)
      await this.#endSessions(account)
      await this.#users.deleteAccounts(account)
      await this.#users.deleteUser(account)
    })
  }
  onEnded(listener: (ended: Ended) => void): void {
    this.#ended.push(listener)
  }
  async signInLink(): Promise<string | null> {
    const key = this.#link.value
    return key === undefined || (await this.adminHasPassword()) ? null : `/sign-in#${key}`
  }
  close(): Promise<void> {
    return this.#library.close()
  }
  async adminHasPassword(): Promise<boolean> {
    const admin = await this.#byName('admin')
    return !!admin && !!(await this.#users.findCredentialAccount(admin.id))
  }

  async #byName(name: string) {
    return (await this.#users.findUserByEmail(email(name)))?.user
  }
  #tellEnded(what: Ended): void {
    for (const listener of this.#ended) listener(what)
  }
  async #endSessions(account: string, but?: string): Promise<void> {
    const all = await this.#users.listSessions(account)
    await this.#users.deleteSessions(all.filter(({ id }) => id !== but).map(({ token }) => token))
    this.#tellEnded({ account, ...(but === undefined ? {} : { but }) })
  }
  async list(): Promise<AccountView[]> {
    return (await this.#users.listUsers(MOST_ACCOUNTS)).map(viewOf)
  }
  async #known(account: string): Promise<AccountView> {
    const found = (await this.list()).find(({ id }) => id === account)
    if (!found) throw notFound('account', account)
    return found
  }
  /** Somebody must be left who may change accounts. */
  async #refuseLastAdmin(account: AccountView): Promise<void> {
    const others = (await this.list()).filter(
      ({ id, roles, disabled }) => id !== account.id && roles.includes('admin') && !disabled,
    )
    if (!account.roles.includes('admin') || account.disabled || others.length > 0) return
    throw new Problem({
      code: 'last-admin',
      message: `${account.name} is the last administrator.`,
      remedy: 'Make somebody else an administrator first.',
      concerns: account.name,
      status: 409,
    })
  }

  /** One after the other: two administrators who end each other at once would both be the other's last. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  async #create(name: string, roles: readonly Role[], password?: string, engineer?: string): Promise<AccountView> {
    refuseUnbound(roles, engineer)
    if (await this.#byName(name)) {
      throw new Problem({
        code: 'account-exists',
        message: `There is already an account '${name}'.`,
        remedy: 'Choose another name, or set a new password for that account.',
        concerns: name,
        status: 409,
      })
    }
    const user = await this.#users.createUser(
      {
        email: email(name),
        name,
        username: name.toLowerCase(),
        displayUsername: name,
        role: roles.join(','),
        ...(engineer === undefined ? {} : { engineer }),
        emailVerified: true,
      },
      { method: 'admin' },
    )
    if (password) await this.#setPassword(user.id, password)
    return viewOf(user)
  }
  async #setPassword(account: string, password: string): Promise<void> {
    const hash = await this.#passwords.hash(password)
    if (await this.#users.findCredentialAccount(account)) await this.#users.updatePassword(account, hash)
    else
      await this.#users.linkAccount({ userId: account, providerId: 'credential', accountId: account, password: hash })
  }
}

const email = (name: string): string => `${name.toLowerCase()}@accounts.invalid`

interface LinkApi {
  signInByLink(input: { body: { key: string }; asResponse: true; headers: Headers }): Promise<Response>
}

/** Accounts of an installation, at most. */
const MOST_ACCOUNTS = 10_000
const headersOf = ({ address, agent }: SignInFrom): Headers =>
  new Headers({ [ADDRESS_HEADER]: address, 'user-agent': agent.replace(/[^\x20-\x7e]/g, '?').slice(0, 200) })

function viewOf(user: { id: string; name: string }): AccountView {
  const { role, engineer, disabled, lastSignInAt } = user as {
    role?: string | null
    engineer?: string | null
    disabled?: boolean | number | null
    lastSignInAt?: Date | null
  }
  const kept = role?.split(',') ?? []
  const known = roles.filter((one) => kept.includes(one))
  return {
    id: user.id,
    name: user.name,
    roles: known.length > 0 ? known : ['viewer'],
    ...(engineer ? { engineer } : {}),
    disabled: disabled === true || disabled === 1,
    ...(lastSignInAt ? { lastSignInAt: new Date(lastSignInAt).getTime() } : {}),
  }
}
