import { newSecret, notFound, Problem, wallClock } from '../../../core/index.ts'
import { accountName, type Role } from './accountNames.ts'
import type { Account, AccountChange, Accounts, AccountView, SessionView, SignInFrom } from './accountsPort.ts'
import { type AccountsOptions, type AuthLibrary, openAuthLibrary } from './authLibrary.ts'
import { checkPassword } from './checkPassword.ts'
import { email, headersOf, type LinkApi, viewOf } from './libraryForms.ts'
import { PasswordLinks } from './passwordLinks.ts'
import { lastAdmin, refuseUnbound } from './refuseUnbound.ts'
import { SignInKey } from './signInKey.ts'
import { ApiKeys } from './ways/apiKeys.ts'
import { OpenIdConnect, type Vouched } from './ways/openIdConnect.ts'
import { Passkeys } from './ways/passkeys.ts'
import { SecondFactors } from './ways/secondFactors.ts'

export { accountName, type Role, roles } from './accountNames.ts'
export type { Account, Accounts } from './accountsPort.ts'

/** Accounts of people, shared by both worlds. The first start makes `admin`. */
export async function openAccounts(options: AccountsOptions): Promise<Accounts> {
  const link = new SignInKey()
  const grants = new Map<string, string>()
  const library = await openAuthLibrary(
    options,
    (key) => link.opens(key, () => accounts.adminHasPassword()),
    (grant) => {
      const account = grants.get(grant)
      grants.delete(grant)
      return account
    },
  )
  const oidc = options.oidc && new OpenIdConnect(options.oidc, wallClock)
  const accounts = new LibraryAccounts(library, link, grants, oidc)
  await accounts.makeAdmin(options.adminPassword)
  return accounts
}

type Ended = { account: string; but?: string; session?: string }

class LibraryAccounts implements Accounts {
  readonly #library: AuthLibrary
  readonly #link: SignInKey
  readonly #links: PasswordLinks
  readonly #ended: ((ended: Ended) => void)[] = []
  readonly #grants: Map<string, string>
  readonly keys: ApiKeys
  readonly secondFactors: SecondFactors
  readonly passkeys: Passkeys
  readonly oidc?: OpenIdConnect
  #turn: Promise<unknown> = Promise.resolve()
  constructor(library: AuthLibrary, link: SignInKey, grants: Map<string, string>, oidc: OpenIdConnect | undefined) {
    if (oidc) this.oidc = oidc
    this.#library = library
    this.#link = link
    this.#grants = grants
    this.keys = new ApiKeys(library.table, wallClock)
    this.secondFactors = new SecondFactors(library.table, wallClock, library.secret)
    this.passkeys = new Passkeys(library.table, wallClock)
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
  async whoHas(key: string): Promise<Account | null> {
    const found = await this.keys.whose(key)
    const owner = found && (await this.list()).find(({ id }) => id === found.account)
    if (!found || !owner || owner.disabled) return null
    // What its owner may not do any more, it may not either.
    const may = owner.roles.includes('admin') ? found.roles : found.roles.filter((role) => owner.roles.includes(role))
    if (may.length === 0) return null
    return {
      id: `key:${found.id}`,
      name: `${owner.name}/${found.name}`,
      roles: may,
      ...(owner.engineer ? { engineer: owner.engineer } : {}),
      ...(found.readOnly ? { readOnly: true as const } : {}),
    }
  }
  async signIn(name: string, password: string, from: SignInFrom, code?: string): Promise<Response> {
    const asked = await this.#byName(name)
    if (asked && (await this.secondFactors.of(asked.id)).enabled) {
      // Whether a code is asked for is told to those alone who know the password.
      const hash = (await this.#users.findCredentialAccount(asked.id))?.password
      if (!hash || !(await this.#passwords.verify({ hash, password }))) return new Response(null, { status: 401 })
      await this.secondFactors.check(asked.id, code)
    }
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
  async signInVouched(who: Vouched, from: SignInFrom): Promise<{ name: string; response: Response }> {
    const known = await this.#users.findAccountByKey({ providerId: OIDC, accountId: who.subject })
    const account = known ? known.userId : await this.#makeVouched(who)
    const before = await this.#known(account)
    // Whose jobs are an engineer's own, an administrator says here.
    const roles = who.roles.filter((role) => role !== 'engineer' || before.engineer)
    if (roles.length > 0 && roles.join() !== before.roles.join()) await this.change(account, { roles })
    return this.signInAs(account, from)
  }
  /** An account of theirs alone: one that has their name already is somebody else's. */
  async #makeVouched({ subject, name, roles }: Vouched): Promise<string> {
    const wanted =
      name
        .split('@')[0]
        ?.replace(/[^A-Za-z0-9_.-]/g, '')
        .slice(0, 24) ?? ''
    const base = accountName.test(wanted) ? wanted : `sso-${newSecret().slice(0, 6)}`
    let free = base
    for (let i = 2; await this.#byName(free); i++) free = `${base}-${i}`
    const made = await this.#create(free, roles.includes('engineer') ? ['viewer'] : roles)
    await this.#users.linkAccount({ userId: made.id, providerId: OIDC, accountId: subject })
    return made.id
  }
  async signInAs(account: string, from: SignInFrom): Promise<{ name: string; response: Response }> {
    const { disabled, name } = await this.#known(account)
    if (disabled)
      throw new Problem({
        code: 'account-disabled',
        message: 'This account is disabled.',
        remedy: 'Ask an administrator.',
        status: 403,
      })
    const grant = newSecret()
    this.#grants.set(grant, account)
    const api = this.#auth.api as unknown as LinkApi
    const response = await api.signInAs({ body: { grant }, asResponse: true, headers: headersOf(from) })
    if (response.ok) await this.#users.updateUser(account, { lastSignInAt: new Date(wallClock.now()) })
    return { name, response }
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
    await this.requirePassword(me.id, current)
    await checkPassword(next, me.name)
    await this.#setPassword(me.id, next)
    await this.#endSessions(me.id, me.session)
  }
  async requirePassword(account: string, password: string | undefined): Promise<void> {
    const hash = (await this.#users.findCredentialAccount(account))?.password
    if (!hash || (password !== undefined && (await this.#passwords.verify({ hash, password })))) return
    throw new Problem({
      code: 'wrong-password',
      message: 'The present password is missing or wrong.',
      remedy: 'Give the present one; who has forgotten it asks an administrator for a new one.',
      status: 403,
    })
  }
  async resetSecondFactor(account: string): Promise<void> {
    await this.#known(account)
    await this.secondFactors.takeAway(account)
    await this.#endSessions(account)
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
      await this.keys.forget(account)
      await this.secondFactors.takeAway(account)
      await this.passkeys.forget(account)
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
    throw lastAdmin(account.name)
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

/** How the library calls the provider of a company. */
const OIDC = 'oidc'
/** Accounts of an installation, at most. */
const MOST_ACCOUNTS = 10_000
